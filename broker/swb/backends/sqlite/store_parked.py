"""What waits for a person, in the embedded store: listed, replayed, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.backends.sqlite.store_together import insert_events
from swb.ports import Parked, ParkedKind, Standing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from swb.backends.sqlite.database import Database
    from swb.ports import Event, ParkedFilter

__all__ = ["SqliteParkedWork", "discard", "list_parked", "list_standings", "replay"]

# The columns stand in the order that `_read_parked` reads. A partner is the URN of a
# party, or the member by whose line something came.
_LIST_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.state = 'parked' AND :kind IN ('', 'outbound')
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.state = 'parked' AND :kind IN ('', 'delivery')
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', h.received_at, h.line, h.line, '', '', '',
        h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE :kind IN ('', 'held')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NULL AND b.replayed_at IS NULL AND :kind IN ('', 'dead-letter')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NOT NULL AND b.replayed_at IS NULL
        AND :discarded AND :kind IN ('', 'dead-letter')
)
WHERE (:code = '' OR code = :code)
    AND (:partner = '' OR partner = :partner OR partner LIKE :partner_urn)
    AND (:before IS NULL OR since < :before)
    AND (:discarded OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT :limit
"""
# The same of one id, by the indexes that know ids.
_FIND_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.message_id = :item_id AND o.state = 'parked'
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.document_id = :item_id AND v.state = 'parked'
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', h.received_at, h.line, h.line, '', '', '',
        h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE h.octets_digest = :item_id
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b WHERE b.octets_digest = :item_id AND b.replayed_at IS NULL
)
WHERE (:kind = '' OR kind = :kind)
    AND (:code = '' OR code = :code)
    AND (:partner = '' OR partner = :partner OR partner LIKE :partner_urn)
    AND (:before IS NULL OR since < :before)
    AND (:discarded OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT :limit
"""
_REPLAY_OUTBOUND: Final = """
UPDATE outbox
SET state = 'waiting', attempts = 0, leased_until = 0, ended_at = NULL,
    due_at = (SELECT m.recorded_at FROM messages m WHERE m.message_id = outbox.message_id)
WHERE message_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
_REPLAY_DELIVERY: Final = """
UPDATE deliveries
SET state = 'waiting', attempts = 0, leased_until = 0, ended_at = NULL,
    due_at = (SELECT d.recorded_at FROM documents d WHERE d.document_id = deliveries.document_id)
WHERE document_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
_REPLAY_HELD: Final = "UPDATE held SET due_at = min(due_at, :at) WHERE octets_digest = :item_id"
# It is judged again as what came when it came; its place among the dead letters is kept.
_MARK_REPLAYED: Final = """
UPDATE buried SET replayed_at = :at
WHERE octets_digest = :item_id AND discarded_at IS NULL AND replayed_at IS NULL
    AND length(octets) > 0
"""
_HOLD_BURIED: Final = """
INSERT INTO held (octets_digest, line, attempts, code, due_at, octets, received_at)
SELECT octets_digest, line, 0, code, :at, octets, buried_at FROM buried
WHERE octets_digest = :item_id
ON CONFLICT (octets_digest) DO NOTHING
"""
_DISCARD_OUTBOUND: Final = """
UPDATE outbox SET discarded_at = :at
WHERE message_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
_DISCARD_DELIVERY: Final = """
UPDATE deliveries SET discarded_at = :at
WHERE document_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
_DISCARD_BURIED: Final = """
UPDATE buried SET discarded_at = :at
WHERE octets_digest = :item_id AND discarded_at IS NULL AND replayed_at IS NULL
"""
_LIST_STANDINGS: Final = """
SELECT 'outbound', o.message_id, o.line, o.state, o.attempts, o.code, o.due_at, o.ended_at,
    o.discarded_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE m.document_id = :document_id
UNION ALL
SELECT 'delivery', document_id, '', state, attempts, code, due_at, ended_at, discarded_at
FROM deliveries WHERE document_id = :document_id
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


def list_parked(
    connection: sqlite3.Connection, wanted: ParkedFilter, *, limit: int = 500
) -> Sequence[Parked]:
    """See `ParkedWork.list_parked`."""
    parameters = {
        "kind": wanted.kind or "",
        "code": wanted.code,
        "partner": wanted.partner,
        "partner_urn": f"urn:swb:party:{wanted.partner}:%",
        "before": encode_instant(wanted.before) if wanted.before else None,
        "item_id": wanted.item_id,
        "discarded": wanted.discarded,
        "limit": limit,
    }
    statement = _FIND_PARKED if wanted.item_id else _LIST_PARKED
    return [_read_parked(row) for row in connection.execute(statement, parameters)]


def replay(connection: sqlite3.Connection, kind: ParkedKind, item_id: str, *, at: datetime) -> bool:
    """See `ParkedWork.replay_parked`."""
    parameters = {"item_id": item_id, "at": encode_instant(at)}
    first, *others = _REPLAY[kind]
    if not connection.execute(first, parameters).rowcount:
        return False
    for statement in others:
        connection.execute(statement, parameters)
    return True


def discard(
    connection: sqlite3.Connection,
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
    parameters = {"item_id": item_id, "at": encode_instant(at)}
    if not connection.execute(statement, parameters).rowcount:
        return False
    insert_events(connection, events)
    return True


def list_standings(connection: sqlite3.Connection, document_id: str) -> Sequence[Standing]:
    """See `ParkedWork.list_standings`."""
    rows = connection.execute(_LIST_STANDINGS, {"document_id": document_id})
    return [
        Standing(
            kind=ParkedKind(row[0]),
            item_id=row[1],
            line=row[2],
            state=row[3] if row[8] is None else "discarded",
            attempts=row[4],
            code=row[5],
            due_at=decode_instant(row[6]),
            ended_at=_decode(row[7]) if row[8] is None else _decode(row[8]),
        )
        for row in rows
    ]


def _read_parked(row: tuple[Any, ...]) -> Parked:
    return Parked(
        kind=ParkedKind(row[0]),
        item_id=row[1],
        code=row[2],
        detail=row[3],
        since=decode_instant(row[4]),
        partner=row[5],
        line=row[6],
        message_id=row[7],
        message_type=row[8],
        document_id=row[9],
        attempts=row[10],
        expires_at=_decode(row[11]),
        octets=row[12],
        discarded_at=_decode(row[13]),
    )


def _decode(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else decode_instant(microseconds)


class SqliteParkedWork:
    """`swb.ports.ParkedWork` in one SQLite file."""

    _database: Database

    list_parked = reading(list_parked)
    replay_parked = writing(replay)
    discard_parked = writing(discard)
    list_standings = reading(list_standings)
