"""Questions about certificates, asked in rounds; in one, a revocation list is fetched once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from swb_schemas.errors import UnavailableError
from swb_schemas.wire.crl import RevocationList, read_crl
from swb_schemas.wire.ocsp_response import encode_ocsp_request, read_ocsp_response
from swb_schemas.wire.revocation import AnswerKind, RevocationAnswer, Statement, Unclear

if TYPE_CHECKING:
    from swb.core.revocation import Subject
    from swb.ports import AnswerFetcher
    from swb_schemas.wire.certificates import Certificate

__all__ = ["Questions", "read_response", "read_state"]

_log = structlog.get_logger("swb.revocation")

_AT_ONCE: Final = 4
"""Questions that are open at the same time."""


class Questions:
    """One round of questions.

    Args:
        fetcher: Asks.
    """

    def __init__(self, fetcher: AnswerFetcher) -> None:
        self._fetcher = fetcher
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._lists: dict[
            tuple[str, bytes],
            asyncio.Task[tuple[RevocationList | Unclear, RevocationAnswer | None]],
        ] = {}

    async def ask_responder(
        self, url: str, subject: Subject
    ) -> tuple[Statement | Unclear, RevocationAnswer | None]:
        """Ask one responder about one certificate.

        Returns:
            What it says, and the answer where one came.
        """
        request = encode_ocsp_request(subject.certificate, issuer=subject.issuer)
        try:
            async with self._room:
                octets = await self._fetcher.fetch_ocsp(url, request)
        except UnavailableError as error:
            return Unclear(reason=error.message), None
        except Exception:  # noqa: BLE001 - one source must not keep the others from being asked
            _log.exception("source_faulted", url=url)
            return Unclear(reason="asking failed"), None
        answer = RevocationAnswer(kind=AnswerKind.OCSP, octets=octets)
        return read_response(octets, subject), answer

    async def fetch_list(
        self, url: str, issuer: Certificate
    ) -> tuple[RevocationList | Unclear, RevocationAnswer | None, bool]:
        """Fetch one issuer's list, once in a round.

        Returns:
            The list, the answer where one came, and whether it is the first time.
        """
        key = (url, issuer.der)
        is_first = key not in self._lists
        if is_first:
            self._lists[key] = asyncio.create_task(self._fetch_list(url, issuer))
        found, answer = await self._lists[key]
        return found, answer, is_first

    async def _fetch_list(
        self, url: str, issuer: Certificate
    ) -> tuple[RevocationList | Unclear, RevocationAnswer | None]:
        try:
            async with self._room:
                octets = await self._fetcher.fetch_crl(url)
        except UnavailableError as error:
            return Unclear(reason=error.message), None
        except Exception:  # noqa: BLE001 - one source must not keep the others from being asked
            _log.exception("source_faulted", url=url)
            return Unclear(reason="asking failed"), None
        # A long list takes a while to be read, and messages are judged meanwhile.
        found = await asyncio.to_thread(read_crl, octets, issuer=issuer)
        return found, RevocationAnswer(kind=AnswerKind.CRL, octets=octets)


def read_response(octets: bytes, subject: Subject) -> Statement | Unclear:
    """Read what an OCSP response says of a certificate."""
    return read_ocsp_response(octets, certificate=subject.certificate, issuer=subject.issuer)


def read_state(found: RevocationList | Unclear, subject: Subject) -> Statement | Unclear:
    """Read what a list says of a certificate."""
    return found if isinstance(found, Unclear) else found.state_of(subject.certificate)
