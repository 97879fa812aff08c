"""What a process takes on for a while: what is due is leased to it, inside a transaction.

Rows that another process is claiming at this moment are passed over; nobody waits for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import writing
from swb.backends.postgres.store_rows import read_delivery, read_held, read_outbound
from swb.ports import ParkedKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import HeldMessage, NationalDelivery, OutboundMessage, Share

__all__ = ["PostgresLeases", "claim_deliveries", "claim_held", "claim_outbound", "extend_leases"]

# Of each line so many, first those that are due since `low`, then those that were due before; of
# either not more octets than allowed, and the first in any case.
_CLAIM_OUTBOUND: Final = """
WITH shares AS (
    SELECT * FROM unnest(
        %(lines)s::text[], %(limits)s::int[], %(lows)s::timestamptz[], %(highs)s::timestamptz[]
    ) WITH ORDINALITY AS s (line, rows, low, high, place)
), due AS (
    SELECT o.sequence, s.place FROM shares s CROSS JOIN LATERAL (
        SELECT o.sequence FROM outbox o
        WHERE o.state = 'waiting' AND o.line = s.line AND o.due_at >= coalesce(s.low, '-infinity')
            AND o.due_at < coalesce(s.high, 'infinity') AND o.due_at <= %(now)s
            AND o.leased_until <= %(now)s
        ORDER BY o.due_at, o.sequence LIMIT s.rows
        FOR UPDATE SKIP LOCKED
    ) o
), sized AS (
    SELECT due.*, octet_length(m.octets) AS size,
        sum(octet_length(m.octets)) OVER (
            PARTITION BY due.place ORDER BY o.due_at, o.sequence
        ) AS total
    FROM due JOIN outbox o USING (sequence) JOIN messages m ON m.message_id = o.message_id
), claimed AS (
    UPDATE outbox o SET leased_until = %(until)s FROM sized due
    WHERE o.sequence = due.sequence AND (due.total <= %(octets)s OR due.total = due.size)
    RETURNING due.place, o.sequence, o.due_at, o.line, o.environment, o.attempts, o.message_id
)
SELECT o.line, o.environment, o.attempts, m.message_id, m.message_type, m.document_id, m.sender,
    m.receiver, m.digest, m.direction, m.expires_at, m.recorded_at, m.octets
FROM claimed o JOIN messages m ON m.message_id = o.message_id
ORDER BY o.place, o.due_at, o.sequence
"""
_CLAIM_DELIVERIES: Final = """
WITH shares AS (
    SELECT * FROM unnest(%(limits)s::int[], %(lows)s::timestamptz[], %(highs)s::timestamptz[])
        WITH ORDINALITY AS s (rows, low, high, place)
), due AS (
    SELECT v.sequence, s.place FROM shares s CROSS JOIN LATERAL (
        SELECT v.sequence FROM deliveries v
        WHERE v.state = 'waiting' AND v.due_at >= coalesce(s.low, '-infinity')
            AND v.due_at < coalesce(s.high, 'infinity') AND v.due_at <= %(now)s
            AND v.leased_until <= %(now)s
        ORDER BY v.due_at, v.sequence LIMIT s.rows
        FOR UPDATE SKIP LOCKED
    ) v
), sized AS (
    SELECT due.*, octet_length(d.octets) AS size,
        sum(octet_length(d.octets)) OVER (
            PARTITION BY due.place ORDER BY v.due_at, v.sequence
        ) AS total
    FROM due JOIN deliveries v USING (sequence)
        JOIN documents d ON d.document_id = v.document_id
), claimed AS (
    UPDATE deliveries v SET leased_until = %(until)s FROM sized due
    WHERE v.sequence = due.sequence AND (due.total <= %(octets)s OR due.total = due.size)
    RETURNING due.place, v.sequence, v.due_at, v.document_id, v.message_id, v.message_digest,
        v.attempts
)
SELECT v.document_id, d.message_type, d.octets, v.message_id, v.message_digest,
    coalesce(m.sender, ''), d.recorded_at, v.attempts
FROM claimed v JOIN documents d ON d.document_id = v.document_id
    LEFT JOIN messages m ON m.message_id = v.message_id
