"""Erasing octets for good: one transaction, on pages that are overwritten, not only let go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swb.backends.sqlite import store_statements as sql
from swb.backends.sqlite.store_rows import encode_instant
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import sqlite3

    from swb.ports import Erasure

__all__ = ["erase"]


def erase(connection: sqlite3.Connection, erasure: Erasure) -> None:
    """See `MessageStore.erase`; the write-ahead log is emptied afterwards, by `Database.scrub`."""
    if connection.execute(sql.IS_ERASED, (erasure.erasure_id,)).fetchone() is not None:
        return
    parameters = {
        "documents": json.dumps(list(erasure.document_ids)),
        "messages": json.dumps(list(erasure.message_ids)),
        "conversation_id": erasure.conversation_id,
    }
    waiting = connection.execute(sql.FIND_ON_THE_ROAD, parameters).fetchone()
    if waiting is not None:
        message = f"expected nothing that is still on the road, found it waiting ({waiting[0]})"
        raise RefusedError("erasure.on_the_road", message, actor=Actor.OPERATOR)
    connection.execute(
        sql.INSERT_ERASURE,
        (
            erasure.erasure_id,
            erasure.conversation_id,
            encode_instant(erasure.erased_at),
            erasure.octets,
        ),
    )
    for statement in sql.ERASE:
        connection.execute(statement, parameters)
