"""Facts of documents and remarks on what became none, in the embedded store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.store_remarks import record as record_remarks
from swb.backends.sqlite.store_rows import encode_instant, read_event
from swb.backends.sqlite.store_together import insert_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.sqlite.database import Database
    from swb.ports import Event, Remark

__all__ = ["SqliteFacts", "list_events", "list_unconcluded"]

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


class SqliteFacts:
    """`swb.ports.Facts` in one SQLite file."""

    _database: Database

    async def record_remarks(self, remarks: Sequence[Remark]) -> None:
        """See `Facts.record_remarks`."""
        await self._database.write(partial(record_remarks, remarks=remarks))

    async def record_events(self, events: Sequence[Event]) -> None:
        """See `Facts.record_events`."""
        await self._database.write(partial(insert_events, events=events))

    async def list_events(self, document_id: str) -> Sequence[Event]:
        """See `Facts.list_events`."""
        return await self._database.look_up(partial(list_events, document_id=document_id))

    async def list_unconcluded(
        self, *, asked_before: datetime, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """See `Facts.list_unconcluded`."""
        return await self._database.read(
            partial(list_unconcluded, asked_before=asked_before, after=after, limit=limit)
        )


def list_events(connection: sqlite3.Connection, document_id: str) -> Sequence[Event]:
    """See `Facts.list_events`."""
    return [read_event(row) for row in connection.execute(_LIST_EVENTS, (document_id,))]


def list_unconcluded(
    connection: sqlite3.Connection, *, asked_before: datetime, after: str, limit: int
) -> Sequence[str]:
    """See `Facts.list_unconcluded`."""
    parameters = {"before": encode_instant(asked_before), "after": after, "limit": limit}
    return [found for (found,) in connection.execute(_LIST_UNCONCLUDED, parameters)]
