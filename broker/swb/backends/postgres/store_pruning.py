"""Letting go of what is old enough, in a PostgreSQL store: one batch of rows at a time.

For each kind there is a window of rows, and what goes of it. A pass walks in the order of the
keys, which is about that of age, and ends where everything is too young. No index is kept for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import writing
from swb.ports import Prunable, Pruned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection, Database

__all__ = ["PostgresPruning", "prune"]

# The key and the instant from which its age is counted, in the order of the keys.
_WINDOWS: Final = {
    Prunable.OUTBOX: """
SELECT o.sequence, m.expires_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.sequence > %(after)s ORDER BY o.sequence LIMIT %(limit)s
""",
    Prunable.DUPLICATES: """
SELECT message_id, expires_at FROM inbox
WHERE message_id > %(after)s ORDER BY message_id LIMIT %(limit)s
""",
    Prunable.MESSAGES: """
SELECT sequence, recorded_at FROM messages
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.DOCUMENTS: """
SELECT sequence, recorded_at FROM documents
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.PAYLOADS: """
SELECT sequence, recorded_at FROM submissions
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.DEAD_LETTERS: """
SELECT sequence, buried_at FROM buried
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
}
_CHANGES: Final = {
    Prunable.OUTBOX: """
DELETE FROM outbox
WHERE sequence > %(after)s AND sequence <= %(last)s AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at < %(before)s
    )
""",
    Prunable.DUPLICATES: """
DELETE FROM inbox
WHERE message_id > %(after)s AND message_id <= %(last)s AND expires_at < %(before)s
""",
    Prunable.MESSAGES: """
UPDATE messages SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND octets <> ''
    AND sequence <= %(up_to)s
    AND (cardinality(%(types)s::text[]) = 0
        OR message_type = ANY(%(types)s::text[]))
    AND NOT EXISTS (
        SELECT 1 FROM outbox o
        WHERE o.message_id = messages.message_id AND o.state <> 'published'
            AND o.discarded_at IS NULL
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries v
        WHERE v.document_id = messages.document_id AND v.state <> 'completed'
            AND v.discarded_at IS NULL
    )
""",
    Prunable.DOCUMENTS: """
UPDATE documents SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND octets <> ''
    AND (cardinality(%(types)s::text[]) = 0
        OR message_type = ANY(%(types)s::text[]))
    AND NOT EXISTS (
        SELECT 1 FROM messages m LEFT JOIN outbox o ON o.message_id = m.message_id
        WHERE m.document_id = documents.document_id AND (
            m.sequence > %(up_to)s OR (o.state <> 'published' AND o.discarded_at IS NULL)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries v
        WHERE v.document_id = documents.document_id AND v.state <> 'completed'
            AND v.discarded_at IS NULL
    )
""",
    Prunable.PAYLOADS: """
UPDATE submissions SET payload = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND payload <> ''
""",
    Prunable.DEAD_LETTERS: """
UPDATE buried SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND buried_at < %(before)s
    AND octets <> ''
    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.octets_digest = buried.octets_digest)
""",
}
_EVERYTHING: Final = 2**62
"""Behind every position."""


async def prune(
    connection: Connection,
    what: Prunable,
    *,
    before: datetime,
    after: str = "",
    limit: int = 200,
    types: Sequence[str] = (),
    up_to: int | None = None,
) -> Pruned:
    """See `Pruning.prune`."""
    key = str if what is Prunable.DUPLICATES else int
    begin = key(after or "0")
    cursor = await connection.execute(_WINDOWS[what], {"after": begin, "limit": limit})
    window = await cursor.fetchall()
    last = next((row[0] for row in reversed(window) if row[1] < before), None)
    if last is None:
        return Pruned(rows=0, after=None)
    parameters = {
        "after": begin,
        "last": last,
        "before": before,
        "types": list(types),
        "up_to": _EVERYTHING if up_to is None else up_to,
    }
    cursor = await connection.execute(_CHANGES[what], parameters)
    return Pruned(rows=cursor.rowcount, after=str(last) if len(window) == limit else None)


class PostgresPruning:
    """`swb.ports.Pruning` in one PostgreSQL schema."""

    _database: Database

    prune = writing(prune)
