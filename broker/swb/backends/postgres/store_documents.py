"""Sealed documents, what carried them and what became of them, in a PostgreSQL store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, reading_snapshot
from swb.backends.postgres.store_certificates import find_certificate
from swb.backends.postgres.store_rows import (
    read_document,
    read_event,
    read_exchanged,
    read_message,
    read_sent,
)
from swb.ports import Trail

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import DocumentRecord, Event, Exchanged, MessageRecord, SentMessage

__all__ = [
    "PostgresDocuments",
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
FROM documents WHERE document_id = %s
"""
_FIND_DOCUMENT_BY_MESSAGE: Final = """
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.digest, d.direction, d.recorded_at, d.octets
FROM messages m JOIN documents d ON d.document_id = m.document_id WHERE m.message_id = %s
"""
_LIST_ANSWERS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id <> %(document_id)s AND document_id IN (
    SELECT document_id FROM documents
    WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
    UNION
    SELECT document_id FROM documents
    WHERE conversation_id = %(conversation_id)s AND conversation_id <> ''
    UNION
    -- One receipt may be about messages of several conversations.
    SELECT m.document_id FROM documents d
    JOIN events e ON e.document_id = d.document_id
    JOIN messages m ON m.message_id = e.message_id
    WHERE d.conversation_id = %(conversation_id)s AND d.conversation_id <> ''
)
ORDER BY sequence
"""
_LIST_DOCUMENTS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id > %s ORDER BY document_id LIMIT %s
"""
# The types are few, and the ids of a day lie beside each other.
_LIST_EXCHANGED: Final = """
SELECT d.document_id, d.message_type, d.digest, d.issuing_party, d.receiving_party,
    d.environment, d.direction,
    ARRAY(SELECT e.name FROM events e WHERE e.document_id = d.document_id),
    d.direction = 'out' AND d.document_id IN (
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'waiting'
        UNION ALL
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'parked' AND o.discarded_at IS NULL
    )
FROM documents d
WHERE d.document_id > %(after)s AND d.document_id < %(until)s
    AND d.message_type = ANY(%(message_types)s)
ORDER BY d.document_id LIMIT %(limit)s
"""
_FIND_MESSAGE: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id = %s
"""
_LIST_SENT: Final = """
SELECT m.message_id, m.document_id, m.receiver, m.digest, coalesce(d.environment, '')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.message_id = ANY(%s::text[]) AND m.direction = 'out'
"""
_FIND_CARRIER: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = %s ORDER BY sequence LIMIT 1
"""
_LIST_MESSAGES: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id > %s ORDER BY message_id LIMIT %s
"""
_LIST_MESSAGES_OF_DOCUMENTS: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = ANY(%s) ORDER BY sequence
"""
_LIST_EVENTS: Final = """
SELECT document_id, name, at, message_id, code, detail, revision
FROM events WHERE document_id = %s ORDER BY at, sequence
"""
# What asks and what concludes are moves of `swb_schemas.exchanges`.
_LIST_UNCONCLUDED: Final = """
SELECT DISTINCT e.document_id FROM events e
WHERE e.name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING')
    AND e.document_id > %(after)s
    AND coalesce(
        (SELECT m.recorded_at FROM messages m WHERE m.message_id = e.message_id), e.at
    ) <= %(before)s
    AND NOT EXISTS (
        SELECT 1 FROM events c
        WHERE c.document_id = e.document_id AND c.revision = e.revision
            AND (e.name = 'CANCELLATION') = (c.name LIKE 'CANCELL%%')
            AND c.name IN (
                'CANCELLED', 'CANCELLATION UTILISED', 'CANCELLATION UNKNOWN',
                'VERIFICATION CONFIRMED', 'VERIFICATION DENIED'
            )
    )
ORDER BY e.document_id LIMIT %(limit)s
"""


