"""What a step began and does not wait for: the next look finds room for more meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["UnderWay"]


class UnderWay:
    """Pieces of work, each of which ends by itself."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []
        self._on_room: Callable[[], None] = _nobody_waits

    def when_room(self, call: Callable[[], None]) -> None:
        """Have something called whenever more may be begun."""
        self._on_room = call

    def tell_room(self) -> None:
        """Say that more may be begun."""
        self._on_room()

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Begin a piece of work."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    async def settle(self) -> bool:
        """Wait until nothing is on the way any more; returns whether anything was."""
        began = bool(self._tasks)
        while self._tasks:
            await asyncio.wait(self._tasks)
        return began

    def raise_failure(self) -> None:
        """Tell what failed of the store meanwhile; the leases end by themselves."""
        failures, self._failures = self._failures, []
        if failures:
            raise failures[0]

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures.append(error)
        self._on_room()


def _nobody_waits() -> None:
    """Whoever takes every step by itself needs no call."""
