"""When a destination counts as down, when it is probed, and what brings it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.breaking import (
    CLOSED,
    Breaker,
    BreakPolicy,
    fail_probe,
    hear_from,
    record_failure,
    record_success,
)

POLICY = BreakPolicy.within(first_delay=timedelta(seconds=1), ceiling=timedelta(seconds=30))


def fail(
    breaker: Breaker,
    subject: str = "a message",
    *,
    now: float = 0,
    surely: bool = False,
    jitter: float = 0,
) -> Breaker:
    return record_failure(
        breaker,
        now=now,
        jitter=jitter,
        policy=POLICY,
        code="a.code",
        subject=subject,
        surely=surely,
    )


def probe(breaker: Breaker, *, now: float, jitter: float = 0) -> Breaker:
    return fail_probe(breaker, now=now, jitter=jitter, policy=POLICY, code="a.code")


@pytest.mark.parametrize(
    ("failures", "is_open"),
    [
        ("S", True),
        ("a", False),
        ("ab", False),
        ("abc", True),
        ("aaaaaa", False),
        ("aabbaab", False),
        ("aS", True),
        ("ab+c", False),
        ("ab+abc", True),
    ],
    ids=[
        "sure",
        "unclear",
        "two messages",
        "three messages",
        "always the same message",
        "always the same two",
        "then sure",
        "with success",
        "again",
    ],
)
def test_a_destination_is_down_when_it_is_sure_or_happens_to_several(
    failures: str, is_open: bool
) -> None:
    breaker = CLOSED
    for each in failures:
        if each == "+":
            breaker = record_success(breaker, now=0, policy=POLICY)
        else:
            breaker = fail(breaker, each, surely=each == "S")
    assert breaker.is_open is is_open


def test_probes_are_further_and_further_apart_up_to_the_ceiling() -> None:
    breaker, now, waits = fail(CLOSED, surely=True), 0.0, []
    for _ in range(8):
        waits.append(breaker.probe_at - now)
        assert not breaker.is_probe_due(breaker.probe_at - 0.001)
        assert breaker.is_probe_due(breaker.probe_at)
        now = breaker.probe_at
        breaker = probe(breaker, now=now)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_unless_told_otherwise_it_opens_at_three_messages_and_rests_half_a_minute() -> None:
    breaker, opened = CLOSED, []
    for subject in "abc":
        breaker = record_failure(
            breaker,
            now=0,
            jitter=0,
            policy=BreakPolicy(),
            code="a.code",
            subject=subject,
            surely=False,
        )
        opened.append(breaker.is_open)
    assert opened == [False, False, True]
    waits = []
    for _ in range(6):
        waits.append(breaker.probe_at - breaker.failed_at)
        breaker = fail_probe(
            breaker, now=breaker.probe_at, jitter=0, policy=BreakPolicy(), code="a.code"
        )
    assert waits == [1, 2, 4, 8, 16, 30]


def test_a_closed_one_is_never_probed() -> None:
    assert not CLOSED.is_probe_due(1e9)


def test_chance_spreads_the_probes() -> None:
    assert fail(CLOSED, surely=True, jitter=0.5).probe_at == 0.75


def test_what_was_on_the_way_when_it_opened_changes_nothing() -> None:
    down = fail(CLOSED, surely=True)
    assert fail(down, now=5, surely=True) == down
    assert fail(down, now=5) == down


def test_a_sign_of_life_brings_the_probe_forward_and_is_no_flood() -> None:
    down = fail(CLOSED, surely=True)
    for now in (1, 3, 7, 15):
        down = probe(down, now=now)
    assert down.probe_at == 31
    assert hear_from(down, now=20, policy=POLICY).probe_at == 20
    assert hear_from(down, now=15.5, policy=POLICY).probe_at == 16, "not at once after a failure"
    assert hear_from(down, now=40, policy=POLICY).probe_at == 31
    assert hear_from(CLOSED, now=40, policy=POLICY) == CLOSED


def test_a_late_success_is_a_sign_of_life_and_no_more() -> None:
    down = probe(fail(CLOSED, surely=True), now=1)
    heard = record_success(down, now=2.5, policy=POLICY)
    assert heard.is_open
    assert heard.probe_at == 2.5


@given(st.lists(st.tuples(st.sampled_from("supoh"), st.floats(0, 100)), max_size=60))
def test_whatever_happens_a_probe_is_never_further_away_than_the_ceiling(
    steps: list[tuple[str, float]],
) -> None:
    breaker, now = CLOSED, 0.0
    for step, passed in steps:
        now += passed
        if step in "su":
            breaker = fail(breaker, now=now, surely=step == "s", jitter=0.3)
        elif step == "p" and breaker.is_probe_due(now):
            breaker = probe(breaker, now=now, jitter=0.3)
        elif step == "o":
            breaker = record_success(breaker, now=now, policy=POLICY)
        elif step == "h":
            breaker = hear_from(breaker, now=now, policy=POLICY)
        assert breaker.probe_at <= now + 30 or not breaker.is_open