async def find_document(connection: Connection, document_id: str) -> DocumentRecord | None:
    """See `Documents.find_document`."""
    cursor = await connection.execute(_FIND_DOCUMENT, (document_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def find_message(connection: Connection, message_id: str) -> MessageRecord | None:
    """See `Documents.find_message`."""
    cursor = await connection.execute(_FIND_MESSAGE, (message_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_message(row)


async def list_sent(connection: Connection, message_ids: Sequence[str]) -> Sequence[SentMessage]:
    """See `Documents.list_sent`."""
    cursor = await connection.execute(_LIST_SENT, (list(message_ids),))
    return [read_sent(row) for row in await cursor.fetchall()]


async def find_carrier(connection: Connection, document_id: str) -> MessageRecord | None:
    """See `Documents.find_carrier`."""
    cursor = await connection.execute(_FIND_CARRIER, (document_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_message(row)


async def find_trail(connection: Connection, reference: str) -> Trail | None:
    """See `Documents.find_trail`."""
    if "\x00" in reference:  # no text of PostgreSQL has it
        return None
    document = (
        await find_document(connection, reference)
        or await _find_document_of_message(connection, reference)
        or await find_certificate(connection, reference)
    )
    if document is None:
        return None
    parameters = {
        "document_id": document.document_id,
        "certificate_key": document.certificate_key,
        "conversation_id": document.conversation_id,
    }
    cursor = await connection.execute(_LIST_ANSWERS, parameters, binary=True)
    answers = [read_document(row) for row in await cursor.fetchall()]
    ids = [document.document_id, *(answer.document_id for answer in answers)]
    cursor = await connection.execute(_LIST_MESSAGES_OF_DOCUMENTS, (ids,), binary=True)
    return Trail(
        document=document,
        messages=[read_message(row) for row in await cursor.fetchall()],
        events=await list_events(connection, document.document_id),
        answers=answers,
    )


async def _find_document_of_message(
    connection: Connection, message_id: str
) -> DocumentRecord | None:
    cursor = await connection.execute(_FIND_DOCUMENT_BY_MESSAGE, (message_id,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def list_messages(
    connection: Connection, *, after: str = "", limit: int = 500
) -> Sequence[MessageRecord]:
    """See `Documents.list_messages`."""
    cursor = await connection.execute(_LIST_MESSAGES, (after, limit), binary=True)
    return [read_message(row) for row in await cursor.fetchall()]


async def list_documents(
    connection: Connection, *, after: str = "", limit: int = 500
) -> Sequence[DocumentRecord]:
    """See `Documents.list_documents`."""
    cursor = await connection.execute(_LIST_DOCUMENTS, (after, limit), binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_exchanged(
    connection: Connection,
    message_types: Sequence[str],
    *,
    after: str,
    until: str,
    limit: int = 5000,
) -> Sequence[Exchanged]:
    """See `Documents.list_exchanged`."""
    parameters = {
        "message_types": list(message_types),
        "after": after,
        "until": until,
        "limit": limit,
    }
    cursor = await connection.execute(_LIST_EXCHANGED, parameters, binary=True)
    return [read_exchanged(row) for row in await cursor.fetchall()]


async def list_events(connection: Connection, document_id: str) -> Sequence[Event]:
    """See `Documents.list_events`."""
    cursor = await connection.execute(_LIST_EVENTS, (document_id,), binary=True)
    return [read_event(row) for row in await cursor.fetchall()]


async def list_unconcluded(
    connection: Connection, *, asked_before: datetime, after: str = "", limit: int = 200
) -> Sequence[str]:
    """See `Documents.list_unconcluded`."""
    parameters = {"before": asked_before, "after": after, "limit": limit}
    cursor = await connection.execute(_LIST_UNCONCLUDED, parameters, binary=True)
    return [found for (found,) in await cursor.fetchall()]


class PostgresDocuments:
    """`swb.ports.Documents` in one PostgreSQL schema."""

    _database: Database

    find_document = reading(find_document)
    find_message = reading(find_message)
    list_sent = reading(list_sent)
    find_carrier = reading(find_carrier)
    find_trail = reading_snapshot(find_trail)
    list_messages = reading(list_messages)
    list_documents = reading(list_documents)
    list_exchanged = reading(list_exchanged)
    list_events = reading(list_events)
    list_unconcluded = reading(list_unconcluded)
