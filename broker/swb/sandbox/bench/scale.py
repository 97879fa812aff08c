"""Plans past one machine: what each part of a plan can carry, by figures of this machine.

A plan is a network of stations, each with so many processor cores or processes, and every document
needs so many seconds of each. What a plan carries at most is what its fullest station carries; how
long a document takes is found by simulation (`swb.sandbox.bench.scale_run`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CORES",
    "LOADED",
    "REPLICATED",
    "Figures",
    "Plan",
    "Station",
    "Work",
    "find_work",
    "list_stations",
    "plan_for",
    "read_figures",
]

CORES: Final = 2
"""Of every machine of a plan, as of the one that was measured."""
REPLICATED: Final = 7_500 / 3_700
"""Work of a three-node cluster for a message in a quorum queue, by that of a single node."""
ENTRIES: Final = 4
"""Entries of the evidence log a document: the document, its relay receipt, AS2 and AS3."""
ENTRY_SECONDS: Final = 39e-6
"""Of processor time; an evidence log has one writer."""
LOADED: Final = 0.5
"""Share of its capacity that a station of a planned region has to do in the busiest hour."""

_STORES: Final = 3
"""Of the measured road on one PostgreSQL: two gateways' and the router's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Measured: seconds of processor time a document.

    Attributes:
        exporting: Of the exporting gateway.
        importing: Of the importing gateway.
        router: Of the router.
    """

    exporting: float
    importing: float
    router: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Measured, and what came of it on one machine.

    Attributes:
        on_sqlite: Work of processes with a store of that kind.
        on_postgres: Likewise; the server's work is not theirs.
        rabbitmq: Seconds of a single node for a document.
        store: Seconds of PostgreSQL for one of the stores that a document passes.
        rate: Documents a second, as fast as it went.
        half_rate: Documents a second of the half load.
        latency: Seconds from door to receipt at half load, median.
    """

    on_sqlite: Work
    on_postgres: Work
    rabbitmq: float
    store: float
    rate: float
    half_rate: float
    latency: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where what runs.

    Attributes:
        name: For people.
        together: Whether everything shares one machine.
        states: Members, each with a gateway.
        largest: Share of all exports, and of all imports, of the largest of them.
        gateways: Processes of each gateway; several share a PostgreSQL.
        gateway_cores: Of that PostgreSQL.
        routers: Processes, in each partition.
        nodes: Of RabbitMQ, in each partition; three or more replicate every queue three times.
        store_cores: Of the PostgreSQL that the routers of a partition share; 0 is SQLite on the
            router's machine.
        partitions: Of the pairs of states; each has routers, RabbitMQ, store and log of its own.
        abroad: Share of the documents that pass through a second partition, another region.
        near: Seconds one way between a state and its region.
        far: Seconds one way between two regions.
    """

    name: str
    together: bool = False
    states: int = 11
    largest: float = 0.25
    gateways: int = 1
    gateway_cores: int = 0
    routers: int = 1
    nodes: int = 1
    store_cores: int = 0
    partitions: int = 1
    abroad: float = 0.0
    near: float = 0.02
    far: float = 0.12

    @property
    def machines(self) -> int:
        """Of the region or regions, those of the states not counted."""
        if self.together:
            return 1
        if self.nodes == 1:
            return self.partitions  # router and RabbitMQ share one
        store = ceil(self.store_cores / CORES)
        return self.partitions * (ceil(self.routers / CORES) + self.nodes + store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One part of a plan that can be full.

    Attributes:
        name: For people.
        servers: How many documents it works on at a time, in the whole plan.
        seconds: Of one server for a document of the plan.
    """

    name: str
    servers: int
    seconds: float

    @property
    def capacity(self) -> float:
        """Documents a second at most."""
        return self.servers / self.seconds


