"""What a process takes on for a while: what is due is leased to it, inside a transaction.

Looking whether anything is due costs far less than a turn of the writing thread, and most looks
find nothing; so `is_outbound_due` and the others ask first, outside of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import writing
from swb.backends.sqlite.store_rows import encode_instant, read_delivery, read_held, read_outbound
from swb.ports import ParkedKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.sqlite.database import Database
    from swb.backends.sqlite.store_rows import Row
    from swb.ports import HeldMessage, NationalDelivery, OutboundMessage, Share

__all__ = [
    "SqliteLeases",
    "claim_deliveries",
    "claim_held",
    "claim_outbound",
    "extend_leases",
    "is_delivery_due",
    "is_held_due",
    "is_outbound_due",
]

_SELECT_OUTBOUND: Final = """
SELECT o.line, o.environment, o.attempts, m.message_id, m.message_type, m.document_id, m.sender,
    m.receiver, m.digest, m.direction, m.expires_at, m.recorded_at, m.octets
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.state = 'waiting' AND o.line = :line AND o.due_at >= :since AND o.due_at <= :until
    AND o.leased_until <= :now
ORDER BY o.due_at, o.sequence LIMIT :limit
"""
_HAS_OUTBOUND: Final = """
SELECT EXISTS (
    SELECT 1 FROM outbox WHERE state = 'waiting' AND line = :line
        AND due_at >= :since AND due_at <= :until AND leased_until <= :now
)
"""
_LEASE_OUTBOUND: Final = "UPDATE outbox SET leased_until = ? WHERE message_id = ?"
_SELECT_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.octets, v.message_id, v.message_digest,
    coalesce(m.sender, ''), d.recorded_at, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    LEFT JOIN messages m ON m.message_id = v.message_id
WHERE v.state = 'waiting' AND v.due_at >= :since AND v.due_at <= :until
    AND v.leased_until <= :now
ORDER BY v.due_at, v.sequence LIMIT :limit
"""
_HAS_DELIVERY: Final = """
SELECT EXISTS (
    SELECT 1 FROM deliveries WHERE state = 'waiting'
        AND due_at >= :since AND due_at <= :until AND leased_until <= :now
)
"""
_LEASE_DELIVERY: Final = "UPDATE deliveries SET leased_until = ? WHERE document_id = ?"
_SELECT_DUE_HELD: Final = """
SELECT octets_digest, octets, line, attempts, code, received_at
FROM held WHERE due_at <= :now AND leased_until <= :now
ORDER BY due_at, sequence LIMIT :limit
"""
_HAS_HELD: Final = """
SELECT EXISTS (SELECT 1 FROM held WHERE due_at <= :now AND leased_until <= :now)
"""
_LEASE_HELD: Final = "UPDATE held SET leased_until = ? WHERE octets_digest = ?"
_EXTEND_OUTBOUND: Final = """
UPDATE outbox SET leased_until = max(leased_until, :until)
WHERE message_id IN (SELECT value FROM json_each(:item_ids))
    AND state = 'waiting' AND leased_until > :now
"""
_EXTEND_DELIVERIES: Final = """
UPDATE deliveries SET leased_until = max(leased_until, :until)
WHERE document_id IN (SELECT value FROM json_each(:item_ids))
    AND state = 'waiting' AND leased_until > :now
"""
_EXTEND_HELD: Final = """
UPDATE held SET leased_until = max(leased_until, :until)
WHERE octets_digest IN (SELECT value FROM json_each(:item_ids)) AND leased_until > :now
"""
_EXTEND: Final = {
    ParkedKind.OUTBOUND: _EXTEND_OUTBOUND,
    ParkedKind.DELIVERY: _EXTEND_DELIVERIES,
    ParkedKind.HELD: _EXTEND_HELD,
}
"""What can be claimed; dead letters cannot."""


