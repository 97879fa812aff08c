"""What grows that should not: the road as stores, documents, time, routers and members grow.

Each part measures the road of two gateways and a router, in processes as in production, at several
sizes that take turns, so that whatever else the machine does meets them all. What is compared are
ratios of one run. Processor time says more than rates where all processes share a few cores.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.app.provision import open_rabbitmq
from swb.clock import SystemClock
from swb.sandbox.bench.growth_sizes import Run, measure_sizes
from swb.sandbox.bench.growth_store import KINDS, measure_stored
from swb.sandbox.bench.targets import ASKED_OF_GROWTH
from swb.sandbox.region import lay_out_region
from swb.sandbox.soak import run_soak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swb.sandbox.bench.growth_sizes import Size
    from swb.sandbox.bench.growth_store import Stored
    from swb.sandbox.region import Region
    from swb.sandbox.soak import Soak

__all__ = ["MEMBERS", "PARTS", "GrowthBench", "GrowthPlan", "Target", "run_growth_bench"]

MEMBERS: Final = ("TH", "VN", "ID", "SG", "MY", "PH", "KH", "LA", "MM", "BN", "TL")
"""Member states, in the order in which they join; the first two exchange documents."""
PARTS: Final = ("store", "items", "routers", "members", "memory")

_WINDOW: Final = 60.0
"""Seconds of half load whose latency is told at a time, where there are four of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPlan:
    """What to measure.

    Attributes:
        parts: Of `PARTS`.
        stores: Of `swb.sandbox.bench.growth_store.KINDS`.
        stored: Documents in a full store.
        documents: Of each measurement.
        turns: How often all sizes take turns.
        minutes: Of half load.
        items: Numbers of items.
        routers: Numbers of routers.
        members: Numbers of member states.
    """

    parts: Sequence[str] = PARTS
    stores: Sequence[str] = KINDS
    stored: int = 1_000_000
    documents: int = 300
    turns: int = 3
    minutes: float = 10.0
    items: Sequence[int] = (1, 50, 500, 5000)
    routers: Sequence[int] = (1, 2, 3)
    members: Sequence[int] = (2, 5, 11)


