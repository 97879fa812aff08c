"""One connection to one vhost, kept alive: lost, it is made again with growing pauses.

Several nodes of one cluster may be named. Which is tried first is drawn, so that lines spread over
the nodes; a node that was lost is tried last, and what worked is kept. A node may also be there and
do nothing (a hanging machine, a stopped process): it takes octets and answers none. It is given up
when nothing at all, heartbeats included, has come from it for the heartbeat and one second more;
RabbitMQ sends one every half heartbeat. TCP's own timers would not notice, for its kernel answers.

Nothing is declared here, at the first connection or later. aio-pika's own robust connection is
not used: it declares queues and exchanges again by itself, and hides from publishers that a
channel was lost under them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import TYPE_CHECKING, Any, Final

import aio_pika
import aiormq.connection
from aio_pika.abc import UnderlayConnection
from aio_pika.exceptions import ChannelClosed, InvalidFrameError
from aiormq.exceptions import ChannelAccessRefused

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
    from collections.abc import Callable

    from aio_pika.abc import AbstractChannel, AbstractConnection
    from yarl import URL

__all__ = ["HEARTBEAT_SECONDS", "Link"]

_LOG: Final = logging.getLogger(__name__)
HEARTBEAT_SECONDS: Final = 10
"""How soon a hanging node is noticed (11 to 16 s), against how often a slow one is taken for dead:
RabbitMQ's own advice is 5 to 20 s, and that less than 5 s finds faults where there are none."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
"""Seconds between attempts to connect."""


class Link:
    """Keeps a connection and hands it out while it lives."""

    def __init__(
        self,
        *,
        url: str,
        name: str,
        ssl_context: ssl.SSLContext | None,
        wait_for: float,
        heartbeat: int = HEARTBEAT_SECONDS,
    ) -> None:
        """Name the server; nothing is opened yet.

        Args:
            url: With user, password and vhost; never logged. Several, divided by white space, are
                nodes of one cluster.
            name: What logs and errors call it.
            ssl_context: For ``amqps`` URLs.
            wait_for: Seconds for connecting to one node, and for opening or closing a channel.
            heartbeat: Seconds; see the module.
        """
        urls = [aio_pika.connection.make_url(each) for each in url.split()]
        urls = [
            each if "heartbeat" in each.query else each.update_query(heartbeat=heartbeat)
            for each in urls
        ]
        self._urls = random.sample(urls, len(urls))
        self._title = name
        self._ssl_context = ssl_context
        self._wait_for = wait_for
        self._connection: asyncio.Future[AbstractConnection] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._on_back: list[Callable[[], None]] = []

    @property
    def name(self) -> str:
        """What is connected to, or was tried last."""
        return f"{self._title} at {self.node}"

    @property
    def node(self) -> str:
        """Host and port that is connected to, or that is tried first."""
        return f"{self._urls[0].host}:{self._urls[0].port}"

    async def open(self) -> None:
        """Connect, and keep connected from then on.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.login``,
                ``transport.untrusted``, ``transport.topology``.
        """
        if self._keeper is not None:
            return
        connection, lost = await self._connect_anywhere()
        self._connection = asyncio.get_running_loop().create_future()
        self._connection.set_result(connection)
        self._keeper = asyncio.create_task(self._keep(lost))

    def when_back(self, call: Callable[[], None]) -> None:
        """Have something called whenever a lost connection was made again."""
        self._on_back.append(call)

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

    async def _connect_anywhere(self) -> tuple[AbstractConnection, asyncio.Event]:
        """Connect to the first node that can be used; it is the first one from then on.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.topology``: no node can.
        """
        errors: list[UnavailableError] = []
        for _ in self._urls:
            try:
                return await self._connect(self._urls[0])
            except UnavailableError as error:
                errors.append(error)
                self._urls.append(self._urls.pop(0))
        # What is missing on a node that answers says more than that another does not answer.
        raise next((each for each in errors if each.code == "transport.topology"), errors[-1])

    async def _connect(self, url: URL) -> tuple[AbstractConnection, asyncio.Event]:
        """Connect and check what is there.

        Returns:
            The connection, and what tells that it is lost.
        """
        lost = asyncio.Event()
        connection: AbstractConnection | None = None
        try:
            async with asyncio.timeout(self._wait_for):
                connection = await guard(
                    aio_pika.connect(
                        url, ssl_context=self._ssl_context, connection_class=_WatchedConnection
                    )
                )
                connection.close_callbacks.add(lambda *_: lost.set())
                # Releases 4.2.6 and 4.3.0 refuse who may not declare; later ones do not again.
                with contextlib.suppress(ChannelAccessRefused):
                    await guard(_check(connection))
        except (ChannelClosed, InvalidFrameError) as cause:
            # A queue or the exchange is missing; or RabbitMQ ended the handshake after the log-in,
            # which it does where the vhost is missing or closed to this user.
            await self._discard(connection)
            raise translate(cause, "transport.topology", self.name) from cause
        except FOREIGN_ERRORS as cause:
            await self._discard(connection)
            over_tls = url.scheme == "amqps"
            raise translate_connecting(cause, self.name, over_tls=over_tls) from cause
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
            self._urls.append(self._urls.pop(0))
            self._connection = asyncio.get_running_loop().create_future()
            connection, lost = await self._connect_again()
            self._connection.set_result(connection)
            _LOG.info("line is back", extra={"action": "transport.back", "line": self.name})
            for call in self._on_back:
                call()

    async def _connect_again(self) -> tuple[AbstractConnection, asyncio.Event]:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._connect_anywhere()
            except UnavailableError as error:
                extra = {"action": "transport.unreachable", "line": self.name, "code": error.code}
                _LOG.warning("line is still lost: %s", error.message, extra=extra)
            except Exception:  # noqa: BLE001 - a line that nobody connects again is lost for good
                extra = {"action": "transport.unreachable", "line": self.name}
                _LOG.exception("line is still lost", extra=extra)
            # Members that lost the same server must not come back at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _discard(self, connection: AbstractConnection | None) -> None:
        if connection is None:
            return
        with contextlib.suppress(*FOREIGN_ERRORS):
            async with asyncio.timeout(self._wait_for):
                await guard(connection.close())


async def _check(connection: AbstractConnection) -> None:
    async with connection.channel() as channel:
        await check_topology(channel)


class _SilenceCounts(aiormq.connection.Connection):
    """A connection whose peer is lost after one heartbeat of silence, and a second of grace.

    The library's own measure is three heartbeats and three seconds.
    """

    HEARTBEAT_GRACE_MULTIPLIER = 1


class _Underlay(UnderlayConnection):
    """Makes such a connection."""

    @classmethod
    async def make_connection(
        cls,
        url: URL,
        timeout: float | None = None,
        **kwargs: Any,  # noqa: ANN401 - the library's
    ) -> aiormq.abc.AbstractConnection:
        """See `UnderlayConnection.make_connection`."""
        connection = _SilenceCounts(url, **kwargs)
        async with asyncio.timeout(timeout):
            await connection.connect()
        await connection.ready()
        return connection


class _WatchedConnection(aio_pika.Connection):
    """Stands on such a connection."""

    async def connect(self, timeout: float | None = None) -> None:
        """See `aio_pika.Connection.connect`."""
        self.transport = await _Underlay.connect(
            self.url, self._on_connection_close, timeout=timeout, **self.kwargs
        )
        await self._on_connected()