def claim_outbound(
    connection: sqlite3.Connection,
    now: datetime,
    *,
    shares: Mapping[str, Share],
    lease_for: timedelta,
    octets: int,
) -> Sequence[OutboundMessage]:
    """See `Outbox.claim_outbound`."""
    claimed: list[OutboundMessage] = []
    for line, share in shares.items():
        for due in _list_due(share, now):
            found = connection.execute(_SELECT_OUTBOUND, {**due, "line": line})
            claimed += [read_outbound(row) for row in _take_rows(found, -1, octets)]
    until = encode_instant(now + lease_for)
    connection.executemany(
        _LEASE_OUTBOUND, [(until, outbound.message.message_id) for outbound in claimed]
    )
    return claimed


def claim_held(
    connection: sqlite3.Connection, now: datetime, *, limit: int, lease_for: timedelta
) -> Sequence[HeldMessage]:
    """See `Inbox.claim_held`."""
    rows = connection.execute(
        _SELECT_DUE_HELD, {"now": encode_instant(now), "limit": limit}
    ).fetchall()
    claimed = [read_held(row) for row in rows]
    until = encode_instant(now + lease_for)
    connection.executemany(_LEASE_HELD, [(until, held.octets_digest) for held in claimed])
    return claimed


def claim_deliveries(
    connection: sqlite3.Connection,
    now: datetime,
    *,
    share: Share,
    lease_for: timedelta,
    octets: int,
) -> Sequence[NationalDelivery]:
    """See `Deliveries.claim_deliveries`."""
    claimed: list[NationalDelivery] = []
    for due in _list_due(share, now):
        found = connection.execute(_SELECT_DELIVERIES, due)
        claimed += [read_delivery(row) for row in _take_rows(found, 2, octets)]
    until = encode_instant(now + lease_for)
    connection.executemany(_LEASE_DELIVERY, [(until, delivery.document_id) for delivery in claimed])
    return claimed


def extend_leases(
    connection: sqlite3.Connection,
    kind: ParkedKind,
    item_ids: Sequence[str],
    now: datetime,
    *,
    lease_for: timedelta,
) -> None:
    """See `Leases.extend_leases`."""
    parameters = {
        "item_ids": json.dumps(list(item_ids)),
        "now": encode_instant(now),
        "until": encode_instant(now + lease_for),
    }
    connection.execute(_EXTEND[kind], parameters)


def is_outbound_due(
    connection: sqlite3.Connection, now: datetime, *, shares: Mapping[str, Share]
) -> bool:
    """Whether `claim_outbound` would find anything."""
    return any(
        _is_any(connection, _HAS_OUTBOUND, {**due, "line": line})
        for line, share in shares.items()
        for due in _list_due(share, now)
    )


def is_delivery_due(connection: sqlite3.Connection, now: datetime, *, share: Share) -> bool:
    """Whether `claim_deliveries` would find anything."""
    return any(_is_any(connection, _HAS_DELIVERY, due) for due in _list_due(share, now))


def is_held_due(connection: sqlite3.Connection, now: datetime) -> bool:
    """Whether `claim_held` would find anything."""
    return _is_any(connection, _HAS_HELD, {"now": encode_instant(now)})


def _is_any(
    connection: sqlite3.Connection, statement: str, parameters: Mapping[str, object]
) -> bool:
    (found,) = connection.execute(statement, parameters).fetchone()
    return bool(found)


def _list_due(share: Share, now: datetime) -> Sequence[Mapping[str, object]]:
    """Name how much a share asks for, first of the fresh, and when that became due."""
    until = encode_instant(now)
    old_before = encode_instant(share.old_before) if share.old_before else 0
    fresh = {"now": until, "since": old_before, "until": until, "limit": share.fresh}
    old = {"now": until, "since": 0, "until": min(old_before - 1, until), "limit": share.old}
    return [each for each, limit in ((fresh, share.fresh), (old, share.old)) if limit > 0]


def _take_rows(cursor: sqlite3.Cursor, column: int, octets: int) -> list[Row]:
    """Read rows until they have so many octets in one column; one row at least."""
    rows: list[Row] = []
    taken = 0
    for row in cursor:
        taken += len(row[column])
        if rows and taken > octets:
            break
        rows.append(row)
    cursor.close()
    return rows


class SqliteLeases:
    """`swb.ports.Leases` in one SQLite file."""

    _database: Database

    extend_leases = writing(extend_leases)
