"""Steps that wait for RabbitMQ: what is published, and what is received and acknowledged."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from swb.app.lines import build_lines
from swb.app.provision import RabbitLine, name_rabbitmq_line
from swb.config import load_config
from swb.ports import Settlement
from swb.sandbox.bench.comparing import AT_ONCE, ROUNDS, Compared, Took, compare, start_watch
from swb.sandbox.road import EXPORTING
from swb_schemas.documents.elements import Environment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

    from swb.ports import MessageRecord, Transport
    from swb.sandbox.bench.carried import Carried
    from swb.sandbox.region import Region

__all__ = ["measure_line"]

_RECEIVED: Final = 400
"""In a turn: so many that subscribing, which is in the figure of both sides, is little of it."""


async def measure_line(
    region: Region, carried: Carried, amqp_url: str, *, turns: int
) -> list[tuple[str, str, Compared]]:
    """Measure publishing with confirms and receiving, on the exporting member's line.

    What lies in the queues when a turn has ended is removed then.

    Args:
        region: Whose line.
        carried: Whose message.
        amqp_url: RabbitMQ, without a vhost.
        turns: How many.

    Returns:
        Name of the step, its floor in words, and figures.

    Raises:
        UnavailableError: ``transport.*``.
    """
    import aio_pika  # noqa: PLC0415 - an extra

    config = load_config(region.gateways[EXPORTING])
    line = build_lines(config)[EXPORTING]
    named = name_rabbitmq_line(EXPORTING, Environment.TEST)
    url = urlsplit(amqp_url)._replace(path=f"/{named.vhost}").geturl()
    message = carried.clear.outbound.message
    async with await aio_pika.connect(url) as connection:
        bare = _BareLine(connection, named, message, prefetch=config.limits.prefetch)
        await line.open()
        try:
            published = await compare(
                partial(_time_publishes, line, message, amqp_url),
                partial(bare.time_publishes, amqp_url),
                turns=turns,
                waits=True,
            )
        finally:
            await line.close()
        received = await compare(
            partial(_time_receipts, line, bare, amqp_url),
            partial(bare.time_receipts, amqp_url),
            turns=turns,
            waits=True,
        )
    return [
        ("publish", f"published by aio-pika, {AT_ONCE} on their way", published),
        ("receive", "consumed and acknowledged by aio-pika", received),
    ]


async def _time_publishes(line: Transport, message: MessageRecord, amqp_url: str) -> Took:
    async def publish() -> None:
        await line.publish(
            message.octets,
            message_id=message.message_id,
            message_type=message.message_type,
            environment=Environment.TEST,
        )

    took = await _time_together(publish)
    await _empty(amqp_url)
    return took


async def _time_receipts(line: Transport, bare: _BareLine, amqp_url: str) -> Took:
    await bare.fill_inbox()
    await line.open()
    try:
        left, stop = _RECEIVED, start_watch()
        async for delivery in line.deliveries():
            await line.settle(delivery, Settlement.ACCEPT)
            left -= 1
            if not left:
                break
        took = stop(_RECEIVED)
    finally:
        await line.close()
    await _empty(amqp_url)
    return took


class _BareLine:
    """The same queues by aio-pika alone.

    Args:
        connection: To the member's vhost.
        named: What the line is called there.
        message: What goes by it.
        prefetch: Deliveries that are offered and not yet acknowledged, at most.
    """

    def __init__(
        self,
        connection: AbstractConnection,
        named: RabbitLine,
        message: MessageRecord,
        *,
        prefetch: int,
    ) -> None:
        self._connection = connection
        self._named = named
        self._message = message
        self._prefetch = prefetch

    async def time_publishes(self, amqp_url: str) -> Took:
        """Publish to the queue that the router reads."""
        async with self._open_channel() as channel:
            publish = await self._publisher(channel, self._named.exchange, self._named.routing_key)
            took = await _time_together(publish)
        await _empty(amqp_url)
        return took

    async def fill_inbox(self) -> None:
        """Publish to the queue that the member reads as many as are received in a turn."""
        async with self._open_channel() as channel:
            publish = await self._publisher(channel, self._named.inbox, self._named.inbox)
            for _ in range(_RECEIVED // AT_ONCE):
                await asyncio.gather(*(publish() for _ in range(AT_ONCE)))

    async def time_receipts(self, amqp_url: str) -> Took:
        """Consume and acknowledge what was put there."""
        await self.fill_inbox()
        left, done = _RECEIVED, asyncio.Event()

        async def take(message: AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if not left:
                done.set()

        stop = start_watch()
        async with self._open_channel() as channel:
            await channel.set_qos(prefetch_count=self._prefetch)
            queue = await channel.get_queue(self._named.inbox, ensure=False)
            await queue.consume(take)
            await done.wait()
            took = stop(_RECEIVED)
        await _empty(amqp_url)
        return took

    def _open_channel(self) -> AbstractChannel:
        return self._connection.channel(publisher_confirms=True, on_return_raises=True)

    async def _publisher(
        self, channel: AbstractChannel, exchange: str, key: str
    ) -> Callable[[], Awaitable[object]]:
        import aio_pika  # noqa: PLC0415 - an extra

        into = await channel.get_exchange(exchange, ensure=False)

        async def publish() -> object:
            message = aio_pika.Message(
                self._message.octets,
                message_id=self._message.message_id,
                type=self._message.message_type,
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            return await into.publish(message, key, mandatory=True)

        return publish


async def _time_together(publish: Callable[[], Awaitable[object]]) -> Took:
    stop = start_watch()
    for _ in range(ROUNDS):
        await asyncio.gather(*(publish() for _ in range(AT_ONCE)))
    return stop(AT_ONCE * ROUNDS)


async def _empty(amqp_url: str) -> None:
    from swb.sandbox.pipe import empty_own_queues  # noqa: PLC0415 - an extra

    await empty_own_queues(amqp_url, [EXPORTING])
