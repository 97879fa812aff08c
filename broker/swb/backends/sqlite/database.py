"""One SQLite file as one process uses it: who opens it, who writes, who reads.

Write-ahead log with full synchronisation: what was committed survives a power cut. One connection
writes (`group_commit`), one reads on a thread of its own (`group_read`): readers never wait for
writers. Where it is asked for, a few rows under known keys are looked up on the event loop itself,
by a third one: a turn of a thread takes several times as long. Several processes may have the same
file open; `busy_for` is how long one waits for another's transaction. Every SQLite error becomes
`UnavailableError`, the cause kept.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from swb.backends.sqlite.group_commit import GroupCommitter, Piece
from swb.backends.sqlite.group_read import GroupReader, ask
from swb.backends.sqlite.migrations import Schema, check, migrate, read_found
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from swb.core.migrating import Found

__all__ = ["Database"]

T = TypeVar("T")

_OLDEST_SQLITE: Final = (3, 38, 0)
"""STRICT tables (3.37), RETURNING (3.35) and the JSON functions built in (3.38)."""
_QUEUE_LIMIT: Final = 1024
"""Pieces of work that may wait for each thread; further callers wait before they are queued."""
_CHECKPOINT_PAGES: Final = 4000
"""About 16 MB of write-ahead log before it is carried over into the file."""
_LOG_SIZE_LIMIT: Final = 64 * 1024 * 1024
"""Octets that the write-ahead log keeps on disk after a checkpoint."""
_PRIMARY_CODE: Final = 0xFF
_HELD_UP: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
"""Result codes of SQLite; what is above the lowest octet says more exactly why."""
_PRIVATE: Final = 0o600
"""The file holds certificates and personal names: for its owner only."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What exists while the file is open; `near` only where rows are looked up."""

    committer: GroupCommitter
    reader: GroupReader
    near: sqlite3.Connection | None
    write_slots: asyncio.Semaphore
    read_slots: asyncio.Semaphore


