"""Keys, trust, connections and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric import ec

    from swb.core.distrust import DistrustStatement
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "Clock",
    "ConnectionSource",
    "DistrustRegister",
    "KeyAgreement",
    "ListFetcher",
    "ListShelf",
    "Signer",
    "TrustSource",
]


class Signer(Protocol):
    """Holds one private key and signs bytes with it; the key never leaves.

    The caller prepares what is to be signed and attaches the result; see
    `swb_schemas.wire.signature`.
    """

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        ...

    async def sign(self, data: bytes) -> bytes:
        """Sign with ECDSA P-256 and SHA-256.

        Returns:
            r and s, 32 octets each, big-endian (the form that XML signatures and JWS use).

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        ...


class KeyAgreement(Protocol):
    """Holds one private key and agrees on secrets with it; the key never leaves.

    What is opened with a secret is `swb_schemas.wire.encryption.DecryptionKey.agreed`.
    """

    @property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint, which names it in messages."""
        ...

    async def agree(self, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        """Agree on a secret with a sender's ephemeral key: ECDH with P-256, cofactor 1.

        Returns:
            Z, the common point's x coordinate, 32 octets (NIST SP 800-56A, 5.7.1.2).

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        ...


class TrustSource(Protocol):
    """Where the trust bundle comes from."""

    async def fetch(self) -> TrustBundle:
        """Get the bundle that is in force.

        Raises:
            UnavailableError: ``trust.unreachable``.
            UndeterminedError: ``trust.unusable``: it does not verify, or is not one for this
                environment, which is an operator's trouble and says nothing about any message.
        """
        ...


class ListShelf(Protocol):
    """Where newer trust lists are put, when they may follow."""

    async def fetch(self) -> TrustBundle:
        """Get the bundle that is in force, as `TrustSource` does."""
        ...

    async def offer(self, publications: Mapping[str, bytes]) -> TrustBundle:
        """Take lists that were fetched, all or none.

        Args:
            publications: By state, as they came.

        Returns:
            The bundle that is in force then.

        Raises:
            RefusedError: One does not verify, or may not follow; nothing has changed.
            UndeterminedError: ``trust.list_behind``, ``trust.list_forked``: together they are not
                what the region saw; nothing has changed.
            UnavailableError: ``trust.unreachable``, ``trust.memory``.
        """
        ...


class ListFetcher(Protocol):
    """Gets trust lists from where they are published."""

    async def fetch(self, location: str) -> bytes | None:
        """Get what a location has now.

        Returns:
            Its octets, bounded in size; None when they are what was got before.

        Raises:
            RefusedError: ``trust.source``: the location may not be asked, or answers with
                something that is too large or comes from elsewhere.
            UnavailableError: ``trust.source_unavailable``: it does not answer, or not in time.
        """
        ...

    def forget(self, location: str) -> None:
        """Get the whole next time: what was got before was not taken, or counts no more.

        Without it a server that once gave a bad list could say ever after that nothing changed.
        """
        ...


class DistrustRegister(Protocol):
    """What the operator says of stolen keys, kept for good.

    Every method may raise `UnavailableError` ``trust.memory``.
    """

    async def list_statements(self) -> Sequence[DistrustStatement]:
        """Read every statement, the earliest first; lifted ones too."""
        ...

    async def state(
        self,
        *,
        member: str,
        purpose: str | None,
        since: datetime,
        reason: str,
        at: datetime,
        certificates: tuple[str, ...],
    ) -> DistrustStatement:
        """Keep a statement under the next number; from then on `TrustSource` lays it over."""
        ...

    async def lift(self, number: int, at: datetime) -> DistrustStatement:
        """Take a statement back; it is kept as one that was lifted.

        Raises:
            RefusedError: ``trust.no_statement``: there is none that stands under this number.
        """
        ...


class ConnectionSource(Protocol):
    """Where the table of connections comes from."""

    async def fetch(self) -> ConnectionTable:
        """Get the table that is in force.

        Raises:
            UnavailableError: ``connection.unreachable``.
            UndeterminedError: ``connection.unusable``: it cannot be read, which says nothing
                about any message.
        """
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...
