"""Feeds of a PostgreSQL store: tables that are read in the order of the commits.

A sequence is drawn before the commit, so a later position may be seen before an earlier one.
Whoever draws one holds a lock until its transaction ends (the trigger ``enter_feed``); nobody waits
for it, and a feed is shown only as far as nothing can appear any more.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from swb.backends.postgres.database import Connection

__all__ = ["find_feed_end"]

_FEED_LOOKS: Final = 40
_FEED_LOOK_EVERY: Final = 0.005
"""How often, and how many seconds apart, it is asked whether earlier transactions have ended."""
# The last position that anybody has drawn, of each table that is a feed.
_DRAWN: Final = {
    "messages": """
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM messages_sequence_seq
""",
    "events": """
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_sequence_seq
""",
    "remarks": """
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM remarks_sequence_seq
""",
}
# The transactions that may have drawn one and live: they hold the lock of the trigger enter_feed.
_WRITERS: Final = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'advisory' AND classid = 7567202 AND objid = %(table)s::regclass::oid
    AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def find_feed_end(connection: Connection, table: str = "messages") -> int | None:
    """Find a position up to which no position can appear any more.

    It is the last one drawn, once every transaction has ended that may have drawn one before and
    was not seen to end; those that begin later draw later ones.

    Args:
        connection: In no transaction, so that each look sees what has ended.
        table: Whose positions: a table with the trigger ``enter_feed``.

    Returns:
        None where one of them takes too long; then the feed stands still, and nothing else does.
    """
    cursor = await connection.execute(_DRAWN[table])
    row = await cursor.fetchone()
    drawn = 0 if row is None else int(row[0])
    waited_for: set[str] | None = None
    for _ in range(_FEED_LOOKS):
        cursor = await connection.execute(_WRITERS, {"table": table})
        writers = {each[0] for each in await cursor.fetchall()}
        waited_for = writers if waited_for is None else waited_for & writers
        if not waited_for:
            return drawn
        await asyncio.sleep(_FEED_LOOK_EVERY)
    return None
