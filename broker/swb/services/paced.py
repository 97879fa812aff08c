"""A member's line, read no faster than its quota allows.

What is not read stays in the member's own queue. When that is full RabbitMQ refuses further
publishes, and the member's gateway is told to wait (``transport.full``) and tries again: nothing is
lost, nobody else waits.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from swb.core.quotas import take

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from swb.core.quotas import Quota
    from swb.ports import Delivery, Settlement, Transport

__all__ = ["PacedTransport"]


class PacedTransport:
    """`swb.ports.Transport` around another; only what it offers is slowed down.

    Args:
        transport: Any back end's.
        quota: Of the member.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(
        self, transport: Transport, quota: Quota, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = transport
        self._quota = quota
        self._ticks = ticks
        self._state = quota.open(ticks())
        self._ending = asyncio.Event()
        self._waited = 0.0

    @property
    def waited_seconds(self) -> float:
        """For how long this line has been held back, in all."""
        return self._waited

    async def open(self) -> None:
        """See `Transport.open`."""
        self._ending.clear()
        await self._inner.open()

    def when_back(self, call: Callable[[], None]) -> None:
        """See `Transport.when_back`."""
        self._inner.when_back(call)

    def end_deliveries(self) -> None:
        """See `Transport.end_deliveries`."""
        self._ending.set()
        self._inner.end_deliveries()

    async def close(self) -> None:
        """See `Transport.close`."""
        self._ending.set()
        await self._inner.close()

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """See `Transport.publish`."""
        await self._inner.publish(
            body, message_id=message_id, message_type=message_type, environment=environment
        )

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """See `Transport.deliveries`; what waits for its turn when the line ends goes back."""
        async for delivery in self._inner.deliveries():
            self._state, waits = take(self._state, octets=len(delivery.body), at=self._ticks())
            if waits > 0:
                self._waited += waits
                with suppress(TimeoutError):
                    async with asyncio.timeout(waits):
                        await self._ending.wait()
                if self._ending.is_set():
                    return
            yield delivery

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """See `Transport.settle`."""
        await self._inner.settle(delivery, settlement)

    async def ping(self) -> None:
        """See `Transport.ping`."""
        await self._inner.ping()
