"""The evidence log in a SQLite file of its own: entries, subtrees, and all that was signed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite import ledger_statements as sql
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.ledger_rows import read_entries, read_hashes
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import KeptCheckpoint, LogState
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.ledger.checkpoint import Checkpoint
from swb_schemas.wire.ledger.entry import LogEntry, parse_entry
from swb_schemas.wire.ledger.merkle import Frontier
from swb_schemas.wire.ledger.tiles import ENTRIES, TILE_WIDTH, encode_entries

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from swb_schemas.wire.ledger.notes import NoteSignature
    from swb_schemas.wire.ledger.tiles import Tile

__all__ = ["SqliteLedgerStore"]

_HEIGHT: Final = 8
_HASH_OCTETS: Final = 32


def _begin(connection: sqlite3.Connection, origin: str) -> str:
    """Enter the log's name into a new file; returns the one that is there."""
    connection.execute(sql.BEGIN_LOG, (origin,))
    (found,) = connection.execute(sql.READ_ORIGIN).fetchone()
    return str(found)


def _claim(connection: sqlite3.Connection, owner: str, now: int, until: int) -> bool:
    changed = connection.execute(sql.CLAIM, {"owner": owner, "now": now, "until": until})
    return changed.rowcount == 1


def _release(connection: sqlite3.Connection, owner: str) -> None:
    connection.execute(sql.RELEASE, (owner,))


