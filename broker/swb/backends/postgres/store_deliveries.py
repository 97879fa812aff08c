"""What the national system is to be handed, in a PostgreSQL store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_claims import PostgresLeases, claim_deliveries
from swb.backends.postgres.store_facts import record_remarks
from swb.backends.postgres.store_together import write
from swb.ports import WaitingDelivery
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from swb.backends.postgres.database import Connection
    from swb.ports import (
        Completion,
        DocumentRecord,
        Event,
        NationalDelivery,
        OutboundMessage,
        Remark,
        Share,
    )

__all__ = [
    "PostgresDeliveries",
    "complete_delivery",
    "complete_together",
    "hasten_deliveries",
    "list_deliveries",
    "park_delivery",
    "release_deliveries",
    "retry_delivery",
]

_LOCK_DELIVERY: Final = """
SELECT state, message_id FROM deliveries WHERE document_id = %s FOR UPDATE
"""
_LIST_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.recorded_at, v.due_at,
    nullif(v.leased_until, '-infinity') AS leased_until, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' ORDER BY v.due_at, v.sequence LIMIT %s
"""
_COMPLETE_DELIVERY: Final = """
UPDATE deliveries SET state = 'completed', ended_at = %(at)s, leased_until = '-infinity'
WHERE document_id = %(document_id)s
"""
_RETRY_DELIVERY: Final = """
UPDATE deliveries
SET attempts = attempts + %(counted)s, code = %(code)s, due_at = %(due_at)s,
    leased_until = '-infinity'
WHERE document_id = %(document_id)s AND state = 'waiting'
"""
_RELEASE_DELIVERIES: Final = """
UPDATE deliveries SET code = %s, leased_until = '-infinity'
WHERE document_id = ANY(%s) AND state = 'waiting'
"""
_HASTEN_DELIVERIES: Final = """
UPDATE deliveries v SET due_at = d.recorded_at
FROM documents d
WHERE d.document_id = v.document_id AND v.sequence IN (
    SELECT sequence FROM deliveries
    WHERE state = 'waiting' AND due_at > %(now)s AND code = ANY(%(codes)s)
    ORDER BY due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
"""
_PARK_DELIVERY: Final = """
UPDATE deliveries
SET state = 'parked', attempts = attempts + 1, code = %(code)s, ended_at = %(at)s,
    leased_until = '-infinity'
WHERE document_id = %(document_id)s AND state = 'waiting'
"""


async def complete_delivery(
    connection: Connection,
    document_id: str,
    *,
    at: datetime,
    events: Sequence[Event],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
    remarks: Sequence[Remark] = (),
) -> None:
    """See `Deliveries.complete_delivery`."""
    because_of = await _complete(connection, document_id, at=at)
    if because_of is None:
        return
    await write(
        connection,
        documents=documents,
        outbound=outbound,
        because_of=because_of,
        events=events,
    )
    await record_remarks(connection, remarks)


async def complete_together(
    connection: Connection,
    completions: Sequence[Completion],
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `Deliveries.complete_together`."""
    new = [
        each
        for each in completions
        if await _complete(connection, each.document_id, at=each.at) is not None
    ]
    await write(
        connection,
        documents=documents,
        outbound=outbound,
        events=[event for each in new for event in each.events],
    )
    await record_remarks(connection, [remark for each in new for remark in each.remarks])


async def _complete(connection: Connection, document_id: str, *, at: datetime) -> str | None:
    """Record a delivery; returns what brought it, and None where it was recorded before."""
    cursor = await connection.execute(_LOCK_DELIVERY, (document_id,))
    row = await cursor.fetchone()
    if row is None:
        message = f"expected the id of a document to deliver, found {document_id!r}"
        raise RefusedError("store.unknown", message, actor=Actor.DEVELOPER)
    state, because_of = row
    if state == "completed":
        return None
    await connection.execute(_COMPLETE_DELIVERY, {"document_id": document_id, "at": at})
    return str(because_of)


async def retry_delivery(
    connection: Connection, document_id: str, *, code: str, due_at: datetime, counts: bool = True
) -> None:
    """See `Deliveries.retry_delivery`."""
    parameters = {
        "document_id": document_id,
        "code": code,
        "due_at": due_at,
        "counted": int(counts),
    }
    await connection.execute(_RETRY_DELIVERY, parameters)


async def release_deliveries(
    connection: Connection, document_ids: Sequence[str], *, code: str
) -> None:
    """See `Deliveries.release_deliveries`."""
    await connection.execute(_RELEASE_DELIVERIES, (code, list(document_ids)))


async def hasten_deliveries(
    connection: Connection, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `Deliveries.hasten_deliveries`."""
    parameters = {"now": now, "codes": list(codes), "limit": limit}
    cursor = await connection.execute(_HASTEN_DELIVERIES, parameters)
    return cursor.rowcount


async def park_delivery(
    connection: Connection, document_id: str, *, code: str, at: datetime
) -> None:
    """See `Deliveries.park_delivery`."""
    await connection.execute(_PARK_DELIVERY, {"document_id": document_id, "code": code, "at": at})


async def list_deliveries(connection: Connection, *, limit: int = 100) -> Sequence[WaitingDelivery]:
    """See `Deliveries.list_deliveries`."""
    cursor = await connection.execute(_LIST_DELIVERIES, (limit,))
    return [
        WaitingDelivery(
            document_id=document_id,
            message_type=message_type,
            recorded_at=recorded_at,
            due_at=due_at,
            leased_until=leased_until,
            attempts=attempts,
        )
        for document_id, message_type, recorded_at, due_at, leased_until, attempts in (
            await cursor.fetchall()
        )
    ]


class PostgresDeliveries(PostgresLeases):
    """`swb.ports.Deliveries` in one PostgreSQL schema."""

    claim_octets: int

    async def claim_deliveries(
        self, now: datetime, *, share: Share, lease_for: timedelta
    ) -> Sequence[NationalDelivery]:
        """See `Deliveries.claim_deliveries`."""
        return await self._database.write(
            partial(
                claim_deliveries,
                now=now,
                share=share,
                lease_for=lease_for,
                octets=self.claim_octets,
            )
        )

    complete_delivery = writing(complete_delivery)
    complete_together = writing(complete_together)
    retry_delivery = writing(retry_delivery)
    release_deliveries = writing(release_deliveries)
    hasten_deliveries = writing(hasten_deliveries)
    park_delivery = writing(park_delivery)
    list_deliveries = reading(list_deliveries)