ORDER BY v.place, v.due_at, v.sequence
"""
_CLAIM_HELD: Final = """
WITH due AS (
    SELECT sequence FROM held
    WHERE due_at <= %(now)s AND leased_until <= %(now)s
    ORDER BY due_at, sequence LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE held h SET leased_until = %(until)s FROM due WHERE h.sequence = due.sequence
    RETURNING h.sequence, h.due_at, h.octets_digest, h.octets, h.line, h.attempts, h.code,
        h.received_at
)
SELECT octets_digest, octets, line, attempts, code, received_at
FROM claimed ORDER BY due_at, sequence
"""
# A row that somebody writes at this moment is about to be settled: nobody waits for it.
_EXTEND_OUTBOUND: Final = """
UPDATE outbox SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM outbox
    WHERE message_id = ANY(%(item_ids)s) AND state = 'waiting' AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
_EXTEND_DELIVERIES: Final = """
UPDATE deliveries SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM deliveries
    WHERE document_id = ANY(%(item_ids)s) AND state = 'waiting' AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
_EXTEND_HELD: Final = """
UPDATE held SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM held
    WHERE octets_digest = ANY(%(item_ids)s) AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
_EXTEND: Final = {
    ParkedKind.OUTBOUND: _EXTEND_OUTBOUND,
    ParkedKind.DELIVERY: _EXTEND_DELIVERIES,
    ParkedKind.HELD: _EXTEND_HELD,
}
"""What can be claimed; dead letters cannot."""
_OF_A_PART: Final = ("limits", "lows", "highs")


async def claim_outbound(
    connection: Connection,
    now: datetime,
    *,
    shares: Mapping[str, Share],
    lease_for: timedelta,
    octets: int,
) -> Sequence[OutboundMessage]:
    """See `Outbox.claim_outbound`."""
    parts = [(line, *part) for line, share in shares.items() for part in _split(share)]
    parameters = {
        "now": now,
        "until": now + lease_for,
        "octets": octets,
        "lines": [line for line, *_ in parts],
        **_parameters_of_parts([part for _, *part in parts]),
    }
    cursor = await connection.execute(_CLAIM_OUTBOUND, parameters, binary=True)
    return [read_outbound(row) for row in await cursor.fetchall()]


async def claim_held(
    connection: Connection, now: datetime, *, limit: int, lease_for: timedelta
) -> Sequence[HeldMessage]:
    """See `Inbox.claim_held`."""
    parameters = {"now": now, "until": now + lease_for, "limit": limit}
    cursor = await connection.execute(_CLAIM_HELD, parameters, binary=True)
    return [read_held(row) for row in await cursor.fetchall()]


async def claim_deliveries(
    connection: Connection, now: datetime, *, share: Share, lease_for: timedelta, octets: int
) -> Sequence[NationalDelivery]:
    """See `Deliveries.claim_deliveries`."""
    parameters = {
        "now": now,
        "until": now + lease_for,
        "octets": octets,
        **_parameters_of_parts(list(_split(share))),
    }
    cursor = await connection.execute(_CLAIM_DELIVERIES, parameters, binary=True)
    return [read_delivery(row) for row in await cursor.fetchall()]


async def extend_leases(
    connection: Connection,
    kind: ParkedKind,
    item_ids: Sequence[str],
    now: datetime,
    *,
    lease_for: timedelta,
) -> None:
    """See `Leases.extend_leases`."""
    parameters = {"item_ids": list(item_ids), "now": now, "until": now + lease_for}
    await connection.execute(_EXTEND[kind], parameters)


def _split(share: Share) -> Iterator[tuple[int, datetime | None, datetime | None]]:
    """Split a share into what is due since its limit, and what was due before: rows, low, high."""
    if share.fresh > 0:
        yield share.fresh, share.old_before, None
    if share.old > 0 and share.old_before is not None:
        yield share.old, None, share.old_before


def _parameters_of_parts(parts: Sequence[Sequence[object]]) -> dict[str, list[object]]:
    return {name: [part[place] for part in parts] for place, name in enumerate(_OF_A_PART)}


class PostgresLeases:
    """`swb.ports.Leases` in one PostgreSQL schema."""

    _database: Database

    extend_leases = writing(extend_leases)
