"""What is to be published, in a PostgreSQL store, from its claim to its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_claims import PostgresLeases, claim_outbound
from swb.ports import Backlog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.postgres.database import Connection
    from swb.ports import OutboundMessage, Share

__all__ = [
    "PostgresOutbox",
    "hasten_outbound",
    "list_backlogs",
    "mark_published",
    "park_outbound",
    "release_outbound",
    "retry_outbound",
]

_MARK_PUBLISHED: Final = """
UPDATE outbox SET state = 'published', ended_at = %s, leased_until = '-infinity'
WHERE message_id = ANY(%s) AND state <> 'published'
"""
_RETRY_OUTBOUND: Final = """
UPDATE outbox
SET attempts = attempts + %(counted)s, code = %(code)s, due_at = %(due_at)s,
    leased_until = '-infinity'
WHERE message_id = %(message_id)s AND state = 'waiting'
"""
_RELEASE_OUTBOUND: Final = """
UPDATE outbox SET code = %s, leased_until = '-infinity'
WHERE message_id = ANY(%s) AND state = 'waiting'
"""
# What had to wait longer than the others stands in the order of age again.
_HASTEN_OUTBOUND: Final = """
UPDATE outbox o SET due_at = m.recorded_at
FROM messages m
WHERE m.message_id = o.message_id AND o.sequence IN (
    SELECT sequence FROM outbox
    WHERE state = 'waiting' AND line = %(line)s AND due_at > %(now)s AND code = ANY(%(codes)s)
    ORDER BY due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
"""
_PARK_OUTBOUND: Final = """
UPDATE outbox
SET state = 'parked', attempts = attempts + 1, code = %(code)s, ended_at = %(at)s,
    leased_until = '-infinity'
WHERE message_id = %(message_id)s AND state = 'waiting'
"""
_LIST_BACKLOGS: Final = """
SELECT line, count(*), min(due_at) FROM outbox WHERE state = 'waiting' GROUP BY line ORDER BY line
"""


async def mark_published(connection: Connection, message_ids: Sequence[str], at: datetime) -> None:
    """See `Outbox.mark_published`."""
    await connection.execute(_MARK_PUBLISHED, (at, list(message_ids)))


async def retry_outbound(
    connection: Connection, message_id: str, *, code: str, due_at: datetime, counts: bool = True
) -> None:
    """See `Outbox.retry_outbound`."""
    parameters = {
        "message_id": message_id,
        "code": code,
        "due_at": due_at,
        "counted": int(counts),
    }
    await connection.execute(_RETRY_OUTBOUND, parameters)


async def release_outbound(
    connection: Connection, message_ids: Sequence[str], *, code: str
) -> None:
    """See `Outbox.release_outbound`."""
    await connection.execute(_RELEASE_OUTBOUND, (code, list(message_ids)))


async def hasten_outbound(
    connection: Connection, line: str, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `Outbox.hasten_outbound`."""
    parameters = {"line": line, "now": now, "codes": list(codes), "limit": limit}
    cursor = await connection.execute(_HASTEN_OUTBOUND, parameters)
    return cursor.rowcount


async def park_outbound(
    connection: Connection, message_id: str, *, code: str, at: datetime
) -> None:
    """See `Outbox.park_outbound`."""
    await connection.execute(_PARK_OUTBOUND, {"message_id": message_id, "code": code, "at": at})


async def list_backlogs(connection: Connection) -> Sequence[Backlog]:
    """See `Outbox.list_backlogs`."""
    cursor = await connection.execute(_LIST_BACKLOGS)
    return [
        Backlog(line=line, waiting=waiting, oldest_at=oldest_at)
        for line, waiting, oldest_at in await cursor.fetchall()
    ]


class PostgresOutbox(PostgresLeases):
    """`swb.ports.Outbox` in one PostgreSQL schema."""

    claim_octets: int

    async def claim_outbound(
        self, now: datetime, *, shares: Mapping[str, Share], lease_for: timedelta
    ) -> Sequence[OutboundMessage]:
        """See `Outbox.claim_outbound`."""
        return await self._database.write(
            partial(
                claim_outbound,
                now=now,
                shares=shares,
                lease_for=lease_for,
                octets=self.claim_octets,
            )
        )

    mark_published = writing(mark_published)
    retry_outbound = writing(retry_outbound)
    release_outbound = writing(release_outbound)
    hasten_outbound = writing(hasten_outbound)
    park_outbound = writing(park_outbound)
    list_backlogs = reading(list_backlogs)
