"""The clock: a daemon believes none that was set under it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from swb.clock import SystemClock
from swb_schemas.errors import UnavailableError

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALLOWED = timedelta(seconds=150)


class Machine:
    """A wall clock that can be set, and seconds that pass."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.set_by = timedelta()

    def wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self.passed) + self.set_by

    def steady(self) -> float:
        return 4711.0 + self.passed


@pytest.fixture
def machine() -> Machine:
    return Machine()


def clock_of(machine: Machine, may_step: timedelta | None = ALLOWED) -> SystemClock:
    return SystemClock(may_step=may_step, wall=machine.wall, steady=machine.steady)


@pytest.mark.parametrize("seconds", [-86_400, -151, 151, 86_400])
def test_gives_no_time_once_it_was_set_by_too_much_until_it_is_right_again(
    machine: Machine, seconds: int
) -> None:
    clock = clock_of(machine)
    machine.passed = 3600
    machine.set_by = timedelta(seconds=seconds)
    with pytest.raises(UnavailableError, match=re.escape(f"set by {seconds:+d} s")) as caught:
        clock.now()
    assert caught.value.code == "clock.stepped"
    machine.set_by = timedelta()
    assert clock.now() == BEGIN + timedelta(hours=1)


@pytest.mark.parametrize("seconds", [-150, -1, 0, 1, 150])
def test_follows_a_clock_that_was_set_by_little(machine: Machine, seconds: int) -> None:
    clock = clock_of(machine)
    machine.passed = 86_400 * 400
    machine.set_by = timedelta(seconds=seconds)
    assert clock.now() == BEGIN + timedelta(days=400, seconds=seconds)


def test_a_start_says_that_the_clock_is_right(machine: Machine) -> None:
    machine.set_by = timedelta(days=1)
    assert clock_of(machine).now() == BEGIN + timedelta(days=1)


def test_commands_ask_for_the_time_as_it_is(machine: Machine) -> None:
    clock = clock_of(machine, may_step=None)
    machine.set_by = timedelta(days=1)
    assert clock.now() == BEGIN + timedelta(days=1)