def read_figures(value: Mapping[str, Any]) -> Figures:
    """Read what ``swb bench growth --json`` printed, with stores of both kinds and memory.

    What ``swb bench --json`` printed has it as one of its parts.

    Raises:
        RefusedError: ``bench.figures``: something of it is missing.
    """
    try:
        value = value.get("growth") or value
        sqlite, postgres = (value["store"][kind]["empty"] for kind in ("sqlite", "postgres"))
        soak, used = value["memory"], "cpu_seconds_per_document"
        return Figures(
            on_sqlite=_read_work(sqlite[used]),
            on_postgres=_read_work(postgres[used]),
            rabbitmq=float(sqlite[used]["rabbitmq"]),
            store=float(postgres[used]["postgres"]) / _STORES,
            rate=float(sqlite["documents_per_second"]),
            half_rate=float(soak["documents_per_second"]),
            latency=median(float(each["median_seconds"]) for each in soak["windows"]),
        )
    except (KeyError, TypeError, ValueError) as cause:
        message = (
            "expected what swb bench growth --json prints, with the parts store (of both kinds) "
            f"and memory, found none of {cause}"
        )
        raise RefusedError("bench.figures", message, actor=Actor.OPERATOR) from cause


def _read_work(used: Mapping[str, Any]) -> Work:
    return Work(
        exporting=float(used["gateway TH"]),
        importing=float(used["gateway VN"]),
        router=float(used["router"]),
    )


def find_work(plan: Plan, figures: Figures) -> Work:
    """Find the work of a plan's processes, which rests on the stores that they have."""
    ends = figures.on_postgres if plan.gateways > 1 else figures.on_sqlite
    router = (figures.on_postgres if plan.store_cores else figures.on_sqlite).router
    return Work(exporting=ends.exporting, importing=ends.importing, router=router)


def list_stations(plan: Plan, figures: Figures) -> Sequence[Station]:
    """List what can be full, the first to be full first."""
    passed, partitions = 1 + plan.abroad, plan.partitions
    work = find_work(plan, figures)
    router, ends = work.router * passed, work.exporting + work.importing
    rabbitmq = figures.rabbitmq * passed * (REPLICATED if plan.nodes > 1 else 1)
    if plan.together:
        return [Station(name="the machine", servers=CORES, seconds=ends + router + rabbitmq)]
    found = {
        "the largest state's gateway": (plan.gateways, plan.largest * ends),
        "an evidence log's writer": (partitions, ENTRIES * ENTRY_SECONDS * passed),
        "routers": (plan.routers * partitions, router),
    }
    if plan.gateways > 1:
        # Each end of a document keeps it.
        found["the largest state's store"] = plan.gateway_cores, 2 * plan.largest * figures.store
    if plan.nodes == 1:
        found["the region's machine"] = CORES * partitions, router + rabbitmq
    else:
        found["RabbitMQ"] = plan.nodes * CORES * partitions, rabbitmq
    if plan.store_cores:
        found["the routers' store"] = plan.store_cores * partitions, figures.store * passed
    stations = [
        Station(name=name, servers=servers, seconds=seconds)
        for name, (servers, seconds) in found.items()
    ]
    return sorted(stations, key=lambda station: station.capacity)


def plan_for(
    rate: float,
    figures: Figures,
    *,
    name: str,
    states: int,
    largest: float,
    abroad: float = 0.0,
) -> Plan:
    """Plan for a rate of the busiest hour: no part is more than half full.

    A partition has three nodes of RabbitMQ and one PostgreSQL, and as many routers as fill the
    fuller of these; there are as many partitions as it takes.

    Args:
        rate: Documents a second.
        figures: Measured.
        name: Of the plan.
        states: Members.
        largest: Share of the largest member.
        abroad: Share that crosses between regions.
    """
    one = Plan(name=name, states=states, largest=largest, nodes=3, store_cores=CORES, abroad=abroad)
    carried = {each.name: each.capacity for each in list_stations(one, figures)}
    shared = ("RabbitMQ", "the routers' store", "an evidence log's writer")
    partitions = ceil(rate / (LOADED * min(carried[each] for each in shared)))
    in_each = rate * (1 + abroad) / partitions
    plan = replace(
        one,
        partitions=partitions,
        routers=max(2, ceil(in_each * figures.on_postgres.router / LOADED)),
    )
    if rate <= LOADED * carried["the largest state's gateway"]:
        return plan
    ends = figures.on_postgres.exporting + figures.on_postgres.importing
    return replace(
        plan,
        gateways=max(2, ceil(rate * largest * ends / LOADED)),
        gateway_cores=ceil(rate * 2 * largest * figures.store / LOADED),
    )
