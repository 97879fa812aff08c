"""A piece of work beside its floor: both take turns, and each pair gives one ratio."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

__all__ = [
    "ALONE",
    "AT_ONCE",
    "ROUNDS",
    "Compared",
    "Took",
    "compare",
    "set_garbage_aside",
    "start_watch",
    "take_many",
]

AT_ONCE: Final = 50
"""On their way at once, where many share a wait: as a gateway takes what waits, many at a time."""
ROUNDS: Final = 4
"""So many times that in a turn."""
ALONE: Final = 20
"""In a turn, where they go one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one piece of work took, on average over a turn.

    Attributes:
        clock: Seconds of the clock.
        processor: Seconds of the processor, all threads of this process.
    """

    clock: float
    processor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All turns.

    Attributes:
        work: The work, turn by turn.
        floor: The floor.
        waits: Whether the clock counts, because a disk or a server is waited for.
    """

    work: tuple[Took, ...]
    floor: tuple[Took, ...]
    waits: bool = False

    @property
    def seconds(self) -> float:
        """What counts of the work: the median."""
        return median(self._of(each) for each in self.work)

    @property
    def processor_seconds(self) -> float:
        """What the work takes of the processor: the median."""
        return median(each.processor for each in self.work)

    @property
    def floor_seconds(self) -> float:
        """What counts of the floor: the median."""
        return median(self._of(each) for each in self.floor)

    @property
    def ratio(self) -> float:
        """Work by floor: the median of the pairs."""
        pairs = zip(self.work, self.floor, strict=True)
        return median(self._of(one) / self._of(other) for one, other in pairs)

    def _of(self, took: Took) -> float:
        return took.clock if self.waits else took.processor


async def compare(
    work: Callable[[], Awaitable[Took]],
    floor: Callable[[], Awaitable[Took]],
    *,
    turns: int,
    waits: bool = False,
) -> Compared:
    """Let both take turns; a first turn of each is not counted.

    Args:
        work: Does it many times, and tells what one of them took.
        floor: Likewise.
        turns: How many.
        waits: Whether the clock counts, and not the processor.
    """
    await work()
    await floor()
    pairs = [(await work(), await floor()) for _ in range(turns)]
    return Compared(
        work=tuple(each for each, _ in pairs), floor=tuple(each for _, each in pairs), waits=waits
    )


def take_many(
    work: Callable[[], Awaitable[object]], *, seconds: float
) -> Callable[[], Awaitable[Took]]:
    """Do something again and again for so many seconds of the processor, at least once."""

    async def turn() -> Took:
        count, begun, clock = 0, time.process_time(), time.perf_counter()
        used = 0.0
        while not count or used < seconds:
            await work()
            count += 1
            used = time.process_time() - begun
        return Took(clock=(time.perf_counter() - clock) / count, processor=max(used, 1e-9) / count)

    return turn


def start_watch() -> Callable[[int], Took]:
    """Start both clocks; what is returned stops them, and shares what passed among so many."""
    clock, used = time.perf_counter(), time.process_time()

    def stop(count: int) -> Took:
        return Took(
            clock=(time.perf_counter() - clock) / count,
            processor=max(time.process_time() - used, 1e-9) / count,
        )

    return stop


@contextmanager
def set_garbage_aside() -> Iterator[None]:
    """Take what the process holds already for no garbage: it is not looked at again and again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
