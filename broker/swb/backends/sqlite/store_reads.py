"""What the store answers: each function reads one snapshot of the file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from swb.backends.sqlite import store_statements as sql
from swb.backends.sqlite.store_rows import (
    decode_instant,
    encode_instant,
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
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

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
    "read_pulse",
    "search_certificates",
    "survey",
]

_FIRST_DAY: Final = date(1970, 1, 1)


def find_submission(connection: sqlite3.Connection, payload_digest: str) -> SubmissionRecord | None:
    """See `MessageStore.find_submission`."""
    row = connection.execute(sql.FIND_SUBMISSION, (payload_digest,)).fetchone()
    return None if row is None else read_submission(row)


def find_document(connection: sqlite3.Connection, document_id: str) -> DocumentRecord | None:
    """See `MessageStore.find_document`."""
    row = connection.execute(sql.FIND_DOCUMENT, (document_id,)).fetchone()
    return None if row is None else read_document(row)


def find_message(connection: sqlite3.Connection, message_id: str) -> MessageRecord | None:
    """See `MessageStore.find_message`."""
    row = connection.execute(sql.FIND_MESSAGE, (message_id,)).fetchone()
    return None if row is None else read_message(row)


def list_sent(connection: sqlite3.Connection, message_ids: Sequence[str]) -> Sequence[SentMessage]:
    """See `MessageStore.list_sent`."""
    rows = connection.execute(sql.LIST_SENT, (json.dumps(list(message_ids)),))
    return [read_sent(row) for row in rows]


def find_carrier(connection: sqlite3.Connection, document_id: str) -> MessageRecord | None:
    """See `MessageStore.find_carrier`."""
    row = connection.execute(sql.FIND_CARRIER, (document_id,)).fetchone()
    return None if row is None else read_message(row)


def find_certificate(
    connection: sqlite3.Connection, certificate_key: str, *, certificate_types: Sequence[str]
) -> DocumentRecord | None:
    """See `MessageStore.find_certificate`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": json.dumps(list(certificate_types)),
    }
    row = connection.execute(sql.FIND_CERTIFICATE, parameters).fetchone()
    return None if row is None else read_document(row)


