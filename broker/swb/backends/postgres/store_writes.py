"""What the store writes: each function is the whole of one operation, inside a transaction.

Other transactions run at the same time, so what decides a race is a unique constraint: whoever
comes second waits for the first, writes nothing, and then reads what stands. Where reading came
before writing and somebody wrote in between, the operation is done again (`RaceLostError`).

Statements inside one ``pipeline()`` are sent together; their outcomes are there when it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres import store_statements as sql
from swb.backends.postgres.database import RaceLostError
from swb.backends.postgres.store_rows import (
    clean,
    parameters_of_document,
    parameters_of_event,
    parameters_of_message,
    read_delivery,
    read_held,
    read_outbound,
    read_submission,
)
from swb.core.duplicates import Disposition, judge
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.backends.postgres.database import Connection
    from swb.ports import (
        Acceptance,
        BuriedMessage,
        DocumentRecord,
        Event,
        HeldMessage,
        MessageRecord,
        NationalDelivery,
        OutboundMessage,
        Share,
        Submission,
        SubmissionRecord,
    )

__all__ = [
    "accept",
    "answer",
    "beat",
    "bury",
    "claim_deliveries",
    "claim_held",
    "claim_outbound",
    "commit_submission",
    "complete_delivery",
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
) -> SubmissionRecord:
    """See `MessageStore.commit_submission`."""
    record, document = submission.record, submission.document
    is_certificate = document.message_type in certificate_types
    numbered = _first_of_each_number(submission.events)
    async with connection.pipeline():
        written = await connection.execute(
            sql.INSERT_SUBMISSION,
            (
                record.payload_digest,
                record.adapter,
                record.document_id,
                record.recorded_at,
                record.payload,
            ),
        )
        known = await connection.execute(sql.FIND_SUBMISSION, (record.payload_digest,), binary=True)
        sealed = await connection.execute(
            sql.FIND_SEALED_CERTIFICATE,
            {
                "certificate_key": document.certificate_key if is_certificate else "",
                "message_type": document.message_type,
                "document_id": document.document_id,
            },
        )
        told = [
            await connection.execute(sql.FIND_OWN_REVISION, (event.document_id, event.revision))
            for event in numbered
        ]
    if not written.rowcount:
        row = await known.fetchone()
        if row is None:  # who wrote it first has taken it back
            raise RaceLostError
        return read_submission(row)
    row = await sealed.fetchone()
    if row is not None:
        message = (
            f"{document.certificate_key} is sealed already, as document {row[0]}, "
            "from another payload"
        )
        raise RefusedError("submission.certificate_exists", message)
    for event, cursor in zip(numbered, told, strict=True):
        if await cursor.fetchone() is not None:
            message = (
                f"response {event.revision} on {document.certificate_key} is sealed already, "
                "from another payload"
            )
            raise RefusedError("submission.response_exists", message)
    await _insert_documents(connection, [document], are_own_certificates=is_certificate)
    await _insert_outbound(connection, [submission.outbound], because_of="")
    async with connection.pipeline():
        responses = [
            await connection.execute(sql.INSERT_OWN_RESPONSE, parameters_of_event(event))
            for event in numbered
        ]
        await _insert_events(
            connection, [event for event in submission.events if event not in numbered]
        )
    if not all(cursor.rowcount for cursor in responses):
        raise RaceLostError
    return record


def _first_of_each_number(events: Iterable[Event]) -> Sequence[Event]:
    """The events that stand for responses: those count from 1, and nothing else is numbered."""
    firsts: dict[tuple[str, int], Event] = {}
    for event in events:
        if event.revision:
            firsts.setdefault((event.document_id, event.revision), event)
    return list(firsts.values())


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
    async with connection.pipeline():
        cursor = await connection.execute(sql.HASTEN_OUTBOUND, parameters)
    return cursor.rowcount


async def park_outbound(
    connection: Connection, message_id: str, *, code: str, at: datetime
) -> None:
    """See `MessageStore.park_outbound`."""
    await connection.execute(sql.PARK_OUTBOUND, {"message_id": message_id, "code": code, "at": at})


# --- receiving ---------------------------------------------------------------------------------


async def accept(connection: Connection, acceptance: Acceptance) -> Disposition:
    """See `MessageStore.accept`."""
    message = acceptance.message
    async with connection.pipeline():
        written = await connection.execute(
            sql.INSERT_RECEIVED,
            (message.message_id, message.digest, message.expires_at, message.recorded_at),
        )
        received = await connection.execute(sql.FIND_RECEIVED_DIGEST, (message.message_id,))
        kept = await connection.execute(sql.FIND_MESSAGE_DIGEST, (message.message_id,))
        documents = await connection.execute(
            sql.FIND_DOCUMENT_DIGESTS, ([each.document_id for each in acceptance.documents],)
        )
    if not written.rowcount:
        known = await received.fetchone()
        if known is None:  # who received it first has taken it back
            raise RaceLostError
        disposition = judge(known[0], message.digest)
        if disposition is Disposition.REPEAT:
            await connection.execute(
                sql.REPEAT_ACKNOWLEDGEMENTS,
                {"message_id": message.message_id, "due_at": message.recorded_at},
            )
        return disposition
    known = await kept.fetchone()
    digests: dict[str, str] = dict(await documents.fetchall())
    found = [
        judge(None if known is None else known[0], message.digest),
        *(judge(digests.get(each.document_id), each.digest) for each in acceptance.documents),
    ]
    if Disposition.CONFLICT in found:
        raise ConflictError
    await _insert_messages(connection, [message], were_checked=True)
    await _insert_documents(connection, acceptance.documents, were_checked=True)
    await _insert_outbound(connection, acceptance.outbound, because_of=message.message_id)
    statement = sql.FORCE_DELIVERY if acceptance.forces_delivery else sql.INSERT_DELIVERY
    for delivery in acceptance.deliveries:
        if acceptance.forces_delivery:
            parameters = {"document_id": delivery.document_id, "octets": delivery.octets}
            await connection.execute(sql.MEND_DOCUMENT, parameters)
        await connection.execute(
            statement, (*_parameters_of_delivery(delivery), message.recorded_at)
        )
    await _insert_events(connection, acceptance.events)
    return Disposition.NEW


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
        await _insert_documents(connection, documents)
        await _insert_outbound(connection, outbound, because_of=because_of)
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
) -> None:
    """See `MessageStore.complete_delivery`."""
    cursor = await connection.execute(sql.LOCK_DELIVERY, (document_id,))
    row = await cursor.fetchone()
    if row is None:
        message = f"expected the id of a document to deliver, found {document_id!r}"
        raise RefusedError("store.unknown", message, actor=Actor.DEVELOPER)
    state, because_of = row
    if state == "completed":
        return
    await connection.execute(sql.COMPLETE_DELIVERY, {"document_id": document_id, "at": at})
    await _insert_documents(connection, documents)
    await _insert_outbound(connection, outbound, because_of=because_of)
    await _insert_events(connection, events)


async def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """See `MessageStore.record_events`."""
    await _insert_events(connection, events)


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
    async with connection.pipeline():
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


# --- parts -------------------------------------------------------------------------------------


async def _insert_documents(
    connection: Connection,
    documents: Sequence[DocumentRecord],
    *,
    are_own_certificates: bool = False,
    were_checked: bool = False,
) -> None:
    async with connection.pipeline():
        written = [
            await connection.execute(
                sql.INSERT_DOCUMENT, (*parameters_of_document(document), are_own_certificates)
            )
            for document in documents
        ]
    for document, cursor in zip(documents, written, strict=True):
        if not cursor.rowcount:
            kept = await connection.execute(sql.FIND_DOCUMENT_DIGEST, (document.document_id,))
            name = f"document {document.document_id}"
            _check_same(await kept.fetchone(), document.digest, name, were_checked=were_checked)


async def _insert_messages(
    connection: Connection, messages: Sequence[MessageRecord], *, were_checked: bool = False
) -> None:
    async with connection.pipeline():
        written = [
            await connection.execute(sql.INSERT_MESSAGE, parameters_of_message(message))
            for message in messages
        ]
    for message, cursor in zip(messages, written, strict=True):
        if not cursor.rowcount:
            kept = await connection.execute(sql.FIND_MESSAGE_DIGEST, (message.message_id,))
            name = f"message {message.message_id}"
            _check_same(await kept.fetchone(), message.digest, name, were_checked=were_checked)


def _check_same(kept: Sequence[str] | None, digest: str, name: str, *, were_checked: bool) -> None:
    """Refuse what nobody outside can cause: this side used one id for two contents.

    Args:
        kept: Row with the digest that stands.
        digest: The one that was to be written.
        name: Of what has it.
        were_checked: Whether nothing else stood there a moment ago.

    Raises:
        RaceLostError: Somebody was faster, or it is another constraint that was in the way.
        RefusedError: ``store.conflict``.
    """
    if kept is None or (were_checked and kept[0] != digest):
        raise RaceLostError
    if kept[0] != digest:
        message = f"expected {name} with digest {kept[0]} as kept, found {digest}"
        raise RefusedError("store.conflict", message, actor=Actor.DEVELOPER)


async def _insert_outbound(
    connection: Connection, outbound: Sequence[OutboundMessage], *, because_of: str
) -> None:
    await _insert_messages(connection, [entry.message for entry in outbound])
    for entry in outbound:
        await connection.execute(
            sql.INSERT_OUTBOUND,
            (
                entry.message.message_id,
                entry.line,
                entry.environment,
                because_of,
                entry.attempts,
                entry.message.recorded_at,
            ),
        )


def _parameters_of_delivery(delivery: NationalDelivery) -> tuple[str, str, str, int]:
    return (
        delivery.document_id,
        delivery.message_id,
        delivery.message_digest,
        delivery.attempts,
    )


async def _insert_events(connection: Connection, events: Iterable[Event]) -> None:
    for event in events:
        await connection.execute(sql.INSERT_EVENT, parameters_of_event(event))
