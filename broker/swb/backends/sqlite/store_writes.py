"""What the store writes: each function is the whole of one operation, inside a transaction.

They run on the writing thread, one after the other, so what a function reads stays true until it
returns; other processes are kept out by ``BEGIN IMMEDIATE``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swb.backends.sqlite import store_statements as sql
from swb.backends.sqlite.store_alike import keep
from swb.backends.sqlite.store_remarks import record as record_remarks
from swb.backends.sqlite.store_rows import (
    encode_instant,
    parameters_of_document,
    parameters_of_event,
    parameters_of_message,
    read_submission,
)
from swb.core.duplicates import Disposition, judge
from swb.core.lifecycle import DECISIONS
from swb.ports import MENTIONS_COUNTED, Completion
from swb.ports.records import find_refusal
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from swb.ports import (
        Acceptance,
        BuriedMessage,
        DocumentRecord,
        Event,
        Grounds,
        HeldMessage,
        MessageRecord,
        NationalDelivery,
        OutboundMessage,
        Remark,
        Submission,
        SubmissionRecord,
    )

__all__ = [
    "NotNewError",
    "accept",
    "accept_together",
    "answer",
    "beat",
    "bury",
    "commit_submission",
    "complete_delivery",
    "complete_together",
    "hasten_deliveries",
    "hasten_outbound",
    "hold",
    "mark_published",
    "park_delivery",
    "park_outbound",
    "release_deliveries",
    "release_held",
    "release_outbound",
    "retry_delivery",
    "retry_outbound",
]


# --- submitting --------------------------------------------------------------------------------


def commit_submission(
    connection: sqlite3.Connection, submission: Submission, *, certificate_types: Sequence[str]
) -> SubmissionRecord | None:
    """See `MessageStore.commit_submission`."""
    record = submission.record
    row = connection.execute(sql.FIND_SUBMISSION, (record.payload_digest,)).fetchone()
    if row is not None:
        return read_submission(row)
    if submission.document.message_type in certificate_types and not submission.shares_key:
        _check_certificate_is_new(connection, submission.document)
    _check_numbers_are_new(connection, submission)
    if submission.grounds is not None and not _hold(connection, submission.grounds):
        return None
    _insert_documents(connection, [submission.document])
    connection.execute(
        sql.INSERT_SUBMISSION,
        (
            record.payload_digest,
            record.adapter,
            record.document_id,
            encode_instant(record.recorded_at),
            record.payload,
        ),
    )
    _insert_outbound(connection, [submission.outbound], because_of="")
    _insert_events(connection, submission.events)
    keep(connection, submission.fingerprinted)
    record_remarks(connection, submission.remarks)
    return record


def _check_certificate_is_new(connection: sqlite3.Connection, document: DocumentRecord) -> None:
    """Refuse a second certificate of one key: here, because two may be sealed at a time."""
    parameters = {
        "certificate_key": document.certificate_key,
        "message_type": document.message_type,
    }
    row = connection.execute(sql.FIND_SEALED_CERTIFICATE, parameters).fetchone()
    if row is not None:
        message = (
            f"{document.certificate_key} is sealed already, as document {row[0]}, "
            "from another payload"
        )
        raise RefusedError("submission.certificate_exists", message)


def _check_numbers_are_new(connection: sqlite3.Connection, submission: Submission) -> None:
    """Refuse a second response under one number: here, because two may be sealed at a time."""
    for event in submission.events:
        if event.revision == 0 or event.name not in DECISIONS:
            continue  # responses count from 1; of other moves the exchange says which one stands
        parameters = (event.document_id, event.revision)
        if connection.execute(sql.FIND_OWN_REVISION, parameters).fetchone() is not None:
            message = (
                f"response {event.revision} on {submission.document.certificate_key} is sealed "
                "already, from another payload"
            )
            raise RefusedError("submission.response_exists", message)


def _hold(connection: sqlite3.Connection, grounds: Grounds) -> bool:
    """Whether nothing was added to what something was judged by: others commit meanwhile."""
    for document_id, known in grounds.events.items():
        (count,) = connection.execute(sql.COUNT_EVENTS, (document_id,)).fetchone()
        if count != known:
            return False
    if not grounds.mentioned:
        return True
    parameters = {"mentioned": json.dumps(list(grounds.mentioned)), "limit": MENTIONS_COUNTED}
    (count,) = connection.execute(sql.COUNT_MENTIONING, parameters).fetchone()
    return bool(count == grounds.mentioning)


# --- dispatching -------------------------------------------------------------------------------


def mark_published(
    connection: sqlite3.Connection, message_ids: Sequence[str], at: datetime
) -> None:
    """See `MessageStore.mark_published`."""
    instant = encode_instant(at)
    connection.executemany(
        sql.MARK_PUBLISHED,
        [{"message_id": message_id, "at": instant} for message_id in message_ids],
    )


def retry_outbound(
    connection: sqlite3.Connection,
    message_id: str,
    *,
    code: str,
    due_at: datetime,
    counts: bool,
) -> None:
    """See `MessageStore.retry_outbound`."""
    parameters = {
        "message_id": message_id,
        "code": code,
        "due_at": encode_instant(due_at),
        "counted": int(counts),
    }
    connection.execute(sql.RETRY_OUTBOUND, parameters)


def release_outbound(
    connection: sqlite3.Connection, message_ids: Sequence[str], *, code: str
) -> None:
    """See `MessageStore.release_outbound`."""
    connection.executemany(
        sql.RELEASE_OUTBOUND,
        [{"message_id": message_id, "code": code} for message_id in message_ids],
    )


def hasten_outbound(
    connection: sqlite3.Connection, line: str, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `MessageStore.hasten_outbound`."""
    parameters = {
        "line": line,
        "now": encode_instant(now),
        "codes": json.dumps(list(codes)),
        "limit": limit,
    }
    return connection.execute(sql.HASTEN_OUTBOUND, parameters).rowcount


