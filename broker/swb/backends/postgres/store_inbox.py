"""What was received, in a PostgreSQL store: accepted, held until it can be judged, or buried."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.database import RaceLostError
from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_alike import keep
from swb.backends.postgres.store_claims import PostgresLeases, claim_held
from swb.backends.postgres.store_facts import record_remarks
from swb.backends.postgres.store_rows import clean, read_buried
from swb.backends.postgres.store_together import write
from swb.core.duplicates import Disposition, judge
from swb.ports.records import find_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection
    from swb.ports import Acceptance, BuriedMessage, DocumentRecord, HeldMessage, OutboundMessage

__all__ = [
    "NotNewError",
    "PostgresInbox",
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
UPDATE documents SET octets = %(octets)s
WHERE document_id = %(document_id)s AND octets <> %(octets)s
"""
# Whether it is new, else the digest that was received under its id, and what else speaks against
# it: something else under its own id, or under one of its documents'.
_RECEIVE: Final = """
WITH received AS (
    INSERT INTO inbox (message_id, digest, expires_at, recorded_at)
    VALUES (%(message_id)s, %(digest)s, %(expires_at)s, %(recorded_at)s)
    ON CONFLICT (message_id) DO NOTHING RETURNING 1
)
SELECT EXISTS (SELECT FROM received),
    (SELECT digest FROM inbox WHERE message_id = %(message_id)s),
    EXISTS (SELECT FROM messages WHERE message_id = %(message_id)s AND digest <> %(digest)s)
    OR EXISTS (
        SELECT FROM documents d
        JOIN unnest(%(document_ids)s::text[], %(digests)s::text[]) AS g (document_id, digest)
            ON g.document_id = d.document_id
        WHERE d.digest <> g.digest
    )
"""
# What contradicts was never received: whatever else comes under its id is judged by itself.
_TAKE_BACK: Final = "DELETE FROM inbox WHERE message_id = %s"
# What has expired is not repeated: nobody takes it, and it would be parked for a person.
_REPEAT_ACKNOWLEDGEMENTS: Final = """
UPDATE outbox SET state = 'waiting', attempts = 0, due_at = %(due_at)s, ended_at = NULL
WHERE because_of = %(message_id)s AND because_of <> '' AND message_id <> %(message_id)s
    AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at > %(due_at)s
    )
"""
# Two answers to one dead letter at a time: the second waits, and finds the first.
_LOCK_ANSWER: Final = "SELECT pg_advisory_xact_lock(7567202, hashtext(%s))"
_IS_ANSWERED: Final = """
SELECT 1 FROM outbox WHERE because_of = %s AND because_of <> '' LIMIT 1
"""
# A retransmission forces redelivery: what was completed or parked waits again.
_FORCE_DELIVERY: Final = """
INSERT INTO deliveries AS v (document_id, message_id, message_digest, attempts, due_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (document_id) DO UPDATE SET
    message_id = excluded.message_id, message_digest = excluded.message_digest,
    state = 'waiting', attempts = excluded.attempts, due_at = excluded.due_at,
    leased_until = '-infinity', code = '', ended_at = NULL, discarded_at = NULL
WHERE v.state <> 'waiting'
"""
_HOLD: Final = """
INSERT INTO held AS h (octets_digest, line, code, due_at, octets, received_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (octets_digest) DO UPDATE SET
    attempts = h.attempts + 1, code = excluded.code, due_at = excluded.due_at,
    leased_until = '-infinity'
RETURNING attempts
"""
_RELEASE_HELD: Final = "DELETE FROM held WHERE octets_digest = %s"
_BURY: Final = """
INSERT INTO buried AS b (octets_digest, line, code, detail, buried_at, octets)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (octets_digest) DO UPDATE SET
    code = excluded.code, detail = excluded.detail, buried_at = excluded.buried_at,
    replayed_at = NULL
WHERE b.replayed_at IS NOT NULL
"""
_FIND_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried WHERE octets_digest = %s
"""
_LIST_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried ORDER BY sequence DESC LIMIT %s
"""


async def accept(connection: Connection, acceptance: Acceptance) -> Disposition:
    """See `Inbox.accept`."""
    message, documents = acceptance.message, acceptance.documents
    cursor = await connection.execute(
        _RECEIVE,
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
                _REPEAT_ACKNOWLEDGEMENTS,
                {"message_id": message.message_id, "due_at": message.recorded_at},
            )
        return disposition
    if contradicts:
        await connection.execute(_TAKE_BACK, (message.message_id,))
        return Disposition.CONFLICT
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
            _MEND_DOCUMENT, {"document_id": delivery.document_id, "octets": delivery.octets}
        )
        await connection.execute(
            _FORCE_DELIVERY,
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
    """See `Inbox.accept_together`; what is raised undoes all of it."""
    for acceptance in acceptances:
        if await accept(connection, acceptance) is not Disposition.NEW:
            raise NotNewError
    await write(connection, documents=documents, outbound=outbound)


async def answer(
    connection: Connection,
    because_of: str,
    *,
    documents: Sequence[DocumentRecord],
    outbound: Sequence[OutboundMessage],
) -> None:
    """See `Inbox.answer`."""
    await connection.execute(_LOCK_ANSWER, (because_of,))
    cursor = await connection.execute(_IS_ANSWERED, (because_of,))
    if await cursor.fetchone() is None:
        await write(connection, documents=documents, outbound=outbound, because_of=because_of)
        return
    due_at = max(each.message.recorded_at for each in outbound)
    await connection.execute(_REPEAT_ACKNOWLEDGEMENTS, {"message_id": because_of, "due_at": due_at})


async def hold(connection: Connection, held: HeldMessage, *, due_at: datetime) -> int:
    """See `Inbox.hold`."""
    cursor = await connection.execute(
        _HOLD,
        (held.octets_digest, held.line, held.code, due_at, held.octets, held.received_at),
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def release_held(connection: Connection, octets_digest: str) -> None:
    """See `Inbox.release_held`."""
    await connection.execute(_RELEASE_HELD, (octets_digest,))


async def bury(connection: Connection, buried: BuriedMessage) -> None:
    """See `Inbox.bury`."""
    await connection.execute(
        _BURY,
        (
            buried.octets_digest,
            buried.line,
            buried.code,
            clean(buried.detail),
            buried.buried_at,
            buried.octets,
        ),
    )
    await connection.execute(_RELEASE_HELD, (buried.octets_digest,))
    await record_remarks(connection, [find_refusal(buried)])


async def find_buried(connection: Connection, octets_digest: str) -> BuriedMessage | None:
    """See `Inbox.find_buried`."""
    cursor = await connection.execute(_FIND_BURIED, (octets_digest,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_buried(row)


async def list_buried(connection: Connection, *, limit: int = 500) -> Sequence[BuriedMessage]:
    """See `Inbox.list_buried`."""
    cursor = await connection.execute(_LIST_BURIED, (limit,), binary=True)
    return [read_buried(row) for row in await cursor.fetchall()]


class PostgresInbox(PostgresLeases):
    """`swb.ports.Inbox` in one PostgreSQL schema."""

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
    claim_held = writing(claim_held)
    release_held = writing(release_held)
    bury = writing(bury)
    find_buried = reading(find_buried)
    list_buried = reading(list_buried)