@dataclass(slots=True, kw_only=True)
class GrowthBench:
    """What was measured; what was not wanted is empty.

    Attributes:
        plan: What was wanted.
        stored: By kind of store.
        items: By items of a document.
        routers: By number of routers.
        members: By number of member states.
        soak: Half load for a long time.
    """

    plan: GrowthPlan
    stored: list[Stored] = field(default_factory=list)
    items: Sequence[Size] = ()
    routers: Sequence[Size] = ()
    members: Sequence[Size] = ()
    soak: Soak | None = None

    @property
    def targets(self) -> Sequence[Target]:
        """What is asked of what was measured."""
        targets = [_ask(f"rate_with_documents_in_{each.kind}", each.ratio) for each in self.stored]
        growth = self.growth_by_items
        if growth is not None:
            targets.append(_ask("time_by_items", growth))
        if self.soak is not None and self.soak.memory:
            held = self.soak.memory.values()
            most = max(max(each.first, each.last) for each in held)
            grown = max(each.last / each.first for each in held)
            targets += [_ask("memory_megabytes", most), _ask("memory_growth", grown)]
        if self.soak is not None and self.soak.windows:
            medians = [window.median for window in self.soak.windows]
            some = max(1, len(medians) // 4)
            grown = median(medians[-some:]) / median(medians[:some])
            targets.append(_ask("latency_growth", grown))
        return targets

    @property
    def growth_by_items(self) -> float | None:
        """Processor time an item of the largest document, over that of one with a tenth or more.

        Of all gateways and routers; 1 is linear. None where there are not two such sizes.
        """
        by_items = {size.of: size.own_cpu / size.of for size in self.items if size.own_cpu}
        smaller = [of for of in by_items if of * 10 <= max(by_items)]
        return by_items[max(by_items)] / by_items[max(smaller)] if smaller else None

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        value: dict[str, object] = {}
        if self.stored:
            value["store"] = {each.kind: each.value for each in self.stored}
        for name, sizes in (
            ("items", self.items),
            ("routers", self.routers),
            ("members", self.members),
        ):
            if sizes:
                value[name] = {str(size.of): size.value for size in sizes}
        if self.soak is not None:
            value["memory"] = self.soak.value
        value["targets"] = {each.name: each.value for each in self.targets}
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked of a figure.

    Attributes:
        name: Of the figure.
        found: What was measured.
        at_least: What is asked; None where there is no such bound.
        at_most: Likewise.
    """

    name: str
    found: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is what is asked."""
        return (self.at_least is None or self.found >= self.at_least) and (
            self.at_most is None or self.found <= self.at_most
        )

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        bounds = {"at_least": self.at_least, "at_most": self.at_most}
        return {
            "found": round(self.found, 3),
            **{name: bound for name, bound in bounds.items() if bound is not None},
            "met": self.is_met,
        }


def _ask(name: str, found: float) -> Target:
    """Hold a figure against what is asked of it."""
    return Target(name=name, found=found, **ASKED_OF_GROWTH[name])


async def run_growth_bench(
    folder: Path, plan: GrowthPlan, *, amqp_url: str | None, tell: Callable[[str], None]
) -> GrowthBench:
    """Measure everything that a plan asks for, one part after the other.

    Args:
        folder: Empty; stores, drop folders and logs go there.
        plan: What to measure.
        amqp_url: RabbitMQ with the vhosts of all `MEMBERS`; None starts a private node.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.*``, ``rabbitmq.*``, ``postgres.*``, ``transport.*``, ``store.*``.
    """
    bench = GrowthBench(plan=plan)
    async with AsyncExitStack() as stack:
        tell("starting RabbitMQ" if amqp_url is None else "looking at RabbitMQ")
        url = await stack.enter_async_context(open_rabbitmq(amqp_url, MEMBERS))
        from swb.sandbox.pipe import check_idle, empty_own_queues  # noqa: PLC0415 - an extra

        await check_idle(url, MEMBERS)

        async def clear() -> None:
            await empty_own_queues(url, MEMBERS)

        async def lay_out(name: str, *, routers: int = 1, members: int = 2) -> Region:
            return await lay_out_region(
                folder / name,
                states=MEMBERS[:2],
                quiet=MEMBERS[2:members],
                at=SystemClock().now(),
                amqp_url=url,
                answers=False,
                log=False,
                routers=routers,
            )

        async def measure(runs: dict[int, Run]) -> Sequence[Size]:
            return await measure_sizes(
                runs, documents=plan.documents, turns=plan.turns, clear=clear, tell=tell
            )

        if "store" in plan.parts:
            for kind in plan.stores:
                found = await measure_stored(
                    folder / kind,
                    kind,
                    stored=plan.stored,
                    documents=plan.documents,
                    turns=plan.turns,
                    amqp_url=url,
                    clear=clear,
                    tell=tell,
                )
                bench.stored.append(found)
        if "items" in plan.parts:
            region = await lay_out("items")
            bench.items = await measure(
                {each: Run(name=f"{each} items", region=region, items=each) for each in plan.items}
            )
        if "routers" in plan.parts:
            bench.routers = await measure(
                {
                    each: Run(
                        name=f"{each} routers",
                        region=await lay_out(f"routers-{each}", routers=each),
                    )
                    for each in plan.routers
                }
            )
        if "members" in plan.parts:
            bench.members = await measure(
                {
                    each: Run(
                        name=f"{each} members",
                        region=await lay_out(f"members-{each}", members=each),
                    )
                    for each in plan.members
                }
            )
        if "memory" in plan.parts:
            tell(f"half load for {plan.minutes:g} minutes")
            bench.soak = await run_soak(
                folder / "memory",
                minutes=plan.minutes,
                share=0.5,
                items=3,
                amqp_url=url,
                window=min(_WINDOW, plan.minutes * 60 / 4),
                trial=plan.documents,
                tell=tell,
            )
            await clear()
    return bench
