"""What waits for a person, in a PostgreSQL store: listed, replayed, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_rows import parameters_of_event
from swb.ports import Parked, ParkedKind, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Event, ParkedFilter

__all__ = ["PostgresParkedWork", "discard", "list_parked", "list_standings", "replay"]

_INSERT_EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (document_id, name, message_id, revision) DO NOTHING
"""
# The columns stand in the order that `_read_parked` reads. A partner is the URN of a
# party, or the member by whose line something came.
_LIST_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.state = 'parked' AND %(kind)s IN ('', 'outbound')
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.state = 'parked' AND %(kind)s IN ('', 'delivery')
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', coalesce(h.received_at, 'epoch'), h.line, h.line,
        '', '', '', h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE %(kind)s IN ('', 'held')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NULL AND b.replayed_at IS NULL AND %(kind)s IN ('', 'dead-letter')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NOT NULL AND b.replayed_at IS NULL
        AND %(discarded)s AND %(kind)s IN ('', 'dead-letter')
) AS p
WHERE (%(code)s = '' OR code = %(code)s)
    AND (%(partner)s = '' OR partner = %(partner)s OR partner LIKE %(partner_urn)s)
    AND (%(before)s::timestamptz IS NULL OR since < %(before)s::timestamptz)
    AND (%(discarded)s OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT %(limit)s
"""
# The same of one id, by the indexes that know ids.
_FIND_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.message_id = %(item_id)s AND o.state = 'parked'
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.document_id = %(item_id)s AND v.state = 'parked'
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', coalesce(h.received_at, 'epoch'), h.line, h.line,
        '', '', '', h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE h.octets_digest = %(item_id)s
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b WHERE b.octets_digest = %(item_id)s AND b.replayed_at IS NULL
) AS p
WHERE (%(kind)s = '' OR kind = %(kind)s)
    AND (%(code)s = '' OR code = %(code)s)
    AND (%(partner)s = '' OR partner = %(partner)s OR partner LIKE %(partner_urn)s)
    AND (%(before)s::timestamptz IS NULL OR since < %(before)s::timestamptz)
    AND (%(discarded)s OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT %(limit)s
"""
_REPLAY_OUTBOUND: Final = """
UPDATE outbox o
SET state = 'waiting', attempts = 0, leased_until = '-infinity', ended_at = NULL,
    due_at = m.recorded_at
FROM messages m
WHERE m.message_id = o.message_id AND o.message_id = %(item_id)s AND o.state = 'parked'
    AND o.discarded_at IS NULL
"""
_REPLAY_DELIVERY: Final = """
UPDATE deliveries v
SET state = 'waiting', attempts = 0, leased_until = '-infinity', ended_at = NULL,
    due_at = d.recorded_at
FROM documents d
WHERE d.document_id = v.document_id AND v.document_id = %(item_id)s AND v.state = 'parked'
    AND v.discarded_at IS NULL
"""
_REPLAY_HELD: Final = """
UPDATE held SET due_at = least(due_at, %(at)s) WHERE octets_digest = %(item_id)s
"""
# It is judged again as what came when it came; its place among the dead letters is kept.
_MARK_REPLAYED: Final = """
UPDATE buried SET replayed_at = %(at)s
WHERE octets_digest = %(item_id)s AND discarded_at IS NULL AND replayed_at IS NULL
    AND length(octets) > 0
"""
_HOLD_BURIED: Final = """
INSERT INTO held (octets_digest, line, attempts, code, due_at, octets, received_at)
SELECT octets_digest, line, 0, code, %(at)s, octets, buried_at FROM buried
WHERE octets_digest = %(item_id)s
ON CONFLICT (octets_digest) DO NOTHING
"""
_DISCARD_OUTBOUND: Final = """
UPDATE outbox SET discarded_at = %(at)s
WHERE message_id = %(item_id)s AND state = 'parked' AND discarded_at IS NULL
"""
_DISCARD_DELIVERY: Final = """
UPDATE deliveries SET discarded_at = %(at)s
WHERE document_id = %(item_id)s AND state = 'parked' AND discarded_at IS NULL
"""
_DISCARD_BURIED: Final = """
UPDATE buried SET discarded_at = %(at)s
WHERE octets_digest = %(item_id)s AND discarded_at IS NULL AND replayed_at IS NULL
"""
_LIST_STANDINGS: Final = """
SELECT 'outbound', o.message_id, o.line, o.state, o.attempts, o.code, o.due_at, o.ended_at,
    o.discarded_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE m.document_id = %(document_id)s
UNION ALL
SELECT 'delivery', document_id, '', state, attempts, code, due_at, ended_at, discarded_at
FROM deliveries WHERE document_id = %(document_id)s
"""
_REPLAY: Final = {
    ParkedKind.OUTBOUND: (_REPLAY_OUTBOUND,),
    ParkedKind.DELIVERY: (_REPLAY_DELIVERY,),
    ParkedKind.HELD: (_REPLAY_HELD,),
    ParkedKind.DEAD_LETTER: (_MARK_REPLAYED, _HOLD_BURIED),
}
_DISCARD: Final = {
    ParkedKind.OUTBOUND: _DISCARD_OUTBOUND,
    ParkedKind.DELIVERY: _DISCARD_DELIVERY,
    ParkedKind.DEAD_LETTER: _DISCARD_BURIED,
}


async def list_parked(
    connection: Connection, wanted: ParkedFilter, *, limit: int = 500
) -> Sequence[Parked]:
    """See `ParkedWork.list_parked`."""
    parameters = {
        "kind": wanted.kind or "",
        "code": wanted.code,
        "partner": wanted.partner,
        "partner_urn": f"urn:swb:party:{wanted.partner}:%",
        "before": wanted.before,
        "item_id": wanted.item_id,
        "discarded": wanted.discarded,
        "limit": limit,
    }
    statement = _FIND_PARKED if wanted.item_id else _LIST_PARKED
    cursor = await connection.execute(statement, parameters)
    return [_read_parked(row) for row in await cursor.fetchall()]


async def replay(connection: Connection, kind: ParkedKind, item_id: str, *, at: datetime) -> bool:
    """See `ParkedWork.replay_parked`."""
    parameters = {"item_id": item_id, "at": at}
    first, *others = _REPLAY[kind]
    cursor = await connection.execute(first, parameters)
    if not cursor.rowcount:
        return False
    for statement in others:
        await connection.execute(statement, parameters)
    return True


async def discard(
    connection: Connection,
    kind: ParkedKind,
    item_id: str,
    *,
    at: datetime,
    events: Sequence[Event] = (),
) -> bool:
    """See `ParkedWork.discard_parked`."""
    statement = _DISCARD.get(kind)
    if statement is None:
        return False
    parameters = {"item_id": item_id, "at": at}
    cursor = await connection.execute(statement, parameters)
    if not cursor.rowcount:
        return False
    for event in events:
        await connection.execute(_INSERT_EVENT, parameters_of_event(event))
    return True


async def list_standings(connection: Connection, document_id: str) -> Sequence[Standing]:
    """See `ParkedWork.list_standings`."""
    cursor = await connection.execute(_LIST_STANDINGS, {"document_id": document_id})
    return [
        Standing(
            kind=ParkedKind(row[0]),
            item_id=row[1],
            line=row[2],
            state=row[3] if row[8] is None else "discarded",
            attempts=row[4],
            code=row[5],
            due_at=row[6],
            ended_at=row[7] if row[8] is None else row[8],
        )
        for row in await cursor.fetchall()
    ]


def _read_parked(row: tuple[Any, ...]) -> Parked:
    return Parked(
        kind=ParkedKind(row[0]),
        item_id=row[1],
        code=row[2],
        detail=row[3],
        since=row[4],
        partner=row[5],
        line=row[6],
        message_id=row[7],
        message_type=row[8],
        document_id=row[9],
        attempts=row[10],
        expires_at=row[11],
        octets=row[12],
        discarded_at=row[13],
    )


class PostgresParkedWork:
    """`swb.ports.ParkedWork` in one PostgreSQL schema."""

    _database: Database

    list_parked = reading(list_parked)
    replay_parked = writing(replay)
    discard_parked = writing(discard)
    list_standings = reading(list_standings)
