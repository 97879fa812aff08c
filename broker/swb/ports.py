"""The ports: what the use cases need from the world, in the terms of the domain.

Transport speaks bytes and strings only. The store speaks domain operations, one transaction
each. Every method that touches the world is asynchronous and bounded in time by its
implementation; every foreign exception is translated into `swb_schemas.errors`, the cause kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from swb.core.duplicates import Disposition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime, timedelta

    from swb_schemas.documents import Document
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "Acceptance",
    "BuriedMessage",
    "Clock",
    "Counts",
    "Delivery",
    "Direction",
    "Disposition",
    "DocumentRecord",
    "Event",
    "HeldMessage",
    "LineEnd",
    "MessageRecord",
    "MessageStore",
    "NationalDelivery",
    "NationalFormat",
    "NationalGateway",
    "OutboundMessage",
    "PayloadSource",
    "Reading",
    "Rendering",
    "Settlement",
    "Signer",
    "Submission",
    "SubmissionRecord",
    "Trail",
    "Transport",
    "TrustSource",
]


# --- transport ---------------------------------------------------------------------------------


class LineEnd(StrEnum):
    """Which end of a member's line somebody holds."""

    MEMBER = "member"
    """Publishes to ``submit``, receives from ``inbox``."""
    ROUTER = "router"
    """Publishes to ``inbox``, receives from ``submit``."""


class Settlement(StrEnum):
    """What becomes of a delivery."""

    ACCEPT = "accept"
    """Its effect is committed (or it is known to be worthless): the transport forgets it."""
    RELEASE = "release"
    """Nothing was committed: the transport offers it again, to anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as the transport offers it. Nothing in it is trusted.

    Attributes:
        body: The message's octets.
        claimed_message_id: The id the transport carries beside the body, for logs only.
        redelivered: True when the transport offered it before.
        tag: The transport's own handle, for `Transport.settle`; opaque to everybody else.
    """

    body: bytes
    claimed_message_id: str
    redelivered: bool
    tag: object


