"""``swb bench soak``: what grows over time is seen, and what does not is not."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.soak import fit_line, run_soak, split_steps
from tests.acceptance.test_crashes import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode


async def test_tells_latency_and_memory_of_every_process(
    rabbitmq_node: PrivateNode, tmp_path: Path
) -> None:
    url = await prepare(rabbitmq_node)
    soak = await run_soak(
        tmp_path, minutes=0.05, share=0.25, items=1, amqp_url=url, window=1.5, trial=24
    )
    assert len(soak.windows) == 2
    assert soak.rate == pytest.approx(soak.capacity / 4)
    for window in soak.windows:
        assert 0 < window.median <= window.p95
        assert window.documents == max(1, round(soak.rate * 1.5))
    assert set(soak.memory) == {"router", "gateway TH", "gateway VN"}
    for memory in soak.memory.values():
        assert memory.first > 10
        assert memory.samples > 5


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_a_slope_is_told_apart_from_noise(slope: float) -> None:
    random = Random(1)  # noqa: S311 - noise
    points = [(float(x), 100 + slope * x + random.gauss(0, 2)) for x in range(200)]
    found, margin = fit_line(points)
    assert abs(found - slope) < margin
    assert margin < 0.01


def test_two_points_say_nothing() -> None:
    assert fit_line([(0.0, 1.0), (1.0, 9.0)]) == (0.0, float("inf"))


def test_one_step_is_no_growth_and_growth_is_no_step() -> None:
    still = [(float(x), 100.0 if x < 50 else 101.8) for x in range(200)]
    steps, level = split_steps(still)
    assert steps == [pytest.approx(1.8)]
    assert fit_line(level)[0] == pytest.approx(0)
    assert fit_line(still)[0] > 0.005  # which a straight line alone would call growth

    growing = [(float(x), 100 + 0.1 * x) for x in range(200)]
    steps, level = split_steps(growing)
    assert steps == []
    assert fit_line(level)[0] == pytest.approx(0.1)
