"""The one thread of a process that reads one database file, a group of questions at a time.

Going to another thread and back costs more than most questions do. So everything that waits is
asked in one go, each on a snapshot of its own.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from swb.backends.sqlite.group_commit import Piece

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

__all__ = ["GroupReader", "ask"]

T = TypeVar("T")

_GROUP_LIMIT: Final = 64
"""Questions in one go at most: bounds how long the first waits for the last."""


class GroupReader:
    """Asks questions in the order in which they came.

    Args:
        connection: For reading, in autocommit mode; the thread owns it from now on.
        name: Of the thread.
    """

    def __init__(self, connection: sqlite3.Connection, *, name: str) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._waiting: list[Piece] = []
        self._idle = asyncio.Event()
        self._idle.set()

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work on one snapshot of the file; raises what the work raises."""
        piece = Piece(work=work, waiter=asyncio.get_running_loop().create_future())
        self._waiting.append(piece)
        if self._idle.is_set():
            self._begin()
        result: T = await piece.waiter
        return result

    async def stop(self) -> None:
        """Answer what was asked, then close the connection."""
        await self._idle.wait()
        await asyncio.shield(asyncio.to_thread(self._close))

    def _begin(self) -> None:
        group, self._waiting = self._waiting[:_GROUP_LIMIT], self._waiting[_GROUP_LIMIT:]
        self._idle.clear()
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._thread, _read_all, self._connection, group)
        done.add_done_callback(lambda _: self._end(group))

    def _end(self, group: Sequence[Piece]) -> None:
        for piece in group:
            piece.tell()
        if self._waiting:
            self._begin()
        else:
            self._idle.set()

    def _close(self) -> None:
        self._thread.shutdown(wait=True)
        self._connection.close()


def _read_all(connection: sqlite3.Connection, group: Sequence[Piece]) -> None:
    for piece in group:
        if piece.waiter.cancelled():
            continue
        try:
            piece.result = ask(connection, piece.work)
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            piece.error = error


def ask(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do work on one snapshot of the file."""
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
