"""What was committed, in the order of the commits, in the embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading
from swb.backends.sqlite.store_rows import read_recorded, read_recorded_octets

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.backends.sqlite.database import Database
    from swb.ports import Recorded, RecordedOctets

__all__ = ["SqliteCommitFeed", "list_recorded", "list_recorded_octets"]

_LIST_RECORDED: Final = """
SELECT sequence, message_id, message_type, document_id, sender, digest, direction, recorded_at
FROM messages WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
_LIST_RECORDED_OCTETS: Final = """
SELECT m.sequence, m.message_id, m.message_type, m.document_id, m.sender, m.digest, m.direction,
    m.recorded_at, m.octets, coalesce(d.octets, x'')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.sequence > ? ORDER BY m.sequence LIMIT ?
"""


def list_recorded(
    connection: sqlite3.Connection, *, after: int = 0, limit: int = 500
) -> Sequence[Recorded]:
    """See `CommitFeed.list_recorded`."""
    return [read_recorded(row) for row in connection.execute(_LIST_RECORDED, (after, limit))]


def list_recorded_octets(
    connection: sqlite3.Connection, *, after: int = 0, limit: int = 100
) -> Sequence[RecordedOctets]:
    """See `CommitFeed.list_recorded_octets`."""
    rows = connection.execute(_LIST_RECORDED_OCTETS, (after, limit))
    return [read_recorded_octets(row) for row in rows]


class SqliteCommitFeed:
    """`swb.ports.CommitFeed` in one SQLite file."""

    _database: Database

    list_recorded = reading(list_recorded)
    list_recorded_octets = reading(list_recorded_octets)
