"""The transport's SQL statements, by name, and the functions that run them.

Each function is one whole operation inside a transaction; see `database` for who runs it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

__all__ = [
    "Offer",
    "Outgoing",
    "QueueName",
    "claim",
    "find_free",
    "find_queue",
    "forget",
    "insert",
    "insert_queue",
    "release",
    "release_owner",
]

_FIND_QUEUE: Final = "SELECT queue_id FROM queues WHERE line = ? AND name = ?"
_INSERT_QUEUE: Final = """
INSERT INTO queues (line, name, max_length) VALUES (?, ?, ?)
ON CONFLICT (line, name) DO UPDATE SET max_length = excluded.max_length
"""
_READ_DEPTH: Final = "SELECT depth, max_length FROM queues WHERE queue_id = ?"
_INSERT: Final = """
INSERT INTO messages (queue_id, message_id, message_type, environment, body)
VALUES (?, ?, ?, ?, ?)
"""
_SELECT_FREE: Final = """
SELECT sequence, message_id, body, times_offered FROM messages
WHERE queue_id = ? AND free_at <= ? ORDER BY free_at DESC, sequence LIMIT ?
"""
_LEASE: Final = """
UPDATE messages SET free_at = ?, owner = ?, times_offered = times_offered + 1 WHERE sequence = ?
"""
_IS_FREE: Final = "SELECT 1 FROM messages WHERE queue_id = ? AND free_at <= ? LIMIT 1"
_FORGET: Final = "DELETE FROM messages WHERE sequence = ?"
_RELEASE: Final = """
UPDATE messages SET free_at = 0, owner = '' WHERE sequence = ? AND owner = ? AND times_offered = ?
"""
_RELEASE_OWNER: Final = """
UPDATE messages SET free_at = 0, owner = ''
WHERE queue_id = ? AND free_at > 0 AND owner = ?
"""


class QueueName(StrEnum):
    """The two queues of a line."""

    SUBMIT = "submit"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be queued."""

    body: bytes
    message_id: str
    message_type: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A message that was claimed; also the delivery's tag.

    Attributes:
        sequence: The message's number, never used again.
        times_offered: This offer included; tells this lease from later ones.
        message_id: As the publisher claimed it.
        body: The message's octets.
    """

    sequence: int
    times_offered: int
    message_id: str
    body: bytes


def insert_queue(
    connection: sqlite3.Connection, line: str, name: QueueName, *, max_length: int
) -> None:
    """Make a queue, or give it another limit."""
    connection.execute(_INSERT_QUEUE, (line, name.value, max_length))


def find_queue(connection: sqlite3.Connection, line: str, name: QueueName) -> int | None:
    """Find a queue's number."""
    row = connection.execute(_FIND_QUEUE, (line, name.value)).fetchone()
    return None if row is None else int(row[0])


def insert(connection: sqlite3.Connection, queue_id: int, outgoing: Outgoing) -> None:
    """Queue a message.

    Raises:
        UnavailableError: ``transport.unroutable`` without the queue, ``transport.full``.
    """
    row = connection.execute(_READ_DEPTH, (queue_id,)).fetchone()
    if row is None:
        message = "expected the line's queue, found that it was removed"
        raise UnavailableError("transport.unroutable", message)
    depth, max_length = row
    if depth >= max_length:
        message = f"the queue holds {depth} messages, its limit"
        raise UnavailableError("transport.full", message)
    connection.execute(
        _INSERT,
        (
            queue_id,
            outgoing.message_id,
            outgoing.message_type,
            outgoing.environment,
            outgoing.body,
        ),
    )


def claim(
    connection: sqlite3.Connection, queue_id: int, *, owner: str, limit: int, lease_for: timedelta
) -> list[Offer]:
    """Lease free messages to an owner: those whose lease ended first, then the oldest."""
    rows = connection.execute(_SELECT_FREE, (queue_id, _now(), limit)).fetchall()
    until = _now() + round(lease_for.total_seconds() * 1_000_000)
    connection.executemany(_LEASE, [(until, owner, row[0]) for row in rows])
    return [
        Offer(sequence=row[0], message_id=row[1], body=row[2], times_offered=row[3] + 1)
        for row in rows
    ]


def find_free(connection: sqlite3.Connection, queue_ids: Iterable[int]) -> Sequence[int]:
    """Find which of the queues have something to claim."""
    now = _now()
    return [
        queue_id
        for queue_id in queue_ids
        if connection.execute(_IS_FREE, (queue_id, now)).fetchone() is not None
    ]


def forget(connection: sqlite3.Connection, offer: Offer) -> None:
    """Delete a message.

    Also when its lease ended and somebody else has it by now: its effect is committed.
    """
    connection.execute(_FORGET, (offer.sequence,))


def release(connection: sqlite3.Connection, offer: Offer, *, owner: str) -> None:
    """Free a message at once, unless somebody else has it by now."""
    connection.execute(_RELEASE, (offer.sequence, owner, offer.times_offered))


def release_owner(connection: sqlite3.Connection, queue_id: int, *, owner: str) -> None:
    """Free everything that an owner still has."""
    connection.execute(_RELEASE_OWNER, (queue_id, owner))


def _now() -> int:
    """Count the microseconds since 1970: leases hold across processes and restarts."""
    return time.time_ns() // 1_000
