"""What waits and what went by, counted, in the embedded store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import Counts, Surveyed, Traffic

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.sqlite.database import Database

__all__ = ["SqliteWorkload", "count", "list_traffic", "survey"]

_LIST_TRAFFIC: Final = """
SELECT recorded_at / 86400000000 AS day, sender, receiver, message_type, count(*),
    sum(length(octets))
FROM messages WHERE recorded_at >= ? AND recorded_at < ?
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
SELECT 'held', line, count(*), min(nullif(received_at, 0)) FROM held GROUP BY line
"""
_SURVEY_PARKED: Final = """
SELECT 'outbound', line, count(*) FROM outbox
WHERE state = 'parked' AND discarded_at IS NULL GROUP BY line
UNION ALL
SELECT 'deliveries', '', count(*) FROM deliveries
WHERE state = 'parked' AND discarded_at IS NULL HAVING count(*) > 0
"""
_FIRST_DAY: Final = date(1970, 1, 1)


def list_traffic(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> Sequence[Traffic]:
    """See `Workload.list_traffic`."""
    between = (encode_instant(since), encode_instant(until))
    return [
        Traffic(
            day=_FIRST_DAY + timedelta(days=day),
            sender=sender,
            receiver=receiver,
            message_type=message_type,
            messages=messages,
            octets=octets,
        )
        for day, sender, receiver, message_type, messages, octets in connection.execute(
            _LIST_TRAFFIC, between
        )
    ]


def count(connection: sqlite3.Connection) -> Counts:
    """See `Workload.count`."""
    outbound, deliveries, held, parked, buried = connection.execute(_COUNT).fetchone()
    return Counts(outbound=outbound, deliveries=deliveries, held=held, parked=parked, buried=buried)


def survey(connection: sqlite3.Connection) -> list[Surveyed]:
    """See `Workload.survey`."""
    found: dict[tuple[str, str], Surveyed] = {}
    for kind, destination, waiting, oldest_at in connection.execute(_SURVEY_WAITING):
        found[kind, destination] = Surveyed(
            kind=kind,
            destination=destination,
            waiting=waiting,
            parked=0,
            oldest_at=None if oldest_at is None else decode_instant(oldest_at),
        )
    for kind, destination, parked in connection.execute(_SURVEY_PARKED):
        before = found.get((kind, destination)) or Surveyed(
            kind=kind, destination=destination, waiting=0, parked=0, oldest_at=None
        )
        found[kind, destination] = replace(before, parked=parked)
    return [found[key] for key in sorted(found)]


class SqliteWorkload:
    """`swb.ports.Workload` in one SQLite file."""

    _database: Database

    list_traffic = reading(list_traffic)
    count = reading(count)
    survey = reading(survey)
