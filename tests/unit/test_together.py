"""What is ready at about the same time is done in one go, and nobody waits without need."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from swb.services.together import Together

if TYPE_CHECKING:
    from collections.abc import Sequence


class Work:
    """Doubles numbers, and notes which it was given together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(numbers))
        self.has_begun.set()
        await self.may_end.wait()
        if 0 in numbers:
            raise ZeroDivisionError
        return [2 * each for each in numbers]


async def give(together: Together[int, int], number: int, *, after: float = 0) -> int:
    with together.coming():
        if after:
            await asyncio.sleep(after)
        return await together.do(number)


async def test_whoever_comes_at_the_same_time_is_done_together_and_gets_its_own_outcome() -> None:
    work = Work()
    together = Together(work, most=10)
    assert await asyncio.gather(*(give(together, each) for each in (1, 2, 3))) == [2, 4, 6]
    assert work.groups == [[1, 2, 3]]


async def test_waits_for_whoever_is_on_the_way_and_no_longer_than_allowed() -> None:
    work = Work()
    together = Together(work, most=10, patience=10)
    assert list(await asyncio.gather(give(together, 1), give(together, 2, after=0.02))) == [2, 4]
    assert work.groups == [[1, 2]]

    hasty = Together(work, most=10, patience=0.01)
    late = asyncio.create_task(give(hasty, 4, after=30))
    await asyncio.sleep(0)
    assert await give(hasty, 3) == 6
    late.cancel()
    assert work.groups[1:] == [[3]]


async def test_who_turns_out_not_to_come_is_waited_for_no_more() -> None:
    together = Together(Work(), most=10, patience=30)

    async def refuse() -> None:
        with together.coming():
            await asyncio.sleep(0.01)

    async with asyncio.timeout(10):
        assert (await asyncio.gather(refuse(), give(together, 1)))[1] == 2


async def test_who_does_something_else_meanwhile_is_not_waited_for() -> None:
    together = Together(Work(), most=10, patience=30)
    may_end = asyncio.Event()

    async def be_busy() -> None:
        with together.coming(), together.aside():
            await may_end.wait()

    busy = asyncio.create_task(be_busy())
    async with asyncio.timeout(10):
        assert await give(together, 1) == 2
    may_end.set()
    await busy
    assert await give(together, 2) == 4


async def test_never_takes_more_than_the_most_at_a_time() -> None:
    work = Work()
    together = Together(work, most=2)
    assert await asyncio.gather(*(give(together, each) for each in range(1, 6))) == [2, 4, 6, 8, 10]
    assert sorted(map(len, work.groups)) == [1, 2, 2]


async def test_who_comes_while_others_are_done_is_done_with_whoever_comes_then() -> None:
    work = Work()
    work.may_end.clear()
    together = Together(work, most=10, patience=30)
    first = asyncio.create_task(give(together, 1))
    await work.has_begun.wait()
    others = [asyncio.create_task(give(together, each)) for each in (2, 3)]
    await asyncio.sleep(0.01)
    assert work.groups == [[1]]
    work.may_end.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert work.groups == [[1], [2, 3]]


async def test_everybody_hears_what_failed() -> None:
    together = Together(Work(), most=10)
    outcomes = await asyncio.gather(
        *(give(together, each) for each in (0, 1)), return_exceptions=True
    )
    assert [type(each) for each in outcomes] == [ZeroDivisionError, ZeroDivisionError]
    assert await give(together, 3) == 6


async def test_everybody_hears_that_work_returned_another_number_of_outcomes() -> None:
    outcomes = [[1], [1, 2, 3], [1, 2]]

    async def work(_: Sequence[int]) -> Sequence[int]:
        return outcomes.pop(0)

    together = Together(work, most=10)
    for found in (1, 3):
        async with asyncio.timeout(10):
            heard = await asyncio.gather(
                *(give(together, each) for each in (5, 6)), return_exceptions=True
            )
        expected = f"expected 2 outcomes of the work, found {found}"
        assert [repr(each) for each in heard] == 2 * [repr(ValueError(expected))]
    assert await asyncio.gather(*(give(together, each) for each in (5, 6))) == [1, 2]


async def test_one_that_is_cancelled_spoils_nothing_for_the_others() -> None:
    work = Work()
    work.may_end.clear()
    together = Together(work, most=10)
    tasks = [asyncio.create_task(give(together, each)) for each in (1, 2)]
    await work.has_begun.wait()
    tasks[0].cancel()
    work.may_end.set()
    assert await tasks[1] == 4
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
