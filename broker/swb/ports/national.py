"""A national single window: its format, and its doors inward and outward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb_schemas.consents import Consents
    from swb_schemas.data_policy import DataPolicy
    from swb_schemas.documents import Document
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding

__all__ = [
    "ConsentSource",
    "DataPolicySource",
    "NationalFormats",
    "NationalGateway",
    "PayloadSource",
    "Reading",
    "Rendering",
    "WaitingPayload",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A national payload, understood.

    Attributes:
        document: The canonical document.
        adapter: Name of the adapter that read it.
        adapter_version: Its version.
        findings: Warnings, with paths in the payload.
        locate: Finds the path in the payload of a canonical path; empty when it has none.
        consent: Whether the exporter consents, where the payload says so; None where it is silent.
    """

    document: Document
    adapter: str
    adapter_version: str
    findings: Sequence[Finding]
    locate: Callable[[str], str]
    consent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A canonical document in a national format.

    Attributes:
        payload: The octets.
        adapter: Name of the adapter that wrote them.
        file_suffix: Of files that hold such a payload, with the dot.
        losses: What the format cannot carry.
        locate: Finds the path in the payload of a canonical path; empty when it has none.
    """

    payload: bytes
    adapter: str
    file_suffix: str
    losses: Sequence[Finding]
    locate: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPayload:
    """A payload that lies at the door.

    Attributes:
        name: At the door.
        octets: How large it is, as the door tells; 0 where it does not.
    """

    name: str
    octets: int


class ConsentSource(Protocol):
    """Where the exporting side records what its exporters consented to."""

    async def fetch(self) -> Consents:
        """Get the table that is in force.

        Raises:
            UnavailableError: ``consent.unreachable``.
            UndeterminedError: ``consent.unusable``: it cannot be read, which says nothing about
                any exporter.
        """
        ...


class DataPolicySource(Protocol):
    """What this state lets out to whom."""

    async def fetch(self) -> DataPolicy:
        """Get the policy that is in force now.

        Raises:
            UnavailableError: ``policy.unreachable``.
            UndeterminedError: ``policy.unusable``.
        """
        ...


class NationalFormats(Protocol):
    """What a national system speaks, read and written by adapters, wherever these run."""

    async def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload.

        Raises:
            RefusedError: ``adapter.*`` or ``xml.*``, with findings in the payload's own terms.
        """
        ...

    async def from_canonical(self, document: Document) -> Rendering:
        """Write one document.

        Raises:
            RefusedError: ``adapter.*``.
        """
        ...

    async def compare(self, document: Document, rendering: Rendering) -> Sequence[str]:
        """Read again what was written, and tell what differs beyond what is declared lost.

        Args:
            document: What was written.
            rendering: What `from_canonical` made of it.

        Returns:
            Canonical paths; empty when the format carries the document.

        Raises:
            RefusedError: ``adapter.*``.
        """
        ...


class NationalGateway(Protocol):
    """The door to a national single window, outward."""

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Hand over one payload; returns when the national system holds it durably.

        What is not binding (a parallel exchange) goes by a door of its own. Findings are advice
        for whoever decides there; they never hold a payload back.

        The same `delivery_id` on every attempt is what the national system recognises a
        repetition by.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        ...


class PayloadSource(Protocol):
    """The door of a national single window, inward, where payloads are left lying.

    Every method may raise `UnavailableError` ``national.unavailable``.
    """

    async def list_payloads(self, *, limit: int) -> Sequence[WaitingPayload]:
        """List payloads that wait, in the order to take them in."""
        ...

    async def read(self, name: str) -> bytes | None:
        """Read a payload; None when it does not wait any more."""
        ...

    async def put_aside_accepted(
        self, name: str, *, document_id: str, findings: Sequence[Finding]
    ) -> None:
        """Put a payload aside that became a document, with warnings and losses beside it.

        Repeating it changes nothing.
        """
        ...

    async def put_aside_refused(self, name: str, refusal: RefusedError) -> None:
        """Put a payload aside that was refused, with the reason where its sender finds it."""
        ...
