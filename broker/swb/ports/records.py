"""What a store keeps: frozen records, each complete in itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.core.figures import Remark, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb.ports.alike import Fingerprinted

__all__ = [
    "MENTIONS_COUNTED",
    "Acceptance",
    "BuriedMessage",
    "Counts",
    "Direction",
    "DocumentRecord",
    "Event",
    "Exchanged",
    "Grounds",
    "HeldMessage",
    "MessageRecord",
    "NationalDelivery",
    "OutboundMessage",
    "Recorded",
    "RecordedOctets",
    "Submission",
    "SubmissionRecord",
    "Trail",
    "find_refusal",
]


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
        octets: The sealed document, byte for byte; empty when it was erased.
        recorded_at: When this store first committed it.
        mentions: What it names beside its own key (`Document.mentions`); by these it is found, and
            they are not read back.
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
    mentions: Sequence[str] = ()


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
        octets: The whole message; empty when it was erased.
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
class Recorded:
    """That a message was committed, without its octets.

    Attributes:
        position: Grows by one or more with each message of this store.
        message_id: Of the message.
        message_type: Name in the catalogue.
        document_id: The sealed document that it carries.
        sender: URN of the sending gateway or router.
        digest: The outer signed reference digest, as ``sha-256:<hex>``.
        direction: Which way it went.
        recorded_at: When this store committed it.
    """

    position: int
    message_id: str
    message_type: str
    document_id: str
    sender: str
    digest: str
    direction: Direction
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedOctets:
    """A committed message with its octets and those of the document that it carries.

    Attributes:
        recorded: The message.
        message: Its octets; empty when they were erased.
        document: The sealed document's; empty where it is not here, or was erased.
    """

    recorded: Recorded
    message: bytes
    document: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One dated fact in the life of a document.

    Attributes:
        document_id: The document it is about.
        name: From `swb.core.lifecycle.Fact`, for example ``AS2``.
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
class Exchanged:
    """One document as reconciliation sees it, without its octets.

    Attributes:
        document_id: UUIDv7 from the seal header.
        message_type: Name in the catalogue.
        digest: The signed reference digest.
        issuing_party: URN of the sealing party.
        receiving_party: URN of the addressed party.
        environment: test, parallel or production.
        direction: Which way it went.
        facts: Names of what is known of it (`swb.core.lifecycle.Fact`).
        waits: Whether a message that carries it waits to be published, or for a person.
    """

    document_id: str
    message_type: str
    digest: str
    issuing_party: str
    receiving_party: str
    environment: str
    direction: Direction
    facts: frozenset[str]
    waits: bool


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
        sender: URN of the gateway that sent that message; empty where it is not kept.
        recorded_at: When the document was committed here.
        attempts: How often it was tried.
    """

    document_id: str
    message_type: str
    octets: bytes
    message_id: str
    message_digest: str
    sender: str
    recorded_at: datetime
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


MENTIONS_COUNTED: Final = 1000
"""So many documents that name others are read for a judgement, and counted for its grounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the store held of what a document was judged by, counted before that was read.

    Counts that are the same in the transaction that commits tell that nobody has added to it. What
    comes from the other side at that very moment may be missed: it may cross a move on the way,
    too.

    Attributes:
        events: Id of each document that it is about, to how many events are kept of it.
        mentioned: Keys that it names, as `DocumentRecord.mentions`.
        mentioning: How many documents name one of them, counted up to `MENTIONS_COUNTED`.
    """

    events: Mapping[str, int] = field(default_factory=dict)
    mentioned: Sequence[str] = ()
    mentioning: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Everything that one accepted national payload brings, committed together.

    Attributes:
        record: The payload.
        document: The sealed document.
        outbound: The message that carries it.
        events: What is known at once, AS1 among it.
        shares_key: Whether the document may have the key of another one of its type: it takes
            that one back, or is a certified true copy of it.
        fingerprinted: By what the document can be found alike; None keeps nothing.
        grounds: What it was judged by; None where nothing that is kept bears upon it.
        remarks: Rules that it was warned by, for the figures.
    """

    record: SubmissionRecord
    document: DocumentRecord
    outbound: OutboundMessage
    events: Sequence[Event]
    shares_key: bool = False
    fingerprinted: Fingerprinted | None = None
    grounds: Grounds | None = None
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Everything that one received message brings, committed together.

    Attributes:
        message: The message.
        documents: The sealed document that it carried, if it could be opened, and those of the
            outbound messages.
        outbound: What is to be sent because of it (acknowledgements, the relayed message).
        deliveries: What is to be handed to the national system because of it, where it was not
            before.
        forces_delivery: Whether it is handed over again, too, where it was before: the receiver
            asked for it. Then octets of it that are kept, and are others, are replaced.
        events: What it says about documents.
        fingerprinted: By what the document can be found alike; None keeps nothing.
    """

    message: MessageRecord
    documents: Sequence[DocumentRecord] = ()
    outbound: Sequence[OutboundMessage] = ()
    deliveries: Sequence[NationalDelivery] = ()
    forces_delivery: bool = False
    events: Sequence[Event] = ()
    fingerprinted: Fingerprinted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """That the national system has a document.

    Attributes:
        document_id: The document.
        at: Since when.
        events: What is known because of it.
        remarks: What the national system was told, for the figures.
    """

    document_id: str
    at: datetime
    events: Sequence[Event] = ()
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What an acknowledgement is held against: a message that was sent from here.

    Attributes:
        message_id: Of the message.
        document_id: Of the document in it.
        receiver: Whom it went to.
        digest: Its signed digest.
        environment: Of the document.
    """

    message_id: str
    document_id: str
    receiver: str
    digest: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """Received octets that could not be judged yet.

    Attributes:
        octets_digest: ``sha-256:<hex>`` of the octets; the record's key.
        octets: What was received.
        line: The line it came by.
        attempts: How often judging was tried.
        code: Why it could not be judged.
        received_at: When it first came; None where nobody noted it.
    """

    octets_digest: str
    octets: bytes
    line: str
    attempts: int
    code: str
    received_at: datetime | None = None


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


def find_refusal(buried: BuriedMessage) -> Remark:
    """Find what a dead letter adds to what was refused; nobody knows more of it than its line."""
    return Remark(
        subject=buried.octets_digest,
        kind=RemarkKind.REFUSAL,
        code=buried.code,
        at=buried.buried_at,
        direction=Direction.IN,
        partner=buried.line,
    )


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
        parked: Messages and deliveries that wait for a person and were not given up.
        buried: Dead letters that nobody gave up or had judged again.
    """

    outbound: int
    deliveries: int
    held: int
    parked: int
    buried: int
