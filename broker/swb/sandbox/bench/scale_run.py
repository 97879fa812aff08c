"""A day's busiest minutes of a plan, simulated: how long documents take from door to receipt.

Documents come at random moments (a Poisson process) between states drawn by their shares. At every
station a document waits for a free server in the order of arrival, and is worked on for a time
drawn from an exponential distribution around the measured seconds: real ones differ less. What a
document causes after its receipt (the relay receipt, AS3) is work too, and delays others.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

import simpy

from swb.sandbox.bench.scale import CORES, REPLICATED, Plan, find_work
from swb.sandbox.measuring import percentile

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from swb.sandbox.bench.scale import Figures

__all__ = ["Simulated", "find_rest", "simulate"]

_HOPS: Final = 7
"""Queues that the messages of one document pass: the document 2, relay receipt 1, AS2 2, AS3 2."""
_ROUTED: Final = 3
"""Messages of one document that a router takes."""
_SUBMITTING: Final = 0.55
"""Share of the exporting gateway's work that is done before the document leaves it."""
_RECEIVING: Final = 0.6
"""Share of the importing gateway's work that is done before the receipt leaves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """How long documents took.

    Attributes:
        rate: Documents a second that came.
        median: Seconds from door to receipt.
        p99: Seconds that 99 of 100 stayed below.
    """

    rate: float
    median: float
    p99: float


def simulate(
    plan: Plan, figures: Figures, *, rate: float, documents: int = 2_000, rest: float = 0.0
) -> Simulated:
    """Simulate a plan at a rate.

    The same arguments always give the same result.

    Args:
        plan: Where what runs.
        figures: Measured seconds of work.
        rate: Documents a second.
        documents: How many come; the first fifth fills the stations and is not counted.
        rest: Seconds that each document waits for other things than processors.
    """
    running = _Running(plan, figures)
    running.env.process(running.arrive(rate, documents))
    running.env.run()
    counted = running.took[documents // 5 :]
    return Simulated(
        rate=rate, median=percentile(counted, 50) + rest, p99=percentile(counted, 99) + rest
    )


def find_rest(figures: Figures) -> float:
    """Find what of the measured latency is no work, nor waiting for it: timers and the disk.

    It is what one machine, simulated at the measured half load, leaves unexplained.
    """
    plan = Plan(name="measured", together=True, states=2, near=0)
    return max(0.0, figures.latency - simulate(plan, figures, rate=figures.half_rate).median)


class _Running:
    """A plan at work."""

    def __init__(self, plan: Plan, figures: Figures) -> None:
        self.env = simpy.Environment()
        self.took: list[float] = []
        self._plan = plan
        self._work = find_work(plan, figures)
        self._store = figures.store
        self._rabbitmq = figures.rabbitmq * (REPLICATED if plan.nodes > 1 else 1)
        self._random = Random(1)  # noqa: S311 - the same documents each time, and no secret
        if plan.together:
            machine = self._make(1, CORES)
            self._gateways = machine * plan.states
            self._routers = self._nodes = machine
        else:
            self._gateways = self._make(plan.states, plan.gateways)
            self._nodes = self._make(plan.partitions, plan.nodes * CORES)
            self._routers = (
                self._nodes if plan.nodes == 1 else self._make(plan.partitions, plan.routers)
            )
        self._stores = self._make(plan.partitions, plan.store_cores)
        self._gateway_stores = self._make(plan.states, plan.gateway_cores)

    def _make(self, number: int, servers: int) -> list[simpy.Resource]:
        """Make stations; none where they have no servers."""
        return [simpy.Resource(self.env, capacity=servers) for _ in range(number if servers else 0)]

    def arrive(self, rate: float, documents: int) -> Generator[simpy.Event, object, None]:
        """Have documents come."""
        self.took = [0.0] * documents
        for number in range(documents):
            yield self.env.timeout(self._random.expovariate(rate))
            self.env.process(self._send(number))

    def _send(self, number: int) -> Generator[simpy.Event, object, None]:
        begun = self.env.now
        exporter, importer = self._draw_state(), self._draw_state()
        path = [self._random.randrange(self._plan.partitions)]
        if self._random.random() < self._plan.abroad:
            path.append(self._random.randrange(self._plan.partitions))
        work, receipt = self._work, (1 - _SUBMITTING) / 3
        yield from self._keep(exporter, work.exporting, _SUBMITTING)
        yield from self._carry(path)
        yield from self._keep(importer, work.importing, _RECEIVING)
        yield from self._carry(path[::-1])
        yield from self._keep(exporter, work.exporting, receipt)
        self.took[number] = self.env.now - begun
        # The relay receipt and AS3.
        yield from self._serve(self._nodes[path[0]], self._rabbitmq / _HOPS)
        yield from self._keep(exporter, work.exporting, receipt)
        yield from self._keep(importer, work.importing, 1 - _RECEIVING)
        yield from self._carry(path[::-1])
        yield from self._keep(exporter, work.exporting, receipt)

    def _keep(
        self, state: int, seconds: float, share: float
    ) -> Generator[simpy.Event, object, None]:
        """Do a share of a gateway's work on a document, and of its store's."""
        yield from self._serve(self._gateways[state], seconds * share)
        if self._gateway_stores:
            yield from self._serve(self._gateway_stores[state], self._store * share)

    def _carry(self, path: Sequence[int]) -> Generator[simpy.Event, object, None]:
        """Carry one message from a state over its region, and perhaps another, to a state."""
        yield self.env.timeout(2 * self._plan.near + (len(path) - 1) * self._plan.far)
        for each in path:
            yield from self._serve(self._nodes[each], self._rabbitmq / _HOPS)
            yield from self._serve(self._routers[each], self._work.router / _ROUTED)
            if self._stores:
                yield from self._serve(self._stores[each], self._store / _ROUTED)
            yield from self._serve(self._nodes[each], self._rabbitmq / _HOPS)

    def _serve(
        self, station: simpy.Resource, seconds: float
    ) -> Generator[simpy.Event, object, None]:
        with station.request() as turn:
            yield turn
            yield self.env.timeout(self._random.expovariate(1 / seconds))

    def _draw_state(self) -> int:
        """Draw a state by its share of the trade; all but the largest have the same."""
        if self._random.random() < self._plan.largest:
            return 0
        return self._random.randrange(1, self._plan.states)
