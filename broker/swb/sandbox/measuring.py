"""What a measurement of one road, or of one pipe, consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING, Final, Protocol

from swb.sandbox.processes import read_cpu_seconds, sum_cpu_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb.sandbox.processes import Child

__all__ = ["Measurement", "Sender", "Watch", "percentile"]

_SERVERS: Final = {"rabbitmq": "beam.smp", "postgres": "postgres"}
"""Private servers of this process, and what their processes are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Documents that were sent, and what it took.

    Attributes:
        documents: How many.
        seconds: From the first one's sending to the last one's receipt.
        latencies: Seconds from sending to receipt, one a document.
        cpu: Seconds of processor time by process, all that the documents caused; empty where the
            system cannot tell.
    """

    documents: int
    seconds: float
    latencies: Sequence[float]
    cpu: Mapping[str, float] = field(default_factory=dict)

    @property
    def documents_per_second(self) -> float:
        """The rate."""
        return self.documents / self.seconds


class Sender(Protocol):
    """What can be measured: the road, or the pipe."""

    async def send(
        self, documents: int, *, rate: float | None = None, give_up_after: float
    ) -> Measurement:
        """Send documents and wait for everything that they cause.

        Args:
            documents: How many.
            rate: Documents a second; None sends as fast as it goes.
            give_up_after: Seconds.

        Raises:
            UnavailableError: ``bench.*``.
        """
        ...


class Watch:
    """Adds up what processes use from now on.

    Args:
        children: Which; RabbitMQ and PostgreSQL are watched too where they are private servers of
            this process.
    """

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._before = self._sum()

    def read(self) -> dict[str, float]:
        """Say how many seconds of processor time each has used since."""
        after = self._sum()
        return {
            name: after[name] - before for name, before in self._before.items() if name in after
        }

    def _sum(self) -> dict[str, float]:
        used = {child.name: read_cpu_seconds(child.pid) for child in self._children}
        used |= {name: sum_cpu_of(command) for name, command in _SERVERS.items()}
        return {name: seconds for name, seconds in used.items() if seconds is not None}


def percentile(values: Sequence[float], percent: int) -> float:
    """Take the value below which so many of a hundred lie."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]
