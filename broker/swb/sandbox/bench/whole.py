"""The whole picture: every part one after the other, in one run on one machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.clock import SystemClock
from swb.sandbox.bench.demos import run_demos_bench
from swb.sandbox.bench.growth import GrowthPlan, run_growth_bench
from swb.sandbox.bench.machine import describe_machine
from swb.sandbox.bench.peers.run import check_installed, run_peers_bench
from swb.sandbox.bench.picture import PARTS, Picture, Run
from swb.sandbox.bench.road import describe_road, run_road_bench
from swb.sandbox.bench.start import run_start_bench
from swb.sandbox.bench.steps import run_steps_bench
from swb.sandbox.bench.targets import ITEMS
from swb.sandbox.bench.work import add_up_work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from pathlib import Path

__all__ = ["Extent", "estimate_minutes", "run_bench", "spell_command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured.

    Attributes:
        parts: Names of `PARTS`.
        documents: Form Ds of each measurement of the road.
        items: Sizes of Form Ds, in items.
        runs: How often two sides take turns, in every part.
        evidence: Whether time-stamps and the log are made beside the road's traffic.
        store: ``sqlite`` or ``postgres``, of the road.
        turn_seconds: Of each side of a step; a peer takes twenty times as long.
        demo_documents: Of a demonstration.
        stored: Documents in a full store.
        minutes: Of half load, while memory is watched.
        amqp_url: A RabbitMQ for road and steps; None starts private ones.
    """

    parts: Collection[str] = PARTS
    documents: int = 1000
    items: tuple[int, ...] = (3, 30)
    runs: int = 7
    evidence: bool = True
    store: str = "sqlite"
    turn_seconds: float = 0.1
    demo_documents: int = 200
    stored: int = 1_000_000
    minutes: float = 10.0
    amqp_url: str | None = None


_PEER_TURNS: Final = 20
"""A turn of a peer is so many turns of a step, because it is one figure of many."""
_SHOWN: Final = 34
"""Documents of a demonstration that nobody asked for more of."""
_GROWTH_TURNS: Final = 3
"""Its sizes are many, and each turn of the full ones is long."""
_DEMO_PAIRS: Final = 3
"""Demonstrations take long, and their ratio moves little."""


def estimate_minutes(extent: Extent) -> float:
    """Say about how long it takes on two cores."""
    seconds = {
        "road": 2 * len(extent.items) * extent.runs * (20 + extent.documents / 80),
        "peers": 15 + 2 * extent.runs * _PEER_TURNS * extent.turn_seconds,
        "steps": 20 + (1 + len(extent.items)) * extent.runs * 30 * extent.turn_seconds,
        "start": 2 * extent.runs + 15,
        "demo": 2 * _pairs_of_demos(extent) * (15 + extent.demo_documents / 10),
        "growth": 60 * extent.minutes
        + extent.stored / 2500
        + 16 * _growth_turns(extent) * (10 + extent.documents / 80),
    }
    return sum(seconds.get(part, 0.0) for part in extent.parts) / 60


def spell_command(extent: Extent) -> str:
    """Spell what a person would type for it; a server's address stays out of it."""
    usual = Extent()
    options = {
        "--parts": ("parts", ",".join(each for each in PARTS if each in extent.parts)),
        "--documents": ("documents", str(extent.documents)),
        "--items": ("items", ",".join(map(str, extent.items))),
        "--runs": ("runs", str(extent.runs)),
        "--store": ("store", extent.store),
        "--turn-seconds": ("turn_seconds", f"{extent.turn_seconds:g}"),
        "--demo-documents": ("demo_documents", str(extent.demo_documents)),
        "--stored": ("stored", str(extent.stored)),
        "--minutes": ("minutes", f"{extent.minutes:g}"),
    }
    told = [
        f"{option} {text}"
        for option, (name, text) in options.items()
        if getattr(extent, name) != getattr(usual, name)
    ]
    if not extent.evidence:
        told.append("--no-evidence")
    return " ".join(["swb bench", *told])


