"""The one thread of a process that writes to one database file, committing in groups.

A commit costs a wait for the disk; the work inside it costs little. So everything that waits is
executed in one transaction, each piece in a savepoint of its own: a piece that fails is rolled
back alone. A piece's outcome is told only after the commit, because what follows it (a receipt, a
settlement) may rely on it.
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

__all__ = ["GroupCommitter", "Piece"]

_GROUP_LIMIT: Final = 256
"""Pieces in one commit at most: bounds how long the write lock is held."""


@dataclass(slots=True, kw_only=True)
class Piece:
    """One piece of work and whoever waits for it.

    Attributes:
        work: Runs inside the transaction, on the thread; must not commit.
        waiter: Gets the result or the exception. A waiter that was cancelled before the work
            began takes the work with it; afterwards only the outcome goes unheard.
        result: What `work` returned.
        error: Why there is no result.
    """

    work: Callable[[sqlite3.Connection], Any]
    waiter: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Resolve the waiter; on its own loop."""
        if self.waiter.done():
            return
        if self.error is None:
            self.waiter.set_result(self.result)
        else:
            self.waiter.set_exception(self.error)


class GroupCommitter:
    """Executes pieces of work in the order in which they were handed over."""

    def __init__(self, connection: sqlite3.Connection, *, name: str) -> None:
        """Start the thread.

        Args:
            connection: In autocommit mode; the thread owns it from now on.
            name: Of the thread.
        """
        self._connection = connection
        self._pieces: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, piece: Piece) -> None:
        """Hand a piece over. The caller bounds how many there are."""
        self._pieces.put(piece)

    def stop(self) -> None:
        """Finish what was handed over, then close the connection. Blocks."""
        self._pieces.put(None)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group = [self._pieces.get()]
            with contextlib.suppress(queue.Empty):
                while len(group) < _GROUP_LIMIT:
                    group.append(self._pieces.get_nowait())
            stopping = None in group
            pieces = [piece for piece in group if piece is not None]
            if pieces:
                self._commit_group(pieces)
        self._connection.close()

    def _commit_group(self, pieces: Sequence[Piece]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for piece in pieces:
                self._execute(piece)
            self._connection.execute("COMMIT")
        except sqlite3.Error as cause:
            # Nothing of the group is in the file, whatever each piece thought of itself.
            for piece in pieces:
                piece.error = piece.error or cause
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
        _tell(pieces)

    def _execute(self, piece: Piece) -> None:
        """Run one piece in its savepoint.

        Raises:
            sqlite3.Error: The whole transaction is lost (disk full, input or output error).
        """
        if piece.waiter.cancelled():
            return
        self._connection.execute("SAVEPOINT piece")
        try:
            piece.result = piece.work(self._connection)
        except Exception as error:
            # Told to whoever waits, never swallowed.
            piece.error = error
            if not self._connection.in_transaction:
                # SQLite rolled everything back by itself.
                if isinstance(error, sqlite3.Error):
                    raise
                message = "the transaction was lost"
                raise sqlite3.OperationalError(message) from error
            self._connection.execute("ROLLBACK TO piece")
        self._connection.execute("RELEASE piece")


def _tell(pieces: Sequence[Piece]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Piece]] = {}
    for piece in pieces:
        by_loop.setdefault(piece.waiter.get_loop(), []).append(piece)
    for loop, group in by_loop.items():
        # A loop that was closed meanwhile has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_group, group)


def _tell_group(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        piece.tell()
