"""The meter: the values of one process's metrics, and what is read when somebody asks for them.

Each process has a registry of its own. Values that the process meets are counted as they come, by
children that are looked up once; what only a question can tell is asked when it is scraped.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from swb.metrics.table import METRICS, Kind
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.error_codes import find_error_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

__all__ = ["Measure", "Meter", "NodeMeter", "known_code", "known_type"]

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TICK: Final = 0.25
"""Seconds between two looks at the loop's lag."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One value that was asked for.

    Attributes:
        name: Of a gauge of the table.
        value: In its unit.
        labels: All but ``node``.
    """

    name: str
    value: float
    labels: Mapping[str, str]


def known_code(code: str) -> str:
    """Bound a label: the code where it is documented, else ``other``."""
    return code if find_error_code(code) is not None else "other"


def known_type(message_type: str) -> str:
    """Bound a label: the type where it is of the catalogue, else ``unknown``."""
    return message_type if message_type in CATALOGUE else "unknown"


class Meter:
    """The metrics of one process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._metrics: dict[str, Counter | Gauge | Histogram] = {}
        self._gauges: list[str] = []
        for each in METRICS:
            name, labels = each.name, each.labels
            match each.kind:
                case Kind.COUNTER:
                    made: Counter | Gauge | Histogram = Counter(
                        name, each.meaning, labels, registry=self._registry
                    )
                case Kind.GAUGE:
                    made = Gauge(name, each.meaning, labels, registry=self._registry)
                    self._gauges.append(name)
                case Kind.HISTOGRAM:
                    made = Histogram(
                        name, each.meaning, labels, registry=self._registry, buckets=_BUCKETS
                    )
            self._metrics[name] = made
        self._asked: list[Measure] = []
        self._children: dict[tuple[str, ...], Counter | Gauge | Histogram] = {}
        self.gauge("swb_info", version("single-window-broker")).set(1)

    def of(self, node: str) -> NodeMeter:
        """The same meter for what one node measures."""
        return NodeMeter(self, node)

    def counter(self, name: str, *labels: str) -> Counter:
        """Find a counter by its name and the values of its labels, in the order of the table."""
        found = self._find(name, labels)
        assert isinstance(found, Counter)  # noqa: S101 - of the table
        return found

    def gauge(self, name: str, *labels: str) -> Gauge:
        """Find a gauge, likewise."""
        found = self._find(name, labels)
        assert isinstance(found, Gauge)  # noqa: S101 - of the table
        return found

    def histogram(self, name: str, *labels: str) -> Histogram:
        """Find a histogram, likewise."""
        found = self._find(name, labels)
        assert isinstance(found, Histogram)  # noqa: S101 - of the table
        return found

    def _find(self, name: str, labels: tuple[str, ...]) -> Counter | Gauge | Histogram:
        key = (name, *labels)
        child = self._children.get(key)
        if child is None:
            metric = self._metrics[name]
            child = self._children[key] = metric.labels(*labels) if labels else metric
        return child

    def show(self, asked: Iterable[tuple[str, Measure]]) -> bytes:
        """Write everything in Prometheus's text format.

        Args:
            asked: By node, what was asked just now. What was asked before and is not among it is
                gone: an empty outbox has no oldest message.
        """
        fresh = [(node, each) for node, each in asked]
        for name in {each.name for each in self._asked} | {each.name for _, each in fresh}:
            self._metrics[name].clear()
            for key in [key for key in self._children if key[0] == name]:
                del self._children[key]
        for node, each in fresh:
            self._metrics[each.name].labels(node=node, **each.labels).set(each.value)  # type: ignore[union-attr]  # gauges
        self._asked = [each for _, each in fresh]
        return generate_latest(self._registry)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Count log records and measure the loop's lag while the context lasts."""
        handler = _LogCounter(self)
        logging.getLogger().addHandler(handler)
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            logging.getLogger().removeHandler(handler)
            with suppress(asyncio.CancelledError):
                await ticking

    async def _tick(self) -> None:
        lag = self.histogram("swb_loop_lag_seconds")
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _TICK
            await asyncio.sleep(_TICK)
            lag.observe(max(0.0, loop.time() - due))


class NodeMeter:
    """What one node measures: the label ``node`` is filled in.

    Args:
        meter: Of the process.
        node: State and roles.
    """

    def __init__(self, meter: Meter, node: str) -> None:
        self._meter = meter
        self._node = node

    def counter(self, name: str, *labels: str) -> Counter:
        """See `Meter.counter`; without the node."""
        return self._meter.counter(name, self._node, *labels)

    def gauge(self, name: str, *labels: str) -> Gauge:
        """See `Meter.gauge`; without the node."""
        return self._meter.gauge(name, self._node, *labels)

    def histogram(self, name: str, *labels: str) -> Histogram:
        """See `Meter.histogram`; without the node."""
        return self._meter.histogram(name, self._node, *labels)


class _LogCounter(logging.Handler):
    """Counts log records by action; those of libraries together."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(logging.INFO)
        self._meter = meter

    def emit(self, record: logging.LogRecord) -> None:
        """Count one record; its text is not looked at, but for the action's name of our own."""
        action = "other"
        if record.name.startswith("swb."):
            told = record.msg.get("event") if isinstance(record.msg, dict) else None
            action = str(told or getattr(record, "action", "other"))[:60]
        self._meter.counter("swb_log_records_total", record.levelname.lower(), action).inc()