async def run_bench(
    folder: Path,
    extent: Extent,
    *,
    tell: Callable[[str], None],
    keep: Callable[[Picture], None] = lambda _: None,
) -> Picture:
    """Measure every part that is asked for, one after the other.

    Args:
        folder: Empty; everything lies there while it is measured.
        extent: What, and how much.
        tell: Called with what is done now, for people.
        keep: Called with the picture so far after each part: the next may fail, an hour later.

    Raises:
        UnavailableError: ``bench.*``, ``rabbitmq.*``, ``transport.*``, ``store.*``;
            ``bench.not_installed`` before anything is measured.
    """
    if "peers" in extent.parts:
        check_installed()  # before the road, which takes long, has been measured in vain
    began_at, begun = SystemClock().now(), time.monotonic()
    picture = Picture(
        machine=describe_machine(),
        run=Run(
            command=spell_command(extent),
            began_at=began_at.isoformat(timespec="seconds"),
            seconds=0,
        ),
    )
    for part in PARTS:
        if part not in extent.parts:
            continue
        place = folder / part
        place.mkdir()
        found = await _MEASURED[part](place, extent, tell)
        seconds = round(time.monotonic() - begun, 1)
        run = picture.run.model_copy(update={"seconds": seconds})
        picture = picture.model_copy(update={**found, "run": run})
        keep(picture)
    return picture


async def _measure_road(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    cases = []
    for items in extent.items:
        for protect in (False, True):
            tell(f"road: {items} items, {'encrypted' if protect else 'clear'}")
            place = folder / f"{items}-{'encrypted' if protect else 'clear'}"
            place.mkdir()
            result = await run_road_bench(
                place,
                documents=extent.documents,
                items=items,
                protect=protect,
                evidence=extent.evidence,
                turns=extent.runs,
                amqp_url=extent.amqp_url,
                store=extent.store,
                tell=tell,
            )
            cases.append(describe_road(result))
    return {"road": tuple(cases)}


async def _measure_peers(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    peers = await run_peers_bench(
        folder,
        items=ITEMS,  # of the road that they are held against
        turns=extent.runs,
        seconds=_PEER_TURNS * extent.turn_seconds,
        tell=tell,
    )
    return {"peers": peers}


async def _measure_steps(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    steps = await run_steps_bench(
        folder,
        items=extent.items,
        turns=extent.runs,
        turn_seconds=extent.turn_seconds,
        amqp_url=extent.amqp_url,
        tell=tell,
    )
    return {"steps": steps, "work": add_up_work(steps)}


async def _measure_start(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    documents = min(extent.demo_documents, _SHOWN)
    start = await run_start_bench(folder, documents=documents, turns=extent.runs, tell=tell)
    return {"start": start}


async def _measure_demo(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    demo = await run_demos_bench(
        folder, documents=extent.demo_documents, turns=_pairs_of_demos(extent), tell=tell
    )
    return {"demo": demo}


async def _measure_growth(
    folder: Path, extent: Extent, tell: Callable[[str], None]
) -> Mapping[str, object]:
    plan = GrowthPlan(
        stored=extent.stored,
        documents=extent.documents,
        turns=_growth_turns(extent),
        minutes=extent.minutes,
    )
    # Its vhosts are those of eleven members, so it has a RabbitMQ of its own.
    growth = await run_growth_bench(folder, plan, amqp_url=None, tell=tell)
    return {"growth": growth.value}


def _growth_turns(extent: Extent) -> int:
    return min(extent.runs, _GROWTH_TURNS)


def _pairs_of_demos(extent: Extent) -> int:
    return min(extent.runs, _DEMO_PAIRS)


_MEASURED: Final[
    Mapping[str, Callable[[Path, Extent, Callable[[str], None]], Awaitable[Mapping[str, object]]]]
] = {
    "road": _measure_road,
    "peers": _measure_peers,
    "steps": _measure_steps,
    "start": _measure_start,
    "demo": _measure_demo,
    "growth": _measure_growth,
}
"""What measures each part: how its figures update the picture."""
