"""What the store writes: each function is the whole of one operation, inside a transaction.

Other transactions run at the same time, so what decides a race is a unique constraint: whoever
comes second waits for the first, writes nothing, and then reads what stands. Where reading came
before writing and somebody wrote in between, the operation is done again (`RaceLostError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres import store_statements as sql
from swb.backends.postgres.database import RaceLostError
from swb.backends.postgres.store_alike import keep
from swb.backends.postgres.store_remarks import record as record_remarks
from swb.backends.postgres.store_rows import (
    clean,
    read_delivery,
    read_held,
    read_outbound,
    read_submission,
)
from swb.backends.postgres.store_together import first_of_each_number, write
from swb.core.duplicates import Disposition, judge
from swb.ports import MENTIONS_COUNTED, ParkedKind
from swb.ports.records import find_refusal
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.postgres.database import Connection
    from swb.ports import (
        Acceptance,
        BuriedMessage,
        Completion,
        DocumentRecord,
        Event,
        Grounds,
        HeldMessage,
        NationalDelivery,
        OutboundMessage,
        Remark,
        Share,
        Submission,
        SubmissionRecord,
    )

__all__ = [
    "ConflictError",
    "NotNewError",
    "accept",
    "accept_together",
    "answer",
    "beat",
    "bury",
    "claim_deliveries",
    "claim_held",
    "claim_outbound",
    "commit_submission",
    "complete_delivery",
    "complete_together",
    "extend_leases",
    "hasten_deliveries",
    "hasten_outbound",
    "hold",
    "mark_published",
    "park_delivery",
    "park_outbound",
    "record_events",
    "release_deliveries",
    "release_held",
    "release_outbound",
    "retry_delivery",
    "retry_outbound",
]


_OF_A_PART: Final = ("limits", "lows", "highs")

# --- submitting --------------------------------------------------------------------------------


async def commit_submission(
    connection: Connection, submission: Submission, *, certificate_types: Sequence[str]
) -> SubmissionRecord | None:
    """See `MessageStore.commit_submission`."""
    record, document = submission.record, submission.document
    if submission.grounds is not None and not await _hold(connection, submission.grounds):
        return await _find_submission(connection, record.payload_digest)
    is_certificate = document.message_type in certificate_types and not submission.shares_key
    responses = first_of_each_number(submission.events)
    cursor = await connection.execute(
        sql.SUBMIT,
        {
            "payload_digest": record.payload_digest,
            "adapter": record.adapter,
            "document_id": record.document_id,
            "recorded_at": record.recorded_at,
            "payload": record.payload,
            "certificate_key": document.certificate_key if is_certificate else "",
            "message_type": document.message_type,
            "subjects": [event.document_id for event in responses],
            "revisions": [event.revision for event in responses],
        },
    )
    is_new, sealed, revision = await cursor.fetchone() or (False, None, None)
    if not is_new:
        earlier = await _find_submission(connection, record.payload_digest)
        if earlier is None:  # who wrote it first has taken it back
            raise RaceLostError
        return earlier
    if sealed is not None:
        message = (
            f"{document.certificate_key} is sealed already, as document {sealed}, "
            "from another payload"
        )
        raise RefusedError("submission.certificate_exists", message)
    if revision is not None:
        message = (
            f"response {revision} on {document.certificate_key} is sealed already, "
            "from another payload"
        )
        raise RefusedError("submission.response_exists", message)
    await write(
        connection,
        documents=[document],
        outbound=[submission.outbound],
        events=submission.events,
        responses=responses,
        are_own_certificates=is_certificate,
    )
    await keep(connection, submission.fingerprinted)
    await record_remarks(connection, submission.remarks)
    return record


async def _find_submission(connection: Connection, payload_digest: str) -> SubmissionRecord | None:
    cursor = await connection.execute(sql.FIND_SUBMISSION, (payload_digest,), binary=True)
    row = await cursor.fetchone()
    return read_submission(row) if row is not None else None


async def _hold(connection: Connection, grounds: Grounds) -> bool:
    """Whether nothing was added to what something was judged by, and nobody adds to it now."""
    keys = [*grounds.events, *grounds.mentioned]
    await connection.execute(sql.LOCK_GROUNDS, {"keys": keys})
    cursor = await connection.execute(
        sql.ARE_GROUNDS,
        {
            "documents": list(grounds.events),
            "counts": list(grounds.events.values()),
            "mentioned": list(grounds.mentioned),
            "mentioning": grounds.mentioning,
            "limit": MENTIONS_COUNTED,
        },
    )
    (holds,) = await cursor.fetchone() or (False,)
    return bool(holds)


# --- dispatching -------------------------------------------------------------------------------


async def claim_outbound(
    connection: Connection,
    now: datetime,
    *,
    shares: Mapping[str, Share],
    lease_for: timedelta,
    octets: int,
) -> Sequence[OutboundMessage]:
    """See `MessageStore.claim_outbound`."""
    parts = [(line, *part) for line, share in shares.items() for part in _split(share)]
    parameters = {
        "now": now,
        "until": now + lease_for,
        "octets": octets,
        "lines": [line for line, *_ in parts],
        **_parameters_of_parts([part for _, *part in parts]),
    }
    cursor = await connection.execute(sql.CLAIM_OUTBOUND, parameters, binary=True)
    return [read_outbound(row) for row in await cursor.fetchall()]


def _split(share: Share) -> Iterator[tuple[int, datetime | None, datetime | None]]:
    """Split a share into what is due since its limit, and what was due before: rows, low, high."""
    if share.fresh > 0:
        yield share.fresh, share.old_before, None
    if share.old > 0 and share.old_before is not None:
        yield share.old, None, share.old_before


def _parameters_of_parts(parts: Sequence[Sequence[object]]) -> dict[str, list[object]]:
    return {name: [part[place] for part in parts] for place, name in enumerate(_OF_A_PART)}


async def mark_published(connection: Connection, message_ids: Sequence[str], at: datetime) -> None:
    """See `MessageStore.mark_published`."""
    await connection.execute(sql.MARK_PUBLISHED, (at, list(message_ids)))


async def retry_outbound(
    connection: Connection, message_id: str, *, code: str, due_at: datetime, counts: bool
) -> None:
    """See `MessageStore.retry_outbound`."""
    parameters = {
        "message_id": message_id,
        "code": code,
        "due_at": due_at,
        "counted": int(counts),
    }
    await connection.execute(sql.RETRY_OUTBOUND, parameters)


async def release_outbound(
    connection: Connection, message_ids: Sequence[str], *, code: str
) -> None:
    """See `MessageStore.release_outbound`."""
    await connection.execute(sql.RELEASE_OUTBOUND, (code, list(message_ids)))


async def hasten_outbound(
    connection: Connection, line: str, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `MessageStore.hasten_outbound`."""
    parameters = {"line": line, "now": now, "codes": list(codes), "limit": limit}
    cursor = await connection.execute(sql.HASTEN_OUTBOUND, parameters)
    return cursor.rowcount