def park_outbound(
    connection: sqlite3.Connection, message_id: str, *, code: str, at: datetime
) -> None:
    """See `MessageStore.park_outbound`."""
    parameters = {"message_id": message_id, "code": code, "at": encode_instant(at)}
    connection.execute(sql.PARK_OUTBOUND, parameters)


# --- what was claimed --------------------------------------------------------------------------


# --- receiving ---------------------------------------------------------------------------------


def accept(connection: sqlite3.Connection, acceptance: Acceptance) -> Disposition:
    """See `MessageStore.accept`."""
    message = acceptance.message
    known = connection.execute(sql.FIND_RECEIVED_DIGEST, (message.message_id,)).fetchone()
    disposition = judge(known and known[0], message.digest)
    if disposition is Disposition.REPEAT:
        due_at = encode_instant(message.recorded_at)
        connection.execute(
            sql.REPEAT_ACKNOWLEDGEMENTS, {"message_id": message.message_id, "due_at": due_at}
        )
        return disposition
    if disposition is Disposition.CONFLICT or _contradicts(connection, acceptance):
        return Disposition.CONFLICT
    expires_at, recorded_at = map(encode_instant, (message.expires_at, message.recorded_at))
    connection.execute(
        sql.INSERT_RECEIVED, (message.message_id, message.digest, expires_at, recorded_at)
    )
    _insert_message(connection, message)
    _insert_documents(connection, acceptance.documents)
    if acceptance.forces_delivery:
        _mend_documents(connection, acceptance.deliveries)
    for entry in acceptance.outbound:
        # What is relayed under its own id is no answer.
        is_answer = entry.message.message_id != message.message_id
        _insert_outbound(connection, [entry], because_of=message.message_id if is_answer else "")
    statement = sql.FORCE_DELIVERY if acceptance.forces_delivery else sql.INSERT_DELIVERY
    _insert_deliveries(connection, acceptance.deliveries, recorded_at, statement)
    _insert_events(connection, acceptance.events)
    keep(connection, acceptance.fingerprinted)
    return Disposition.NEW


class NotNewError(Exception):
    """One of several messages, or of their documents, is known already."""


