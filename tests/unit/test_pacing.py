"""Steps repeat, rest, wake, outlive failures and end when they are asked to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from swb.services.pacing import Pace
from swb_schemas.errors import RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class Step:
    """Does what it is told, once each."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0
        self.called = asyncio.Condition()

    async def __call__(self) -> int:
        async with self.called:
            self.calls += 1
            self.called.notify_all()
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def reach(self, calls: int) -> None:
        async with asyncio.timeout(5), self.called:
            await self.called.wait_for(lambda: self.calls >= calls)


@asynccontextmanager
async def running(pace: Pace) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(pace.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def pace_of(step: Step, *, rest_for: float = 60, rest_after_failure: float = 0.01) -> Pace:
    return Pace("test", step, rest_for=rest_for, rest_after_failure=rest_after_failure, apart=0)


async def test_repeats_without_rest_while_there_is_work() -> None:
    step = Step(3, 1, 2, 0)
    async with running(pace_of(step)):
        await step.reach(4)
        await asyncio.sleep(0.02)
    assert step.calls == 4


async def test_rests_until_it_is_time() -> None:
    step = Step()
    async with running(pace_of(step, rest_for=0.01)):
        await step.reach(5)


async def test_a_wake_ends_the_rest() -> None:
    step = Step()
    pace = pace_of(step)
    async with running(pace):
        for calls in range(1, 5):
            await step.reach(calls)
            await asyncio.sleep(0)
            pace.wake()
        await step.reach(5)


async def test_a_wake_during_the_step_is_not_lost() -> None:
    calls = 0

    async def step() -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            pace.wake()
        return 0

    pace = Pace("test", step, rest_for=60, apart=0)
    task = asyncio.create_task(pace.run())
    await asyncio.sleep(0.05)
    task.cancel()
    assert calls == 2


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (UnavailableError("store.unavailable", "x"), "store.unavailable"),
        (RefusedError("store.unknown", "x"), "store.unknown"),
        (KeyError("nobody foresaw it"), "internal.fault"),
        (ExceptionGroup("several", [ValueError("a"), OSError("b")]), "internal.fault"),
    ],
)
async def test_goes_on_after_any_failure_and_says_how_it_stands(
    failure: Exception, code: str
) -> None:
    step = Step(failure, failure, 0)
    pace = pace_of(step, rest_for=0.01)
    await pace.check()
    async with running(pace):
        await step.reach(2)
        await asyncio.sleep(0)
        with pytest.raises(SwbError) as told:
            await pace.check()
        assert told.value.code == code
        await step.reach(4)
        await pace.check()


async def test_rests_after_a_failure() -> None:
    step = Step(*(KeyError() for _ in range(1000)))
    async with running(pace_of(step, rest_after_failure=0.02)):
        await asyncio.sleep(0.1)
    assert step.calls <= 6


async def test_asked_to_stop_it_finishes_its_step_first() -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def step() -> int:
        begun.set()
        await go_on.wait()
        done.append(True)
        return 1

    pace = Pace("test", step, rest_for=60)
    task = asyncio.create_task(pace.run())
    await begun.wait()
    pace.stop()
    await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    async with asyncio.timeout(5):
        await task
    assert done == [True], "and begins no other"


@pytest.mark.parametrize("outcome", [0, UnavailableError("store.unavailable", "x")])
async def test_asked_to_stop_it_does_not_rest_any_longer(outcome: int | Exception) -> None:
    step = Step(outcome)
    pace = pace_of(step, rest_after_failure=60)
    task = asyncio.create_task(pace.run())
    await step.reach(1)
    await asyncio.sleep(0.01)
    pace.stop()
    async with asyncio.timeout(5):
        await task
    assert step.calls == 1


async def test_a_cancelled_step_is_cancelled() -> None:
    step = Step()
    task = asyncio.create_task(pace_of(step).run())
    await step.reach(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_steps_are_apart_however_often_it_is_woken() -> None:
    step = Step(*([1] * 100))
    pace = Pace("test", step, rest_for=60, apart=0.2)
    async with running(pace):
        for _ in range(50):
            pace.wake()
            await asyncio.sleep(0.001)
        assert step.calls == 1, "the first one begins at once"
        await step.reach(2)


async def test_what_is_woken_in_its_rest_begins_no_sooner() -> None:
    step = Step()
    pace = Pace("test", step, rest_for=60, apart=0.2)
    async with running(pace):
        await step.reach(1)
        await asyncio.sleep(0)
        pace.wake()
        await asyncio.sleep(0.02)
        assert step.calls == 1
        await step.reach(2)


@pytest.mark.parametrize("ask", [Pace.stop, Pace.finish])
async def test_asked_to_end_it_waits_for_no_distance(ask: Callable[[Pace], None]) -> None:
    step = Step(1, 1)
    pace = Pace("test", step, rest_for=60, apart=60)
    task = asyncio.create_task(pace.run())
    await step.reach(1)
    ask(pace)
    async with asyncio.timeout(5):
        await task
    assert step.calls == (1 if ask is Pace.stop else 3), "while it finishes, it does what is due"