async def park_outbound(
    connection: Connection, message_id: str, *, code: str, at: datetime
) -> None:
    """See `MessageStore.park_outbound`."""
    await connection.execute(sql.PARK_OUTBOUND, {"message_id": message_id, "code": code, "at": at})


# --- what was claimed --------------------------------------------------------------------------

_EXTEND: Final = {
    ParkedKind.OUTBOUND: sql.EXTEND_OUTBOUND,
    ParkedKind.DELIVERY: sql.EXTEND_DELIVERIES,
    ParkedKind.HELD: sql.EXTEND_HELD,
}
"""What can be claimed; dead letters cannot."""


async def extend_leases(
    connection: Connection,
    kind: ParkedKind,
    item_ids: Sequence[str],
    now: datetime,
    *,
    lease_for: timedelta,
) -> None:
    """See `MessageStore.extend_leases`."""
    parameters = {"item_ids": list(item_ids), "now": now, "until": now + lease_for}
    await connection.execute(_EXTEND[kind], parameters)


# --- receiving ---------------------------------------------------------------------------------


async def accept(connection: Connection, acceptance: Acceptance) -> Disposition:
    """See `MessageStore.accept`."""
    message, documents = acceptance.message, acceptance.documents
    cursor = await connection.execute(
        sql.RECEIVE,
        {
            "message_id": message.message_id,
            "digest": message.digest,
            "expires_at": message.expires_at,
            "recorded_at": message.recorded_at,
            "document_ids": [each.document_id for each in documents],
            "digests": [each.digest for each in documents],
        },
    )
    is_new, known, contradicts = await cursor.fetchone() or (False, None, False)
    if not is_new:
        if known is None:  # it was written meanwhile, or taken back
            raise RaceLostError
        disposition = judge(known, message.digest)
        if disposition is Disposition.REPEAT:
            await connection.execute(
                sql.REPEAT_ACKNOWLEDGEMENTS,
                {"message_id": message.message_id, "due_at": message.recorded_at},
            )
        return disposition
    if contradicts:
        raise ConflictError
    forced = acceptance.forces_delivery
    await write(
        connection,
        messages=[message],
        documents=documents,
        outbound=acceptance.outbound,
        because_of=message.message_id,
        deliveries=() if forced else acceptance.deliveries,
        due_at=message.recorded_at,
        events=acceptance.events,
        checked=frozenset((message.message_id, *(each.document_id for each in documents))),
    )
    for delivery in acceptance.deliveries if forced else ():
        await connection.execute(
            sql.MEND_DOCUMENT, {"document_id": delivery.document_id, "octets": delivery.octets}
        )
        await connection.execute(
            sql.FORCE_DELIVERY,
            (
                delivery.document_id,
                delivery.message_id,
                delivery.message_digest,
                delivery.attempts,
                message.recorded_at,
            ),
        )
    await keep(connection, acceptance.fingerprinted)
    return Disposition.NEW


class NotNewError(Exception):
    """One of several messages, or of their documents, is known already."""


