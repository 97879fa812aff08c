"""The steps past one machine, and what the world would ask of them.

A step is a plan; each is the one before with more of what that one runs out of. A demand is a
number of documents a year: known, or reckoned from what is known, which its source says.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.scale import Plan, list_stations, plan_for
from swb.sandbox.bench.scale_run import find_rest, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.bench.scale import Figures, Station
    from swb.sandbox.bench.scale_run import Simulated

__all__ = ["DEMANDS", "STEPS", "Demand", "Planned", "Scale", "run_scale"]

BUSIEST: Final = 5.0
"""The busiest hour's rate by the year's mean: working hours alone make four."""
STORED: Final = 145_000
"""Octets that a router's store keeps of one document with all its messages (`[retention]`)."""

_SECONDS_A_YEAR: Final = 365.25 * 86_400

STEPS: Final = (
    Plan(name="everything on one machine", together=True, states=2, near=0),
    Plan(name="gateways at home, the region on one machine"),
    Plan(name="three nodes, four routers, PostgreSQL", nodes=3, routers=4, store_cores=2),
    Plan(
        name="eight routers, four processes a gateway",
        nodes=3,
        routers=8,
        store_cores=2,
        gateways=4,
        gateway_cores=2,
    ),
    Plan(
        name="six nodes, twelve routers, eight cores for the store",
        nodes=6,
        routers=12,
        store_cores=8,
        gateways=16,
        gateway_cores=8,
    ),
    Plan(
        name="four partitions by pair",
        nodes=6,
        routers=12,
        store_cores=8,
        gateways=64,
        gateway_cores=32,
        partitions=4,
    ),
    Plan(
        name="eight regions, half of it between them",
        states=88,
        largest=0.14,
        nodes=6,
        routers=12,
        store_cores=8,
        gateways=64,
        gateway_cores=32,
        partitions=8,
        abroad=0.5,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What somebody would ask for.

    Attributes:
        name: For people.
        documents: A year.
        states: That exchange them.
        largest: Share of the largest of them.
        abroad: Share that crosses between regions.
    """

    name: str
    documents: float
    states: int
    largest: float
    abroad: float = 0.0

    @property
    def rate(self) -> float:
        """Documents a second in the busiest hour."""
        return self.documents / _SECONDS_A_YEAR * BUSIEST

    @property
    def stored(self) -> float:
        """Octets a year in the stores of routers, where nothing is pruned."""
        return self.documents * STORED * (1 + self.abroad)


_ITEMS: Final = 3
"""Items of a document."""
_EXPORTED: Final = 530e6 / 0.14
"""Items exported in the world: the EU's of 2024, by the EU's share of the world's trade."""
_BESIDE: Final = 3
"""Documents of a consignment: certificate of origin, declaration, and one more."""
_PARCELS: Final = 4.3e9 / 0.14
"""Goods bought online and sent across a border: the EU's imports of 2024, likewise."""

DEMANDS: Final = (
    Demand(name="ASEAN's Form Ds of 2020", documents=0.8e6, states=11, largest=0.25),
    Demand(
        name="a document for every three items that the EU imports or exports",
        documents=(590e6 + 530e6) / _ITEMS,
        states=27,
        largest=0.28,
    ),
    Demand(
        name="the world's trade, three documents a consignment",
        documents=_EXPORTED / _ITEMS * _BESIDE,
        states=195,
        largest=0.14,
        abroad=0.5,
    ),
    Demand(
        name="the same, and a document for every parcel",
        documents=_EXPORTED / _ITEMS * _BESIDE + _PARCELS,
        states=195,
        largest=0.14,
        abroad=0.5,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what becomes of it.

    Attributes:
        plan: Where what runs.
        stations: The first to be full first.
        simulated: At the rate of the demand, or at half of what the plan carries.
        demand: For which it is; None for a step.
    """

    plan: Plan
    stations: Sequence[Station]
    simulated: Simulated
    demand: Demand | None = None

    @property
    def capacity(self) -> float:
        """Documents a second at most."""
        return self.stations[0].capacity

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        value: dict[str, object] = {
            "plan": {**asdict(self.plan), "machines": self.plan.machines},
            "documents_per_second": round(self.capacity, 1),
            "full_first": self.stations[0].name,
            "full_next": self.stations[1].name if self.stations[1:] else "",
            "simulated": {
                "documents_per_second": round(self.simulated.rate, 2),
                "median_seconds": round(self.simulated.median, 4),
                "p99_seconds": round(self.simulated.p99, 4),
            },
        }
        if self.demand is not None:
            value["documents_per_year"] = round(self.demand.documents)
            value["octets_per_year"] = round(self.demand.stored)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """All steps and demands by the figures of one machine.

    Attributes:
        figures: Measured.
        rest: Seconds of a document that are neither work nor waiting for a processor.
        steps: `STEPS`.
        demands: `DEMANDS`, each with a plan for it.
    """

    figures: Figures
    rest: float
    steps: Sequence[Planned]
    demands: Sequence[Planned]

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        return {
            "figures": asdict(self.figures),
            "rest_seconds": round(self.rest, 4),
            "steps": [each.value for each in self.steps],
            "demands": [each.value for each in self.demands],
        }


def run_scale(figures: Figures) -> Scale:
    """Reckon and simulate every step and every demand; the same figures, the same result."""
    rest = find_rest(figures)

    def run(plan: Plan, demand: Demand | None = None) -> Planned:
        stations = list_stations(plan, figures)
        rate = demand.rate if demand else stations[0].capacity / 2
        return Planned(
            plan=plan,
            stations=stations,
            simulated=simulate(plan, figures, rate=rate, rest=rest),
            demand=demand,
        )

    plans = [
        (
            plan_for(
                each.rate,
                figures,
                name=each.name,
                states=each.states,
                largest=each.largest,
                abroad=each.abroad,
            ),
            each,
        )
        for each in DEMANDS
    ]
    return Scale(
        figures=figures,
        rest=rest,
        steps=[run(plan) for plan in STEPS],
        demands=[run(plan, demand) for plan, demand in plans],
    )
