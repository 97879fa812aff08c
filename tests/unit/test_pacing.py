"""A paced step: repeated while there is work, resting otherwise, and ended at any moment."""

from __future__ import annotations

import asyncio

import pytest

from swb.services.pacing import Pace


class _Step:
    """A step with so much to do, and none after that."""

    def __init__(self, *amounts: int) -> None:
        self._amounts = list(amounts)
        self.times = 0

    async def __call__(self) -> int:
        self.times += 1
        await asyncio.sleep(0)
        return self._amounts.pop(0) if self._amounts else 0


async def _turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_repeats_while_there_is_work_and_then_rests() -> None:
    step = _Step(3, 1)
    task = asyncio.create_task(Pace("sample", step, rest_for=60).run())
    await _turn(50)
    assert step.times == 3
    task.cancel()
    await asyncio.wait([task], timeout=5)


async def test_a_wake_up_ends_the_rest() -> None:
    step = _Step()
    pace = Pace("sample", step, rest_for=60)
    task = asyncio.create_task(pace.run())
    await _turn(20)
    pace.wake()
    await _turn(20)
    assert step.times == 2
    task.cancel()
    await asyncio.wait([task], timeout=5)


@pytest.mark.parametrize("turns", range(8))
async def test_ends_when_it_is_cancelled_so_many_turns_after_it_was_woken(turns: int) -> None:
    pace = Pace("sample", _Step(), rest_for=60)
    task = asyncio.create_task(pace.run())
    await _turn(20)
    pace.wake()
    await _turn(turns)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    task.cancel()
    assert done, "the cancellation was lost"
