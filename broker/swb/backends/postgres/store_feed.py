"""What was committed, in the order of the commits, in a PostgreSQL store; `feed` says how far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.feed import find_feed_end
from swb.backends.postgres.store_rows import read_recorded, read_recorded_octets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Recorded, RecordedOctets

__all__ = ["PostgresCommitFeed", "list_recorded", "list_recorded_octets"]

_LIST_RECORDED: Final = """
SELECT sequence, message_id, message_type, document_id, sender, digest, direction, recorded_at
FROM messages WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
"""
_LIST_RECORDED_OCTETS: Final = """
SELECT m.sequence, m.message_id, m.message_type, m.document_id, m.sender, m.digest, m.direction,
    m.recorded_at, m.octets, coalesce(d.octets, ''::bytea)
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.sequence > %s AND m.sequence <= %s ORDER BY m.sequence LIMIT %s
"""


class PostgresCommitFeed:
    """`swb.ports.CommitFeed` in one PostgreSQL schema."""

    _database: Database
    _feed_end: int

    async def list_recorded(self, *, after: int = 0, limit: int = 500) -> Sequence[Recorded]:
        """See `CommitFeed.list_recorded`."""
        end = await self._find_feed_end()
        return await self._database.read(partial(list_recorded, after=after, limit=limit, end=end))

    async def list_recorded_octets(
        self, *, after: int = 0, limit: int = 100
    ) -> Sequence[RecordedOctets]:
        """See `CommitFeed.list_recorded_octets`."""
        end = await self._find_feed_end()
        return await self._database.read(
            partial(list_recorded_octets, after=after, limit=limit, end=end)
        )

    async def _find_feed_end(self) -> int:
        """Find how far the feed can be shown; no further than before where somebody dawdles."""
        end = await self._database.read(find_feed_end)
        if end is not None:
            self._feed_end = end
        return self._feed_end


async def list_recorded(
    connection: Connection, *, after: int, limit: int, end: int
) -> Sequence[Recorded]:
    """See `CommitFeed.list_recorded`; `end` is what `feed.find_feed_end` found."""
    cursor = await connection.execute(_LIST_RECORDED, (after, end, limit), binary=True)
    return [read_recorded(row) for row in await cursor.fetchall()]


async def list_recorded_octets(
    connection: Connection, *, after: int, limit: int, end: int
) -> Sequence[RecordedOctets]:
    """See `CommitFeed.list_recorded_octets`; `end` is what `feed.find_feed_end` found."""
    cursor = await connection.execute(_LIST_RECORDED_OCTETS, (after, end, limit), binary=True)
    return [read_recorded_octets(row) for row in await cursor.fetchall()]
