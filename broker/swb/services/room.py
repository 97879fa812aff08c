"""Room: how much is worked on at a time, in pieces and in octets, shared fairly between lines.

Lines take turns: whoever has one message waits for one message of each other line at most, however
many those have. Something larger than all octets together goes alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Room"]


class Room:
    """A bound that many wait at.

    Args:
        places: How many are inside at most.
        octets: How many octets they have together, at most.
    """

    def __init__(self, *, places: int, octets: int) -> None:
        self._places = places
        self._octets = octets
        self._inside = 0
        self._used = 0
        self._turns: deque[str] = deque()
        self._waiting: dict[str, deque[tuple[int, asyncio.Future[None]]]] = {}

    @property
    def waiting(self) -> int:
        """How many wait outside."""
        return sum(len(each) for each in self._waiting.values())

    @property
    def octets(self) -> int:
        """How many octets are inside."""
        return self._used

    @asynccontextmanager
    async def take(self, line: str, octets: int) -> AsyncIterator[None]:
        """Wait for a place, and keep it while the context lasts.

        Args:
            line: Who asks; lines take turns.
            octets: How large it is.
        """
        await self._enter(line, octets)
        try:
            yield
        finally:
            self._leave(octets)

    async def _enter(self, line: str, octets: int) -> None:
        if not self._turns and self._fits(octets):
            self._inside += 1
            self._used += octets
            return
        turn = asyncio.get_running_loop().create_future()
        if line not in self._waiting:
            self._waiting[line] = deque()
            self._turns.append(line)
        self._waiting[line].append((octets, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(line, turn)
            else:
                self._leave(octets)  # it had its turn in the very moment
            raise

    def _fits(self, octets: int) -> bool:
        if self._inside == 0:
            return True
        return self._inside < self._places and self._used + octets <= self._octets

    def _leave(self, octets: int) -> None:
        self._inside -= 1
        self._used -= octets
        self._admit()

    def _admit(self) -> None:
        while self._turns:
            line = self._turns[0]
            octets, turn = self._waiting[line][0]
            if not turn.done() and not self._fits(octets):
                return
            self._turns.popleft()
            self._waiting[line].popleft()
            if self._waiting[line]:
                self._turns.append(line)
            else:
                del self._waiting[line]
            if not turn.done():
                self._inside += 1
                self._used += octets
                turn.set_result(None)

    def _forget(self, line: str, turn: asyncio.Future[None]) -> None:
        """Give up a place in the queue; it may have been passed over already."""
        waiting = self._waiting.get(line)
        if waiting is None:
            return
        kept = deque(each for each in waiting if each[1] is not turn)
        if kept:
            self._waiting[line] = kept
        else:
            del self._waiting[line]
            self._turns.remove(line)
        self._admit()
