"""What several operations of the embedded store write, each inside its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.store_rows import (
    encode_instant,
    parameters_of_document,
    parameters_of_event,
    parameters_of_message,
)
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from swb.ports import DocumentRecord, Event, MessageRecord, OutboundMessage

__all__ = [
    "FIND_DOCUMENT_DIGEST",
    "FIND_MESSAGE_DIGEST",
    "insert_documents",
    "insert_events",
    "insert_message",
    "insert_outbound",
    "queue_outbound",
]

_INSERT_DOCUMENT: Final = """
INSERT INTO documents (
    document_id, message_type, certificate_key, conversation_id, issuing_party, receiving_party,
    environment, digest, direction, recorded_at, octets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
FIND_DOCUMENT_DIGEST: Final = "SELECT digest FROM documents WHERE document_id = ?"
_INSERT_MENTION: Final = """
INSERT INTO mentions (mentioned, document_id) VALUES (?, ?) ON CONFLICT DO NOTHING
"""
_INSERT_MESSAGE: Final = """
INSERT INTO messages (
    message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO NOTHING
"""
FIND_MESSAGE_DIGEST: Final = "SELECT digest FROM messages WHERE message_id = ?"
_INSERT_OUTBOUND: Final = """
INSERT INTO outbox (message_id, line, environment, because_of, attempts, due_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO NOTHING
"""
_INSERT_EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id, name, message_id, revision) DO NOTHING
"""


def insert_documents(connection: sqlite3.Connection, documents: Iterable[DocumentRecord]) -> None:
    """Write documents and what they mention; one that is there already stays.

    Raises:
        RefusedError: ``store.conflict``: this side used one id for two contents.
    """
    for document in documents:
        if connection.execute(_INSERT_DOCUMENT, parameters_of_document(document)).rowcount:
            mentions = ((named, document.document_id) for named in document.mentions)
            connection.executemany(_INSERT_MENTION, mentions)
            continue
        kept = connection.execute(FIND_DOCUMENT_DIGEST, (document.document_id,)).fetchone()
        _check_same(kept[0], document.digest, f"document {document.document_id}")


def insert_message(connection: sqlite3.Connection, message: MessageRecord) -> None:
    """Write a message; one that is there already stays.

    Raises:
        RefusedError: ``store.conflict``: this side used one id for two contents.
    """
    if connection.execute(_INSERT_MESSAGE, parameters_of_message(message)).rowcount:
        return
    kept = connection.execute(FIND_MESSAGE_DIGEST, (message.message_id,)).fetchone()
    _check_same(kept[0], message.digest, f"message {message.message_id}")


def _check_same(kept: str, digest: str, name: str) -> None:
    """Refuse what nobody outside can cause: this side used one id for two contents."""
    if kept != digest:
        message = f"expected {name} with digest {kept} as kept, found {digest}"
        raise RefusedError("store.conflict", message, actor=Actor.DEVELOPER)


def insert_outbound(
    connection: sqlite3.Connection, outbound: Iterable[OutboundMessage], *, because_of: str
) -> None:
    """Write messages that are to be published, and what caused them; due from when they were made.

    Raises:
        RefusedError: ``store.conflict``: this side used one id for two contents.
    """
    for entry in outbound:
        insert_message(connection, entry.message)
        queue_outbound(connection, entry, because_of=because_of)


def queue_outbound(
    connection: sqlite3.Connection, entry: OutboundMessage, *, because_of: str
) -> None:
    """Have a message published that is written already, as `insert_outbound` does."""
    message = entry.message
    due_at = encode_instant(message.recorded_at)
    connection.execute(
        _INSERT_OUTBOUND,
        (message.message_id, entry.line, entry.environment, because_of, entry.attempts, due_at),
    )


def insert_events(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Write facts; what was said before is not said twice."""
    connection.executemany(_INSERT_EVENT, [parameters_of_event(event) for event in events])
