"""The bench of the road: receipted Form Ds a second, beside the bare pipe of the same run.

Road and pipe take turns, so that whatever else the machine does meets both; each turn gives one
ratio, and the median of the turns is what counts.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.app.access import open_rabbitmq_by_user
from swb.app.storing import open_private_postgres
from swb.clock import SystemClock
from swb.sandbox.bench.picture import Latency, RoadCase, SideFigures
from swb.sandbox.measuring import percentile
from swb.sandbox.region import lay_out_region
from swb.sandbox.road import (
    EXPORTING,
    IMPORTING,
    Payloads,
    Weighed,
    open_road,
    weigh_messages,
)
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.sandbox.time_stamps import route_time_stamps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swb.sandbox.measuring import Measurement, Sender

__all__ = ["RoadBench", "Side", "Turn", "describe_road", "run_road_bench"]

_SEED: Final = 1
_WARM_UP: Final = 20
"""Documents before each measurement: caches, connections and first pages are paid for."""
_LOAD: Final = 0.5
"""Share of the full rate at which latency is measured."""
_LATENCY_DOCUMENTS: Final = 200
"""At most; at half load they take their time."""
_PATIENCE: Final = 60.0
"""Seconds that a measurement may take, beside what its documents need."""
_PATIENCE_A_DOCUMENT: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One side of one turn.

    Attributes:
        full: As fast as it goes.
        half: At half of that rate, for latency.
    """

    full: Measurement
    half: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """All turns of the road, or of the pipe."""

    turns: Sequence[Turn]

    @property
    def documents_per_second(self) -> float:
        """Median over the turns."""
        return median(turn.full.documents_per_second for turn in self.turns)

    def latency(self, percent: int, *, full: bool = False) -> float:
        """Seconds at half load, or at full load; median over the turns."""
        return median(self._latencies(percent, full=full))

    def medians(self, *, full: bool = False) -> Sequence[float]:
        """The median latency of each turn, likewise."""
        return self._latencies(50, full=full)

    def _latencies(self, percent: int, *, full: bool) -> Sequence[float]:
        return [
            percentile((turn.full if full else turn.half).latencies, percent) for turn in self.turns
        ]

    @property
    def cpu(self) -> dict[str, float]:
        """Seconds of processor time a document by process, median over the turns."""
        names = self.turns[0].full.cpu
        return {
            name: median(turn.full.cpu[name] / turn.full.documents for turn in self.turns)
            for name in names
            if all(name in turn.full.cpu for turn in self.turns)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadBench:
    """The result.

    Attributes:
        documents: Certificates of each measurement.
        items: Lines of each certificate.
        protected: Whether bodies were encrypted.
        evidence: Whether meanwhile gateways had everything time-stamped, and the router kept the
            evidence log that they witness.
        store: What kept the stores.
        weighed: The road's messages, at full load.
        road: The road.
        pipe: The bare pipe, with receipts of its own for every document.
        grouping: The same at full speed, answering as many documents by one receipt as the road
            did; empty where the road answers each alone.
    """

    documents: int
    items: int
    protected: bool
    evidence: bool
    store: str
    weighed: Weighed
    road: Side
    pipe: Side
    grouping: Sequence[Measurement] = ()

    @property
    def ratio(self) -> float:
        """Road by pipe, of the same turn; the median over the turns."""
        return median(
            road.full.documents_per_second / pipe.full.documents_per_second
            for road, pipe in zip(self.road.turns, self.pipe.turns, strict=True)
        )

    @property
    def ratio_to_grouping(self) -> float | None:
        """Road by the pipe that groups receipts, likewise; None where it was not measured."""
        if not self.grouping:
            return None
        return median(
            road.full.documents_per_second / pipe.documents_per_second
            for road, pipe in zip(self.road.turns, self.grouping, strict=True)
        )

    def latency_ratio(self, percent: int) -> float:
        """Latency of road by pipe at half load, of the same turn; the median over the turns."""
        return median(
            percentile(road.half.latencies, percent) / percentile(pipe.half.latencies, percent)
            for road, pipe in zip(self.road.turns, self.pipe.turns, strict=True)
        )


async def run_road_bench(
    folder: Path,
    *,
    documents: int,
    items: int,
    protect: bool,
    evidence: bool,
    turns: int,
    amqp_url: str | None,
    store: str = "sqlite",
    tell: Callable[[str], None],
) -> RoadBench:
    """Measure road and pipe in turns.

    Args:
        folder: Empty; stores, drop folders and logs go there.
        documents: Certificates of each measurement.
        items: Lines of each certificate.
        protect: Whether bodies are encrypted.
        evidence: Whether gateways have everything time-stamped meanwhile, by an authority in this
            process, and the router keeps the evidence log that they witness.
        turns: How often road and pipe take turns.
        amqp_url: RabbitMQ with the vhosts of both states; None starts a private node.
        store: ``sqlite``, or ``postgres`` for a private server whose commits wait for the disk.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.*``, ``rabbitmq.*``, ``transport.*``, ``store.*``, ``postgres.*``.
    """
    states = (EXPORTING, IMPORTING)
    patience = _PATIENCE + documents * _PATIENCE_A_DOCUMENT
    road: list[Turn] = []
    pipe: list[Turn] = []
    grouping: list[Measurement] = []
    weighed: Weighed | None = None
    tell("starting RabbitMQ" if amqp_url is None else "looking at RabbitMQ")
    async with AsyncExitStack() as stack:
        access = await stack.enter_async_context(open_rabbitmq_by_user(amqp_url, states))
        url = access.url
        from swb.sandbox.pipe import (  # noqa: PLC0415 - an extra
            check_idle,
            empty_own_queues,
            open_pipe,
        )

        await check_idle(url, states)
        store_url = None
        if store == "postgres":
            store_url = await stack.enter_async_context(open_private_postgres(durable=True))
        listening, time_stamps = listen_on_loopback()
        stack.callback(listening.close)
        region = await lay_out_region(
            folder / "region",
            states=states,
            at=SystemClock().now(),
            amqp_url=url,
            amqp_users=access.users,
            protect=protect,
            answers=False,
            log=evidence,
            store_url=store_url,
            time_stamps=time_stamps if evidence else None,
        )
        if evidence:
            await stack.enter_async_context(serve_sites((route_time_stamps_of(region), listening)))
        payloads = Payloads(region, items=items, seed=_SEED)
        open_pipe_of = partial(
            open_pipe,
            amqp_url=url,
            exporting=EXPORTING,
            importing=IMPORTING,
            folder=folder,
            give_up_after=_PATIENCE,
        )
        for number in range(1, turns + 1):
            async with open_road(region, payloads, folder) as running:
                tell(f"turn {number} of {turns}: road")
                await _warm_up(running, documents, patience)
                full = await running.send(documents, give_up_after=patience)
                weighed = weighed or await weigh_messages(region)
                road.append(await _add_half(running, full, patience))
            await empty_own_queues(url, states)
            tell(f"turn {number} of {turns}: bare pipe")
            async with open_pipe_of(sizes=weighed.sizes) as flowing:
                await _warm_up(flowing, documents, patience)
                full = await flowing.send(documents, give_up_after=patience)
                pipe.append(await _add_half(flowing, full, patience))
            await empty_own_queues(url, states)
            if weighed.together > 1:
                tell(f"turn {number} of {turns}: bare pipe, {weighed.together} a receipt")
                async with open_pipe_of(sizes=weighed.means, together=weighed.together) as flowing:
                    await _warm_up(flowing, documents, patience)
                    grouping.append(await flowing.send(documents, give_up_after=patience))
                await empty_own_queues(url, states)
    return RoadBench(
        documents=documents,
        items=items,
        protected=protect,
        evidence=evidence,
        store=store,
        weighed=weighed or Weighed(sizes={}, means={}, per_document={}),
        road=Side(turns=road),
        pipe=Side(turns=pipe),
        grouping=grouping,
    )


async def _warm_up(sender: Sender, documents: int, patience: float) -> None:
    await sender.send(min(_WARM_UP, documents), give_up_after=patience)


async def _add_half(sender: Sender, full: Measurement, patience: float) -> Turn:
    """Measure at half of the full speed, too."""
    rate = full.documents_per_second * _LOAD
    some = min(full.documents, _LATENCY_DOCUMENTS)
    half = await sender.send(some, rate=rate, give_up_after=patience + some / rate)
    return Turn(full=full, half=half)


def describe_road(result: RoadBench) -> RoadCase:
    """Put the result into the form in which it is kept and shown."""
    grouped = result.ratio_to_grouping
    road = _describe_side(result.road).model_copy(
        update={
            "ratio_to_bare_pipe": round(result.ratio, 4),
            "ratio_to_grouping_pipe": None if grouped is None else round(grouped, 4),
            "latency_ratio_to_bare_pipe": {
                "median": round(result.latency_ratio(50), 3),
                "p99": round(result.latency_ratio(99), 3),
            },
        }
    )
    return RoadCase(
        documents=result.documents,
        items=result.items,
        protected=result.protected,
        evidence=result.evidence,
        store=result.store,
        runs=len(result.road.turns),
        road=road,
        bare_pipe=_describe_side(result.pipe),
        sizes=dict(result.weighed.sizes),
        messages_per_document={
            name: round(each, 3) for name, each in result.weighed.per_document.items()
        },
    )


def _describe_side(side: Side) -> SideFigures:
    return SideFigures(
        documents_per_second=round(side.documents_per_second, 2),
        runs=tuple(round(turn.full.documents_per_second, 2) for turn in side.turns),
        latency_at_half_load=_describe_latency(side, full=False),
        latency_at_full_load=_describe_latency(side, full=True),
        cpu_seconds_per_document={name: round(used, 6) for name, used in side.cpu.items()},
    )


def _describe_latency(side: Side, *, full: bool) -> Latency:
    return Latency(
        median_seconds=round(side.latency(50, full=full), 5),
        p95_seconds=round(side.latency(95, full=full), 5),
        p99_seconds=round(side.latency(99, full=full), 5),
        medians=tuple(round(each, 5) for each in side.medians(full=full)),
    )
