"""Letting go of what is old enough, in the embedded store: one batch of rows at a time.

For each kind there is a window of rows, and what goes of it. A pass walks in the order of the
keys, which is about that of age, and ends where everything is too young. No index is kept for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import writing
from swb.backends.sqlite.store_rows import encode_instant
from swb.ports import Prunable, Pruned

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.sqlite.database import Database

__all__ = ["SqlitePruning", "prune"]

# The key and the instant from which its age is counted, in the order of the keys.
_WINDOWS: Final = {
    Prunable.OUTBOX: """
SELECT o.sequence, m.expires_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.sequence > :after ORDER BY o.sequence LIMIT :limit
""",
    Prunable.DUPLICATES: """
SELECT message_id, expires_at FROM inbox
WHERE message_id > :after ORDER BY message_id LIMIT :limit
""",
    Prunable.MESSAGES: """
SELECT sequence, recorded_at FROM messages
WHERE sequence > :after ORDER BY sequence LIMIT :limit
""",
    Prunable.DOCUMENTS: """
SELECT sequence, recorded_at FROM documents
WHERE sequence > :after ORDER BY sequence LIMIT :limit
""",
    Prunable.PAYLOADS: """
SELECT sequence, recorded_at FROM submissions
WHERE sequence > :after ORDER BY sequence LIMIT :limit
""",
    Prunable.DEAD_LETTERS: """
SELECT sequence, buried_at FROM buried
WHERE sequence > :after ORDER BY sequence LIMIT :limit
""",
}
_CHANGES: Final = {
    Prunable.OUTBOX: """
DELETE FROM outbox
WHERE sequence > :after AND sequence <= :last AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at < :before
    )
""",
    Prunable.DUPLICATES: """
DELETE FROM inbox
WHERE message_id > :after AND message_id <= :last AND expires_at < :before
""",
    Prunable.MESSAGES: """
UPDATE messages SET octets = x''
WHERE sequence > :after AND sequence <= :last AND recorded_at < :before AND octets <> x''
    AND sequence <= :up_to
    AND (:types = '[]'
        OR message_type IN (SELECT value FROM json_each(:types)))
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
UPDATE documents SET octets = x''
WHERE sequence > :after AND sequence <= :last AND recorded_at < :before AND octets <> x''
    AND (:types = '[]'
        OR message_type IN (SELECT value FROM json_each(:types)))
    AND NOT EXISTS (
        SELECT 1 FROM messages m LEFT JOIN outbox o ON o.message_id = m.message_id
        WHERE m.document_id = documents.document_id AND (
            m.sequence > :up_to OR (o.state <> 'published' AND o.discarded_at IS NULL)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries v
        WHERE v.document_id = documents.document_id AND v.state <> 'completed'
            AND v.discarded_at IS NULL
    )
""",
    Prunable.PAYLOADS: """
UPDATE submissions SET payload = x''
WHERE sequence > :after AND sequence <= :last AND recorded_at < :before AND payload <> x''
""",
    Prunable.DEAD_LETTERS: """
UPDATE buried SET octets = x''
WHERE sequence > :after AND sequence <= :last AND buried_at < :before AND octets <> x''
    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.octets_digest = buried.octets_digest)
""",
}
_EVERYTHING: Final = 2**62
"""Behind every position."""


def prune(
    connection: sqlite3.Connection,
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
    limit_at = encode_instant(before)
    window = connection.execute(_WINDOWS[what], {"after": begin, "limit": limit}).fetchall()
    last = next((row[0] for row in reversed(window) if row[1] < limit_at), None)
    if last is None:
        return Pruned(rows=0, after=None)
    parameters = {
        "after": begin,
        "last": last,
        "before": limit_at,
        "types": json.dumps(list(types)),
        "up_to": _EVERYTHING if up_to is None else up_to,
    }
    changed = connection.execute(_CHANGES[what], parameters).rowcount
    return Pruned(rows=changed, after=str(last) if len(window) == limit else None)


class SqlitePruning:
    """`swb.ports.Pruning` in one SQLite file."""

    _database: Database

    prune = writing(prune)
