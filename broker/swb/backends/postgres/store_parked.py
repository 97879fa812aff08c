"""What waits for a person, in a PostgreSQL store: listed, replayed, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb.backends.postgres import parked_statements as sql
from swb.backends.postgres import store_statements
from swb.backends.postgres.store_rows import parameters_of_event
from swb.ports import Parked, ParkedKind, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection
    from swb.ports import Event, ParkedFilter

__all__ = ["discard", "list_parked", "list_standings", "replay"]

_REPLAY: Final = {
    ParkedKind.OUTBOUND: (sql.REPLAY_OUTBOUND,),
    ParkedKind.DELIVERY: (sql.REPLAY_DELIVERY,),
    ParkedKind.HELD: (sql.REPLAY_HELD,),
    ParkedKind.DEAD_LETTER: (sql.MARK_REPLAYED, sql.HOLD_BURIED),
}
_DISCARD: Final = {
    ParkedKind.OUTBOUND: sql.DISCARD_OUTBOUND,
    ParkedKind.DELIVERY: sql.DISCARD_DELIVERY,
    ParkedKind.DEAD_LETTER: sql.DISCARD_BURIED,
}


async def list_parked(
    connection: Connection, *, wanted: ParkedFilter, limit: int
) -> Sequence[Parked]:
    """See `MessageStore.list_parked`."""
    parameters = {
        "kind": wanted.kind or "",
        "code": wanted.code,
        "partner": wanted.partner,
        "partner_urn": f"urn:swb:party:{wanted.partner}:%",
        "before": wanted.before,
        "item_id": wanted.item_id,
        "discarded": wanted.discarded,
        "limit": limit,
    }
    statement = sql.FIND_PARKED if wanted.item_id else sql.LIST_PARKED
    cursor = await connection.execute(statement, parameters)
    return [_read_parked(row) for row in await cursor.fetchall()]


async def replay(connection: Connection, kind: ParkedKind, item_id: str, at: datetime) -> bool:
    """See `MessageStore.replay_parked`."""
    parameters = {"item_id": item_id, "at": at}
    first, *others = _REPLAY[kind]
    cursor = await connection.execute(first, parameters)
    if not cursor.rowcount:
        return False
    for statement in others:
        await connection.execute(statement, parameters)
    return True


async def discard(
    connection: Connection,
    kind: ParkedKind,
    item_id: str,
    at: datetime,
    events: Sequence[Event],
) -> bool:
    """See `MessageStore.discard_parked`."""
    statement = _DISCARD.get(kind)
    if statement is None:
        return False
    parameters = {"item_id": item_id, "at": at}
    cursor = await connection.execute(statement, parameters)
    if not cursor.rowcount:
        return False
    for event in events:
        await connection.execute(store_statements.INSERT_EVENT, parameters_of_event(event))
    return True


async def list_standings(connection: Connection, *, document_id: str) -> Sequence[Standing]:
    """See `MessageStore.list_standings`."""
    cursor = await connection.execute(sql.LIST_STANDINGS, {"document_id": document_id})
    return [
        Standing(
            kind=ParkedKind(row[0]),
            item_id=row[1],
            line=row[2],
            state=row[3] if row[8] is None else "discarded",
            attempts=row[4],
            code=row[5],
            due_at=row[6],
            ended_at=row[7] if row[8] is None else row[8],
        )
        for row in await cursor.fetchall()
    ]


def _read_parked(row: tuple[Any, ...]) -> Parked:
    return Parked(
        kind=ParkedKind(row[0]),
        item_id=row[1],
        code=row[2],
        detail=row[3],
        since=row[4],
        partner=row[5],
        line=row[6],
        message_id=row[7],
        message_type=row[8],
        document_id=row[9],
        attempts=row[10],
        expires_at=row[11],
        octets=row[12],
        discarded_at=row[13],
    )
