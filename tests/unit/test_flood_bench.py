"""How pairs of runs become one judgement."""

from __future__ import annotations

import pytest

from swb.sandbox.bench.flood import FloodBench, FloodRun
from swb.sandbox.measuring import Measurement


def run(rate: float, latency: float, *, attempted: float = 40) -> FloodRun:
    others = Measurement(documents=10, seconds=10 / rate, latencies=[latency] * 10)
    return FloodRun(others=others, attempted=attempted, offered=5, told_to_wait=350, relayed=4)


def bench(*pairs: tuple[tuple[float, float], tuple[float, float]]) -> FloodBench:
    return FloodBench(
        quota=4,
        rate=6,
        seconds=10,
        within=[run(*calm) for calm, _ in pairs],
        beyond=[run(*flood) for _, flood in pairs],
    )


@pytest.mark.parametrize(
    ("flood", "held"),
    [
        ((6.0, 0.10), True),
        ((4.9, 0.11), True),
        ((4.7, 0.10), False),
        ((6.0, 0.121), False),
        ((9.0, 0.01), True),
    ],
    ids=["the same", "a little worse", "slower", "later", "better"],
)
def test_the_others_may_be_worse_off_by_less_than_a_fifth(
    flood: tuple[float, float], held: bool
) -> None:
    assert bench(((6.0, 0.10), flood)).is_held is held


def test_nothing_is_held_where_nobody_flooded() -> None:
    calm = run(6, 0.1)
    for attempted, held in ((40, True), (32, True), (31, False), (0, False)):
        flood = run(6, 0.1, attempted=attempted)
        result = FloodBench(
            quota=4, rate=6, seconds=10, within=[calm] * 2, beyond=[run(6, 0.1), flood]
        )
        assert (result.is_flooded, result.is_held) == (held, held)


def test_one_bad_pair_of_seven_decides_nothing() -> None:
    good = ((6.0, 0.1), (6.0, 0.1))
    result = bench(*[good] * 6, ((6.0, 0.1), (1.0, 9.0)))
    assert result.is_held
    assert (result.rate_ratio, result.latency_ratio(99)) == pytest.approx((1, 1))


def test_each_run_is_compared_with_its_own_pair() -> None:
    """On a machine that grows slower both sides of a pair are slow."""
    result = bench(((6.0, 0.1), (6.0, 0.1)), ((3.0, 0.4), (3.0, 0.4)), ((1.0, 2.0), (1.0, 2.0)))
    assert result.rate_ratio == pytest.approx(1)
    assert result.latency_ratio(50) == pytest.approx(1)
