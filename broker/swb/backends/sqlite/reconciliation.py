"""What a gateway remembers of reconciliation, in a SQLite file of its own."""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite import reconciliation_statements as sql
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import AskedDocument, KeptList, KeptNotice, KeptSummary, PaperUse
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path
    from typing import Any

__all__ = ["SqliteReconciliationStore"]

_HELD_FOR: Final = 30.0
"""Seconds until it is given up that others let the register of paper go."""
_LOOK_EVERY: Final = 0.01


async def _take(descriptor: int, kind: int) -> None:
    try:
        async with asyncio.timeout(_HELD_FOR):
            while not _lock(descriptor, kind):  # noqa: ASYNC110 - another process may hold it
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError as cause:
        message = f"expected the register of paper to be free within {_HELD_FOR:g} s"
        raise UnavailableError("reconciliation.unavailable", message) from cause


def _lock(descriptor: int, kind: int) -> bool:
    """Lock a file; False where another one holds it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _execute(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> int:
    return connection.execute(statement, row).rowcount


def _fetch(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> list[Any]:
    return connection.execute(statement, row).fetchall()


def _keep_list(connection: sqlite3.Connection, kept: KeptList) -> None:
    place = (kept.partner, kept.environment, kept.day.isoformat())
    sealed_at = encode_instant(kept.sealed_at)
    connection.execute(sql.FORGET_LISTS, (*place, kept.revision, sealed_at))
    connection.execute(
        sql.KEEP_LIST, (kept.document_id, *place, kept.revision, sealed_at, kept.octets)
    )


def _keep_asked(connection: sqlite3.Connection, asked: Sequence[AskedDocument]) -> None:
    connection.executemany(
        sql.KEEP_ASKED,
        [
            (
                each.document_id,
                each.message_id,
                each.partner,
                each.reason,
                each.wanted,
                encode_instant(each.asked_at),
                each.outcome,
            )
            for each in asked
        ],
    )


def _read_summary(row: tuple[Any, ...]) -> KeptSummary:
    return KeptSummary(
        partner=row[0],
        environment=row[1],
        day=date.fromisoformat(row[2]),
        own=bool(row[3]),
        revision=row[4],
        document_id=row[5],
        message_id=row[6],
        sealed_at=decode_instant(row[7]),
        octets=row[8],
    )


def _read_use(row: tuple[Any, ...]) -> PaperUse:
    return PaperUse(
        certificate_key=row[0],
        folded=row[1],
        used_on=date.fromisoformat(row[2]),
        declaration=row[3],
        who=row[4],
        recorded_at=decode_instant(row[5]),
    )


class SqliteReconciliationStore:
    """`swb.ports.ReconciliationStore` in one SQLite file."""

    def __init__(self, *, path: Path, create: bool = True) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file. Its folder must exist, on a local disk.
            create: Whether it is made when missing; commands that only ask do not.
        """
        self._create = create
        self._paper_lock = path.with_name(f"{path.name}.paper-lock")
        self._database = Database(
            path=path,
            schema=load_schema("reconciliation", error_code="reconciliation.schema"),
            error_code="reconciliation.unavailable",
        )

    async def open(self) -> None:
        """See `ReconciliationStore.open`."""
        await self._database.open(create=self._create)

    async def close(self) -> None:
        """See `ReconciliationStore.close`."""
        await self._database.close()

    async def ping(self) -> None:
        """See `ReconciliationStore.ping`."""
        await self._database.beat()

    async def begin(self, today: date) -> date:
        """See `ReconciliationStore.begin`."""
        await self._write(sql.BEGIN, (today.isoformat(),))
        ((found,),) = await self._list(sql.READ_FIRST_DAY, ())
        return date.fromisoformat(found)

    async def find_position(self) -> tuple[int, str]:
        """See `ReconciliationStore.find_position`."""
        found = await self._list(sql.READ_POSITION, ())
        return (found[0][0], found[0][1]) if found else (0, "")

    async def move_to(self, position: int, message_id: str) -> None:
        """See `ReconciliationStore.move_to`."""
        await self._write(sql.MOVE, (position, message_id))

    async def keep_summary(self, summary: KeptSummary) -> bool:
        """See `ReconciliationStore.keep_summary`."""
        row = (
            summary.partner,
            summary.environment,
            summary.day.isoformat(),
            int(summary.own),
            summary.revision,
            summary.document_id,
            summary.message_id,
            encode_instant(summary.sealed_at),
            summary.octets,
        )
        return await self._write(sql.KEEP_SUMMARY, row) == 1

    async def find_summary(
        self, partner: str, environment: str, day: date, *, own: bool
    ) -> KeptSummary | None:
        """See `ReconciliationStore.find_summary`."""
        row = (partner, environment, day.isoformat(), int(own))
        found = await self._list(sql.FIND_SUMMARY, row)
        return _read_summary(found[0]) if found else None

    async def list_summaries(self, *, since: date) -> Sequence[KeptSummary]:
        """See `ReconciliationStore.list_summaries`."""
        found = await self._list(sql.LIST_SUMMARIES, (since.isoformat(),))
        return [_read_summary(row) for row in found]

    keep_list = writing(_keep_list)

    async def list_lists(self, partner: str, environment: str, day: date) -> Sequence[KeptList]:
        """See `ReconciliationStore.list_lists`."""
        found = await self._list(sql.LIST_LISTS, (partner, environment, day.isoformat()))
        return [
            KeptList(
                partner=row[0],
                environment=row[1],
                day=date.fromisoformat(row[2]),
                revision=row[3],
                document_id=row[4],
                sealed_at=decode_instant(row[5]),
                octets=row[6],
            )
            for row in found
        ]

    keep_asked = writing(_keep_asked)

    async def keep_outcome(self, partner: str, document_id: str, outcome: str) -> None:
        """See `ReconciliationStore.keep_outcome`."""
        await self._write(sql.KEEP_OUTCOME, (outcome, document_id, partner))

    async def list_asked(self, document_id: str) -> Sequence[AskedDocument]:
        """See `ReconciliationStore.list_asked`."""
        return [
            AskedDocument(
                document_id=row[0],
                partner=row[1],
                message_id=row[2],
                reason=row[3],
                wanted=row[4],
                asked_at=decode_instant(row[5]),
                outcome=row[6],
            )
            for row in await self._list(sql.LIST_ASKED, (document_id,))
        ]

    async def keep_notice(self, notice: KeptNotice) -> None:
        """See `ReconciliationStore.keep_notice`."""
        row = (
            notice.document_id,
            notice.partner,
            int(notice.own),
            encode_instant(notice.from_at),
            None if notice.until_at is None else encode_instant(notice.until_at),
            notice.reason,
            notice.replaces,
            encode_instant(notice.sealed_at),
        )
        await self._write(sql.KEEP_NOTICE, row)

    async def list_notices(self) -> Sequence[KeptNotice]:
        """See `ReconciliationStore.list_notices`."""
        return [
            KeptNotice(
                document_id=row[0],
                partner=row[1],
                own=bool(row[2]),
                from_at=decode_instant(row[3]),
                until_at=None if row[4] is None else decode_instant(row[4]),
                reason=row[5],
                replaces=row[6],
                sealed_at=decode_instant(row[7]),
            )
            for row in await self._list(sql.LIST_NOTICES, ())
        ]

    async def record_paper_use(self, use: PaperUse) -> PaperUse:
        """See `ReconciliationStore.record_paper_use`."""
        row = (
            use.certificate_key,
            use.folded,
            use.used_on.isoformat(),
            use.declaration,
            use.who,
            encode_instant(use.recorded_at),
        )
        await self._write(sql.RECORD_PAPER_USE, row)
        found = await self._list(sql.FIND_PAPER_USE, (use.certificate_key,))
        return _read_use(found[0]) if found else use

    async def withdraw_paper_use(self, certificate_key: str) -> bool:
        """See `ReconciliationStore.withdraw_paper_use`."""
        return await self._write(sql.WITHDRAW_PAPER_USE, (certificate_key,)) == 1

    @asynccontextmanager
    async def hold_paper(self, *, to_record: bool) -> AsyncIterator[None]:
        """See `PaperRegister.hold_paper`: a lock on a file beside this one."""
        kind = fcntl.LOCK_EX if to_record else fcntl.LOCK_SH
        try:
            descriptor = os.open(self._paper_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as cause:
            message = f"expected to open {self._paper_lock}: {cause.strerror}"
            raise UnavailableError("reconciliation.unavailable", message) from cause
        try:
            await _take(descriptor, kind)
            yield
        finally:
            os.close(descriptor)  # which ends the lock

    async def list_paper_uses(self, folded: str = "") -> Sequence[PaperUse]:
        """See `PaperRegister.list_paper_uses`."""
        return [_read_use(row) for row in await self._list(sql.LIST_PAPER_USES, (folded,))]

    async def count_paper_uses(self) -> int:
        """See `PaperRegister.count_paper_uses`."""
        ((count,),) = await self._list(sql.COUNT_PAPER_USES, ())
        return int(count)

    _write = writing(_execute)
    _list = reading(_fetch)
