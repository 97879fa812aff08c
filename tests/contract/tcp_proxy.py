"""A TCP relay on the loopback interface that a test can make unreliable."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self


class TcpProxy:
    """Relays connections to one port, until told otherwise.

    Attributes:
        port: Where it listens.
        swallowing: Answers of the server are thrown away while this is true.
        silent_at: A client that says this gets no answer any more, from the server's side.
        silences: To so many clients that happens still.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._relays: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.swallowing = False
        self.silent_at = b""
        self.silences = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_down()

    async def go_down(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def come_back(self) -> None:
        """Listen again on the same port."""
        await self.__aenter__()

    async def cut(self) -> None:
        """Cut every connection without a farewell."""
        for writer in self._writers:
            writer.transport.abort()
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)
        self.swallowing = False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers |= {writer, target_writer}
        for relay in (
            self._relay(reader, target_writer, from_server=False),
            self._relay(target_reader, writer, from_server=True),
        ):
            task = asyncio.create_task(relay)
            self._relays.add(task)
            task.add_done_callback(self._relays.discard)

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_server: bool
    ) -> None:
        silenced = False
        try:
            with contextlib.suppress(OSError):
                while octets := await reader.read(65536):
                    if self.silences and not from_server and self.silent_at in octets:
                        self.silences -= 1
                        self.swallowing = silenced = True
                    if not (from_server and self.swallowing):
                        writer.write(octets)
                        await writer.drain()
        finally:
            self.swallowing = self.swallowing and not silenced
            writer.transport.abort()
            self._writers.discard(writer)
