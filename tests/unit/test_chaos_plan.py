"""The plan of a chaos run: the same from the same seed, and nothing left out."""

from __future__ import annotations

import pytest

from swb.sandbox.chaos.plan import Kind, Scale, draw_plan

SCALE = Scale(
    gateways=["gateway-TH", "gateway-VN"],
    routers=["router", "router-2"],
    authorities=["authority-TH"],
    nodes=3,
    postgresql=True,
    lines=["gateway-TH", "router"],
    stores=["gateway-TH", "router"],
)
SEEDS = range(1, 8)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_always_draws_the_same_plan(seed: int) -> None:
    assert draw_plan(seed, strikes=30, scale=SCALE) == draw_plan(seed, strikes=30, scale=SCALE)


def test_two_seeds_draw_two_plans() -> None:
    assert draw_plan(1, strikes=30, scale=SCALE) != draw_plan(2, strikes=30, scale=SCALE)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_kind_strikes_somebody_who_is_there_before_the_end(seed: int) -> None:
    plan = draw_plan(seed, strikes=0, scale=SCALE)
    assert {strike.kind for strike in plan} == set(Kind)
    assert len(draw_plan(seed, strikes=30, scale=SCALE)) == 30
    for strike in plan:
        assert strike.target in SCALE.find_targets(strike.kind)
        assert 0 < strike.at < 0.9
        assert strike.lasts_for >= 0
        assert bool(strike.step) == (strike.kind is Kind.CLOCK_STEP)
    assert [strike.at for strike in plan] == sorted(strike.at for strike in plan)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_struck_by_everything_before_anybody_is_struck_twice(seed: int) -> None:
    everything = {(kind, target) for kind in Kind for target in SCALE.find_targets(kind)}
    plan = draw_plan(seed, strikes=len(everything), scale=SCALE)
    assert {(strike.kind, strike.target) for strike in plan} == everything


def test_what_is_not_there_is_not_struck() -> None:
    small = Scale(
        gateways=["gateway-TH"], routers=["router"], authorities=[], nodes=1, postgresql=False
    )
    kinds = {strike.kind for strike in draw_plan(1, strikes=60, scale=small, clocks=False)}
    assert kinds == set(Kind) - {
        Kind.KILL_AUTHORITY,
        Kind.KILL_POSTGRESQL,
        Kind.CUT_LINE,
        Kind.CUT_STORE,
        Kind.CLOCK_STEP,
    }
