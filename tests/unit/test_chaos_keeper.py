"""Who keeps daemons running starts them again after it had all of them end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from swb.sandbox.chaos.keeper import Keeper

if TYPE_CHECKING:
    from swb.sandbox.fleet import Fleet

NAMES = ("router", "gateway-TH")


class Tasks:
    """A fleet, and its daemons, that run nothing: each is an event that its end sets."""

    def __init__(self) -> None:
        self.configs = dict.fromkeys(NAMES)
        self.daemons = self
        self.started: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    def running(self) -> list[str]:
        return [name for name, end in self._ends.items() if not end.is_set()]

    async def start(self, name: str, *, environment: dict[str, str] | None) -> None:
        del environment
        self.started.append(name)
        self._ends[name] = asyncio.Event()

    async def until_started(self, name: str) -> None:
        assert name in self.running()

    async def ended(self, name: str) -> int:
        await self._ends[name].wait()
        return 0

    async def stop(self) -> None:
        for end in self._ends.values():
            end.set()


async def test_all_are_started_again_after_all_were_stopped() -> None:
    fleet = Tasks()
    keeper = Keeper(cast("Fleet", fleet), {})
    async with asyncio.timeout(10):
        for times in (1, 2):
            await keeper.start()
            assert sorted(fleet.started) == sorted(NAMES * times)
            assert sorted(fleet.running()) == sorted(NAMES)
            await keeper.stop()
            assert fleet.running() == []
    assert not keeper.ended, "nothing ended by itself"