def accept_together(
    connection: sqlite3.Connection,
    *,
    acceptances: Sequence[Acceptance],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.accept_together`; what is raised undoes all of it."""
    for acceptance in acceptances:
        if accept(connection, acceptance) is not Disposition.NEW:
            raise NotNewError
    _insert_documents(connection, documents)
    _insert_outbound(connection, outbound, because_of="")


def _contradicts(connection: sqlite3.Connection, acceptance: Acceptance) -> bool:
    """Tell whether something else is already kept under one of the ids that came from outside."""
    message = acceptance.message
    kept = connection.execute(sql.FIND_MESSAGE_DIGEST, (message.message_id,)).fetchone()
    if judge(kept and kept[0], message.digest) is Disposition.CONFLICT:
        return True
    for document in acceptance.documents:
        kept = connection.execute(sql.FIND_DOCUMENT_DIGEST, (document.document_id,)).fetchone()
        if judge(kept and kept[0], document.digest) is Disposition.CONFLICT:
            return True
    return False


def answer(
    connection: sqlite3.Connection,
    because_of: str,
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.answer`."""
    if connection.execute(sql.IS_ANSWERED, (because_of,)).fetchone() is None:
        _insert_documents(connection, documents)
        _insert_outbound(connection, outbound, because_of=because_of)
        return
    due_at = encode_instant(max(each.message.recorded_at for each in outbound))
    connection.execute(sql.REPEAT_ACKNOWLEDGEMENTS, {"message_id": because_of, "due_at": due_at})


def hold(connection: sqlite3.Connection, held: HeldMessage, *, due_at: datetime) -> int:
    """See `MessageStore.hold`."""
    rows = connection.execute(
        sql.HOLD,
        (
            held.octets_digest,
            held.line,
            held.code,
            encode_instant(due_at),
            held.octets,
            encode_instant(held.received_at) if held.received_at else 0,
        ),
    ).fetchall()
    attempts: int = rows[0][0]
    return attempts


def release_held(connection: sqlite3.Connection, octets_digest: str) -> None:
    """See `MessageStore.release_held`."""
    connection.execute(sql.RELEASE_HELD, (octets_digest,))


def bury(connection: sqlite3.Connection, buried: BuriedMessage) -> None:
    """See `MessageStore.bury`."""
    connection.execute(
        sql.BURY,
        (
            buried.octets_digest,
            buried.line,
            buried.code,
            buried.detail,
            encode_instant(buried.buried_at),
            buried.octets,
        ),
    )
    connection.execute(sql.RELEASE_HELD, (buried.octets_digest,))
    record_remarks(connection, [find_refusal(buried)])


# --- handing over to the national system -------------------------------------------------------


def complete_delivery(
    connection: sqlite3.Connection,
    document_id: str,
    *,
    at: datetime,
    events: Sequence[Event],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
    remarks: Sequence[Remark],
) -> None:
    """See `MessageStore.complete_delivery`."""
    completion = Completion(document_id=document_id, at=at, events=events, remarks=remarks)
    because_of = _complete(connection, completion)
    if because_of is not None:
        _insert_documents(connection, documents)
        _insert_outbound(connection, outbound, because_of=because_of)


def complete_together(
    connection: sqlite3.Connection,
    *,
    completions: Sequence[Completion],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `MessageStore.complete_together`."""
    for completion in completions:
        _complete(connection, completion)
    _insert_documents(connection, documents)
    _insert_outbound(connection, outbound, because_of="")


def _complete(connection: sqlite3.Connection, completion: Completion) -> str | None:
    """Record a delivery; returns what brought it, and None where it was recorded before."""
    row = connection.execute(sql.FIND_DELIVERY, (completion.document_id,)).fetchone()
    if row is None:
        message = f"expected the id of a document to deliver, found {completion.document_id!r}"
        raise RefusedError("store.unknown", message, actor=Actor.DEVELOPER)
    state, because_of = row
    if state == "completed":
        return None
    parameters = {"document_id": completion.document_id, "at": encode_instant(completion.at)}
    connection.execute(sql.COMPLETE_DELIVERY, parameters)
    _insert_events(connection, completion.events)
    record_remarks(connection, completion.remarks)
    return str(because_of)


def record_events(connection: sqlite3.Connection, events: Sequence[Event]) -> None:
    _insert_events(connection, events)


def retry_delivery(
    connection: sqlite3.Connection,
    document_id: str,
    *,
    code: str,
    due_at: datetime,
    counts: bool,
) -> None:
    """See `MessageStore.retry_delivery`."""
    parameters = {
        "document_id": document_id,
        "code": code,
        "due_at": encode_instant(due_at),
        "counted": int(counts),
    }
    connection.execute(sql.RETRY_DELIVERY, parameters)


def release_deliveries(
    connection: sqlite3.Connection, document_ids: Sequence[str], *, code: str
) -> None:
    """See `MessageStore.release_deliveries`."""
    connection.executemany(
        sql.RELEASE_DELIVERY,
        [{"document_id": document_id, "code": code} for document_id in document_ids],
    )


def hasten_deliveries(
    connection: sqlite3.Connection, now: datetime, *, codes: Sequence[str], limit: int
) -> int:
    """See `MessageStore.hasten_deliveries`."""
    parameters = {"now": encode_instant(now), "codes": json.dumps(list(codes)), "limit": limit}
    return connection.execute(sql.HASTEN_DELIVERIES, parameters).rowcount


def park_delivery(
    connection: sqlite3.Connection, document_id: str, *, code: str, at: datetime
) -> None:
    """See `MessageStore.park_delivery`."""
    parameters = {"document_id": document_id, "code": code, "at": encode_instant(at)}
    connection.execute(sql.PARK_DELIVERY, parameters)


# --- proving -----------------------------------------------------------------------------------


def beat(connection: sqlite3.Connection) -> None:
    """Write something that differs from what stood there, so that the file is really written."""
    connection.execute(sql.BEAT)


# --- parts -------------------------------------------------------------------------------------


def _insert_documents(connection: sqlite3.Connection, documents: Iterable[DocumentRecord]) -> None:
    for document in documents:
        if connection.execute(sql.INSERT_DOCUMENT, parameters_of_document(document)).rowcount:
            mentions = ((named, document.document_id) for named in document.mentions)
            connection.executemany(sql.INSERT_MENTION, mentions)
            continue
        kept = connection.execute(sql.FIND_DOCUMENT_DIGEST, (document.document_id,)).fetchone()
        _check_same(kept[0], document.digest, f"document {document.document_id}")


def _mend_documents(connection: sqlite3.Connection, deliveries: Iterable[NationalDelivery]) -> None:
    """Put the octets that came again in the place of those that were lost or spoiled."""
    for delivery in deliveries:
        parameters = {"document_id": delivery.document_id, "octets": delivery.octets}
        connection.execute(sql.MEND_DOCUMENT, parameters)


def _insert_message(connection: sqlite3.Connection, message: MessageRecord) -> None:
    if connection.execute(sql.INSERT_MESSAGE, parameters_of_message(message)).rowcount:
        return
    kept = connection.execute(sql.FIND_MESSAGE_DIGEST, (message.message_id,)).fetchone()
    _check_same(kept[0], message.digest, f"message {message.message_id}")


def _check_same(kept: str, digest: str, name: str) -> None:
    """Refuse what nobody outside can cause: this side used one id for two contents."""
    if kept != digest:
        message = f"expected {name} with digest {kept} as kept, found {digest}"
        raise RefusedError("store.conflict", message, actor=Actor.DEVELOPER)


def _insert_outbound(
    connection: sqlite3.Connection, outbound: Iterable[OutboundMessage], *, because_of: str
) -> None:
    for entry in outbound:
        message = entry.message
        _insert_message(connection, message)
        due_at = encode_instant(message.recorded_at)
        connection.execute(
            sql.INSERT_OUTBOUND,
            (
                message.message_id,
                entry.line,
                entry.environment,
                because_of,
                entry.attempts,
                due_at,
            ),
        )


def _insert_deliveries(
    connection: sqlite3.Connection,
    deliveries: Iterable[NationalDelivery],
    due_at: int,
    statement: str,
) -> None:
    for delivery in deliveries:
        connection.execute(
            statement,
            (
                delivery.document_id,
                delivery.message_id,
                delivery.message_digest,
                delivery.attempts,
                due_at,
            ),
        )


def _insert_events(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    connection.executemany(sql.INSERT_EVENT, [parameters_of_event(event) for event in events])
