"""What was received, in the embedded store: accepted, held until it can be judged, or buried."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_alike import keep
from swb.backends.sqlite.store_claims import SqliteLeases, claim_held, is_held_due
from swb.backends.sqlite.store_facts import record_remarks
from swb.backends.sqlite.store_rows import encode_instant, read_buried
from swb.backends.sqlite.store_together import (
    FIND_DOCUMENT_DIGEST,
    FIND_MESSAGE_DIGEST,
    insert_documents,
    insert_events,
    insert_message,
    insert_outbound,
    queue_outbound,
)
from swb.core.duplicates import Disposition, judge
from swb.ports.records import find_refusal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from swb.ports import (
        Acceptance,
        BuriedMessage,
        DocumentRecord,
        HeldMessage,
        NationalDelivery,
        OutboundMessage,
    )

__all__ = [
    "NotNewError",
    "SqliteInbox",
    "accept",
    "accept_together",
    "answer",
    "bury",
    "find_buried",
    "hold",
    "list_buried",
    "release_held",
]

# What was erased stays so: nobody asks for it again.
_MEND_DOCUMENT: Final = """
UPDATE documents SET octets = :octets WHERE document_id = :document_id AND octets <> :octets
"""
_FIND_RECEIVED_DIGEST: Final = "SELECT digest FROM inbox WHERE message_id = ?"
_INSERT_RECEIVED: Final = """
INSERT INTO inbox (message_id, digest, expires_at, recorded_at) VALUES (?, ?, ?, ?)
"""
# What has expired is not repeated: nobody takes it, and it would be parked for a person.
_REPEAT_ACKNOWLEDGEMENTS: Final = """
UPDATE outbox SET state = 'waiting', attempts = 0, due_at = :due_at, ended_at = NULL
WHERE because_of = :message_id AND because_of <> '' AND message_id <> :message_id
    AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at > :due_at
    )
"""
_IS_ANSWERED: Final = """
SELECT 1 FROM outbox WHERE because_of = ? AND because_of <> '' LIMIT 1
"""
_INSERT_DELIVERY: Final = """
INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
# A retransmission forces redelivery: what was completed or parked waits again.
_FORCE_DELIVERY: Final = """
INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO UPDATE SET
    message_id = excluded.message_id, message_digest = excluded.message_digest,
    state = 'waiting', attempts = excluded.attempts, due_at = excluded.due_at, leased_until = 0,
    code = '', ended_at = NULL, discarded_at = NULL
WHERE state <> 'waiting'
"""
_HOLD: Final = """
INSERT INTO held (octets_digest, line, code, due_at, octets, received_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (octets_digest) DO UPDATE SET
    attempts = attempts + 1, code = excluded.code, due_at = excluded.due_at, leased_until = 0
RETURNING attempts
"""
_RELEASE_HELD: Final = "DELETE FROM held WHERE octets_digest = ?"
_BURY: Final = """
INSERT INTO buried (octets_digest, line, code, detail, buried_at, octets)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (octets_digest) DO UPDATE SET
    code = excluded.code, detail = excluded.detail, buried_at = excluded.buried_at,
    replayed_at = NULL
WHERE replayed_at IS NOT NULL
"""
_FIND_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried WHERE octets_digest = ?
"""
_LIST_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried ORDER BY sequence DESC LIMIT ?
"""


def accept(connection: sqlite3.Connection, acceptance: Acceptance) -> Disposition:
    """See `Inbox.accept`."""
    message = acceptance.message
    known = connection.execute(_FIND_RECEIVED_DIGEST, (message.message_id,)).fetchone()
    disposition = judge(known and known[0], message.digest)
    if disposition is Disposition.REPEAT:
        due_at = encode_instant(message.recorded_at)
        connection.execute(
            _REPEAT_ACKNOWLEDGEMENTS, {"message_id": message.message_id, "due_at": due_at}
        )
        return disposition
    if disposition is Disposition.CONFLICT or _contradicts(connection, acceptance):
        return Disposition.CONFLICT
    expires_at, recorded_at = map(encode_instant, (message.expires_at, message.recorded_at))
    connection.execute(
        _INSERT_RECEIVED, (message.message_id, message.digest, expires_at, recorded_at)
    )
    insert_message(connection, message)
    insert_documents(connection, acceptance.documents)
    if acceptance.forces_delivery:
        _mend_documents(connection, acceptance.deliveries)
    for entry in acceptance.outbound:
        if entry.message == message:  # what is relayed under its own id is no answer
            queue_outbound(connection, entry, because_of="")
        else:
            insert_outbound(connection, [entry], because_of=message.message_id)
    statement = _FORCE_DELIVERY if acceptance.forces_delivery else _INSERT_DELIVERY
    _insert_deliveries(connection, acceptance.deliveries, recorded_at, statement)
    insert_events(connection, acceptance.events)
    keep(connection, acceptance.fingerprinted)
    return Disposition.NEW


