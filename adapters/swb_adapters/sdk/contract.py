"""The contract between the broker and an adapter: two verbs and a description.

An adapter turns octets of one national format into one canonical document and back. It is pure
and synchronous: no network, no file, no clock, no randomness, no state between calls; the same
input gives the same output, octet for octet. That is what lets it run in a worker process with
limits of time and memory, and what lets two operators compare what they got
(``docs/adr/adapter-contract-across-a-process.md``).

Everything that crosses the contract has a plain form: octets, canonical octets
(`swb_schemas.xml.encode`), findings (strings only) and the pairs of a `PathMap`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.paths import PathMap
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = [
    "API",
    "Adapter",
    "AdapterInfo",
    "MessageSupport",
    "Provenance",
    "Reading",
    "Rendering",
    "find_writer",
]

API: Final = 1
"""Version of this contract; it grows when an adapter written for it would have to be changed."""


class Provenance(StrEnum):
    """How well the national format is known."""

    PUBLISHED = "published"
    """Written against a specification that anybody can read."""
    OUTLINE = "outline"
    """The shape is known from public evidence, the names and code lists are not."""
    SIMULATED = "simulated"
    """Invented by this project to be plausible; no real system speaks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSupport:
    """What an adapter can do with one message type of the catalogue.

    Attributes:
        message_type: Name in `swb_schemas.catalogue`, for example ``CertificateIssue``.
        model: The canonical document that such a message carries.
        reads: Whether `Adapter.to_canonical` can yield it.
        writes: Whether `Adapter.from_canonical` takes it.
        loses: Canonical paths that the format may be unable to carry, with ``[*]`` for any
            position, for example ``CertificateOfOrigin/Exporter/NationalName[*]``. Every loss
            that a rendering declares lies at or below one of them.
        agreements: Codes of the agreements whose certificates it reads and writes; empty where
            the format does not care, and for documents that name none.
    """

    message_type: str
    model: type[Document]
    reads: bool = True
    writes: bool = True
    loses: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterInfo:
    """What an adapter says of itself; shown by ``swb adapters list``.

    Attributes:
        name: Lower-case token; also the name of its entry point in the group
            ``swb.adapters.v1``.
        version: Of the mapping, ``major.minor.patch``. It stands in the seal header of every
            document that the adapter read, so any change of what is read is a new version.
        provenance: How well the format is known.
        system: The national system or standard, in words.
        state: ISO 3166-1 alpha-2 code, or empty for a standard that belongs to no state.
        media_type: Of the payloads.
        file_suffix: Of files that hold one payload, with the dot.
        messages: One entry for each message type.
        root: Local name of the only XML root element that it reads; empty where it reads every
            payload of its syntax. A national system may speak several formats of one syntax that
            have roots of their own.
    """

    name: str
    version: str
    provenance: Provenance
    system: str
    media_type: str
    file_suffix: str
    messages: tuple[MessageSupport, ...]
    state: str = ""
    root: str = ""

    def get_support(self, document: Document) -> MessageSupport:
        """Get what the adapter can do with a document's type.

        Raises:
            RefusedError: ``adapter.unsupported``: it does not write such documents, or none under
                the document's agreement.
        """
        for message in self.messages:
            if message.writes and type(document) is message.model:
                self._check_agreement(message, getattr(document, "agreement", None))
                return message
        known = ", ".join(m.model.__name__ for m in self.messages if m.writes)
        message_text = (
            f"expected a document that {self.name} writes ({known}), "
            f"found {type(document).__name__}"
        )
        raise RefusedError("adapter.unsupported", message_text)

    def _check_agreement(self, message: MessageSupport, agreement: str | None) -> None:
        if not message.agreements or agreement in message.agreements:
            return
        known = " or ".join(message.agreements)
        text = f"expected a certificate under {known}, found {agreement!r}"
        raise refuse("adapter.unsupported", text, path=f"{message.model.__name__}/Agreement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A national payload, understood.

    Attributes:
        message_type: Name in the catalogue.
        document: The canonical document, complete and valid.
        findings: Warnings, and losses: what the payload says beyond the canonical document. A
            loss of this direction has a `national_path` and no `path`.
        paths: Where the document's elements stand in the payload.
        consent: Whether the exporter consents to the exchange, where the payload says so; it is
            not part of the document and stays at the gateway. None where the payload is silent.
    """

    message_type: str
    document: Document
    findings: tuple[Finding, ...] = ()
    paths: PathMap = field(default_factory=PathMap)
    consent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A canonical document, written in a national format.

    Attributes:
        message_type: Name in the catalogue.
        payload: The octets to hand to the national system.
        losses: One finding of severity ``LOSS`` for each element that the format cannot carry,
            with its canonical path.
        paths: Where the document's elements stand in the payload.
    """

    message_type: str
    payload: bytes
    losses: tuple[Finding, ...] = ()
    paths: PathMap = field(default_factory=PathMap)


@runtime_checkable
class Adapter(Protocol):
    """National octets to a canonical document, and back.

    An implementation is an object without state, published under an entry point group whose name
    ends with the version of this contract (`API`)::

        [project.entry-points."swb.adapters.v1"]
        atlantis = "atlantis_swb:ADAPTER"
    """

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        ...

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload.

        Args:
            raw: The payload as it arrived, trusted in nothing.

        Raises:
            RefusedError: ``adapter.too_large``, ``adapter.malformed`` (not this format at all),
                ``adapter.schema`` (not valid against the national schema),
                ``adapter.unsupported`` (a kind or version that is not handled),
                ``adapter.value`` (a value that cannot be understood, or that no canonical
                document may hold), ``adapter.inconsistent`` (two places that must agree do not),
                or a code ``xml.*`` from the parser. Findings name the national path, and the
                canonical one where it is known. No other exception leaves.
        """
        ...

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document.

        Args:
            document: A valid canonical document.

        Raises:
            RefusedError: ``adapter.unsupported``, ``adapter.value`` (a value that the format has
                no spelling for) or ``adapter.mandatory_loss`` (an element that every such
                document must have cannot be carried).
        """
        ...


def find_writer(adapters: Sequence[Adapter], document: Document) -> Adapter:
    """Find which of a national system's adapters writes a document.

    Returns:
        The first that does; else the last one, whose refusal says that nobody does.
    """
    for adapter in adapters[:-1]:
        try:
            adapter.info.get_support(document)
        except RefusedError:
            continue
        return adapter
    return adapters[-1]
