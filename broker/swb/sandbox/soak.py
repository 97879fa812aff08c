"""The soak: the road at a share of its capacity for a long time; what grows that should not.

Memory of each process is sampled all the while, and a straight line is laid through it: its slope
with the confidence that the samples allow. Latency is told minute by minute.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from math import sqrt
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Final

from swb.app.provision import open_rabbitmq
from swb.clock import SystemClock
from swb.sandbox.measuring import percentile
from swb.sandbox.region import lay_out_region
from swb.sandbox.road import EXPORTING, IMPORTING, Payloads, open_road

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from swb.sandbox.measuring import Measurement
    from swb.sandbox.processes import Child
    from swb.sandbox.road import Road

__all__ = ["Memory", "Soak", "Window", "fit_line", "run_soak", "split_steps"]

_SEED: Final = 1
_TRIAL: Final = 160
_PATIENCE: Final = 120.0
"""Seconds that a window may take beside its own length."""
_SAMPLES_A_WINDOW: Final = 12
_SETTLED: Final = 0.25
"""Share of the samples that belongs to the start: allocators and caches fill up to their size."""
_TWO_SIDED_95: Final = 1.96
_MEGABYTE: Final = 1_048_576
_STATM_RESIDENT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One piece of the time.

    Attributes:
        documents: How many were sent in it.
        median: Seconds from the door to the receipt.
        p95: The same that 95 of 100 stay below.
    """

    documents: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What one process held resident.

    Attributes:
        first: Megabytes, mean of the samples right after the start.
        last: Megabytes, mean of the last samples.
        slope: Megabytes an hour, after the start.
        margin: By how much the slope may be off, at 95 % confidence.
        samples: How many samples the slope rests on.
        steps: How often it rose by a quarter of a megabyte or more from one sample to the next:
            the memory of another arena, which Python takes whole.
        stepped: Megabytes that these steps came to.
        creep: Megabytes an hour, without the steps.
    """

    first: float
    last: float
    slope: float
    margin: float
    samples: int
    steps: int
    stepped: float
    creep: float


@dataclass(slots=True, kw_only=True)
class Soak:
    """The result.

    Attributes:
        minutes: How long.
        share: Of the capacity.
        capacity: Documents a second, as fast as it goes.
        rate: Documents a second that were sent.
        windows: Latency over time.
        memory: By process.
    """

    minutes: float
    share: float
    capacity: float
    rate: float
    windows: list[Window] = field(default_factory=list)
    memory: Mapping[str, Memory] = field(default_factory=dict)

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        return {
            "minutes": self.minutes,
            "share": self.share,
            "capacity_documents_per_second": round(self.capacity, 2),
            "documents_per_second": round(self.rate, 2),
            "documents": sum(window.documents for window in self.windows),
            "windows": [
                {
                    "documents": window.documents,
                    "median_seconds": round(window.median, 5),
                    "p95_seconds": round(window.p95, 5),
                }
                for window in self.windows
            ],
            "memory_megabytes": {
                name: {key: round(number, 3) for key, number in asdict(memory).items()}
                for name, memory in self.memory.items()
            },
        }


async def run_soak(
    folder: Path,
    *,
    minutes: float,
    share: float,
    items: int,
    amqp_url: str | None,
    window: float = 60.0,
    trial: int = _TRIAL,
    tell: Callable[[str], None] = lambda _: None,
) -> Soak:
    """Measure capacity, then send at a share of it.

    Args:
        folder: Empty.
        minutes: How long.
        share: Of the capacity.
        items: Lines of each certificate.
        amqp_url: RabbitMQ with the vhosts of both states; None starts a private node.
        window: Seconds of each piece of the time.
        trial: Documents by which capacity is measured, after a quarter as many to warm up.
        tell: Called with what happens, for people.

    Raises:
        UnavailableError: ``bench.*``, ``rabbitmq.*``, ``transport.*``, ``store.*``.
    """
    states = (EXPORTING, IMPORTING)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_rabbitmq(amqp_url, states))
        region = await lay_out_region(
            folder / "region",
            states=states,
            at=SystemClock().now(),
            amqp_url=url,
            answers=False,
            log=False,
        )
        payloads = Payloads(region, items=items, seed=_SEED)
        road = await stack.enter_async_context(open_road(region, payloads, folder))
        await road.send(max(1, trial // 4), give_up_after=_PATIENCE)
        full = await road.send(trial, give_up_after=_PATIENCE)
        rate = full.documents_per_second * share
        soak = Soak(minutes=minutes, share=share, capacity=full.documents_per_second, rate=rate)
        samples: dict[str, list[tuple[float, float]]] = {}
        sampling = asyncio.create_task(
            _sample(road.children, samples, every=window / _SAMPLES_A_WINDOW)
        )
        try:
            for number in range(max(1, round(minutes * 60 / window))):
                measured = await _send(road, rate, window)
                soak.windows.append(_window_of(measured))
                tell(f"{number + 1}: {_tell_window(soak.windows[-1])}")
        finally:
            sampling.cancel()
            await asyncio.gather(sampling, return_exceptions=True)
        soak.memory = {name: _memory_of(found) for name, found in samples.items()}
    return soak


async def _send(road: Road, rate: float, window: float) -> Measurement:
    documents = max(1, round(rate * window))
    return await road.send(documents, rate=rate, give_up_after=window + _PATIENCE)


def _window_of(measured: Measurement) -> Window:
    return Window(
        documents=measured.documents,
        median=percentile(measured.latencies, 50),
        p95=percentile(measured.latencies, 95),
    )


def _tell_window(window: Window) -> str:
    return (
        f"{window.documents} documents, median {window.median * 1000:.1f} ms, "
        f"p95 {window.p95 * 1000:.1f} ms"
    )


async def _sample(
    children: Sequence[Child], samples: dict[str, list[tuple[float, float]]], *, every: float
) -> None:
    """Note what every process holds, until cancelled."""
    begun = time.monotonic()
    while True:
        for child in children:
            held = _read_resident(child.pid)
            if held is not None:
                at = time.monotonic() - begun
                samples.setdefault(child.name, []).append((at, held / _MEGABYTE))
        await asyncio.sleep(every)


def _read_resident(pid: int) -> int | None:
    """Read the octets that a process holds resident; None where the system cannot tell."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()
    except OSError:
        return None
    return int(fields[_STATM_RESIDENT]) * 4096


