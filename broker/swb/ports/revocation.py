"""Revocation answers: who fetches them, and where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_schemas.wire.revocation import RevocationAnswer

__all__ = ["AnswerCache", "AnswerFetcher", "RevocationAnswers"]


class AnswerFetcher(Protocol):
    """Asks whoever answers for certificates. What comes is not believed yet."""

    async def fetch_crl(self, url: str) -> bytes:
        """Fetch a certificate revocation list.

        Raises:
            UnavailableError: ``revocation.unreachable``.
        """
        ...

    async def fetch_ocsp(self, url: str, request: bytes) -> bytes:
        """Fetch the response to an OCSP request, DER.

        Raises:
            UnavailableError: ``revocation.unreachable``.
        """
        ...


class RevocationAnswers(Protocol):
    """Where the answers are that certificates were judged by."""

    async def answers_for(self, thumbprint: str) -> Sequence[RevocationAnswer]:
        """Get what was answered of a certificate last: good and revoked, whichever there are.

        The certificate of its issuer is on the trust list; that of a responder is in its answer.

        Args:
            thumbprint: Of the certificate, or of an issuing authority.

        Raises:
            UnavailableError: ``revocation.cache``: what was kept cannot be read.
        """
        ...


class AnswerCache(RevocationAnswers, Protocol):
    """Keeps answers over a restart. What it gives back is judged anew."""

    async def load(self) -> Mapping[str, Sequence[RevocationAnswer]]:
        """Get all that was kept, by thumbprint; a part that cannot be read is left out.

        Raises:
            UnavailableError: ``revocation.cache``.
        """
        ...

    async def keep(self, answers: Mapping[str, Sequence[RevocationAnswer]]) -> None:
        """Keep exactly these.

        Raises:
            UnavailableError: ``revocation.cache``.
        """
        ...
