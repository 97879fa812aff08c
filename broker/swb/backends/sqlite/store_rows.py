"""Rows of the store and the records that they stand for, each way in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from swb.ports import (
    BuriedMessage,
    Direction,
    DocumentRecord,
    Erasure,
    Event,
    Exchanged,
    HeldMessage,
    MessageRecord,
    NationalDelivery,
    OutboundMessage,
    Recorded,
    RecordedOctets,
    SentMessage,
    SubmissionRecord,
)

__all__ = [
    "decode_instant",
    "encode_instant",
    "parameters_of_document",
    "parameters_of_event",
    "parameters_of_message",
    "read_buried",
    "read_delivery",
    "read_document",
    "read_erasure",
    "read_event",
    "read_exchanged",
    "read_held",
    "read_message",
    "read_outbound",
    "read_recorded",
    "read_recorded_octets",
    "read_sent",
    "read_submission",
]

Row = tuple[Any, ...]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def encode_instant(at: datetime) -> int:
    """Count the microseconds since 1970 of an aware instant."""
    return (at - _EPOCH) // _MICROSECOND


def decode_instant(microseconds: int) -> datetime:
    """Be the exact inverse of `encode_instant`, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def parameters_of_document(record: DocumentRecord) -> Row:
    """List the parameters of ``INSERT_DOCUMENT``."""
    return (
        record.document_id,
        record.message_type,
        record.certificate_key,
        record.conversation_id,
        record.issuing_party,
        record.receiving_party,
        record.environment,
        record.digest,
        record.direction.value,
        encode_instant(record.recorded_at),
        record.octets,
    )


def read_document(row: Row) -> DocumentRecord:
    """Read a row of documents."""
    return DocumentRecord(
        document_id=row[0],
        message_type=row[1],
        certificate_key=row[2],
        conversation_id=row[3],
        issuing_party=row[4],
        receiving_party=row[5],
        environment=row[6],
        digest=row[7],
        direction=Direction(row[8]),
        recorded_at=decode_instant(row[9]),
        octets=row[10],
    )


def parameters_of_message(record: MessageRecord) -> Row:
    """List the parameters of ``INSERT_MESSAGE``."""
    return (
        record.message_id,
        record.message_type,
        record.document_id,
        record.sender,
        record.receiver,
        record.digest,
        record.direction.value,
        encode_instant(record.expires_at),
        encode_instant(record.recorded_at),
        record.octets,
    )


def read_message(row: Row) -> MessageRecord:
    """Read a row of messages."""
    return MessageRecord(
        message_id=row[0],
        message_type=row[1],
        document_id=row[2],
        sender=row[3],
        receiver=row[4],
        digest=row[5],
        direction=Direction(row[6]),
        expires_at=decode_instant(row[7]),
        recorded_at=decode_instant(row[8]),
        octets=row[9],
    )


def parameters_of_event(event: Event) -> Row:
    """List what a row of an event has, in the order of its columns."""
    return (
        event.document_id,
        event.name,
        encode_instant(event.at),
        event.message_id,
        event.code,
        event.detail,
        event.revision,
    )


def read_event(row: Row) -> Event:
    """Read a row of events."""
    return Event(
        document_id=row[0],
        name=row[1],
        at=decode_instant(row[2]),
        message_id=row[3],
        code=row[4],
        detail=row[5],
        revision=row[6],
    )


def read_exchanged(row: Row) -> Exchanged:
    """Read a row of documents with the names of their events."""
    return Exchanged(
        document_id=row[0],
        message_type=row[1],
        digest=row[2],
        issuing_party=row[3],
        receiving_party=row[4],
        environment=row[5],
        direction=Direction(row[6]),
        facts=frozenset(row[7].split(",")) if row[7] else frozenset(),
        waits=bool(row[8]),
    )


def read_outbound(row: Row) -> OutboundMessage:
    """Read a row of the outbox, joined with its message."""
    return OutboundMessage(
        line=row[0], environment=row[1], attempts=row[2], message=read_message(row[3:])
    )


def read_delivery(row: Row) -> NationalDelivery:
    """Read a row of deliveries, joined with its document and the message that brought it."""
    return NationalDelivery(
        document_id=row[0],
        message_type=row[1],
        octets=row[2],
        message_id=row[3],
        message_digest=row[4],
        sender=row[5],
        recorded_at=decode_instant(row[6]),
        attempts=row[7],
    )


def read_sent(row: Row) -> SentMessage:
    """Read a row of messages that were sent from here."""
    message_id, document_id, receiver, digest, environment = row
    return SentMessage(
        message_id=message_id,
        document_id=document_id,
        receiver=receiver,
        digest=digest,
        environment=environment,
    )


def read_submission(row: Row) -> SubmissionRecord:
    """Read a row of submissions."""
    return SubmissionRecord(
        payload_digest=row[0],
        adapter=row[1],
        payload=row[2],
        document_id=row[3],
        recorded_at=decode_instant(row[4]),
    )


def read_held(row: Row) -> HeldMessage:
    """Read a row of held messages."""
    return HeldMessage(
        octets_digest=row[0],
        octets=row[1],
        line=row[2],
        attempts=row[3],
        code=row[4],
        received_at=decode_instant(row[5]) if row[5] else None,
    )


def read_buried(row: Row) -> BuriedMessage:
    """Read a row of dead letters."""
    return BuriedMessage(
        octets_digest=row[0],
        octets=row[1],
        line=row[2],
        code=row[3],
        detail=row[4],
        buried_at=decode_instant(row[5]),
    )


def read_recorded(row: Row) -> Recorded:
    """Read a row of ``LIST_RECORDED``."""
    return Recorded(
        position=row[0],
        message_id=row[1],
        message_type=row[2],
        document_id=row[3],
        sender=row[4],
        digest=row[5],
        direction=Direction(row[6]),
        recorded_at=decode_instant(row[7]),
    )


def read_recorded_octets(row: Row) -> RecordedOctets:
    """Read a row of ``LIST_RECORDED_OCTETS``."""
    return RecordedOctets(recorded=read_recorded(row[:8]), message=row[8], document=row[9])


def read_erasure(row: Row) -> Erasure:
    """Read a row of ``FIND_ERASURES`` or ``LIST_ERASURES``."""
    return Erasure(
        position=row[0],
        erasure_id=row[1],
        conversation_id=row[2],
        erased_at=decode_instant(row[3]),
        octets=row[4],
    )