class Database:
    """One open SQLite file."""

    def __init__(
        self,
        *,
        path: Path,
        schema: Schema,
        error_code: str,
        busy_for: timedelta = timedelta(seconds=5),
        wait_for: timedelta = timedelta(seconds=30),
        overwrites: bool = False,
        migrates: bool = True,
        looks_up: bool = False,
        made_by: str = "",
    ) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file. Its folder must exist.
            schema: What must be in it.
            error_code: The code of every failure of the file, for example ``store.unavailable``.
            busy_for: How long to wait for another process's transaction.
            wait_for: How long a caller may wait for its turn to be queued.
            overwrites: Whether what is deleted is overwritten at once; it costs a write for each
                page that is let go, so it is for files where little is deleted.
            migrates: Whether opening makes and migrates what is missing; else it is an error.
            looks_up: Whether rows are looked up on the event loop; it costs a connection, which is
                opened with the file, so that the first one who looks up waits for nothing.
            made_by: The command that makes a missing file, for whoever finds none; empty where
                opening makes it.
        """
        self._path = path
        self._schema = schema
        self._error_code = error_code
        self._busy_for = busy_for
        self._wait_for = wait_for
        self._overwrites = overwrites
        self._migrates = migrates
        self._looks_up = looks_up
        self._made_by = made_by
        self._opening = asyncio.Lock()
        self._opened: _Opened | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    async def open(self, *, create: bool) -> None:
        """Open, and create or migrate where needed. Safe to repeat.

        Args:
            create: Whether a missing file is made; else it is an error.

        Raises:
            UnavailableError: The file's code, or the schema's when it needs newer code.
        """
        async with self._opening:
            if self._opened is None:
                self._opened = await _open_whole(partial(self._open, create=create), _close)

    async def find_schema(self) -> Found | None:
        """Find what the file says of itself; it need not be open.

        Returns:
            None where there is no file, or nothing in it.

        Raises:
            UnavailableError: It cannot be read, or something else is in it.
        """
        try:
            return await asyncio.to_thread(self._find_schema)
        except sqlite3.Error as cause:
            raise self._translate(cause) from cause

    def _find_schema(self) -> Found | None:
        if not self._path.exists():
            return None
        connection = self._connect_reader()
        try:
            return read_found(connection, self._schema)
        finally:
            connection.close()

    async def close(self) -> None:
        """Finish what was begun, then close. Safe to repeat."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.shield(_close(opened))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work in a transaction of its own (as far as it can see) and wait for the commit.

        Cancelling the caller leaves the work whole: all of it or nothing happens.

        Raises:
            UnavailableError: Nothing of it happened.
        """
        async with _Slot(self._require().write_slots, self._wait_for, self._error_code):
            opened = self._require()
            piece = Piece(work=work, waiter=asyncio.get_running_loop().create_future())
            opened.committer.submit(piece)
            try:
                result: T = await piece.waiter
            except sqlite3.Error as cause:
                raise self._translate(cause) from cause
        return result

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work on one snapshot of the file.

        Raises:
            UnavailableError: It could not be read.
        """
        async with _Slot(self._require().read_slots, self._wait_for, self._error_code):
            try:
                return await self._require().reader.read(work)
            except sqlite3.Error as cause:
                raise self._translate(cause) from cause

    async def look_up(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work that finds a few rows by their keys, as `read` does, but at once.

        The event loop waits for it, never for another process: where the file is held up, or was
        not opened to be looked up in, `read` does it.

        Raises:
            UnavailableError: It could not be read.
        """
        near = self._require().near
        if near is None:
            return await self.read(work)
        try:
            return ask(near, work)
        except sqlite3.Error as cause:
            code = getattr(cause, "sqlite_errorcode", 0)  # absent where Python itself objects
            if code & _PRIMARY_CODE not in _HELD_UP:
                raise self._translate(cause) from cause
        return await self.read(work)

    async def beat(self) -> None:
        """Prove that the file can be written and read, by doing both.

        Every file has a ``user_version``, which nothing here has a use for. SQLite writes its page
        whatever stood there, so that the disk is really asked; an update of no row asks nobody.

        Raises:
            UnavailableError: It could not be written, or not be read.
        """
        await self.write(_beat)
        await self.read(_read_beat)

    async def connect_reader(self) -> sqlite3.Connection:
        """Make one more connection to the existing file, for reading only.

        Raises:
            UnavailableError: It could not be opened.
        """
        try:
            return await _open_whole(self._connect_reader, _close_connection)
        except sqlite3.Error as cause:
            raise self._translate(cause) from cause

    async def scrub(self) -> None:
        """Carry the write-ahead log over into the file and empty it, whoever reads meanwhile.

        What was overwritten before is then in neither; what the disk keeps of blocks that it was
        given back is beyond reach.

        Raises:
            UnavailableError: Somebody kept on reading what was there before.
        """
        self._require()
        try:
            await asyncio.to_thread(self._scrub)
        except sqlite3.Error as cause:
            raise self._translate(cause) from cause

    def _scrub(self) -> None:
        connection = self._connect()
        try:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        if busy:
            message = "somebody reads what was there before"
            raise sqlite3.OperationalError(message)

    def _open(self, *, create: bool) -> _Opened:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            message = f"expected SQLite 3.38 or later, found {sqlite3.sqlite_version}"
            raise UnavailableError(self._error_code, message)
        try:
            if create:
                with suppress(FileExistsError):
                    os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, _PRIVATE))
            elif not self._path.exists():
                message = f"expected a {self._schema.purpose} file, found no {self._path}"
                if self._made_by:
                    message += f"; run {self._made_by}"
                raise UnavailableError(self._error_code, message)
            return self._open_connections()
        except (sqlite3.Error, OSError) as cause:
            raise self._translate(cause) from cause

    def _open_connections(self) -> _Opened:
        with ExitStack() as stack:
            writer = stack.enter_context(closing(self._connect()))
            self._enter_wal(writer)
            try:
                (migrate if self._migrates else check)(writer, self._schema)
            except UnavailableError as cause:
                # A daemon has several files, and each a schema of its own.
                raise UnavailableError(cause.code, f"{self._path}: {cause.message}") from cause
            reader = stack.enter_context(closing(self._connect_reader()))
            near = None
            if self._looks_up:
                near = stack.enter_context(closing(self._connect_reader()))
                near.execute("PRAGMA busy_timeout = 0")
            stack.pop_all()
        stem = f"{self._schema.purpose}-{self._path.stem}"
        return _Opened(
            committer=GroupCommitter(writer, name=f"{stem}-writes"),
            reader=GroupReader(reader, name=f"{stem}-reads"),
            near=near,
            write_slots=asyncio.Semaphore(_QUEUE_LIMIT),
            read_slots=asyncio.Semaphore(_QUEUE_LIMIT),
        )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._busy_for.total_seconds(),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if self._overwrites:
            connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES:d}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_SIZE_LIMIT:d}")
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._connect()
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _enter_wal(self, connection: sqlite3.Connection) -> None:
        """Switch a new file over; SQLite does not wait by itself when two processes do it."""
        deadline = time.monotonic() + self._busy_for.total_seconds()
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _require(self) -> _Opened:
        if self._opened is None:
            message = f"the {self._schema.purpose} file is not open"
            raise UnavailableError(self._error_code, message)
        return self._opened

    def _translate(self, cause: Exception) -> UnavailableError:
        # SQLite's own words name tables and columns, never values.
        words = cause if isinstance(cause, sqlite3.Error) else type(cause).__name__
        message = f"the {self._schema.purpose} file {self._path} cannot be used: {words}"
        return UnavailableError(self._error_code, message)


class _Slot:
    """A place in a bounded queue, waited for no longer than allowed."""

    def __init__(self, slots: asyncio.Semaphore, wait_for: timedelta, error_code: str) -> None:
        self._slots = slots
        self._wait_for = wait_for
        self._error_code = error_code

    async def __aenter__(self) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout(self._wait_for.total_seconds()):
                await self._slots.acquire()
        except TimeoutError as cause:
            message = "too much work is waiting for the file"
            raise UnavailableError(self._error_code, message) from cause

    async def __aexit__(self, *_: object) -> None:
        self._slots.release()


def _beat(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version = 0")


def _read_beat(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version").fetchone()


async def _open_whole(work: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> T:
    """Open something on a thread; who is cancelled meanwhile leaves nothing open."""
    opening = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        with suppress(UnavailableError, sqlite3.Error):
            await close(await opening)
        raise


async def _close_connection(connection: sqlite3.Connection) -> None:
    connection.close()


async def _close(opened: _Opened) -> None:
    if opened.near is not None:
        opened.near.close()
    await opened.reader.stop()
    await asyncio.to_thread(opened.committer.stop)
