"""The region's end of a line over RabbitMQ, by aio-pika.

Names and properties are those of docs/reference/topology.md. Nothing of aio-pika is imported before
a line is opened: the suite without a live profile does not need it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from swb_conformance.live.background import Background
from swb_conformance.live.wire import WireError

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["AmqpWire"]

_SUBMIT: Final = "submit"
_INBOX: Final = "inbox"
_WAIT_FOR: Final = 10.0
"""Seconds for connecting, and for one confirmation."""
_ENVIRONMENTS: Final = ("test", "parallel", "production")
_BOUNDS: Final[dict[str, Any]] = {
    "x-queue-type": "quorum",
    "x-max-length": 100_000,
    "x-max-length-bytes": 4 * 1024**3,
    "x-overflow": "reject-publish",
    "x-delivery-limit": 1_000_000,
}


class AmqpWire:
    """`swb_conformance.live.Wire` over one vhost.

    Args:
        url: ``amqp://`` or ``amqps://`` with user, password and server; without a vhost, or with
            that of every server (``/``), it is ``swb.STATE``.
        state: Whose gateway is at the other end.
        declare: Whether exchanges and queues that are missing are made; the vhost has to exist.
    """

    def __init__(self, url: str, *, state: str, declare: bool = False) -> None:
        split = urlsplit(url)
        is_named = split.path.lower() not in {"", "/", "/%2f"}
        self._url = url if is_named else split._replace(path=f"/swb.{state}").geturl()
        self._state = state
        self._declare = declare
        self._where = f"{split.hostname}:{split.port or 'its usual port'}, vhost of {state}"
        self._background: Background | None = None
        self._connection: Any = None
        self._exchange: Any = None
        self._queue: Any = None

    def open(self) -> None:
        """See `Wire.open`."""
        if self._background is not None:
            return
        pika = _load()
        self._background = Background()
        try:
            self._run(self._open(pika))
        except WireError:
            self.close()
            raise

    def publish(self, octets: bytes, /, *, message_id: str, message_type: str) -> None:
        """See `Wire.publish`."""
        pika = _load()
        message = pika.Message(
            octets,
            message_id=message_id,
            type=message_type,
            content_type="application/xml",
            delivery_mode=pika.DeliveryMode.PERSISTENT,
        )
        self._run(self._exchange.publish(message, _INBOX, mandatory=True, timeout=_WAIT_FOR))

    def take(self, *, within: float) -> bytes | None:
        """See `Wire.take`."""
        taken: bytes | None = self._run(self._take(within))
        return taken

    def close(self) -> None:
        """See `Wire.close`."""
        background, self._background = self._background, None
        if background is None:
            return
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                background.run(connection.close())
        finally:
            background.end()

    async def _open(self, pika: ModuleType) -> None:
        self._connection = await pika.connect(self._url, timeout=_WAIT_FOR)
        if self._declare:
            async with self._connection.channel() as channel:
                await self._make(channel)
        channel = await self._connection.channel(publisher_confirms=True)
        self._exchange = await channel.get_exchange(_INBOX, ensure=True)
        self._queue = await channel.get_queue(_SUBMIT, ensure=True)

    async def _make(self, channel: Any) -> None:  # noqa: ANN401 - of a library that may be missing
        """Make the line as the page on the topology has it; what is there already stays."""
        for name, kind in ((_SUBMIT, "topic"), (_INBOX, "direct")):
            await channel.declare_exchange(name, kind, durable=True)
            dead = {
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": f"{name}.dead",
                "x-dead-letter-strategy": "at-least-once",
            }
            await channel.declare_queue(f"{name}.dead", durable=True, arguments=dict(_BOUNDS))
            queue = await channel.declare_queue(name, durable=True, arguments={**_BOUNDS, **dead})
            keys = (
                [f"{each}.{self._state}" for each in _ENVIRONMENTS] if name == _SUBMIT else [name]
            )
            for key in keys:
                await queue.bind(name, key)

    async def _take(self, within: float) -> bytes | None:
        """Ask for one message again and again: no message is at the suite's unless it is taken."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while True:
            message = await self._queue.get(no_ack=False, fail=False, timeout=_WAIT_FOR)
            if message is not None:
                await message.ack()
                return bytes(message.body)
            left = until - loop.time()
            if left <= 0:
                return None
            await asyncio.sleep(min(left, 0.05))

    def _run(self, work: Any) -> Any:  # noqa: ANN401 - of a library that may be missing
        background = self._background
        if background is None:
            work.close()
            message = f"the line of {self._state} is not open"
            raise WireError(message)
        try:
            return background.run(work)
        except WireError:
            raise
        except Exception as cause:  # a foreign library's, whatever it is
            message = f"{self._where}: {type(cause).__name__}: {str(cause)[:200]}"
            raise WireError(message) from cause


def _load() -> ModuleType:
    try:
        import aio_pika  # noqa: PLC0415 - an extra
    except ImportError as cause:
        message = "expected the extra 'rabbitmq': pip install 'single-window-broker[rabbitmq]'"
        raise WireError(message) from cause
    return aio_pika
