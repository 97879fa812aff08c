"""Sealed documents, what carried them and what became of them, in the embedded store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import looking_up, reading
from swb.backends.sqlite.store_certificates import find_certificate
from swb.backends.sqlite.store_rows import (
    encode_instant,
    read_document,
    read_event,
    read_exchanged,
    read_message,
    read_sent,
)
from swb.ports import Trail

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.sqlite.database import Database
    from swb.ports import DocumentRecord, Event, Exchanged, MessageRecord, SentMessage

__all__ = [
    "SqliteDocuments",
    "find_carrier",
    "find_document",
    "find_message",
    "find_trail",
    "list_documents",
    "list_events",
    "list_exchanged",
    "list_messages",
    "list_sent",
    "list_unconcluded",
]

_FIND_DOCUMENT: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id = ?
"""
_FIND_DOCUMENT_BY_MESSAGE: Final = """
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.digest, d.direction, d.recorded_at, d.octets
FROM messages m JOIN documents d ON d.document_id = m.document_id WHERE m.message_id = ?
"""
_LIST_ANSWERS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id <> :document_id AND document_id IN (
    SELECT document_id FROM documents
    WHERE certificate_key = :certificate_key AND certificate_key <> ''
    UNION
    SELECT document_id FROM documents
    WHERE conversation_id = :conversation_id AND conversation_id <> ''
    UNION
    -- One receipt may be about messages of several conversations.
    SELECT m.document_id FROM documents d
    JOIN events e ON e.document_id = d.document_id
    JOIN messages m ON m.message_id = e.message_id
    WHERE d.conversation_id = :conversation_id AND d.conversation_id <> ''
)
ORDER BY sequence
"""
_LIST_DOCUMENTS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id > ? ORDER BY document_id LIMIT ?
"""
# The types are few, and the ids of a day lie beside each other.
_LIST_EXCHANGED: Final = """
SELECT d.document_id, d.message_type, d.digest, d.issuing_party, d.receiving_party,
    d.environment, d.direction,
    (SELECT group_concat(e.name) FROM events e WHERE e.document_id = d.document_id),
    d.direction = 'out' AND d.document_id IN (
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'waiting'
        UNION ALL
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'parked' AND o.discarded_at IS NULL
    )
FROM documents d
WHERE d.document_id > :after AND d.document_id < :until
    AND d.message_type IN (SELECT value FROM json_each(:message_types))
ORDER BY d.document_id LIMIT :limit
"""
_FIND_MESSAGE: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id = ?
"""
_LIST_SENT: Final = """
SELECT m.message_id, m.document_id, m.receiver, m.digest, coalesce(d.environment, '')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.message_id IN (SELECT value FROM json_each(?)) AND m.direction = 'out'
"""
_FIND_CARRIER: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = ? ORDER BY sequence LIMIT 1
"""
_LIST_MESSAGES: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id > ? ORDER BY message_id LIMIT ?
"""
_LIST_MESSAGES_OF_DOCUMENTS: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY sequence
"""
_LIST_EVENTS: Final = """
SELECT document_id, name, at, message_id, code, detail, revision
FROM events WHERE document_id = ? ORDER BY at, sequence
"""
# What asks and what concludes are moves of `swb_schemas.exchanges`.
_LIST_UNCONCLUDED: Final = """
SELECT DISTINCT e.document_id FROM events e
WHERE e.name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING')
    AND e.document_id > :after
    AND coalesce(
        (SELECT m.recorded_at FROM messages m WHERE m.message_id = e.message_id), e.at
    ) <= :before
    AND NOT EXISTS (
        SELECT 1 FROM events c
        WHERE c.document_id = e.document_id AND c.revision = e.revision
            AND (e.name = 'CANCELLATION') = (c.name LIKE 'CANCELL%')
            AND c.name IN (
                'CANCELLED', 'CANCELLATION UTILISED', 'CANCELLATION UNKNOWN',
                'VERIFICATION CONFIRMED', 'VERIFICATION DENIED'
            )
    )
ORDER BY e.document_id LIMIT :limit
"""


def find_document(connection: sqlite3.Connection, document_id: str) -> DocumentRecord | None:
    """See `Documents.find_document`."""
    row = connection.execute(_FIND_DOCUMENT, (document_id,)).fetchone()
    return None if row is None else read_document(row)


