"""All that one operation writes, as the parameters of one statement.

A statement costs a turn over the network and its share of two programs' time, so an operation's
documents, messages, outbox, deliveries and events go as one, each as arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.database import RaceLostError
from swb.backends.postgres.store_rows import (
    parameters_of_document,
    parameters_of_event,
    parameters_of_message,
)
from swb.core.lifecycle import DECISIONS
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from swb.backends.postgres.database import Connection
    from swb.ports import DocumentRecord, Event, MessageRecord, NationalDelivery, OutboundMessage

__all__ = ["first_of_each_number", "write"]

# All that one operation brings, in one statement, for each costs a turn over the network. What is
# there already stays; told is what was new, and the digests of what was there before.
_WRITE: Final = """
WITH new_documents AS (
    INSERT INTO documents (
        document_id, message_type, certificate_key, conversation_id, issuing_party,
        receiving_party, environment, digest, direction, recorded_at, octets, is_own_certificate
    )
    SELECT *, %(are_own_certificates)s FROM unnest(
        %(d_document_id)s::text[], %(d_message_type)s::text[], %(d_certificate_key)s::text[],
        %(d_conversation_id)s::text[], %(d_issuing_party)s::text[], %(d_receiving_party)s::text[],
        %(d_environment)s::text[], %(d_digest)s::text[], %(d_direction)s::text[],
        %(d_recorded_at)s::timestamptz[], %(d_octets)b::bytea[]
    )
    ON CONFLICT DO NOTHING RETURNING document_id
), new_mentions AS (
    INSERT INTO mentions (mentioned, document_id)
    SELECT * FROM unnest(%(n_mentioned)s::text[], %(n_document_id)s::text[])
    ON CONFLICT DO NOTHING
), new_messages AS (
    INSERT INTO messages (
        message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
        recorded_at, octets
    )
    SELECT * FROM unnest(
        %(m_message_id)s::text[], %(m_message_type)s::text[], %(m_document_id)s::text[],
        %(m_sender)s::text[], %(m_receiver)s::text[], %(m_digest)s::text[],
        %(m_direction)s::text[], %(m_expires_at)s::timestamptz[],
        %(m_recorded_at)s::timestamptz[], %(m_octets)b::bytea[]
    )
    ON CONFLICT (message_id) DO NOTHING RETURNING message_id
), new_outbox AS (
    INSERT INTO outbox (message_id, line, environment, attempts, due_at, because_of)
    SELECT * FROM unnest(
        %(o_message_id)s::text[], %(o_line)s::text[], %(o_environment)s::text[],
        %(o_attempts)s::integer[], %(o_due_at)s::timestamptz[], %(o_because_of)s::text[]
    )
    ON CONFLICT (message_id) DO NOTHING
), new_deliveries AS (
    INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
    SELECT * FROM unnest(
        %(v_document_id)s::text[], %(v_message_id)s::text[], %(v_message_digest)s::text[],
        %(v_attempts)s::integer[], %(v_due_at)s::timestamptz[]
    )
    ON CONFLICT (document_id) DO NOTHING
), new_events AS (
    INSERT INTO events (
        document_id, name, at, message_id, code, detail, revision, is_own_response
    )
    SELECT * FROM unnest(
        %(e_document_id)s::text[], %(e_name)s::text[], %(e_at)s::timestamptz[],
        %(e_message_id)s::text[], %(e_code)s::text[], %(e_detail)s::text[],
        %(e_revision)s::integer[], %(e_is_own_response)s::boolean[]
    )
    ON CONFLICT DO NOTHING RETURNING is_own_response
)
SELECT ARRAY(SELECT document_id FROM new_documents), ARRAY(SELECT message_id FROM new_messages),
    (SELECT count(*) FROM new_events WHERE is_own_response)
