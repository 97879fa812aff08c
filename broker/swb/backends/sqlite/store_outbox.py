"""What is to be published, in the embedded store, from its claim to its end."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_claims import SqliteLeases, claim_outbound, is_outbound_due
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import Backlog

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.ports import OutboundMessage, Share

__all__ = [
    "SqliteOutbox",
    "hasten_outbound",
    "list_backlogs",
    "mark_published",
    "park_outbound",
    "release_outbound",
    "retry_outbound",
]

_MARK_PUBLISHED: Final = """
UPDATE outbox SET state = 'published', ended_at = :at, leased_until = 0
WHERE message_id = :message_id AND state <> 'published'
"""
_RETRY_OUTBOUND: Final = """
UPDATE outbox
SET attempts = attempts + :counted, code = :code, due_at = :due_at, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
_RELEASE_OUTBOUND: Final = """
UPDATE outbox SET code = :code, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
# What had to wait longer than the others stands in the order of age again.
_HASTEN_OUTBOUND: Final = """
UPDATE outbox
SET due_at = (SELECT m.recorded_at FROM messages m WHERE m.message_id = outbox.message_id)
WHERE sequence IN (
    SELECT sequence FROM outbox
    WHERE state = 'waiting' AND line = :line AND due_at > :now
        AND code IN (SELECT value FROM json_each(:codes))
    ORDER BY due_at LIMIT :limit
)
"""
_PARK_OUTBOUND: Final = """
UPDATE outbox
SET state = 'parked', attempts = attempts + 1, code = :code, ended_at = :at, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
_LIST_BACKLOGS: Final = """
SELECT line, count(*), min(due_at) FROM outbox WHERE state = 'waiting' GROUP BY line ORDER BY line
"""


def mark_published(
    connection: sqlite3.Connection, message_ids: Sequence[str], at: datetime
) -> None:
    """See `Outbox.mark_published`."""
    instant = encode_instant(at)
    connection.executemany(
        _MARK_PUBLISHED,
        [{"message_id": message_id, "at": instant} for message_id in message_ids],
    )


def retry_outbound(
    connection: sqlite3.Connection,
    message_id: str,
    *,
    code: str,
    due_at: datetime,
    counts: bool = True,
) -> None:
    """See `Outbox.retry_outbound`."""
    parameters = {
        "message_id": message_id,
        "code": code,
        "due_at": encode_instant(due_at),
        "counted": int(counts),
    }
    connection.execute(_RETRY_OUTBOUND, parameters)


def release_outbound(
    connection: sqlite3.Connection, message_ids: Sequence[str], *, code: str
) -> None:
    """See `Outbox.release_outbound`."""
    connection.executemany(
        _RELEASE_OUTBOUND,
        [{"message_id": message_id, "code": code} for message_id in message_ids],
    )


def hasten_outbound(
    connection: sqlite3.Connection, line: str, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `Outbox.hasten_outbound`."""
    parameters = {
        "line": line,
        "now": encode_instant(now),
        "codes": json.dumps(list(codes)),
        "limit": limit,
    }
    return connection.execute(_HASTEN_OUTBOUND, parameters).rowcount


def park_outbound(
    connection: sqlite3.Connection, message_id: str, *, code: str, at: datetime
) -> None:
    """See `Outbox.park_outbound`."""
    parameters = {"message_id": message_id, "code": code, "at": encode_instant(at)}
    connection.execute(_PARK_OUTBOUND, parameters)


def list_backlogs(connection: sqlite3.Connection) -> Sequence[Backlog]:
    """See `Outbox.list_backlogs`."""
    return [
        Backlog(line=line, waiting=waiting, oldest_at=decode_instant(oldest_at))
        for line, waiting, oldest_at in connection.execute(_LIST_BACKLOGS)
    ]


class SqliteOutbox(SqliteLeases):
    """`swb.ports.Outbox` in one SQLite file."""

    claim_octets: int

    async def claim_outbound(
        self, now: datetime, *, shares: Mapping[str, Share], lease_for: timedelta
    ) -> Sequence[OutboundMessage]:
        """See `Outbox.claim_outbound`."""
        if not await self._database.look_up(partial(is_outbound_due, now=now, shares=shares)):
            return []
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