def _contradicts(connection: sqlite3.Connection, acceptance: Acceptance) -> bool:
    """Tell whether something else is already kept under one of the ids that came from outside."""
    message = acceptance.message
    kept = connection.execute(FIND_MESSAGE_DIGEST, (message.message_id,)).fetchone()
    if judge(kept and kept[0], message.digest) is Disposition.CONFLICT:
        return True
    for document in acceptance.documents:
        kept = connection.execute(FIND_DOCUMENT_DIGEST, (document.document_id,)).fetchone()
        if judge(kept and kept[0], document.digest) is Disposition.CONFLICT:
            return True
    return False


def _mend_documents(connection: sqlite3.Connection, deliveries: Iterable[NationalDelivery]) -> None:
    """Put the octets that came again in the place of those that were lost or spoiled."""
    for delivery in deliveries:
        parameters = {"document_id": delivery.document_id, "octets": delivery.octets}
        connection.execute(_MEND_DOCUMENT, parameters)


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


class NotNewError(Exception):
    """One of several messages, or of their documents, is known already."""


def accept_together(
    connection: sqlite3.Connection,
    *,
    acceptances: Sequence[Acceptance],
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `Inbox.accept_together`; what is raised undoes all of it."""
    for acceptance in acceptances:
        if accept(connection, acceptance) is not Disposition.NEW:
            raise NotNewError
    insert_documents(connection, documents)
    insert_outbound(connection, outbound, because_of="")


def answer(
    connection: sqlite3.Connection,
    because_of: str,
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `Inbox.answer`."""
    if connection.execute(_IS_ANSWERED, (because_of,)).fetchone() is None:
        insert_documents(connection, documents)
        insert_outbound(connection, outbound, because_of=because_of)
        return
    due_at = encode_instant(max(each.message.recorded_at for each in outbound))
    connection.execute(_REPEAT_ACKNOWLEDGEMENTS, {"message_id": because_of, "due_at": due_at})


def hold(connection: sqlite3.Connection, held: HeldMessage, *, due_at: datetime) -> int:
    """See `Inbox.hold`."""
    rows = connection.execute(
        _HOLD,
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
    """See `Inbox.release_held`."""
    connection.execute(_RELEASE_HELD, (octets_digest,))


def bury(connection: sqlite3.Connection, buried: BuriedMessage) -> None:
    """See `Inbox.bury`."""
    connection.execute(
        _BURY,
        (
            buried.octets_digest,
            buried.line,
            buried.code,
            buried.detail,
            encode_instant(buried.buried_at),
            buried.octets,
        ),
    )
    connection.execute(_RELEASE_HELD, (buried.octets_digest,))
    record_remarks(connection, [find_refusal(buried)])


def find_buried(connection: sqlite3.Connection, octets_digest: str) -> BuriedMessage | None:
    """See `Inbox.find_buried`."""
    row = connection.execute(_FIND_BURIED, (octets_digest,)).fetchone()
    return None if row is None else read_buried(row)


def list_buried(connection: sqlite3.Connection, *, limit: int = 500) -> Sequence[BuriedMessage]:
    """See `Inbox.list_buried`."""
    return [read_buried(row) for row in connection.execute(_LIST_BURIED, (limit,))]


class SqliteInbox(SqliteLeases):
    """`swb.ports.Inbox` in one SQLite file."""

    accept = writing(accept)

    async def accept_together(
        self,
        acceptances: Sequence[Acceptance],
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> bool:
        """See `Inbox.accept_together`."""
        try:
            await self._database.write(
                partial(
                    accept_together,
                    acceptances=acceptances,
                    documents=documents,
                    outbound=outbound,
                )
            )
        except NotNewError:
            return False
        return True

    answer = writing(answer)
    hold = writing(hold)

    async def claim_held(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[HeldMessage]:
        """See `Inbox.claim_held`."""
        if not await self._database.look_up(partial(is_held_due, now=now)):
            return []
        return await self._database.write(
            partial(claim_held, now=now, limit=limit, lease_for=lease_for)
        )

    release_held = writing(release_held)
    bury = writing(bury)
    find_buried = reading(find_buried)
    list_buried = reading(list_buried)