def _memory_of(samples: Sequence[tuple[float, float]]) -> Memory:
    settled = samples[int(len(samples) * _SETTLED) :]
    slope, margin = fit_line(settled)
    edge = max(1, len(settled) // 10)
    steps, level = split_steps(settled)
    creep, _ = fit_line(level)
    return Memory(
        first=fmean(held for _, held in settled[:edge]),
        last=fmean(held for _, held in settled[-edge:]),
        slope=slope * 3600,
        margin=margin * 3600,
        samples=len(settled),
        steps=len(steps),
        stepped=sum(steps),
        creep=creep * 3600,
    )


def split_steps(
    points: Sequence[tuple[float, float]], *, least: float = 0.25
) -> tuple[list[float], list[tuple[float, float]]]:
    """Tell steps from what lies between them.

    A straight line through one step and two levels has a slope and a small margin, although
    nothing grows.

    Args:
        points: (moment, height).
        least: From which rise between two points on it is a step.

    Returns:
        The steps, and the points with the steps taken out.
    """
    steps: list[float] = []
    level: list[tuple[float, float]] = []
    before = points[0][1] if points else 0.0
    for moment, height in points:
        if height - before >= least:
            steps.append(height - before)
        before = height
        level.append((moment, height - sum(steps)))
    return steps, level


def fit_line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Lay a straight line through points by least squares.

    Returns:
        Its slope, and by how much it may be off at 95 % confidence; nothing is said of less than
        three points: 0 and infinity.
    """
    least = 3
    if len(points) < least:
        return 0.0, float("inf")
    middle = fmean(x for x, _ in points)
    height = fmean(y for _, y in points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - height) for x, y in points) / spread
    rest = sum((y - height - slope * (x - middle)) ** 2 for x, y in points)
    return slope, _TWO_SIDED_95 * sqrt(rest / (len(points) - 2) / spread)
