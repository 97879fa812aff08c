"""Erasing octets: one transaction, after which no statement can read them any more.

PostgreSQL overwrites nothing: old row versions stay in its files until vacuum gives their place
away, and in its write-ahead log until that is recycled. How they are driven out is the
operator's: ``docs/how-to/run-on-postgresql.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.postgres import store_statements as sql
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from swb.backends.postgres.database import Connection
    from swb.ports import Erasure

__all__ = ["erase"]


async def erase(connection: Connection, erasure: Erasure) -> None:
    """See `MessageStore.erase`."""
    parameters = {
        "documents": list(erasure.document_ids),
        "messages": list(erasure.message_ids),
        "conversation": erasure.conversation_id.encode(),
    }
    written = await connection.execute(
        sql.INSERT_ERASURE,
        (erasure.erasure_id, erasure.conversation_id, erasure.erased_at, erasure.octets),
    )
    waiting = await connection.execute(sql.FIND_ON_THE_ROAD, parameters)
    if not written.rowcount:
        return
    row = await waiting.fetchone()
    if row is not None:
        message = f"expected nothing that is still on the road, found it waiting ({row[0]})"
        raise RefusedError("erasure.on_the_road", message, actor=Actor.OPERATOR)
    for statement in sql.ERASE:
        await connection.execute(statement, parameters)
