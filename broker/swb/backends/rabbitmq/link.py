"""One connection to one vhost, kept alive: lost, it is made again with growing pauses.

Nothing is declared here, at the first connection or later. aio-pika's own robust connection is
not used: it declares queues and exchanges again by itself, and hides from publishers that a
channel was lost under them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import TYPE_CHECKING, Final

import aio_pika
from aio_pika.exceptions import ChannelClosed, InvalidFrameError

from swb.backends.rabbitmq.topology import check_topology
from swb.backends.rabbitmq.translation import (
    FOREIGN_ERRORS,
    guard,
    translate,
    translate_connecting,
)
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import ssl

    from aio_pika.abc import AbstractChannel, AbstractConnection

__all__ = ["Link"]

_LOG: Final = logging.getLogger(__name__)
_HEARTBEAT: Final = 20
"""Seconds; a peer that is silent for two of them is lost."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
"""Seconds between attempts to connect."""


class Link:
    """Keeps a connection and hands it out while it lives."""

    def __init__(
        self, *, url: str, name: str, ssl_context: ssl.SSLContext | None, wait_for: float
    ) -> None:
        """Name the server; nothing is opened yet.

        Args:
            url: With user, password and vhost; never logged.
            name: What logs and errors call it.
            ssl_context: For ``amqps`` URLs.
            wait_for: Seconds for connecting, and for opening or closing a channel.
        """
        self._url = aio_pika.connection.make_url(url)
        if "heartbeat" not in self._url.query:
            self._url = self._url.update_query(heartbeat=_HEARTBEAT)
        self.name = f"{name} at {self._url.host}:{self._url.port}"
        self._ssl_context = ssl_context
        self._wait_for = wait_for
        self._connection: asyncio.Future[AbstractConnection] | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and keep connected from then on.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.login``,
                ``transport.untrusted``, ``transport.topology``.
        """
        if self._keeper is not None:
            return
        connection, lost = await self._connect()
        self._connection = asyncio.get_running_loop().create_future()
        self._connection.set_result(connection)
        self._keeper = asyncio.create_task(self._keep(lost))

    async def close(self) -> None:
        """Disconnect. Safe to repeat."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        living, self._connection = self._connection, None
        if living is None:
            return
        if living.done() and not living.cancelled():
            await self._discard(living.result())
        living.cancel()

    async def connection(self) -> AbstractConnection:
        """Wait for the living connection. The caller bounds the wait.

        Raises:
            UnavailableError: ``transport.unreachable`` when the link is not open.
        """
        if self._connection is None:
            message = f"{self.name} is not open"
            raise UnavailableError("transport.unreachable", message)
        try:
            return await guard(asyncio.shield(self._connection))
        except ConnectionError as cause:
            raise translate(cause, "transport.unreachable", self.name) from cause

    async def open_channel(self) -> AbstractChannel:
        """Open a channel of the living connection. The caller bounds the wait.

        Raises:
            UnavailableError: ``transport.unreachable``.
        """
        connection = await self.connection()
        try:
            async with asyncio.timeout(self._wait_for):
                channel = connection.channel(publisher_confirms=True, on_return_raises=False)
                await guard(channel.initialize())
        except FOREIGN_ERRORS as cause:
            raise translate(cause, "transport.unreachable", self.name) from cause
        return channel

    async def close_channel(self, channel: AbstractChannel) -> None:
        """Close a channel, dead or alive."""
        with contextlib.suppress(*FOREIGN_ERRORS):
            async with asyncio.timeout(self._wait_for):
                await guard(channel.close())

    async def _connect(self) -> tuple[AbstractConnection, asyncio.Event]:
        """Connect and check what is there.

        Returns:
            The connection, and what tells that it is lost.
        """
        lost = asyncio.Event()
        connection: AbstractConnection | None = None
        try:
            async with asyncio.timeout(self._wait_for):
                connection = await guard(aio_pika.connect(self._url, ssl_context=self._ssl_context))
                connection.close_callbacks.add(lambda *_: lost.set())
                async with connection.channel() as channel:
                    await guard(check_topology(channel))
        except (ChannelClosed, InvalidFrameError) as cause:
            # A queue or the exchange is missing; or RabbitMQ ended the handshake after the log-in,
            # which it does where the vhost is missing or closed to this user.
            await self._discard(connection)
            raise translate(cause, "transport.topology", self.name) from cause
        except FOREIGN_ERRORS as cause:
            await self._discard(connection)
            raise translate_connecting(cause, self.name) from cause
        except asyncio.CancelledError:
            await self._discard(connection)
            raise
        return connection, lost

    async def _keep(self, lost: asyncio.Event) -> None:
        """Connect again whenever the connection is lost, until cancelled."""
        while True:
            await lost.wait()
            _LOG.warning("line lost", extra={"action": "transport.lost", "line": self.name})
            if self._connection is not None:
                await self._discard(self._connection.result())
            self._connection = asyncio.get_running_loop().create_future()
            connection, lost = await self._connect_again()
            self._connection.set_result(connection)
            _LOG.info("line is back", extra={"action": "transport.back", "line": self.name})

    async def _connect_again(self) -> tuple[AbstractConnection, asyncio.Event]:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._connect()
            except UnavailableError as error:
                extra = {"action": "transport.unreachable", "line": self.name, "code": error.code}
                _LOG.warning("line is still lost: %s", error.message, extra=extra)
            # Members that lost the same server must not come back at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _discard(self, connection: AbstractConnection | None) -> None:
        if connection is None:
            return
        with contextlib.suppress(*FOREIGN_ERRORS):
            async with asyncio.timeout(self._wait_for):
                await guard(connection.close())
