"""The transport's database file as one process uses it, shared by all lines of that process.

Sharing it puts the publishes and settlements of all lines into the same commits. Whoever waits for
messages is woken at once by a publish of the same process, and by `_Watcher` for those of others
and for leases that end.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.transport_queues import find_free

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["TransportFile"]

_BUSY_POLL: Final = 0.001
"""Seconds between looks while messages come in."""
_IDLE_POLL: Final = 0.05
"""Seconds between looks when nothing came for a while: the most that another process's message
waits before it is seen."""
_SLOW_DOWN: Final = 1.5


class TransportFile:
    """One transport file. Opened by the first line that needs it, closed by the last."""

    def __init__(self, *, path: Path) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file; made by `topology.apply_topology` only.
        """
        self.database = Database(
            path=path,
            schema=load_schema("transport", error_code="transport.topology"),
            error_code="transport.unreachable",
            made_by="swb topology apply",
        )
        self._users = 0
        self._lock = asyncio.Lock()
        self._waiting: dict[int, set[asyncio.Event]] = {}
        self._watched: tuple[int, ...] = ()
        self._watcher: _Watcher | None = None

    async def acquire(self) -> None:
        """Open for one more user.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.topology``.
        """
        async with self._lock:
            if self._users == 0:
                async with contextlib.AsyncExitStack() as stack:
                    await self.database.open(create=False)
                    stack.push_async_callback(self.database.close)
                    connection = await self.database.connect_reader()
                    self._watcher = _Watcher(
                        connection, watched=lambda: self._watched, notify=self.notify
                    )
                    stack.pop_all()
            self._users += 1

    async def release(self) -> None:
        """Close for one user."""
        async with self._lock:
            self._users -= 1
            if self._users == 0:
                watcher, self._watcher = self._watcher, None
                if watcher is not None:
                    await asyncio.to_thread(watcher.stop)
                await self.database.close()

    def notify(self, queue_id: int) -> None:
        """Wake whoever waits for this queue. On the event loop's thread."""
        for wake in self._waiting.get(queue_id, ()):
            wake.set()

    @contextlib.contextmanager
    def watching(self, queue_id: int, wake: asyncio.Event) -> Iterator[None]:
        """Have an event set whenever the queue may have something, for as long as this lasts."""
        waiting = self._waiting.setdefault(queue_id, set())
        waiting.add(wake)
        self._watched = tuple(self._waiting)
        try:
            yield
        finally:
            waiting.discard(wake)
            if not waiting:
                self._waiting.pop(queue_id, None)
            self._watched = tuple(self._waiting)


class _Watcher:
    """A thread that looks whether the watched queues have something free."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        watched: Callable[[], tuple[int, ...]],
        notify: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._watched = watched
        self._notify = notify
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="transport-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the end. Blocks."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        interval = _IDLE_POLL
        while not self._stopped.wait(interval):
            interval = _BUSY_POLL if self._look() else min(interval * _SLOW_DOWN, _IDLE_POLL)
        self._connection.close()

    def _look(self) -> bool:
        """Look once; what cannot be read now is looked for again later."""
        try:
            free = find_free(self._connection, self._watched())
        except sqlite3.Error:
            return False
        for queue_id in free:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._notify, queue_id)
        return bool(free)