"""
# What stands under ids that were not new.
_FIND_DIGESTS: Final = """
SELECT document_id, digest FROM documents WHERE document_id = ANY(%(documents)s::text[])
UNION ALL
SELECT message_id, digest FROM messages WHERE message_id = ANY(%(messages)s::text[])
"""
_OF_A_DOCUMENT: Final = (
    "d_document_id",
    "d_message_type",
    "d_certificate_key",
    "d_conversation_id",
    "d_issuing_party",
    "d_receiving_party",
    "d_environment",
    "d_digest",
    "d_direction",
    "d_recorded_at",
    "d_octets",
)
_OF_A_MENTION: Final = ("n_mentioned", "n_document_id")
_OF_A_MESSAGE: Final = (
    "m_message_id",
    "m_message_type",
    "m_document_id",
    "m_sender",
    "m_receiver",
    "m_digest",
    "m_direction",
    "m_expires_at",
    "m_recorded_at",
    "m_octets",
)
_OF_THE_OUTBOX: Final = (
    "o_message_id",
    "o_line",
    "o_environment",
    "o_attempts",
    "o_due_at",
    "o_because_of",
)
_OF_A_DELIVERY: Final = (
    "v_document_id",
    "v_message_id",
    "v_message_digest",
    "v_attempts",
    "v_due_at",
)
_OF_AN_EVENT: Final = (
    "e_document_id",
    "e_name",
    "e_at",
    "e_message_id",
    "e_code",
    "e_detail",
    "e_revision",
    "e_is_own_response",
)


async def write(
    connection: Connection,
    *,
    messages: Sequence[MessageRecord] = (),
    documents: Sequence[DocumentRecord] = (),
    outbound: Sequence[OutboundMessage] = (),
    because_of: str = "",
    deliveries: Sequence[NationalDelivery] = (),
    due_at: datetime | None = None,
    events: Sequence[Event] = (),
    responses: Sequence[Event] = (),
    are_own_certificates: bool = False,
    checked: frozenset[str] = frozenset(),
) -> None:
    """Write it; what is there already stays.

    Args:
        connection: In a transaction.
        messages: Beside those of the outbound ones.
        documents: Sealed documents.
        outbound: Messages that are to be sent.
        because_of: What caused them.
        deliveries: For the national system, where there is none of that document.
        due_at: When these are due.
        events: Facts.
        responses: Those of them that stand for responses of one's own, each with its number.
        are_own_certificates: Whether the documents are certificates made here of a payload.
        checked: Ids under which nothing else stood a moment ago.

    Raises:
        RaceLostError: Somebody was faster.
        RefusedError: ``store.conflict``: this side used one id for two contents.
    """
    sent = {each.message_id: each for each in (*messages, *(e.message for e in outbound))}
    parameters: dict[str, Any] = {
        "are_own_certificates": are_own_certificates,
        **_transpose(_OF_A_DOCUMENT, map(parameters_of_document, documents)),
        **_transpose(
            _OF_A_MENTION,
            ((named, each.document_id) for each in documents for named in each.mentions),
        ),
        **_transpose(_OF_A_MESSAGE, map(parameters_of_message, sent.values())),
        **_transpose(
            _OF_THE_OUTBOX,
            # What is relayed under its own id is no answer.
            (
                (*_parameters_of_outbound(each), "" if each.message in messages else because_of)
                for each in outbound
            ),
        ),
        **_transpose(_OF_A_DELIVERY, ((*_parameters_of(each), due_at) for each in deliveries)),
        **_transpose(
            _OF_AN_EVENT, ((*parameters_of_event(each), each in responses) for each in events)
        ),
    }
    cursor = await connection.execute(_WRITE, parameters)
    row = await cursor.fetchone()
    new_documents, new_messages, new_responses = row or ((), (), 0)
    if new_responses != len(responses):
        raise RaceLostError
    wanted = {
        each.document_id: each.digest for each in documents if each.document_id not in new_documents
    }
    wanted |= {key: each.digest for key, each in sent.items() if key not in new_messages}
    if wanted:
        await _check_same(connection, wanted, checked)


async def _check_same(
    connection: Connection, wanted: dict[str, str], checked: frozenset[str]
) -> None:
    """Refuse what nobody outside can cause: this side used one id for two contents."""
    ids = list(wanted)
    cursor = await connection.execute(_FIND_DIGESTS, {"documents": ids, "messages": ids})
    kept: dict[str, str] = dict(await cursor.fetchall())
    for key, digest in wanted.items():
        found = kept.get(key)
        if found is None or (found != digest and key in checked):
            # It is gone again, or another constraint was in the way, or somebody was faster.
            raise RaceLostError
        if found != digest:
            message = f"expected {key} with digest {found} as kept, found {digest}"
            raise RefusedError("store.conflict", message, actor=Actor.DEVELOPER)


def first_of_each_number(events: Iterable[Event]) -> Sequence[Event]:
    """The events that stand for responses of customs, each number once."""
    firsts: dict[tuple[str, int], Event] = {}
    for event in events:
        if event.revision and event.name in DECISIONS:
            firsts.setdefault((event.document_id, event.revision), event)
    return list(firsts.values())


def _transpose(names: Sequence[str], rows: Iterable[Sequence[object]]) -> dict[str, list[object]]:
    columns: list[list[object]] = [[] for _ in names]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return dict(zip(names, columns, strict=True))


def _parameters_of_outbound(entry: OutboundMessage) -> tuple[object, ...]:
    return (
        entry.message.message_id,
        entry.line,
        entry.environment,
        entry.attempts,
        entry.message.recorded_at,
    )


def _parameters_of(delivery: NationalDelivery) -> tuple[object, ...]:
    return (
        delivery.document_id,
        delivery.message_id,
        delivery.message_digest,
        delivery.attempts,
    )
