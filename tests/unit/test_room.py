"""Room is bounded in places and octets, and lines take turns."""

from __future__ import annotations

import asyncio

import pytest

from swb.services.room import Room


class Inside:
    """Who is inside, and in which order they came."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.order: list[str] = []
        self.now = 0
        self.most = 0
        self.octets = 0
        self.most_octets = 0
        self.go_on = asyncio.Event()

    async def visit(self, line: str, octets: int = 1) -> None:
        async with self.room.take(line, octets):
            self.order.append(line)
            self.now, self.octets = self.now + 1, self.octets + octets
            self.most, self.most_octets = (
                max(self.most, self.now),
                max(self.most_octets, self.octets),
            )
            await self.go_on.wait()
            await asyncio.sleep(0)
            self.now, self.octets = self.now - 1, self.octets - octets


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_are_inside_than_there_are_places() -> None:
    inside = Inside(Room(places=3, octets=1000))
    inside.go_on.set()
    await asyncio.gather(*(inside.visit("TH") for _ in range(50)))
    assert (len(inside.order), inside.most) == (50, 3)


async def test_no_more_octets_are_inside_than_allowed() -> None:
    inside = Inside(Room(places=64, octets=20_000_000))
    inside.go_on.set()
    await asyncio.gather(*(inside.visit("TH", 7_000_000) for _ in range(64)))
    assert inside.most_octets == 14_000_000
    assert len(inside.order) == 64


async def test_what_is_larger_than_all_goes_alone() -> None:
    inside = Inside(Room(places=4, octets=100))
    inside.go_on.set()
    await asyncio.gather(*(inside.visit("TH", size) for size in (10, 500, 10, 10)))
    assert len(inside.order) == 4
    assert inside.most_octets == 500


async def test_a_line_waits_for_one_of_each_other_line_however_many_those_have() -> None:
    inside = Inside(Room(places=1, octets=1000))
    flood = [asyncio.create_task(inside.visit("XX")) for _ in range(100)]
    await settle()
    others = [asyncio.create_task(inside.visit(line)) for line in ("TH", "VN")]
    await settle()
    inside.go_on.set()
    await asyncio.gather(*others)
    assert inside.order[:4] == ["XX", "XX", "TH", "VN"]
    await asyncio.gather(*flood)


async def test_whoever_gives_up_leaves_no_gap() -> None:
    room = Room(places=2, octets=1000)
    inside = Inside(room)
    tasks = [asyncio.create_task(inside.visit(line)) for line in ("A", "A", "A", "B", "B")]
    await settle()
    for task in (tasks[0], tasks[2], tasks[4]):
        task.cancel()
    await settle()
    inside.go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(each, asyncio.CancelledError) for each in done) == 3
    assert (room.waiting, room.octets) == (0, 0)
    inside.order.clear()
    await asyncio.gather(*(inside.visit("C") for _ in range(5)))
    assert len(inside.order) == 5


async def test_a_large_one_is_not_passed_over_for_ever() -> None:
    inside = Inside(Room(places=10, octets=100))
    inside.go_on.set()
    small = [asyncio.create_task(inside.visit("A", 60)) for _ in range(10)]
    large = asyncio.create_task(inside.visit("B", 100))
    await asyncio.wait_for(asyncio.gather(large, *small), 5)
    assert inside.order.index("B") <= 2


@pytest.mark.parametrize("places", [1, 7])
async def test_a_failure_inside_gives_its_place_back(places: int) -> None:
    room = Room(places=places, octets=10)

    async def fail() -> None:
        async with room.take("A", 5):
            await asyncio.sleep(0)
            raise KeyError

    await asyncio.gather(*(fail() for _ in range(20)), return_exceptions=True)
    assert (room.waiting, room.octets) == (0, 0)