def list_certificates(
    connection: sqlite3.Connection,
    certificate_key: str,
    *,
    certificate_types: Sequence[str],
    limit: int,
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_certificates`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": json.dumps(list(certificate_types)),
        "limit": limit,
    }
    return [read_document(row) for row in connection.execute(sql.LIST_CERTIFICATES, parameters)]


def search_certificates(
    connection: sqlite3.Connection,
    state: str,
    numbers: Sequence[str],
    *,
    certificate_types: Sequence[str],
    limit: int,
) -> Sequence[DocumentRecord]:
    """See `MessageStore.search_certificates`."""
    parameters = {
        "state": state,
        "numbers": json.dumps([quote(number, safe="") for number in numbers]),
        "certificate_types": json.dumps(list(certificate_types)),
        "limit": limit,
    }
    return [read_document(row) for row in connection.execute(sql.SEARCH_CERTIFICATES, parameters)]


def list_mentioning(
    connection: sqlite3.Connection, mentioned: Sequence[str], *, limit: int
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_mentioning`."""
    parameters = {"mentioned": json.dumps(list(mentioned)), "limit": limit}
    return [read_document(row) for row in connection.execute(sql.LIST_MENTIONING, parameters)]


def list_certificate_keys(
    connection: sqlite3.Connection,
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
        "certificate_types": json.dumps(list(certificate_types)),
        "limit": limit,
    }
    return [key for (key,) in connection.execute(sql.LIST_CERTIFICATE_KEYS, parameters)]


def list_unconcluded(
    connection: sqlite3.Connection, *, asked_before: datetime, after: str, limit: int
) -> Sequence[str]:
    """See `MessageStore.list_unconcluded`."""
    parameters = {"before": encode_instant(asked_before), "after": after, "limit": limit}
    return [found for (found,) in connection.execute(sql.LIST_UNCONCLUDED, parameters)]


def find_trail(
    connection: sqlite3.Connection, reference: str, *, certificate_types: Sequence[str]
) -> Trail | None:
    """See `MessageStore.find_trail`."""
    document = (
        find_document(connection, reference)
        or _find_document_of_message(connection, reference)
        or find_certificate(connection, reference, certificate_types=certificate_types)
    )
    if document is None:
        return None
    parameters = {
        "document_id": document.document_id,
        "certificate_key": document.certificate_key,
        "conversation_id": document.conversation_id,
    }
    answers = [read_document(row) for row in connection.execute(sql.LIST_ANSWERS, parameters)]
    ids = json.dumps([document.document_id, *(answer.document_id for answer in answers)])
    messages = connection.execute(sql.LIST_MESSAGES_OF_DOCUMENTS, (ids,))
    return Trail(
        document=document,
        messages=[read_message(row) for row in messages],
        events=list_events(connection, document.document_id),
        answers=answers,
    )


def _find_document_of_message(
    connection: sqlite3.Connection, message_id: str
) -> DocumentRecord | None:
    row = connection.execute(sql.FIND_DOCUMENT_BY_MESSAGE, (message_id,)).fetchone()
    return None if row is None else read_document(row)


def list_messages(
    connection: sqlite3.Connection, *, after: str, limit: int
) -> Sequence[MessageRecord]:
    """See `MessageStore.list_messages`."""
    return [read_message(row) for row in connection.execute(sql.LIST_MESSAGES, (after, limit))]


def list_recorded(connection: sqlite3.Connection, *, after: int, limit: int) -> Sequence[Recorded]:
    """See `MessageStore.list_recorded`."""
    return [read_recorded(row) for row in connection.execute(sql.LIST_RECORDED, (after, limit))]


def list_recorded_octets(
    connection: sqlite3.Connection, *, after: int, limit: int
) -> Sequence[RecordedOctets]:
    """See `MessageStore.list_recorded_octets`."""
    rows = connection.execute(sql.LIST_RECORDED_OCTETS, (after, limit))
    return [read_recorded_octets(row) for row in rows]


def find_erasures(connection: sqlite3.Connection, conversation_id: str) -> Sequence[Erasure]:
    """See `MessageStore.find_erasures`."""
    rows = connection.execute(sql.FIND_ERASURES, (conversation_id,))
    return [read_erasure(row) for row in rows]


def list_erasures(connection: sqlite3.Connection, *, after: int, limit: int) -> Sequence[Erasure]:
    """See `MessageStore.list_erasures`."""
    return [read_erasure(row) for row in connection.execute(sql.LIST_ERASURES, (after, limit))]


def list_documents(
    connection: sqlite3.Connection, *, after: str, limit: int
) -> Sequence[DocumentRecord]:
    """See `MessageStore.list_documents`."""
    return [read_document(row) for row in connection.execute(sql.LIST_DOCUMENTS, (after, limit))]


def list_exchanged(
    connection: sqlite3.Connection,
    message_types: Sequence[str],
    *,
    after: str,
    until: str,
    limit: int,
) -> Sequence[Exchanged]:
    """See `MessageStore.list_exchanged`."""
    parameters = {
        "message_types": json.dumps(list(message_types)),
        "after": after,
        "until": until,
        "limit": limit,
    }
    return [read_exchanged(row) for row in connection.execute(sql.LIST_EXCHANGED, parameters)]


def list_events(connection: sqlite3.Connection, document_id: str) -> Sequence[Event]:
    """See `MessageStore.list_events`."""
    return [read_event(row) for row in connection.execute(sql.LIST_EVENTS, (document_id,))]


def find_buried(connection: sqlite3.Connection, octets_digest: str) -> BuriedMessage | None:
    """See `MessageStore.find_buried`."""
    row = connection.execute(sql.FIND_BURIED, (octets_digest,)).fetchone()
    return None if row is None else read_buried(row)


def list_buried(connection: sqlite3.Connection, *, limit: int) -> Sequence[BuriedMessage]:
    """See `MessageStore.list_buried`."""
    return [read_buried(row) for row in connection.execute(sql.LIST_BURIED, (limit,))]


def list_traffic(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> Sequence[Traffic]:
    """See `MessageStore.list_traffic`."""
    between = (encode_instant(since), encode_instant(until))
    return [
        Traffic(
            day=_FIRST_DAY + timedelta(days=day),
            sender=sender,
            receiver=receiver,
            message_type=message_type,
            messages=messages,
            octets=octets,
        )
        for day, sender, receiver, message_type, messages, octets in connection.execute(
            sql.LIST_TRAFFIC, between
        )
    ]


def list_backlogs(connection: sqlite3.Connection) -> Sequence[Backlog]:
    """See `MessageStore.list_backlogs`."""
    return [
        Backlog(line=line, waiting=waiting, oldest_at=decode_instant(oldest_at))
        for line, waiting, oldest_at in connection.execute(sql.LIST_BACKLOGS)
    ]


def list_deliveries(connection: sqlite3.Connection, limit: int) -> Sequence[WaitingDelivery]:
    """See `MessageStore.list_deliveries`."""
    return [
        WaitingDelivery(
            document_id=document_id,
            message_type=message_type,
            recorded_at=decode_instant(recorded_at),
            due_at=decode_instant(due_at),
            leased_until=decode_instant(leased_until) if leased_until else None,
            attempts=attempts,
        )
        for document_id, message_type, recorded_at, due_at, leased_until, attempts in (
            connection.execute(sql.LIST_DELIVERIES, (limit,))
        )
    ]


def count(connection: sqlite3.Connection) -> Counts:
    """See `MessageStore.count`."""
    outbound, deliveries, held, parked, buried = connection.execute(sql.COUNT).fetchone()
    return Counts(outbound=outbound, deliveries=deliveries, held=held, parked=parked, buried=buried)


def read_pulse(connection: sqlite3.Connection) -> int:
    """Read what `store_writes.beat` wrote."""
    beats: int = connection.execute(sql.READ_PULSE).fetchone()[0]
    return beats


def survey(connection: sqlite3.Connection) -> list[Surveyed]:
    """See `MessageStore.survey`."""
    found: dict[tuple[str, str], Surveyed] = {}
    for kind, destination, waiting, oldest_at in connection.execute(sql.SURVEY_WAITING):
        found[kind, destination] = Surveyed(
            kind=kind,
            destination=destination,
            waiting=waiting,
            parked=0,
            oldest_at=None if oldest_at is None else decode_instant(oldest_at),
        )
    for kind, destination, parked in connection.execute(sql.SURVEY_PARKED):
        before = found.get((kind, destination)) or Surveyed(
            kind=kind, destination=destination, waiting=0, parked=0, oldest_at=None
        )
        found[kind, destination] = replace(before, parked=parked)
    return [found[key] for key in sorted(found)]
