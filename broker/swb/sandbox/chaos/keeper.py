"""Keeps daemons running, as a service manager does: whatever ends is started again."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.sandbox.fleet import Fleet

__all__ = ["Keeper"]

_REST: Final = 0.5
"""Seconds before a daemon that ended by itself is started again, as a service manager waits."""


class Keeper:
    """Keeps every daemon of a fleet running, but for those that are down on purpose.

    Args:
        fleet: Whose daemons.
        environments: What single daemons have in their environment.

    Attributes:
        ended: How often which daemon ended by itself, whatever its reason.
    """

    def __init__(self, fleet: Fleet, environments: Mapping[str, dict[str, str]]) -> None:
        self._fleet = fleet
        self._environments = environments
        self._up = {name: asyncio.Event() for name in fleet.configs}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self.ended: Counter[str] = Counter()

    async def start(self) -> None:
        """Start all, after `stop` too, and wait until all of them work."""
        self._stopping = False
        for event in self._up.values():
            event.set()
        self._tasks = [asyncio.create_task(self._keep(name)) for name in self._up]
        for name in self._up:
            while name not in self._fleet.daemons.running():  # noqa: ASYNC110 - a task starts it
                await asyncio.sleep(0.01)
            await self._fleet.daemons.until_started(name)

    async def kill(self, name: str) -> None:
        """Kill a daemon, which stays down until `let_run`."""
        self._up[name].clear()
        await self._fleet.daemons.kill(name)

    def let_run(self, name: str) -> None:
        """Have it started again."""
        self._up[name].set()

    async def stop(self) -> None:
        """End all in order."""
        self._stopping = True
        await self._fleet.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, name: str) -> None:
        while not self._stopping:
            await self._up[name].wait()
            await self._fleet.start(name, environment=self._environments.get(name))
            status = await self._fleet.daemons.ended(name)
            if self._stopping:
                return
            if status != -signal.SIGKILL:
                self.ended[name] += 1
                await asyncio.sleep(_REST)
