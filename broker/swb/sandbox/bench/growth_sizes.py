"""The road at several sizes, which take turns: what is measured of each, and how."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.sandbox.measuring import percentile
from swb.sandbox.road import Payloads, open_road

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from swb.sandbox.measuring import Measurement
    from swb.sandbox.region import Region

__all__ = ["SERVERS", "Run", "Size", "measure_sizes", "wait_for"]

SERVERS: Final = frozenset({"rabbitmq", "postgres"})
"""Of what uses processor time, what is not ours."""

_SEED: Final = 1
_WARM_UP: Final = 40
_LEAST: Final = 3
"""Documents of a measurement, however large they are."""
_ITEMS_AT_A_TIME: Final = 10_000
"""So many items a measurement has at most, beyond the least number of documents."""
_PATIENCE: Final = 120.0
_PATIENCE_A_DOCUMENT: Final = 0.5
_PATIENCE_AN_ITEM: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The road at one size.

    Attributes:
        of: The size: stored documents, items, routers or members.
        turns: Measured, in turn with the other sizes.
    """

    of: int
    turns: Sequence[Measurement]

    @property
    def documents_per_second(self) -> float:
        """Median over the turns."""
        return median(turn.documents_per_second for turn in self.turns)

    @property
    def median_seconds(self) -> float:
        """From the door to the receipt, all sent at once; median over the turns."""
        return median(percentile(turn.latencies, 50) for turn in self.turns)

    @property
    def cpu(self) -> dict[str, float]:
        """Seconds of processor time a document by process, median over the turns."""
        return {
            name: median(turn.cpu[name] / turn.documents for turn in self.turns)
            for name in self.turns[0].cpu
            if all(name in turn.cpu for turn in self.turns)
        }

    @property
    def own_cpu(self) -> float:
        """The same of all gateways and routers together."""
        return sum(used for name, used in self.cpu.items() if name not in SERVERS)

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        return {
            "documents": self.turns[0].documents,
            "documents_per_second": round(self.documents_per_second, 2),
            "runs": [round(turn.documents_per_second, 2) for turn in self.turns],
            "median_seconds": round(self.median_seconds, 5),
            "cpu_seconds_per_document": {name: round(used, 6) for name, used in self.cpu.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One size that takes its turn.

    Attributes:
        name: For people.
        region: Laid out on RabbitMQ.
        items: Of each document.
    """

    name: str
    region: Region
    items: int = 3


async def measure_sizes(
    runs: Mapping[int, Run],
    *,
    documents: int,
    turns: int,
    clear: Callable[[], Awaitable[None]],
    tell: Callable[[str], None],
) -> Sequence[Size]:
    """Measure the road at several sizes, as fast as it goes.

    Args:
        runs: By size; several may share a region.
        documents: Of each measurement, or fewer where they are large.
        turns: How often all sizes take turns.
        clear: Empties the queues when processes have ended.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.*``, ``store.*``, ``transport.*``.
    """
    payloads: dict[Path, Payloads] = {}
    measured: dict[int, list[Measurement]] = {size: [] for size in runs}
    for turn in range(1, turns + 1):
        for size, run in runs.items():
            tell(f"turn {turn} of {turns}: {run.name}")
            folder = run.region.folder
            if folder not in payloads:
                payloads[folder] = Payloads(run.region, items=run.items, seed=_SEED)
            own = payloads[folder]
            own.items = run.items
            many = max(_LEAST, min(documents, _ITEMS_AT_A_TIME // run.items))
            async with open_road(run.region, own, folder.parent) as road:
                warm_up = min(_WARM_UP, many)
                await road.send(warm_up, give_up_after=wait_for(warm_up, run.items))
                found = await road.send(many, give_up_after=wait_for(many, run.items))
            measured[size].append(found)
            await clear()
    return [Size(of=size, turns=found) for size, found in measured.items()]


def wait_for(documents: int, items: int) -> float:
    """Say for how many seconds to wait for documents before giving up."""
    return _PATIENCE + documents * max(_PATIENCE_A_DOCUMENT, items * _PATIENCE_AN_ITEM)
