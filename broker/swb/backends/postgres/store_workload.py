"""What waits and what went by, counted, in a PostgreSQL store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, reading_snapshot
from swb.ports import Counts, Surveyed, Traffic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection, Database

__all__ = ["PostgresWorkload", "count", "list_traffic", "survey"]

_LIST_TRAFFIC: Final = """
SELECT (recorded_at AT TIME ZONE 'UTC')::date AS day, sender, receiver, message_type, count(*),
    sum(octet_length(octets))::bigint
FROM messages WHERE recorded_at >= %s AND recorded_at < %s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_COUNT: Final = """
SELECT
    (SELECT count(*) FROM outbox WHERE state = 'waiting'),
    (SELECT count(*) FROM deliveries WHERE state = 'waiting'),
    (SELECT count(*) FROM held),
    (SELECT count(*) FROM outbox WHERE state = 'parked' AND discarded_at IS NULL)
        + (SELECT count(*) FROM deliveries WHERE state = 'parked' AND discarded_at IS NULL),
    (SELECT count(*) FROM buried WHERE discarded_at IS NULL AND replayed_at IS NULL)
"""
# Each state by its own index. Rows are numbered as they come, so the first is the oldest.
_SURVEY_WAITING: Final = """
SELECT 'outbound', w.line, w.waiting, m.recorded_at
FROM (
    SELECT line, count(*) AS waiting, min(sequence) AS first
    FROM outbox WHERE state = 'waiting' GROUP BY line
) w
JOIN outbox o ON o.sequence = w.first JOIN messages m ON m.message_id = o.message_id
UNION ALL
SELECT 'deliveries', '', w.waiting, d.recorded_at
FROM (
    SELECT count(*) AS waiting, min(sequence) AS first FROM deliveries WHERE state = 'waiting'
) w
JOIN deliveries o ON o.sequence = w.first JOIN documents d ON d.document_id = o.document_id
UNION ALL
SELECT 'held', line, count(*), min(received_at) FROM held GROUP BY line
"""
_SURVEY_PARKED: Final = """
SELECT 'outbound', line, count(*) FROM outbox
WHERE state = 'parked' AND discarded_at IS NULL GROUP BY line
UNION ALL
SELECT 'deliveries', '', count(*) FROM deliveries
WHERE state = 'parked' AND discarded_at IS NULL HAVING count(*) > 0
"""


async def list_traffic(
    connection: Connection, since: datetime, until: datetime
) -> Sequence[Traffic]:
    """See `Workload.list_traffic`."""
    cursor = await connection.execute(_LIST_TRAFFIC, (since, until))
    return [
        Traffic(
            day=day,
            sender=sender,
            receiver=receiver,
            message_type=message_type,
            messages=messages,
            octets=octets,
        )
        for day, sender, receiver, message_type, messages, octets in await cursor.fetchall()
    ]


async def count(connection: Connection) -> Counts:
    """See `Workload.count`."""
    cursor = await connection.execute(_COUNT)
    row = await cursor.fetchone()
    outbound, deliveries, held, parked, buried = row or (0, 0, 0, 0, 0)
    return Counts(outbound=outbound, deliveries=deliveries, held=held, parked=parked, buried=buried)


async def survey(connection: Connection) -> list[Surveyed]:
    """See `Workload.survey`."""
    found: dict[tuple[str, str], Surveyed] = {}
    cursor = await connection.execute(_SURVEY_WAITING)
    for kind, destination, waiting, oldest_at in await cursor.fetchall():
        found[kind, destination] = Surveyed(
            kind=kind, destination=destination, waiting=waiting, parked=0, oldest_at=oldest_at
        )
    cursor = await connection.execute(_SURVEY_PARKED)
    for kind, destination, parked in await cursor.fetchall():
        before = found.get((kind, destination)) or Surveyed(
            kind=kind, destination=destination, waiting=0, parked=0, oldest_at=None
        )
        found[kind, destination] = replace(before, parked=parked)
    return [found[key] for key in sorted(found)]


class PostgresWorkload:
    """`swb.ports.Workload` in one PostgreSQL schema."""

    _database: Database

    list_traffic = reading(list_traffic)
    count = reading(count)
    survey = reading_snapshot(survey)
