"""Erasing octets: one transaction, after which no statement can read them any more.

PostgreSQL overwrites nothing: old row versions stay in its files until vacuum gives their place
away, and in its write-ahead log until that is recycled. How they are driven out is the
operator's: ``docs/how-to/run-on-postgresql.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_rows import read_erasure
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Erasure

__all__ = ["PostgresErasures", "erase", "find_erasures", "list_erasures"]

# What waits to be published or handed over, waits for a person, or could not be judged yet.
_FIND_ON_THE_ROAD: Final = """
SELECT 'outbox' FROM outbox
WHERE message_id = ANY(%(messages)s) AND state <> 'published' AND discarded_at IS NULL
UNION ALL
SELECT 'delivery' FROM deliveries
WHERE document_id = ANY(%(documents)s) AND state <> 'completed' AND discarded_at IS NULL
UNION ALL
SELECT 'held' FROM held WHERE position(%(conversation)s IN octets) > 0
LIMIT 1
"""
_INSERT_ERASURE: Final = """
INSERT INTO erasures (erasure_id, conversation_id, erased_at, octets) VALUES (%s, %s, %s, %s)
ON CONFLICT (erasure_id) DO NOTHING
"""
_ERASE: Final = (
    "DELETE FROM mentions WHERE document_id = ANY(%(documents)s)",
    "UPDATE documents SET octets = '' WHERE document_id = ANY(%(documents)s)",
    "UPDATE messages SET octets = '' WHERE message_id = ANY(%(messages)s)",
    "UPDATE submissions SET payload = '' WHERE document_id = ANY(%(documents)s)",
    "UPDATE buried SET octets = '' WHERE position(%(conversation)s IN octets) > 0",
)
_FIND_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE conversation_id = %s ORDER BY sequence
"""
_LIST_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE sequence > %s ORDER BY sequence LIMIT %s
"""


async def erase(connection: Connection, erasure: Erasure) -> None:
    """See `Erasures.erase`."""
    parameters = {
        "documents": list(erasure.document_ids),
        "messages": list(erasure.message_ids),
        "conversation": erasure.conversation_id.encode(),
    }
    written = await connection.execute(
        _INSERT_ERASURE,
        (erasure.erasure_id, erasure.conversation_id, erasure.erased_at, erasure.octets),
    )
    waiting = await connection.execute(_FIND_ON_THE_ROAD, parameters)
    if not written.rowcount:
        return
    row = await waiting.fetchone()
    if row is not None:
        message = f"expected nothing that is still on the road, found it waiting ({row[0]})"
        raise RefusedError("erasure.on_the_road", message, actor=Actor.OPERATOR)
    for statement in _ERASE:
        await connection.execute(statement, parameters)


async def find_erasures(connection: Connection, conversation_id: str) -> Sequence[Erasure]:
    """See `Erasures.find_erasures`."""
    cursor = await connection.execute(_FIND_ERASURES, (conversation_id,), binary=True)
    return [read_erasure(row) for row in await cursor.fetchall()]


async def list_erasures(
    connection: Connection, *, after: int = 0, limit: int = 100
) -> Sequence[Erasure]:
    """See `Erasures.list_erasures`."""
    cursor = await connection.execute(_LIST_ERASURES, (after, limit), binary=True)
    return [read_erasure(row) for row in await cursor.fetchall()]


class PostgresErasures:
    """`swb.ports.Erasures` in one PostgreSQL schema."""

    _database: Database

    erase = writing(erase)
    find_erasures = reading(find_erasures)
    list_erasures = reading(list_erasures)