class Transport(Protocol):
    """One end of one member's line to the region: it publishes one way and receives the other.

    A member's end writes to ``submit`` and reads ``inbox``; the router's end of the same line
    writes to ``inbox`` and reads ``submit``. Delivery is at least once, in no promised order.
    """

    async def open(self) -> None:
        """Connect and check that what the line needs exists. Declares nothing.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.topology``.
        """
        ...

    async def close(self) -> None:
        """Stop offering deliveries, let unsettled ones go back, disconnect. Safe to repeat."""
        ...

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """Hand a message over; returns only after the transport holds it durably.

        Raises:
            UnavailableError: It is not known to be held (``transport.unconfirmed``,
                ``transport.unreachable``, ``transport.unroutable``, ``transport.full``): send it
                again under the same id.
        """
        ...

    def deliveries(self) -> AsyncIterator[Delivery]:
        """Offer messages until closed; survives reconnects. Bounded by the prefetch."""
        ...

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Say what became of a delivery.

        A lost line is no error here: the delivery comes back.
        """
        ...

    async def ping(self) -> None:
        """Prove that the line works.

        Raises:
            UnavailableError: ``transport.unreachable``.
        """
        ...


# --- store -------------------------------------------------------------------------------------


class Direction(StrEnum):
    """Which way something went, seen from the store's owner."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One sealed document, with what is needed to find it.

    Attributes:
        document_id: UUIDv7 from the seal header.
        message_type: Name in the catalogue, for example ``CertificateIssue``.
        certificate_key: ``STATE:office:number`` of the certificate it is or speaks about; empty
            for acknowledgements.
        conversation_id: From the seal header.
        issuing_party: URN of the sealing party.
        receiving_party: URN of the addressed party.
        environment: test, parallel or production.
        digest: The signed reference digest, as ``sha-256:<hex>``.
        direction: Which way it went.
        octets: The sealed document, byte for byte.
        recorded_at: When this store first committed it.
    """

    document_id: str
    message_type: str
    certificate_key: str
    conversation_id: str
    issuing_party: str
    receiving_party: str
    environment: str
    digest: str
    direction: Direction
    octets: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One message as it was sent or received, byte for byte.

    Attributes:
        message_id: UUIDv7 of the message.
        message_type: Name in the catalogue.
        document_id: The sealed document that it carries.
        sender: URN of the sending gateway or router.
        receiver: URN of the receiving gateway or router.
        digest: The outer signed reference digest, as ``sha-256:<hex>``.
        direction: Which way it went.
        octets: The whole message.
        expires_at: From its header; duplicate records outlive it.
        recorded_at: When this store first committed it.
    """

    message_id: str
    message_type: str
    document_id: str
    sender: str
    receiver: str
    digest: str
    direction: Direction
    octets: bytes
    expires_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One dated fact in the life of a document.

    Attributes:
        document_id: The document it is about.
        name: From `swb.core.lifecycle.EventName`, for example ``AS2``.
        at: When it happened, by whoever says so.
        message_id: The message that says so; empty for what happened here.
        code: Error code where something was refused, else empty.
        detail: One line for people; no payload content.
        revision: Number of a customs response, 0 for everything else.
    """

    document_id: str
    name: str
    at: datetime
    message_id: str = ""
    code: str = ""
    detail: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message that waits to be published, with its history of attempts.

    Attributes:
        message: What to publish.
        line: Name of the transport line it leaves by: the member's state.
        environment: For the routing key.
        attempts: How often it was tried.
    """

    message: MessageRecord
    line: str
    environment: str
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalDelivery:
    """A canonical document that waits to be handed to the national single window.

    Attributes:
        document_id: Also the delivery's stable id at the national system.
        message_type: Name in the catalogue.
        octets: The sealed document, byte for byte.
        message_id: The message that brought it, empty when it came from inside.
        message_digest: That message's signed digest.
        attempts: How often it was tried.
    """

    document_id: str
    message_type: str
    octets: bytes
    message_id: str
    message_digest: str
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRecord:
    """A national payload as it came in, and what became of it.

    Attributes:
        payload_digest: ``sha-256:<hex>`` of the payload; the idempotency key.
        adapter: Name and version of the adapter that read it, as ``name/version``.
        payload: The payload, byte for byte.
        document_id: The document that was made of it.
        recorded_at: When it was committed.
    """

    payload_digest: str
    adapter: str
    payload: bytes
    document_id: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Everything that one accepted national payload brings, committed together.

    Attributes:
        record: The payload.
        document: The sealed document.
        outbound: The message that carries it.
        events: What is known at once, AS1 among it.
    """

    record: SubmissionRecord
    document: DocumentRecord
    outbound: OutboundMessage
    events: Sequence[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Everything that one received message brings, committed together.

    Attributes:
        message: The message.
        documents: The sealed document that it carried, if it could be opened, and those of the
            outbound messages.
        outbound: What is to be sent because of it (acknowledgements, the relayed message).
        deliveries: What is to be handed to the national system because of it.
        events: What it says about documents.
    """

    message: MessageRecord
    documents: Sequence[DocumentRecord] = ()
    outbound: Sequence[OutboundMessage] = ()
    deliveries: Sequence[NationalDelivery] = ()
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """Received octets that could not be judged yet.

    Attributes:
        octets_digest: ``sha-256:<hex>`` of the octets; the record's key.
        octets: What was received.
        line: The line it came by.
        attempts: How often judging was tried.
        code: Why it could not be judged.
    """

    octets_digest: str
    octets: bytes
    line: str
    attempts: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuriedMessage:
    """A dead letter: received octets that were refused, kept as evidence.

    Attributes:
        octets_digest: ``sha-256:<hex>`` of the octets.
        octets: What was received.
        line: The line it came by.
        code: Why it was refused.
        detail: What was expected and found.
        buried_at: When.
    """

    octets_digest: str
    octets: bytes
    line: str
    code: str
    detail: str
    buried_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """All that a store knows about one document."""

    document: DocumentRecord
    messages: Sequence[MessageRecord]
    events: Sequence[Event]
    answers: Sequence[DocumentRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is waiting, for health and for people.

    Attributes:
        outbound: Messages that wait to be published.
        deliveries: Documents that wait for the national system.
        held: Received messages that could not be judged yet.
        parked: Messages and deliveries that wait for a person.
        buried: Dead letters.
    """

    outbound: int
    deliveries: int
    held: int
    parked: int
    buried: int


class MessageStore(Protocol):
    """What a gateway or router must never forget. Each method is one transaction.

    Every method may raise `UnavailableError` ``store.unavailable`` when the store cannot be
    reached or written, and then nothing of it happened.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``store.unavailable``, or ``store.schema`` when the data need
                newer code.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    # submitting

    async def find_submission(self, payload_digest: str) -> SubmissionRecord | None:
        """Find what the same payload became before."""
        ...

    async def commit_submission(self, submission: Submission) -> SubmissionRecord:
        """Commit all of it or nothing.

        Returns:
            The record that stands: the given one, or the earlier one when the same payload was
            committed before (then nothing new is written).
        """
        ...

    # dispatching

    async def claim_outbound(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[OutboundMessage]:
        """Take due messages, oldest first; nobody else gets them before the lease ends."""
        ...

    async def mark_published(self, message_ids: Sequence[str], at: datetime) -> None:
        """Record that the transport holds them. Repeating it changes nothing."""
        ...

    async def retry_outbound(self, message_id: str, *, code: str, due_at: datetime) -> None:
        """Count a failed attempt and end the lease; it is due again at `due_at`."""
        ...

    async def park_outbound(self, message_id: str, *, code: str, at: datetime) -> None:
        """Stop trying; it waits for a person."""
        ...

    # receiving

    async def accept(self, acceptance: Acceptance) -> Disposition:
        """Commit a received message with all its consequences.

        Returns:
            NEW: committed. REPEAT: the same id and digest were committed before; nothing is
            written, but acknowledgements that were sent because of it become due again (what
            it relayed under its own id does not). CONFLICT: the same id, or the id of one of the
            documents, with another digest; nothing is written.
        """
        ...

    async def hold(self, held: HeldMessage, *, due_at: datetime) -> int:
        """Keep octets that could not be judged, or count one more attempt on them.

        Returns:
            The number of attempts so far, this one included.
        """
        ...

    async def claim_held(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[HeldMessage]:
        """Take held messages that are due; nobody else gets them before the lease ends."""
        ...

    async def release_held(self, octets_digest: str) -> None:
        """Forget a held message: it was judged. Repeating it changes nothing."""
        ...

    async def bury(self, buried: BuriedMessage) -> None:
        """Keep a refused message as evidence, and forget it where it was held."""
        ...

    # handing over to the national system

    async def claim_deliveries(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[NationalDelivery]:
        """Take due deliveries, oldest first; nobody else gets them before the lease ends."""
        ...

    async def complete_delivery(
        self,
        document_id: str,
        *,
        at: datetime,
        events: Sequence[Event],
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> None:
        """Record a delivery together with the acknowledgement that it causes.

        Repeating it changes nothing: the first one stands.
        """
        ...

    async def retry_delivery(self, document_id: str, *, code: str, due_at: datetime) -> None:
        """Count a failed attempt and end the lease; it is due again at `due_at`."""
        ...

    async def park_delivery(self, document_id: str, *, code: str, at: datetime) -> None:
        """Stop trying; it waits for a person."""
        ...

    # asking

    async def find_document(self, document_id: str) -> DocumentRecord | None:
        """Find a sealed document by its id."""
        ...

    async def find_message(self, message_id: str) -> MessageRecord | None:
        """Find a message by its id."""
        ...

    async def find_certificate(self, certificate_key: str) -> DocumentRecord | None:
        """Find the latest certificate with this key."""
        ...

    async def find_trail(self, reference: str) -> Trail | None:
        """Find a document by certificate key, document id or message id."""
        ...

    async def list_messages(self, *, after: str = "", limit: int = 500) -> Sequence[MessageRecord]:
        """List messages in order of id, from just after `after`."""
        ...

    async def list_documents(
        self, *, after: str = "", limit: int = 500
    ) -> Sequence[DocumentRecord]:
        """List sealed documents in order of id, from just after `after`."""
        ...

    async def list_events(self, document_id: str) -> Sequence[Event]:
        """List a document's events in the order in which they happened."""
        ...

    async def list_buried(self, *, limit: int = 500) -> Sequence[BuriedMessage]:
        """List dead letters, latest first."""
        ...

    async def count(self) -> Counts:
        """Count what waits."""
        ...


# --- keys, trust, national systems, time -------------------------------------------------------


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


class TrustSource(Protocol):
    """Where the trust bundle comes from."""

    async def fetch(self) -> TrustBundle:
        """Get the bundle that is in force.

        Raises:
            UnavailableError: ``trust.unreachable``.
            RefusedError: It does not verify; see `swb_schemas.wire.trust`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A national payload, understood.

    Attributes:
        document: The canonical document.
        findings: Warnings, with paths in the payload.
        locate: Finds the path in the payload of a canonical path; empty when it has none.
    """

    document: Document
    findings: Sequence[Finding]
    locate: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A canonical document in a national format.

    Attributes:
        payload: The octets.
        losses: What the format cannot carry.
    """

    payload: bytes
    losses: Sequence[Finding]


class NationalFormat(Protocol):
    """A national format, read and written by an adapter, wherever the adapter runs."""

    @property
    def name(self) -> str:
        """The adapter's name."""
        ...

    @property
    def version(self) -> str:
        """The adapter's version."""
        ...

    @property
    def file_suffix(self) -> str:
        """Of files that hold one payload, with the dot."""
        ...

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


class NationalGateway(Protocol):
    """The door to a national single window, outward."""

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Hand over one payload; returns when the national system holds it durably.

        Findings are advice for whoever decides there; they never hold a payload back.

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

    async def list_payloads(self, *, limit: int) -> Sequence[str]:
        """List names of payloads that wait, in the order to take them in."""
        ...

    async def read(self, name: str) -> bytes | None:
        """Read a payload; None when it does not wait any more."""
        ...

    async def put_aside_accepted(self, name: str, *, document_id: str) -> None:
        """Put a payload aside that became a document. Repeating it changes nothing."""
        ...

    async def put_aside_refused(self, name: str, refusal: RefusedError) -> None:
        """Put a payload aside that was refused, with the reason where its sender finds it."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...
