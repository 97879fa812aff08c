"""A relay of TCP connections on loopback that can be cut: a network between two processes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, Self

__all__ = ["CuttableProxy"]

_CHUNK: Final = 262_144


class CuttableProxy:
    """Relays connections to one port until it is cut.

    Args:
        target_port: On 127.0.0.1.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._relays: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        await self.cut()

    async def cut(self) -> None:
        """Listen no more, and end every connection without a farewell. Safe to repeat."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def mend(self) -> None:
        """Listen, on the same port as before. Safe to repeat."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accept, "127.0.0.1", self.port, limit=_CHUNK
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        for source, sink in ((reader, there[1]), (there[0], writer)):
            relay = asyncio.create_task(_relay(source, sink))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while octets := await reader.read(_CHUNK):
                writer.write(octets)
                await writer.drain()
    finally:
        writer.transport.abort()
