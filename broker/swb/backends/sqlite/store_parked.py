"""What waits for a person, in the embedded store: listed, replayed, discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb.backends.sqlite import parked_statements as sql
from swb.backends.sqlite import store_statements
from swb.backends.sqlite.store_rows import decode_instant, encode_instant, parameters_of_event
from swb.ports import Parked, ParkedKind, Standing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

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


def list_parked(
    connection: sqlite3.Connection, *, wanted: ParkedFilter, limit: int
) -> Sequence[Parked]:
    """See `MessageStore.list_parked`."""
    parameters = {
        "kind": wanted.kind or "",
        "code": wanted.code,
        "partner": wanted.partner,
        "partner_urn": f"urn:swb:party:{wanted.partner}:%",
        "before": encode_instant(wanted.before) if wanted.before else None,
        "item_id": wanted.item_id,
        "discarded": wanted.discarded,
        "limit": limit,
    }
    statement = sql.FIND_PARKED if wanted.item_id else sql.LIST_PARKED
    return [_read_parked(row) for row in connection.execute(statement, parameters)]


def replay(connection: sqlite3.Connection, kind: ParkedKind, item_id: str, at: datetime) -> bool:
    """See `MessageStore.replay_parked`."""
    parameters = {"item_id": item_id, "at": encode_instant(at)}
    first, *others = _REPLAY[kind]
    if not connection.execute(first, parameters).rowcount:
        return False
    for statement in others:
        connection.execute(statement, parameters)
    return True


def discard(
    connection: sqlite3.Connection,
    kind: ParkedKind,
    item_id: str,
    at: datetime,
    events: Sequence[Event],
) -> bool:
    """See `MessageStore.discard_parked`."""
    statement = _DISCARD.get(kind)
    if statement is None:
        return False
    parameters = {"item_id": item_id, "at": encode_instant(at)}
    if not connection.execute(statement, parameters).rowcount:
        return False
    connection.executemany(
        store_statements.INSERT_EVENT, [parameters_of_event(event) for event in events]
    )
    return True


def list_standings(connection: sqlite3.Connection, *, document_id: str) -> Sequence[Standing]:
    """See `MessageStore.list_standings`."""
    rows = connection.execute(sql.LIST_STANDINGS, {"document_id": document_id})
    return [
        Standing(
            kind=ParkedKind(row[0]),
            item_id=row[1],
            line=row[2],
            state=row[3] if row[8] is None else "discarded",
            attempts=row[4],
            code=row[5],
            due_at=decode_instant(row[6]),
            ended_at=_decode(row[7]) if row[8] is None else _decode(row[8]),
        )
        for row in rows
    ]


def _read_parked(row: tuple[Any, ...]) -> Parked:
    return Parked(
        kind=ParkedKind(row[0]),
        item_id=row[1],
        code=row[2],
        detail=row[3],
        since=decode_instant(row[4]),
        partner=row[5],
        line=row[6],
        message_id=row[7],
        message_type=row[8],
        document_id=row[9],
        attempts=row[10],
        expires_at=_decode(row[11]),
        octets=row[12],
        discarded_at=_decode(row[13]),
    )


def _decode(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else decode_instant(microseconds)