def _execute(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> None:
    connection.execute(statement, row)


def _load(connection: sqlite3.Connection, origin: str) -> LogState:
    position, frontier, _ = _read_log(connection)
    last = connection.execute(sql.LAST_MESSAGE, (frontier.size - 1,)).fetchone()
    return LogState(
        position=position,
        last_message_id=last[0] if last else "",
        checkpoint=Checkpoint(origin=origin, size=frontier.size, root=frontier.root),
    )


def _read_log(connection: sqlite3.Connection) -> tuple[int, Frontier, str]:
    position, size, octets, owner = connection.execute(sql.READ_LOG).fetchone()
    subtrees = [octets[at : at + _HASH_OCTETS] for at in range(0, len(octets), _HASH_OCTETS)]
    return position, Frontier(size, tuple(subtrees)), owner


# --- appending ---------------------------------------------------------------------------------


def _append(
    connection: sqlite3.Connection,
    *,
    origin: str,
    owner: str,
    after: int,
    entries: Sequence[LogEntry],
    position: int,
) -> LogState:
    reached, frontier, holder = _read_log(connection)
    if (holder, reached) != (owner, after):
        message = f"expected to sequence from position {after}, found {reached} and another's lease"
        raise UnavailableError("ledger.lease_lost", message)
    leaves: list[bytes] = []
    for entry in entries:
        known = connection.execute(sql.FIND_ENTRY, (entry.message_id,)).fetchone()
        if known is None:
            raw, leaf = entry.encode(), entry.leaf
            number = frontier.size + len(leaves)
            connection.execute(sql.ADD_LEAF, (number, entry.message_id, raw, leaf))
            leaves.append(leaf)
        elif parse_entry(known[0]) != entry:
            message = f"expected message {entry.message_id} in the store as it is in the log"
            raise UnavailableError("ledger.conflict", message)
    grown = frontier.append(leaves)
    _add_subtrees(connection, frontier.size, grown.size)
    connection.execute(sql.GROW, (position, grown.size, b"".join(grown.subtrees)))
    return _load(connection, origin)


def _add_subtrees(connection: sqlite3.Connection, before: int, size: int) -> None:
    """Add the hashes of the tiles that became full."""
    level = 1
    while size >> (_HEIGHT * level):
        for number in range(before >> (_HEIGHT * level), size >> (_HEIGHT * level)):
            row = read_hashes(connection, level - 1, number * TILE_WIDTH, TILE_WIDTH)
            connection.execute(sql.ADD_SUBTREE, (level, number, Frontier().append(row).root))
        level += 1


# --- what was signed ---------------------------------------------------------------------------


def _keep_checkpoint(
    connection: sqlite3.Connection, note: bytes, *, size: int, at: datetime
) -> KeptCheckpoint:
    connection.execute(sql.KEEP_CHECKPOINT, (size, note, encode_instant(at)))
    kept = _find_checkpoint(connection, size)
    assert kept is not None  # noqa: S101 - it was written just now
    return kept


def _find_checkpoint(connection: sqlite3.Connection, size: int) -> KeptCheckpoint | None:
    row = connection.execute(sql.FIND_CHECKPOINT, (size,)).fetchone()
    if row is None:
        return None
    lines = connection.execute(sql.LIST_COSIGNATURES, (size,)).fetchall()
    return KeptCheckpoint(
        size=size,
        note=row[0] + "".join(line for _, line in lines).encode(),
        witnesses=tuple(name for name, _ in lines),
        signed_at=decode_instant(row[1]),
    )


def _find_latest(connection: sqlite3.Connection, *, witnesses: int = 0) -> KeptCheckpoint | None:
    row = connection.execute(sql.FIND_LATEST, (witnesses,)).fetchone()
    return None if row is None else _find_checkpoint(connection, row[0])


def _read_tile(connection: sqlite3.Connection, tile: Tile) -> bytes:
    start = tile.number * TILE_WIDTH
    if tile.level == ENTRIES:
        return encode_entries(read_entries(connection, start, tile.width))
    return b"".join(read_hashes(connection, tile.level, start, tile.width))


class SqliteLedgerStore:
    """`swb.ports.LedgerStore` in one SQLite file."""

    def __init__(self, *, path: Path, origin: str) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file, made when missing. Its folder must exist, on a local disk.
            origin: The log that is, or is to be, in it.
        """
        self._origin = origin
        self._database = Database(
            path=path,
            schema=load_schema("ledger", error_code="ledger.schema"),
            error_code="ledger.unavailable",
        )

    async def open(self) -> None:
        """See `LedgerStore.open`."""
        await self._database.open(create=True)
        found = await self._database.write(partial(_begin, origin=self._origin))
        if found != self._origin:
            await self._database.close()
            message = f"expected the log {self._origin} in {self._database.path.name}"
            raise UnavailableError("ledger.other_log", f"{message}, found {found}")

    async def close(self) -> None:
        """See `LedgerStore.close`."""
        await self._database.close()

    async def ping(self) -> None:
        """See `LedgerStore.ping`."""
        await self._database.beat()
        await self._database.read(partial(_load, origin=self._origin))

    async def claim(self, owner: str, now: datetime, *, lease_for: timedelta) -> bool:
        """See `LedgerStore.claim`."""
        return await self._database.write(
            partial(
                _claim,
                owner=owner,
                now=encode_instant(now),
                until=encode_instant(now + lease_for),
            )
        )

    release = writing(_release)

    async def load(self) -> LogState:
        """See `LedgerStore.load`."""
        return await self._database.read(partial(_load, origin=self._origin))

    async def append(
        self, owner: str, *, after: int, entries: Sequence[LogEntry], position: int
    ) -> LogState:
        """See `LedgerStore.append`."""
        return await self._database.write(
            partial(
                _append,
                origin=self._origin,
                owner=owner,
                after=after,
                entries=entries,
                position=position,
            )
        )

    keep_checkpoint = writing(_keep_checkpoint)

    async def add_cosignature(self, size: int, signature: NoteSignature, at: datetime) -> None:
        """See `LedgerStore.add_cosignature`."""
        row = (size, signature.name, signature.line, encode_instant(at))
        await self._database.write(partial(_execute, statement=sql.ADD_COSIGNATURE, row=row))

    find_checkpoint = reading(_find_checkpoint)
    find_latest = reading(_find_latest)
    read_tile = reading(_read_tile)