def find_message(connection: sqlite3.Connection, message_id: str) -> MessageRecord | None:
    """See `Documents.find_message`."""
    row = connection.execute(_FIND_MESSAGE, (message_id,)).fetchone()
    return None if row is None else read_message(row)


def list_sent(connection: sqlite3.Connection, message_ids: Sequence[str]) -> Sequence[SentMessage]:
    """See `Documents.list_sent`."""
    rows = connection.execute(_LIST_SENT, (json.dumps(list(message_ids)),))
    return [read_sent(row) for row in rows]


def find_carrier(connection: sqlite3.Connection, document_id: str) -> MessageRecord | None:
    """See `Documents.find_carrier`."""
    row = connection.execute(_FIND_CARRIER, (document_id,)).fetchone()
    return None if row is None else read_message(row)


def find_trail(connection: sqlite3.Connection, reference: str) -> Trail | None:
    """See `Documents.find_trail`."""
    document = (
        find_document(connection, reference)
        or _find_document_of_message(connection, reference)
        or find_certificate(connection, reference)
    )
    if document is None:
        return None
    parameters = {
        "document_id": document.document_id,
        "certificate_key": document.certificate_key,
        "conversation_id": document.conversation_id,
    }
    answers = [read_document(row) for row in connection.execute(_LIST_ANSWERS, parameters)]
    ids = json.dumps([document.document_id, *(answer.document_id for answer in answers)])
    messages = connection.execute(_LIST_MESSAGES_OF_DOCUMENTS, (ids,))
    return Trail(
        document=document,
        messages=[read_message(row) for row in messages],
        events=list_events(connection, document.document_id),
        answers=answers,
    )


def _find_document_of_message(
    connection: sqlite3.Connection, message_id: str
) -> DocumentRecord | None:
    row = connection.execute(_FIND_DOCUMENT_BY_MESSAGE, (message_id,)).fetchone()
    return None if row is None else read_document(row)


def list_messages(
    connection: sqlite3.Connection, *, after: str = "", limit: int = 500
) -> Sequence[MessageRecord]:
    """See `Documents.list_messages`."""
    return [read_message(row) for row in connection.execute(_LIST_MESSAGES, (after, limit))]


def list_documents(
    connection: sqlite3.Connection, *, after: str = "", limit: int = 500
) -> Sequence[DocumentRecord]:
    """See `Documents.list_documents`."""
    return [read_document(row) for row in connection.execute(_LIST_DOCUMENTS, (after, limit))]


def list_exchanged(
    connection: sqlite3.Connection,
    message_types: Sequence[str],
    *,
    after: str,
    until: str,
    limit: int = 5000,
) -> Sequence[Exchanged]:
    """See `Documents.list_exchanged`."""
    parameters = {
        "message_types": json.dumps(list(message_types)),
        "after": after,
        "until": until,
        "limit": limit,
    }
    return [read_exchanged(row) for row in connection.execute(_LIST_EXCHANGED, parameters)]


def list_events(connection: sqlite3.Connection, document_id: str) -> Sequence[Event]:
    """See `Documents.list_events`."""
    return [read_event(row) for row in connection.execute(_LIST_EVENTS, (document_id,))]


def list_unconcluded(
    connection: sqlite3.Connection, *, asked_before: datetime, after: str = "", limit: int = 200
) -> Sequence[str]:
    """See `Documents.list_unconcluded`."""
    parameters = {"before": encode_instant(asked_before), "after": after, "limit": limit}
    return [found for (found,) in connection.execute(_LIST_UNCONCLUDED, parameters)]


class SqliteDocuments:
    """`swb.ports.Documents` in one SQLite file."""

    _database: Database

    find_document = looking_up(find_document)
    find_message = looking_up(find_message)
    list_sent = looking_up(list_sent)
    find_carrier = looking_up(find_carrier)
    find_trail = reading(find_trail)
    list_messages = reading(list_messages)
    list_documents = reading(list_documents)
    list_exchanged = reading(list_exchanged)
    list_events = looking_up(list_events)
    list_unconcluded = reading(list_unconcluded)
