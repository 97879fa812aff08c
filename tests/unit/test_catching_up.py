"""What a backlog gets beside the traffic of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from swb.core.catching_up import CatchUpPolicy, count_places, decide_rest
from swb_schemas.errors import RefusedError


@pytest.mark.parametrize(
    ("places", "share", "expected"),
    [(64, 0.5, 32), (64, 1, 64), (10, 0.25, 2), (1, 0.5, 1), (3, 0.1, 1)],
)
def test_old_messages_take_their_share_of_the_places(
    places: int, share: float, expected: int
) -> None:
    assert count_places(places, CatchUpPolicy(share=share)) == expected


@pytest.mark.parametrize(
    ("worked", "share", "among", "expected"),
    [
        (2, 0.5, 1, 2),
        (2, 1, 1, 0),
        (2, 0.2, 1, 8),
        (2, 0.5, 2, 6),
        (2, 1, 4, 6),
        (0, 0.5, 1, 0),
        (-1, 0.5, 1, 0),
        (2, 0.5, 0, 2),
    ],
    ids=[
        "half",
        "everything",
        "a fifth",
        "two share a half",
        "four share everything",
        "no time",
        "a clock that went back",
        "nobody else",
    ],
)
def test_who_worked_on_them_rests_so_that_it_is_no_more_than_the_share(
    worked: float, share: float, among: int, expected: float
) -> None:
    policy = CatchUpPolicy(share=share)
    rest = decide_rest(worked, among=among, policy=policy)
    assert rest == pytest.approx(expected)
    if worked > 0:
        assert worked / (worked + rest) == pytest.approx(share / max(1, among))


@pytest.mark.parametrize(
    ("share", "seconds"), [(0, 1), (-0.5, 1), (1.1, 1), (0.5, 0), (float("nan"), 1)]
)
def test_refuses_a_share_that_is_none(share: float, seconds: float) -> None:
    with pytest.raises(RefusedError) as refused:
        CatchUpPolicy(share=share, after=timedelta(seconds=seconds))
    assert refused.value.code == "retry.policy"


def test_unless_told_otherwise_what_is_half_a_minute_late_gets_half() -> None:
    assert count_places(64, CatchUpPolicy()) == 32
    assert CatchUpPolicy().after == timedelta(seconds=30)
    assert decide_rest(2, among=1, policy=CatchUpPolicy()) == 2