async def accept_together(
    connection: Connection,
    *,
    acceptances: Sequence[Acceptance],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.accept_together`; what is raised undoes all of it."""
    for acceptance in acceptances:
        if await accept(connection, acceptance) is not Disposition.NEW:
            raise NotNewError
    await write(connection, documents=documents, outbound=outbound)


class ConflictError(Exception):
    """Something else is already kept under one of the ids that came from outside."""


async def answer(
    connection: Connection,
    because_of: str,
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.answer`."""
    await connection.execute(sql.LOCK_ANSWER, (because_of,))
    cursor = await connection.execute(sql.IS_ANSWERED, (because_of,))
    if await cursor.fetchone() is None:
        await write(connection, documents=documents, outbound=outbound, because_of=because_of)
        return
    due_at = max(each.message.recorded_at for each in outbound)
    await connection.execute(
        sql.REPEAT_ACKNOWLEDGEMENTS, {"message_id": because_of, "due_at": due_at}
    )


async def hold(connection: Connection, held: HeldMessage, *, due_at: datetime) -> int:
    """See `MessageStore.hold`."""
    cursor = await connection.execute(
        sql.HOLD,
        (held.octets_digest, held.line, held.code, due_at, held.octets, held.received_at),
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def claim_held(
    connection: Connection, now: datetime, *, limit: int, lease_for: timedelta
) -> Sequence[HeldMessage]:
    """See `MessageStore.claim_held`."""
    parameters = {"now": now, "until": now + lease_for, "limit": limit}
    cursor = await connection.execute(sql.CLAIM_HELD, parameters, binary=True)
    return [read_held(row) for row in await cursor.fetchall()]


async def release_held(connection: Connection, octets_digest: str) -> None:
    """See `MessageStore.release_held`."""
    await connection.execute(sql.RELEASE_HELD, (octets_digest,))


async def bury(connection: Connection, buried: BuriedMessage) -> None:
    """See `MessageStore.bury`."""
    await connection.execute(
        sql.BURY,
        (
            buried.octets_digest,
            buried.line,
            buried.code,
            clean(buried.detail),
            buried.buried_at,
            buried.octets,
        ),
    )
    await connection.execute(sql.RELEASE_HELD, (buried.octets_digest,))
    await record_remarks(connection, [find_refusal(buried)])


# --- handing over to the national system -------------------------------------------------------


async def claim_deliveries(
    connection: Connection, now: datetime, *, share: Share, lease_for: timedelta, octets: int
) -> Sequence[NationalDelivery]:
    """See `MessageStore.claim_deliveries`."""
    parameters = {
        "now": now,
        "until": now + lease_for,
        "octets": octets,
        **_parameters_of_parts(list(_split(share))),
    }
    cursor = await connection.execute(sql.CLAIM_DELIVERIES, parameters, binary=True)
    return [read_delivery(row) for row in await cursor.fetchall()]


async def complete_delivery(
    connection: Connection,
    document_id: str,
    *,
    at: datetime,
    events: Sequence[Event],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
    remarks: Sequence[Remark],
) -> None:
    """See `MessageStore.complete_delivery`."""
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
    *,
    completions: Sequence[Completion],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.complete_together`."""
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
    cursor = await connection.execute(sql.LOCK_DELIVERY, (document_id,))
    row = await cursor.fetchone()
    if row is None:
        message = f"expected the id of a document to deliver, found {document_id!r}"
        raise RefusedError("store.unknown", message, actor=Actor.DEVELOPER)
    state, because_of = row
    if state == "completed":
        return None
    await connection.execute(sql.COMPLETE_DELIVERY, {"document_id": document_id, "at": at})
    return str(because_of)


async def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """See `MessageStore.record_events`."""
    await write(connection, events=events)


async def retry_delivery(
    connection: Connection, document_id: str, *, code: str, due_at: datetime, counts: bool
) -> None:
    """See `MessageStore.retry_delivery`."""
    parameters = {
        "document_id": document_id,
        "code": code,
        "due_at": due_at,
        "counted": int(counts),
    }
    await connection.execute(sql.RETRY_DELIVERY, parameters)


async def release_deliveries(
    connection: Connection, document_ids: Sequence[str], *, code: str
) -> None:
    """See `MessageStore.release_deliveries`."""
    await connection.execute(sql.RELEASE_DELIVERIES, (code, list(document_ids)))


async def hasten_deliveries(
    connection: Connection, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `MessageStore.hasten_deliveries`."""
    parameters = {"now": now, "codes": list(codes), "limit": limit}
    cursor = await connection.execute(sql.HASTEN_DELIVERIES, parameters)
    return cursor.rowcount


async def park_delivery(
    connection: Connection, document_id: str, *, code: str, at: datetime
) -> None:
    """See `MessageStore.park_delivery`."""
    await connection.execute(
        sql.PARK_DELIVERY, {"document_id": document_id, "code": code, "at": at}
    )


# --- proving -----------------------------------------------------------------------------------


async def beat(connection: Connection) -> None:
    """Write something that differs from what stood there, so that it is really written."""
    await connection.execute(sql.BEAT)
