"""The region's end of a line over this project's embedded transport, for the conformance suite."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from swb.app.lines import build_embedded_line
from swb.ports import LineEnd, Settlement
from swb_conformance.live import Background, WireError
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from swb.ports import Delivery, Transport

__all__ = ["EmbeddedWire"]

_ResultT = TypeVar("_ResultT")


class EmbeddedWire:
    """`swb_conformance.live.Wire` over one transport file.

    Args:
        path: The file; made by ``swb topology apply``.
        state: Whose gateway is at the other end.
    """

    def __init__(self, path: Path, *, state: str) -> None:
        self._path = path
        self._state = state
        self._background: Background | None = None
        self._transport: Transport | None = None
        self._deliveries: AsyncIterator[Delivery] | None = None
        self._next: asyncio.Task[Delivery] | None = None

    def open(self) -> None:
        """See `Wire.open`."""
        if self._background is not None:
            return
        self._background = Background()
        try:
            self._run(self._open())
        except WireError:
            self.close()
            raise

    def publish(self, octets: bytes, /, *, message_id: str, message_type: str) -> None:
        """See `Wire.publish`."""
        self._run(self._publish(octets, message_id, message_type))

    def take(self, *, within: float) -> bytes | None:
        """See `Wire.take`."""
        return self._run(self._take(within))

    def close(self) -> None:
        """See `Wire.close`."""
        background, self._background = self._background, None
        if background is None:
            return
        try:
            background.run(self._close())
        finally:
            background.end()

    async def _open(self) -> None:
        transport = build_embedded_line(self._path, member=self._state, end=LineEnd.ROUTER)
        await transport.open()
        self._transport = transport

    async def _publish(self, octets: bytes, message_id: str, message_type: str) -> None:
        await self._require().publish(
            octets, message_id=message_id, message_type=message_type, environment="test"
        )

    async def _take(self, within: float) -> bytes | None:
        transport = self._require()
        if self._next is None:
            if self._deliveries is None:
                self._deliveries = transport.deliveries()
            self._next = asyncio.create_task(_next_of(self._deliveries))
        await asyncio.wait([self._next], timeout=max(within, 0.05))
        if not self._next.done():
            return None
        task, self._next = self._next, None
        delivery = task.result()
        await transport.settle(delivery, Settlement.ACCEPT)
        return delivery.body

    async def _close(self) -> None:
        task, self._next = self._next, None
        transport, self._transport = self._transport, None
        self._deliveries = None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if transport is not None:
            await transport.close()

    def _require(self) -> Transport:
        if self._transport is None:
            message = f"the line of {self._state} is not open"
            raise WireError(message)
        return self._transport

    def _run(self, work: Coroutine[object, object, _ResultT]) -> _ResultT:
        if self._background is None:
            work.close()
            message = f"the line of {self._state} is not open"
            raise WireError(message)
        try:
            return self._background.run(work)
        except SwbError as cause:
            message = f"{self._path}: {cause.message}"
            raise WireError(message) from cause


async def _next_of(deliveries: AsyncIterator[Delivery]) -> Delivery:
    return await anext(deliveries)
