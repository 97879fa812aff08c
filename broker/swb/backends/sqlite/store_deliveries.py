"""What the national system is to be handed, in the embedded store."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_claims import SqliteLeases, claim_deliveries, is_delivery_due
from swb.backends.sqlite.store_facts import record_remarks
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.backends.sqlite.store_together import insert_documents, insert_events, insert_outbound
from swb.ports import Completion, WaitingDelivery
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from swb.ports import DocumentRecord, Event, NationalDelivery, OutboundMessage, Remark, Share

__all__ = [
    "SqliteDeliveries",
    "complete_delivery",
    "complete_together",
    "hasten_deliveries",
    "list_deliveries",
    "park_delivery",
    "release_deliveries",
    "retry_delivery",
]

_FIND_DELIVERY: Final = "SELECT state, message_id FROM deliveries WHERE document_id = ?"
_LIST_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.recorded_at, v.due_at, v.leased_until, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' ORDER BY v.due_at, v.sequence LIMIT ?
"""
_COMPLETE_DELIVERY: Final = """
UPDATE deliveries SET state = 'completed', ended_at = :at, leased_until = 0
WHERE document_id = :document_id
"""
_RETRY_DELIVERY: Final = """
UPDATE deliveries
SET attempts = attempts + :counted, code = :code, due_at = :due_at, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""
_RELEASE_DELIVERY: Final = """
UPDATE deliveries SET code = :code, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""
_HASTEN_DELIVERIES: Final = """
UPDATE deliveries
SET due_at = (
    SELECT d.recorded_at FROM documents d WHERE d.document_id = deliveries.document_id
)
WHERE sequence IN (
    SELECT sequence FROM deliveries
    WHERE state = 'waiting' AND due_at > :now
        AND code IN (SELECT value FROM json_each(:codes))
    ORDER BY due_at LIMIT :limit
)
"""
_PARK_DELIVERY: Final = """
UPDATE deliveries
SET state = 'parked', attempts = attempts + 1, code = :code, ended_at = :at, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""


def complete_delivery(
    connection: sqlite3.Connection,
    document_id: str,
    *,
    at: datetime,
    events: Sequence[Event],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
    remarks: Sequence[Remark] = (),
) -> None:
    """See `Deliveries.complete_delivery`."""
    completion = Completion(document_id=document_id, at=at, events=events, remarks=remarks)
    because_of = _complete(connection, completion)
    if because_of is not None:
        insert_documents(connection, documents)
        insert_outbound(connection, outbound, because_of=because_of)


def complete_together(
    connection: sqlite3.Connection,
    completions: Sequence[Completion],
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `Deliveries.complete_together`."""
    for completion in completions:
        _complete(connection, completion)
    insert_documents(connection, documents)
    insert_outbound(connection, outbound, because_of="")


def _complete(connection: sqlite3.Connection, completion: Completion) -> str | None:
    """Record a delivery; returns what brought it, and None where it was recorded before."""
    row = connection.execute(_FIND_DELIVERY, (completion.document_id,)).fetchone()
    if row is None:
        message = f"expected the id of a document to deliver, found {completion.document_id!r}"
        raise RefusedError("store.unknown", message, actor=Actor.DEVELOPER)
    state, because_of = row
    if state == "completed":
        return None
    parameters = {"document_id": completion.document_id, "at": encode_instant(completion.at)}
    connection.execute(_COMPLETE_DELIVERY, parameters)
    insert_events(connection, completion.events)
    record_remarks(connection, completion.remarks)
    return str(because_of)


def retry_delivery(
    connection: sqlite3.Connection,
    document_id: str,
    *,
    code: str,
    due_at: datetime,
    counts: bool = True,
) -> None:
    """See `Deliveries.retry_delivery`."""
    parameters = {
        "document_id": document_id,
        "code": code,
        "due_at": encode_instant(due_at),
        "counted": int(counts),
    }
    connection.execute(_RETRY_DELIVERY, parameters)


def release_deliveries(
    connection: sqlite3.Connection, document_ids: Sequence[str], *, code: str
) -> None:
    """See `Deliveries.release_deliveries`."""
    connection.executemany(
        _RELEASE_DELIVERY,
        [{"document_id": document_id, "code": code} for document_id in document_ids],
    )


def hasten_deliveries(
    connection: sqlite3.Connection, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `Deliveries.hasten_deliveries`."""
    parameters = {"now": encode_instant(now), "codes": json.dumps(list(codes)), "limit": limit}
    return connection.execute(_HASTEN_DELIVERIES, parameters).rowcount


def park_delivery(
    connection: sqlite3.Connection, document_id: str, *, code: str, at: datetime
) -> None:
    """See `Deliveries.park_delivery`."""
    parameters = {"document_id": document_id, "code": code, "at": encode_instant(at)}
    connection.execute(_PARK_DELIVERY, parameters)


def list_deliveries(
    connection: sqlite3.Connection, *, limit: int = 100
) -> Sequence[WaitingDelivery]:
    """See `Deliveries.list_deliveries`."""
    return [
        WaitingDelivery(
            document_id=document_id,
            message_type=message_type,
            recorded_at=decode_instant(recorded_at),
            due_at=decode_instant(due_at),
            leased_until=decode_instant(leased_until) if leased_until else None,
            attempts=attempts,
        )
        for document_id, message_type, recorded_at, due_at, leased_until, attempts in (
            connection.execute(_LIST_DELIVERIES, (limit,))
        )
    ]


class SqliteDeliveries(SqliteLeases):
    """`swb.ports.Deliveries` in one SQLite file."""

    claim_octets: int

    async def claim_deliveries(
        self, now: datetime, *, share: Share, lease_for: timedelta
    ) -> Sequence[NationalDelivery]:
        """See `Deliveries.claim_deliveries`."""
        if not await self._database.look_up(partial(is_delivery_due, now=now, share=share)):
            return []
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
