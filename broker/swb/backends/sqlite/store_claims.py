"""What a process takes on for a while: what is due is leased to it, inside a transaction.

Looking whether anything is due costs far less than a turn of the writing thread, and most looks
find nothing; so `is_outbound_due` and the others ask first, outside of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite import store_statements as sql
from swb.backends.sqlite.store_rows import (
    encode_instant,
    read_delivery,
    read_held,
    read_outbound,
)
from swb.ports import ParkedKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.sqlite.store_rows import Row
    from swb.ports import HeldMessage, NationalDelivery, OutboundMessage, Share

__all__ = [
    "claim_deliveries",
    "claim_held",
    "claim_outbound",
    "extend_leases",
    "is_delivery_due",
    "is_held_due",
    "is_outbound_due",
]

_EXTEND: Final = {
    ParkedKind.OUTBOUND: sql.EXTEND_OUTBOUND,
    ParkedKind.DELIVERY: sql.EXTEND_DELIVERIES,
    ParkedKind.HELD: sql.EXTEND_HELD,
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
    """See `MessageStore.claim_outbound`."""
    claimed: list[OutboundMessage] = []
    for line, share in shares.items():
        for statement, limit in (
            (sql.SELECT_FRESH_OUTBOUND, share.fresh),
            (sql.SELECT_OLD_OUTBOUND, share.old),
        ):
            if limit > 0:
                parameters = {**_parameters_of_share(share, now), "line": line, "limit": limit}
                rows = _take_rows(connection.execute(statement, parameters), -1, octets)
                claimed += [read_outbound(row) for row in rows]
    until = encode_instant(now + lease_for)
    connection.executemany(
        sql.LEASE_OUTBOUND, [(until, outbound.message.message_id) for outbound in claimed]
    )
    return claimed


def claim_held(
    connection: sqlite3.Connection, now: datetime, *, limit: int, lease_for: timedelta
) -> Sequence[HeldMessage]:
    """See `MessageStore.claim_held`."""
    rows = connection.execute(
        sql.SELECT_DUE_HELD, {"now": encode_instant(now), "limit": limit}
    ).fetchall()
    claimed = [read_held(row) for row in rows]
    until = encode_instant(now + lease_for)
    connection.executemany(sql.LEASE_HELD, [(until, held.octets_digest) for held in claimed])
    return claimed


def claim_deliveries(
    connection: sqlite3.Connection,
    now: datetime,
    *,
    share: Share,
    lease_for: timedelta,
    octets: int,
) -> Sequence[NationalDelivery]:
    """See `MessageStore.claim_deliveries`."""
    claimed: list[NationalDelivery] = []
    for statement, limit in (
        (sql.SELECT_FRESH_DELIVERIES, share.fresh),
        (sql.SELECT_OLD_DELIVERIES, share.old),
    ):
        if limit > 0:
            parameters = {**_parameters_of_share(share, now), "limit": limit}
            rows = _take_rows(connection.execute(statement, parameters), 2, octets)
            claimed += [read_delivery(row) for row in rows]
    until = encode_instant(now + lease_for)
    connection.executemany(
        sql.LEASE_DELIVERY, [(until, delivery.document_id) for delivery in claimed]
    )
    return claimed


def extend_leases(
    connection: sqlite3.Connection,
    kind: ParkedKind,
    item_ids: Sequence[str],
    now: datetime,
    *,
    lease_for: timedelta,
) -> None:
    """See `MessageStore.extend_leases`."""
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
        _is_any(connection, sql.HAS_OUTBOUND, {**period, "line": line})
        for line, share in shares.items()
        for period in _periods_of_share(share, now)
    )


def is_delivery_due(connection: sqlite3.Connection, now: datetime, *, share: Share) -> bool:
    """Whether `claim_deliveries` would find anything."""
    return any(
        _is_any(connection, sql.HAS_DELIVERY, period) for period in _periods_of_share(share, now)
    )


def is_held_due(connection: sqlite3.Connection, now: datetime) -> bool:
    """Whether `claim_held` would find anything."""
    return _is_any(connection, sql.HAS_HELD, {"now": encode_instant(now)})


def _is_any(
    connection: sqlite3.Connection, statement: str, parameters: Mapping[str, object]
) -> bool:
    (found,) = connection.execute(statement, parameters).fetchone()
    return bool(found)


def _periods_of_share(share: Share, now: datetime) -> Sequence[Mapping[str, object]]:
    """When what a share asks for became due: from, and until, both included."""
    until = encode_instant(now)
    before = encode_instant(share.old_before) if share.old_before else 0
    periods = []
    if share.fresh > 0:
        periods.append({"now": until, "since": before, "until": until})
    if share.old > 0:
        periods.append({"now": until, "since": 0, "until": min(before - 1, until)})
    return periods


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


def _parameters_of_share(share: Share, now: datetime) -> dict[str, object]:
    before = share.old_before
    return {"now": encode_instant(now), "old_before": encode_instant(before) if before else 0}
