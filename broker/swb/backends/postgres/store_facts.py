"""Facts of documents and remarks on what became none, in a PostgreSQL store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.store_remarks import record as record_remarks
from swb.backends.postgres.store_rows import read_event
from swb.backends.postgres.store_together import write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Event, Remark

__all__ = ["PostgresFacts", "list_events", "list_unconcluded", "record_events"]

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


class PostgresFacts:
    """`swb.ports.Facts` in one PostgreSQL schema."""

    _database: Database

    async def record_remarks(self, remarks: Sequence[Remark]) -> None:
        """See `Facts.record_remarks`."""
        await self._database.write(partial(record_remarks, remarks=remarks))

    async def record_events(self, events: Sequence[Event]) -> None:
        """See `Facts.record_events`."""
        await self._database.write(partial(record_events, events=events))

    async def list_events(self, document_id: str) -> Sequence[Event]:
        """See `Facts.list_events`."""
        return await self._database.read(partial(list_events, document_id=document_id))

    async def list_unconcluded(
        self, *, asked_before: datetime, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """See `Facts.list_unconcluded`."""
        return await self._database.read(
            partial(list_unconcluded, asked_before=asked_before, after=after, limit=limit)
        )


async def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """See `Facts.record_events`."""
    await write(connection, events=events)


async def list_events(connection: Connection, document_id: str) -> Sequence[Event]:
    """See `Facts.list_events`."""
    cursor = await connection.execute(_LIST_EVENTS, (document_id,), binary=True)
    return [read_event(row) for row in await cursor.fetchall()]


async def list_unconcluded(
    connection: Connection, *, asked_before: datetime, after: str, limit: int
) -> Sequence[str]:
    """See `Facts.list_unconcluded`."""
    parameters = {"before": asked_before, "after": after, "limit": limit}
    cursor = await connection.execute(_LIST_UNCONCLUDED, parameters, binary=True)
    return [found for (found,) in await cursor.fetchall()]
