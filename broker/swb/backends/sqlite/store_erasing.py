"""Erasing octets for good: one transaction, on pages that are overwritten, not only let go."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import reading
from swb.backends.sqlite.store_rows import encode_instant, read_erasure
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.backends.sqlite.database import Database
    from swb.ports import Erasure

__all__ = ["SqliteErasures", "erase", "find_erasures", "list_erasures"]

_IS_ERASED: Final = "SELECT 1 FROM erasures WHERE erasure_id = ?"
# What waits to be published or handed over, waits for a person, or could not be judged yet.
_FIND_ON_THE_ROAD: Final = """
SELECT 'outbox' FROM outbox
WHERE message_id IN (SELECT value FROM json_each(:messages)) AND state <> 'published'
    AND discarded_at IS NULL
UNION ALL
SELECT 'delivery' FROM deliveries
WHERE document_id IN (SELECT value FROM json_each(:documents)) AND state <> 'completed'
    AND discarded_at IS NULL
UNION ALL
SELECT 'held' FROM held WHERE instr(octets, CAST(:conversation_id AS BLOB)) > 0
LIMIT 1
"""
_INSERT_ERASURE: Final = """
INSERT INTO erasures (erasure_id, conversation_id, erased_at, octets) VALUES (?, ?, ?, ?)
"""
_ERASE: Final = (
    "DELETE FROM mentions WHERE document_id IN (SELECT value FROM json_each(:documents))",
    """
UPDATE documents SET octets = x''
WHERE document_id IN (SELECT value FROM json_each(:documents))
""",
    """
UPDATE messages SET octets = x''
WHERE message_id IN (SELECT value FROM json_each(:messages))
""",
    """
UPDATE submissions SET payload = x''
WHERE document_id IN (SELECT value FROM json_each(:documents))
""",
    "UPDATE buried SET octets = x'' WHERE instr(octets, CAST(:conversation_id AS BLOB)) > 0",
)
_FIND_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE conversation_id = ? ORDER BY sequence
"""
_LIST_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE sequence > ? ORDER BY sequence LIMIT ?
"""


def erase(connection: sqlite3.Connection, erasure: Erasure) -> None:
    """See `Erasures.erase`; the write-ahead log is emptied afterwards, by `Database.scrub`."""
    if connection.execute(_IS_ERASED, (erasure.erasure_id,)).fetchone() is not None:
        return
    parameters = {
        "documents": json.dumps(list(erasure.document_ids)),
        "messages": json.dumps(list(erasure.message_ids)),
        "conversation_id": erasure.conversation_id,
    }
    waiting = connection.execute(_FIND_ON_THE_ROAD, parameters).fetchone()
    if waiting is not None:
        message = f"expected nothing that is still on the road, found it waiting ({waiting[0]})"
        raise RefusedError("erasure.on_the_road", message, actor=Actor.OPERATOR)
    connection.execute(
        _INSERT_ERASURE,
        (
            erasure.erasure_id,
            erasure.conversation_id,
            encode_instant(erasure.erased_at),
            erasure.octets,
        ),
    )
    for statement in _ERASE:
        connection.execute(statement, parameters)


def find_erasures(connection: sqlite3.Connection, conversation_id: str) -> Sequence[Erasure]:
    """See `Erasures.find_erasures`."""
    rows = connection.execute(_FIND_ERASURES, (conversation_id,))
    return [read_erasure(row) for row in rows]


def list_erasures(
    connection: sqlite3.Connection, *, after: int = 0, limit: int = 100
) -> Sequence[Erasure]:
    """See `Erasures.list_erasures`."""
    return [read_erasure(row) for row in connection.execute(_LIST_ERASURES, (after, limit))]


class SqliteErasures:
    """`swb.ports.Erasures` in one SQLite file."""

    _database: Database

    async def erase(self, erasure: Erasure) -> None:
        """See `Erasures.erase`."""
        await self._database.write(partial(erase, erasure=erasure))
        await self._database.scrub()

    find_erasures = reading(find_erasures)
    list_erasures = reading(list_erasures)
