"""What a witness of the evidence log remembers, in a SQLite file of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.backends.sqlite import ledger_statements as sql
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import CosignedCheckpoint, LogIncident

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

__all__ = ["SqliteWitnessStore"]


class SqliteWitnessStore:
    """`swb.ports.WitnessStore` in one SQLite file."""

    def __init__(self, *, path: Path, create: bool = True) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file. Its folder must exist, on a local disk.
            create: Whether it is made when missing; commands that only ask do not.
        """
        self._create = create
        self._database = Database(
            path=path,
            schema=load_schema("witness", error_code="ledger.schema"),
            error_code="ledger.unavailable",
        )

    async def open(self) -> None:
        """See `WitnessStore.open`."""
        await self._database.open(create=self._create)

    async def close(self) -> None:
        """See `WitnessStore.close`."""
        await self._database.close()

    async def ping(self) -> None:
        """See `WitnessStore.ping`."""
        await self._database.beat()

    async def find_last(self, origin: str) -> CosignedCheckpoint | None:
        """See `WitnessStore.find_last`."""
        found = await self._database.read(
            partial(_list, statement=sql.FIND_LAST_COSIGNED, row=(origin,))
        )
        return _read_cosigned(found[0]) if found else None

    async def accept(
        self, origin: str, *, before: int, size: int, note: bytes, at: datetime
    ) -> bool:
        """See `WitnessStore.accept`."""
        row = {
            "origin": origin,
            "before": before,
            "size": size,
            "note": note,
            "at": encode_instant(at),
        }
        work = partial(_execute, statement=sql.ACCEPT_CHECKPOINT, row=row)
        return await self._database.write(work) == 1

    async def keep_line(self, origin: str, size: int, line: str) -> None:
        """See `WitnessStore.keep_line`."""
        row = (line, origin, size)
        await self._database.write(partial(_execute, statement=sql.KEEP_LINE, row=row))

    async def list_cosigned(
        self, origin: str, *, after: int = 0, limit: int = 500
    ) -> Sequence[CosignedCheckpoint]:
        """See `WitnessStore.list_cosigned`."""
        row = (origin, after, limit)
        found = await self._database.read(partial(_list, statement=sql.LIST_COSIGNED, row=row))
        return [_read_cosigned(each) for each in found]

    async def list_latest(self, origin: str, *, limit: int) -> Sequence[CosignedCheckpoint]:
        """See `WitnessStore.list_latest`."""
        row = (origin, limit)
        found = await self._database.read(partial(_list, statement=sql.LIST_LATEST, row=row))
        return [_read_cosigned(each) for each in found]

    async def keep_incident(self, incident: LogIncident) -> bool:
        """See `WitnessStore.keep_incident`."""
        row = (
            incident.origin,
            incident.code,
            encode_instant(incident.seen_at),
            incident.first,
            incident.second,
            incident.proof,
        )
        work = partial(_execute, statement=sql.KEEP_INCIDENT, row=row)
        return await self._database.write(work) == 1

    async def list_incidents(self, origin: str) -> Sequence[LogIncident]:
        """See `WitnessStore.list_incidents`."""
        found = await self._database.read(
            partial(_list, statement=sql.LIST_INCIDENTS, row=(origin,))
        )
        return [
            LogIncident(
                origin=row[0],
                code=row[1],
                seen_at=decode_instant(row[2]),
                first=row[3],
                second=row[4],
                proof=row[5],
            )
            for row in found
        ]


def _execute(
    connection: sqlite3.Connection, statement: str, row: tuple[object, ...] | dict[str, object]
) -> int:
    return connection.execute(statement, row).rowcount


def _list(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> list[Any]:
    return connection.execute(statement, row).fetchall()


def _read_cosigned(row: tuple[Any, ...]) -> CosignedCheckpoint:
    return CosignedCheckpoint(
        size=row[0], note=row[1], line=row[2], accepted_at=decode_instant(row[3])
    )
