"""A transport line, measured: what leaves by it, how long that takes, what is under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from swb.metrics.meter import known_code, known_type
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from swb.metrics.meter import NodeMeter
    from swb.ports import Delivery, Settlement, Transport

__all__ = ["MeasuredTransport"]


class MeasuredTransport:
    """`swb.ports.Transport` around another; what that does stays as it is.

    Args:
        transport: Any back end's.
        line: The member whose line it is.
        meter: Where to.
    """

    def __init__(self, transport: Transport, line: str, meter: NodeMeter) -> None:
        self._inner = transport
        self._line = line
        self._meter = meter
        self._in = meter.gauge("swb_in_flight_messages", line, "in")
        self._in_octets = meter.gauge("swb_in_flight_octets", line, "in")
        self._out = meter.gauge("swb_in_flight_messages", line, "out")
        self._out_octets = meter.gauge("swb_in_flight_octets", line, "out")
        self._publishing = meter.histogram("swb_publish_seconds", line)
        self._settling = meter.histogram("swb_settle_seconds", line)

    async def open(self) -> None:
        """See `Transport.open`."""
        await self._inner.open()

    def when_back(self, call: Callable[[], None]) -> None:
        """See `Transport.when_back`."""
        self._inner.when_back(call)

    def end_deliveries(self) -> None:
        """See `Transport.end_deliveries`."""
        self._inner.end_deliveries()

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._inner.close()
        self._in.set(0)
        self._in_octets.set(0)

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """See `Transport.publish`."""
        begun, outcome = time.perf_counter(), "failed"
        self._out.inc()
        self._out_octets.inc(len(body))
        try:
            await self._inner.publish(
                body, message_id=message_id, message_type=message_type, environment=environment
            )
            outcome = "confirmed"
        except SwbError as error:
            self._meter.counter("swb_failures_total", "publish", known_code(error.code)).inc()
            raise
        finally:
            self._out.dec()
            self._out_octets.dec(len(body))
            self._publishing.observe(time.perf_counter() - begun)
            labels = (self._line, "out", known_type(message_type), outcome)
            self._meter.counter("swb_messages_total", *labels).inc()
            self._meter.counter("swb_message_octets_total", *labels).inc(len(body))

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """See `Transport.deliveries`."""
        async for delivery in self._inner.deliveries():
            self._in.inc()
            self._in_octets.inc(len(delivery.body))
            yield delivery

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """See `Transport.settle`."""
        begun = time.perf_counter()
        try:
            await self._inner.settle(delivery, settlement)
        finally:
            self._in.dec()
            self._in_octets.dec(len(delivery.body))
            self._settling.observe(time.perf_counter() - begun)

    async def ping(self) -> None:
        """See `Transport.ping`."""
        await self._inner.ping()
