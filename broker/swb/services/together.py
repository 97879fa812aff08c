"""Together: what is ready at about the same time is done in one go.

A receipt costs two signatures and a transaction, however many messages it is about. So whoever has
judged a message waits a moment for others: as long as any is on its way here, or the ones before
are being done, and nobody has waited too long. Who is alone waits for one turn of the event loop,
in which others may come.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

__all__ = ["Together"]

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE: Final = 0.05
"""Seconds that the first one waits for others at most."""


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    """One that is ready.

    Attributes:
        item: What is to be done.
        done: Gets what came of it.
    """

    item: T
    done: asyncio.Future[R]


class Together(Generic[T, R]):
    """Gathers what is ready, and has it done.

    Args:
        work: Does it; returns one outcome for each, in order. What it raises, everybody gets; so
            they do where it returns another number of outcomes.
        most: How many are done in one go.
        patience: Seconds that the first one waits for others at most.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        *,
        most: int,
        patience: float = _PATIENCE,
    ) -> None:
        self._work = work
        self._most = most
        self._patience = patience
        self._coming = 0
        self._ready: list[_Waiting[T, R]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._looks_soon = False
        self._working: set[asyncio.Task[None]] = set()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Say that somebody is on the way here, or turns out not to come."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._look()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Say that somebody inside `coming` does something else meanwhile: nobody waits for it."""
        self._coming -= 1
        self._look()
        try:
            yield
        finally:
            self._coming += 1

    async def do(self, item: T) -> R:
        """Have it done, with others where there are any; inside `coming`.

        Returns:
            What came of it.

        Raises:
            ValueError: The work returned another number of outcomes than it was given items.
        """
        waiting: _Waiting[T, R] = _Waiting(item, asyncio.get_running_loop().create_future())
        self._ready.append(waiting)
        self._coming -= 1
        try:
            self._look()
            return await waiting.done
        finally:
            self._coming += 1

    def _look(self) -> None:
        """Begin when there are enough; else look again when who is about to come has come."""
        if len(self._ready) >= self._most:
            self._begin()
        elif self._ready and not self._looks_soon:
            self._looks_soon = True
            asyncio.get_running_loop().call_soon(self._look_again)

    def _look_again(self) -> None:
        """Begin when nobody else comes; else wait, not for long."""
        self._looks_soon = False
        if self._ready and self._coming <= 0 and not self._working:
            self._begin()
        elif self._ready and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._patience, self._begin)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        some, self._ready = self._ready[: self._most], self._ready[self._most :]
        if some:
            task = asyncio.create_task(self._do(some))
            self._working.add(task)
            task.add_done_callback(self._end)
            self._look()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._look()

    async def _do(self, some: Sequence[_Waiting[T, R]]) -> None:
        try:
            outcomes = await self._work([each.item for each in some])
            if len(outcomes) != len(some):
                message = f"expected {len(some)} outcomes of the work, found {len(outcomes)}"
                raise ValueError(message)  # noqa: TRY301 - everybody is told in one place
        except BaseException as error:
            for each in some:
                if not each.done.done():
                    each.done.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for each, outcome in zip(some, outcomes, strict=True):
            if not each.done.done():
                each.done.set_result(outcome)
