"""When something is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.retrying import RetryPolicy, decide_delay
from swb.services.faults import ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT, decide_rest
from swb_schemas.errors import RefusedError

SECOND = timedelta(seconds=1)
STEADY = RetryPolicy(
    first_delay=SECOND, factor=2, ceiling=60 * SECOND, max_attempts=10, jitter_share=0
)

POLICIES = st.builds(
    RetryPolicy,
    first_delay=st.timedeltas(min_value=timedelta(milliseconds=1), max_value=SECOND),
    factor=st.floats(min_value=1, max_value=10),
    ceiling=st.timedeltas(min_value=SECOND, max_value=timedelta(days=1)),
    max_attempts=st.integers(min_value=1, max_value=5000),
    jitter_share=st.floats(min_value=0, max_value=1),
)
JITTERS = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (9, 60)]
)
def test_the_delay_grows_up_to_the_ceiling(attempts: int, seconds: int) -> None:
    assert decide_delay(attempts, jitter=0, policy=STEADY) == seconds * SECOND


@pytest.mark.parametrize(
    ("attempts", "jitter", "seconds"),
    [(1, 0, 1), (1, 0.5, 0.75), (10, 0, 512), (11, 0, 600), (49, 0, 600), (50, 0, None)],
)
def test_who_says_nothing_is_tried_for_eight_hours(
    attempts: int, jitter: float, seconds: float | None
) -> None:
    """From a second up to ten minutes, half of it left to chance, fifty times."""
    delay = decide_delay(attempts, jitter=jitter, policy=RetryPolicy())
    assert delay == (None if seconds is None else seconds * SECOND)


def test_a_policy_may_be_as_impatient_as_can_be() -> None:
    once = RetryPolicy(first_delay=SECOND, ceiling=SECOND, factor=1, max_attempts=1, jitter_share=1)
    assert decide_delay(1, jitter=0, policy=once) is None
    assert decide_delay(3, jitter=0.25, policy=replace(once, max_attempts=4)) == 0.75 * SECOND


def test_a_delay_that_no_number_can_hold_is_the_ceiling() -> None:
    patient = replace(STEADY, factor=10, max_attempts=10_000)
    assert decide_delay(5_000, jitter=0, policy=patient) == 60 * SECOND


def test_gives_up_after_the_last_attempt() -> None:
    assert decide_delay(9, jitter=0, policy=STEADY) is not None
    assert decide_delay(10, jitter=0, policy=STEADY) is None
    assert decide_delay(11, jitter=0, policy=STEADY) is None


@given(attempts=st.integers(min_value=1, max_value=5000), jitter=JITTERS, policy=POLICIES)
def test_chance_takes_away_no_more_than_its_share(
    attempts: int, jitter: float, policy: RetryPolicy
) -> None:
    delay = decide_delay(attempts, jitter=jitter, policy=policy)
    if attempts >= policy.max_attempts:
        assert delay is None
        return
    assert delay is not None
    full = decide_delay(attempts, jitter=0, policy=policy)
    assert full is not None
    assert timedelta(0) <= delay <= full <= policy.ceiling
    least = full.total_seconds() * (1 - policy.jitter_share)
    assert delay.total_seconds() >= least - 1e-5


@pytest.mark.parametrize(
    ("attempts", "code", "rests"),
    [
        (ATTEMPTS_WITH_FAULTS - 1, INTERNAL_FAULT, True),
        (ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT, False),
        (ATTEMPTS_WITH_FAULTS, "national.unavailable", True),
        (STEADY.max_attempts, "national.unavailable", False),
    ],
)
def test_a_fault_of_ours_has_fewer_attempts(attempts: int, code: str, *, rests: bool) -> None:
    assert (decide_rest(attempts, code, jitter=0, policy=STEADY) is not None) is rests


@given(jitter=JITTERS, policy=POLICIES)
def test_patience_never_shrinks(jitter: float, policy: RetryPolicy) -> None:
    delays = [decide_delay(attempts, jitter=jitter, policy=policy) for attempts in range(1, 20)]
    kept = [delay for delay in delays if delay is not None]
    assert kept == sorted(kept)


@pytest.mark.parametrize(
    ("attempts", "jitter"), [(0, 0.5), (-1, 0.5), (1, 1.0), (1, -0.1), (1, float("nan"))]
)
def test_refuses_impossible_arguments(attempts: int, jitter: float) -> None:
    with pytest.raises(RefusedError, match=r"retry\.argument"):
        decide_delay(attempts, jitter=jitter, policy=STEADY)


@pytest.mark.parametrize(
    "values",
    [
        {"first_delay": timedelta(0)},
        {"first_delay": 2 * SECOND, "ceiling": SECOND},
        {"factor": 0.5},
        {"max_attempts": 0},
        {"jitter_share": 1.5},
        {"jitter_share": -0.5},
    ],
    ids=str,
)
def test_refuses_an_impossible_policy(values: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=r"retry\.policy"):
        RetryPolicy(**values)
