"""How measurements of growth become ratios and targets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

import pytest

from swb.cli.bench_growth import describe_growth
from swb.sandbox.bench.growth import GrowthBench, GrowthPlan
from swb.sandbox.bench.growth_sizes import Size
from swb.sandbox.bench.growth_store import Stored
from swb.sandbox.measuring import Measurement
from swb.sandbox.soak import Memory, Soak, Window

STEADY: Final = Memory(
    first=100, last=101, slope=0, margin=1, samples=9, steps=0, stepped=0, creep=0
)


def size(of: int, *rates: float, cpu: float = 0.01) -> Size:
    turns = [
        Measurement(
            documents=10,
            seconds=10 / rate,
            latencies=[1 / rate] * 10,
            cpu={"router": cpu * 4, "gateway TH": cpu * 6, "rabbitmq": 5},
        )
        for rate in rates
    ]
    return Size(of=of, turns=turns)


def stored(empty: Size, full: Size) -> Stored:
    return Stored(kind="sqlite", documents=full.of, fill_seconds=1, empty=empty, full=full)


def bench(**measured: object) -> GrowthBench:
    found = GrowthBench(plan=GrowthPlan())
    for name, value in measured.items():
        setattr(found, name, value)
    return found


def met(found: GrowthBench) -> dict[str, bool]:
    return {each.name: each.is_met for each in found.targets}


def test_a_full_store_is_compared_with_the_empty_one_of_the_same_turn() -> None:
    """On a machine that grows slower both of a turn are slow."""
    each = stored(size(0, 50, 25, 10), size(1000, 45, 22.5, 9))
    assert each.ratio == pytest.approx(0.9)
    assert met(bench(stored=[each])) == {"rate_with_documents_in_sqlite": True}
    slower = stored(size(0, 50, 50, 50), size(1000, 44, 44, 44))
    assert met(bench(stored=[slower])) == {"rate_with_documents_in_sqlite": False}


def test_servers_are_no_work_of_ours() -> None:
    assert size(1, 10, cpu=0.02).own_cpu == pytest.approx(0.02)
    assert size(1, 10, cpu=0.02).cpu["rabbitmq"] == 0.5


@pytest.mark.parametrize(
    ("cpu", "growth"), [(0.1, 1.0), (0.2, 2.0), (0.05, 0.5)], ids=["linear", "grows", "shrinks"]
)
def test_time_by_items_compares_the_largest_with_a_tenth(cpu: float, growth: float) -> None:
    sizes = [size(1, 10, cpu=0.009), size(500, 10, cpu=0.01), size(5000, 1, cpu=cpu)]
    found = bench(items=sizes)
    assert found.growth_by_items == pytest.approx(growth)
    assert met(found) == {"time_by_items": growth <= 1.1}


def test_sizes_that_lie_near_each_other_say_nothing_of_growth() -> None:
    assert bench(items=[size(10, 1), size(50, 1)]).growth_by_items is None


@pytest.mark.parametrize(
    ("memory", "missed"),
    [
        (STEADY, set()),
        (replace(STEADY, last=107), {"memory_growth"}),
        (replace(STEADY, first=199, last=201), {"memory_megabytes"}),
    ],
    ids=["flat", "grows", "much"],
)
def test_memory_is_bounded_and_flat(memory: Memory, missed: set[str]) -> None:
    soak = Soak(minutes=1, share=0.5, capacity=40, rate=20)
    soak.memory = {"router": STEADY, "gateway TH": memory}
    soak.windows = [Window(documents=9, median=each, p95=1) for each in (0.1, 0.5, 0.5, 0.11)]
    verdicts = met(bench(soak=soak))
    assert {name for name, is_met in verdicts.items() if not is_met} == missed
    assert verdicts["latency_growth"]


def test_the_answer_is_json_and_says_what_is_missed() -> None:
    found = bench(
        stored=[stored(size(0, 50), size(1000, 25))],
        items=[size(1, 9)],
        routers=[size(1, 9), size(2, 8)],
        members=[size(11, 9)],
    )
    answer = describe_growth(found)
    value = json.loads(json.dumps(answer.value))
    assert value["store"]["sqlite"]["rate_ratio"] == 0.5
    assert set(value["routers"]) == {"1", "2"}
    assert value["members"]["11"]["documents_per_second"] == 9
    assert value["targets"]["rate_with_documents_in_sqlite"] == {
        "found": 0.5,
        "at_least": 0.9,
        "met": False,
    }
    assert "rate_with_documents_in_sqlite: 0.5, at least 0.9: MISSED" in answer.text
    assert answer.failure is None
