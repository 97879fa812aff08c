"""What the store answers: each function asks one thing, or several of one snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from swb.backends.postgres import store_statements as sql
from swb.backends.postgres.store_rows import (
    read_buried,
    read_document,
    read_erasure,
    read_event,
    read_exchanged,
    read_message,
    read_recorded,
    read_recorded_octets,
    read_sent,
    read_submission,
)
from swb.ports import Backlog, Counts, Surveyed, Traffic, Trail, WaitingDelivery

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection
    from swb.ports import (
        BuriedMessage,
        DocumentRecord,
        Erasure,
        Event,
        Exchanged,
        MessageRecord,
        Recorded,
        RecordedOctets,
        SentMessage,
        SubmissionRecord,
    )

__all__ = [
    "count",
    "find_buried",
    "find_carrier",
    "find_certificate",
    "find_document",
    "find_erasures",
    "find_message",
    "find_submission",
    "find_trail",
    "list_backlogs",
    "list_buried",
    "list_certificate_keys",
    "list_certificates",
    "list_deliveries",
    "list_documents",
    "list_erasures",
    "list_events",
    "list_exchanged",
    "list_mentioning",
    "list_messages",
    "list_recorded",
    "list_recorded_octets",
    "list_sent",
    "list_traffic",
    "list_unconcluded",
    "search_certificates",
    "survey",
]


async def find_submission(connection: Connection, payload_digest: str) -> SubmissionRecord | None:
    """See `MessageStore.find_submission`."""
    cursor = await connection.execute(sql.FIND_SUBMISSION, (payload_digest,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_submission(row)


async def find_document(connection: Connection, document_id: str) -> DocumentRecord | None:
    """See `MessageStore.find_document`."""
    cursor = await connection.execute(sql.FIND_DOCUMENT, (document_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def find_message(connection: Connection, message_id: str) -> MessageRecord | None:
    """See `MessageStore.find_message`."""
    cursor = await connection.execute(sql.FIND_MESSAGE, (message_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_message(row)


async def list_sent(connection: Connection, message_ids: Sequence[str]) -> Sequence[SentMessage]:
    """See `MessageStore.list_sent`."""
    cursor = await connection.execute(sql.LIST_SENT, (list(message_ids),))
    return [read_sent(row) for row in await cursor.fetchall()]


async def find_carrier(connection: Connection, document_id: str) -> MessageRecord | None:
    """See `MessageStore.find_carrier`."""
    cursor = await connection.execute(sql.FIND_CARRIER, (document_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_message(row)


async def find_certificate(
    connection: Connection, certificate_key: str, *, certificate_types: Sequence[str]
) -> DocumentRecord | None:
    """See `MessageStore.find_certificate`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": list(certificate_types),
    }
    cursor = await connection.execute(sql.FIND_CERTIFICATE, parameters, binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def list_certificates(
    connection: Connection,
    certificate_key: str,
    *,
    certificate_types: Sequence[str],
    limit: int,
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_certificates`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": list(certificate_types),
        "limit": limit,
    }
    cursor = await connection.execute(sql.LIST_CERTIFICATES, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def search_certificates(
    connection: Connection,
    state: str,
    numbers: Sequence[str],
    *,
    certificate_types: Sequence[str],
    limit: int,
) -> Sequence[DocumentRecord]:
    """See `MessageStore.search_certificates`."""
    parameters = {
        "state": state,
        "numbers": [quote(number, safe="") for number in numbers],
        "certificate_types": list(certificate_types),
        "limit": limit,
    }
    cursor = await connection.execute(sql.SEARCH_CERTIFICATES, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_mentioning(
    connection: Connection, mentioned: Sequence[str], *, limit: int
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_mentioning`."""
    parameters = {"mentioned": list(mentioned), "limit": limit}
    cursor = await connection.execute(sql.LIST_MENTIONING, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_certificate_keys(
    connection: Connection,
    state: str,
    *,
    after: str,
    certificate_types: Sequence[str],
    limit: int,
) -> Sequence[str]:
    """See `MessageStore.list_certificate_keys`."""
    parameters = {
        "after": max(after, f"{state}:"),
        "behind": f"{state};",
        "certificate_types": list(certificate_types),
        "limit": limit,
    }
    cursor = await connection.execute(sql.LIST_CERTIFICATE_KEYS, parameters, binary=True)
    return [row[0] for row in await cursor.fetchall()]


async def list_unconcluded(
    connection: Connection, *, asked_before: datetime, after: str, limit: int
) -> Sequence[str]:
    """See `MessageStore.list_unconcluded`."""
    parameters = {"before": asked_before, "after": after, "limit": limit}
    cursor = await connection.execute(sql.LIST_UNCONCLUDED, parameters, binary=True)
    return [found for (found,) in await cursor.fetchall()]


async def find_trail(
    connection: Connection, reference: str, *, certificate_types: Sequence[str]
) -> Trail | None:
    """See `MessageStore.find_trail`."""
    if "\x00" in reference:  # no text of PostgreSQL has it
        return None
    document = (
        await find_document(connection, reference)
        or await _find_document_of_message(connection, reference)
        or await find_certificate(connection, reference, certificate_types=certificate_types)
    )
    if document is None:
        return None
    parameters = {
        "document_id": document.document_id,
        "certificate_key": document.certificate_key,
        "conversation_id": document.conversation_id,
    }
    cursor = await connection.execute(sql.LIST_ANSWERS, parameters, binary=True)
    answers = [read_document(row) for row in await cursor.fetchall()]
    ids = [document.document_id, *(answer.document_id for answer in answers)]
    cursor = await connection.execute(sql.LIST_MESSAGES_OF_DOCUMENTS, (ids,), binary=True)
    return Trail(
        document=document,
        messages=[read_message(row) for row in await cursor.fetchall()],
        events=await list_events(connection, document.document_id),
        answers=answers,
    )


async def _find_document_of_message(
    connection: Connection, message_id: str
) -> DocumentRecord | None:
    cursor = await connection.execute(sql.FIND_DOCUMENT_BY_MESSAGE, (message_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def list_messages(
    connection: Connection, *, after: str, limit: int
) -> Sequence[MessageRecord]:
    """See `MessageStore.list_messages`."""
    cursor = await connection.execute(sql.LIST_MESSAGES, (after, limit), binary=True)
    return [read_message(row) for row in await cursor.fetchall()]


async def list_recorded(
    connection: Connection, *, after: int, limit: int, end: int
) -> Sequence[Recorded]:
    """See `MessageStore.list_recorded`; `end` is what `feed.find_feed_end` found."""
    cursor = await connection.execute(sql.LIST_RECORDED, (after, end, limit), binary=True)
    return [read_recorded(row) for row in await cursor.fetchall()]


async def list_recorded_octets(
    connection: Connection, *, after: int, limit: int, end: int
) -> Sequence[RecordedOctets]:
    """See `MessageStore.list_recorded_octets`; `end` is what `feed.find_feed_end` found."""
    cursor = await connection.execute(sql.LIST_RECORDED_OCTETS, (after, end, limit), binary=True)
    return [read_recorded_octets(row) for row in await cursor.fetchall()]


async def find_erasures(connection: Connection, conversation_id: str) -> Sequence[Erasure]:
    """See `MessageStore.find_erasures`."""
    cursor = await connection.execute(sql.FIND_ERASURES, (conversation_id,), binary=True)
    return [read_erasure(row) for row in await cursor.fetchall()]


async def list_erasures(connection: Connection, *, after: int, limit: int) -> Sequence[Erasure]:
    """See `MessageStore.list_erasures`."""
    cursor = await connection.execute(sql.LIST_ERASURES, (after, limit), binary=True)
    return [read_erasure(row) for row in await cursor.fetchall()]


async def list_documents(
    connection: Connection, *, after: str, limit: int
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_documents`."""
    cursor = await connection.execute(sql.LIST_DOCUMENTS, (after, limit), binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_exchanged(
    connection: Connection,
    message_types: Sequence[str],
    *,
    after: str,
    until: str,
    limit: int,
) -> Sequence[Exchanged]:
    """See `MessageStore.list_exchanged`."""
    parameters = {
        "message_types": list(message_types),
        "after": after,
        "until": until,
        "limit": limit,
    }
    cursor = await connection.execute(sql.LIST_EXCHANGED, parameters, binary=True)
    return [read_exchanged(row) for row in await cursor.fetchall()]


async def list_events(connection: Connection, document_id: str) -> Sequence[Event]:
    """See `MessageStore.list_events`."""
    cursor = await connection.execute(sql.LIST_EVENTS, (document_id,), binary=True)
    return [read_event(row) for row in await cursor.fetchall()]


async def find_buried(connection: Connection, octets_digest: str) -> BuriedMessage | None:
    """See `MessageStore.find_buried`."""
    cursor = await connection.execute(sql.FIND_BURIED, (octets_digest,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_buried(row)


async def list_buried(connection: Connection, *, limit: int) -> Sequence[BuriedMessage]:
    """See `MessageStore.list_buried`."""
    cursor = await connection.execute(sql.LIST_BURIED, (limit,), binary=True)
    return [read_buried(row) for row in await cursor.fetchall()]


async def list_traffic(
    connection: Connection, since: datetime, until: datetime
) -> Sequence[Traffic]:
    """See `MessageStore.list_traffic`."""
    cursor = await connection.execute(sql.LIST_TRAFFIC, (since, until))
    return [
        Traffic(
            day=day,
            sender=sender,
            receiver=receiver,
            message_type=message_type,
            messages=messages,
            octets=octets,
        )
        for day, sender, receiver, message_type, messages, octets in await cursor.fetchall()
    ]


async def list_backlogs(connection: Connection) -> Sequence[Backlog]:
    """See `MessageStore.list_backlogs`."""
    cursor = await connection.execute(sql.LIST_BACKLOGS)
    return [
        Backlog(line=line, waiting=waiting, oldest_at=oldest_at)
        for line, waiting, oldest_at in await cursor.fetchall()
    ]


async def list_deliveries(connection: Connection, limit: int) -> Sequence[WaitingDelivery]:
    """See `MessageStore.list_deliveries`."""
    cursor = await connection.execute(sql.LIST_DELIVERIES, (limit,))
    return [
        WaitingDelivery(
            document_id=document_id,
            message_type=message_type,
            recorded_at=recorded_at,
            due_at=due_at,
            leased_until=leased_until,
            attempts=attempts,
        )
        for document_id, message_type, recorded_at, due_at, leased_until, attempts in (
            await cursor.fetchall()
        )
    ]


async def count(connection: Connection) -> Counts:
    """See `MessageStore.count`."""
    cursor = await connection.execute(sql.COUNT)
    row = await cursor.fetchone()
    outbound, deliveries, held, parked, buried = row or (0, 0, 0, 0, 0)
    return Counts(outbound=outbound, deliveries=deliveries, held=held, parked=parked, buried=buried)


async def survey(connection: Connection) -> list[Surveyed]:
    """See `MessageStore.survey`."""
    found: dict[tuple[str, str], Surveyed] = {}
    cursor = await connection.execute(sql.SURVEY_WAITING)
    for kind, destination, waiting, oldest_at in await cursor.fetchall():
        found[kind, destination] = Surveyed(
            kind=kind, destination=destination, waiting=waiting, parked=0, oldest_at=oldest_at
        )
    cursor = await connection.execute(sql.SURVEY_PARKED)
    for kind, destination, parked in await cursor.fetchall():
        before = found.get((kind, destination)) or Surveyed(
            kind=kind, destination=destination, waiting=0, parked=0, oldest_at=None
        )
        found[kind, destination] = replace(before, parked=parked)
    return [found[key] for key in sorted(found)]
