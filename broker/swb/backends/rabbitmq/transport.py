"""The production transport: RabbitMQ, over aio-pika.

Publisher confirms on a channel of their own, mandatory and persistent; deliveries on another
channel with a bounded prefetch; both reopened when they are lost. The names come from `topology`;
nothing is declared.

One publish that RabbitMQ forbids closes the channel and takes along whatever else was in flight on
it. Nobody can say then which of those were stored, so all are ``transport.unconfirmed``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import DeliveryError
from pamqp.commands import Basic

from swb.backends.rabbitmq.link import HEARTBEAT_SECONDS, Link
from swb.backends.rabbitmq.topology import INBOX, SUBMIT, routing_key
from swb.backends.rabbitmq.translation import FOREIGN_ERRORS, guard, translate
from swb.ports import Delivery, LineEnd, Settlement
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from aio_pika.abc import AbstractChannel

__all__ = ["RabbitTransport"]

_LOG: Final = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "application/xml"
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
"""Seconds between losing the consuming channel and asking for another."""


class RabbitTransport:
    """`swb.ports.Transport` over one vhost of RabbitMQ."""

    def __init__(
        self,
        *,
        url: str,
        line: str,
        end: LineEnd,
        prefetch: int = 64,
        max_in_flight: int = 256,
        confirm_for: timedelta = timedelta(seconds=10),
        connect_for: timedelta = timedelta(seconds=10),
        heartbeat: int = HEARTBEAT_SECONDS,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Name the line; nothing is opened yet.

        Args:
            url: ``amqp://`` or ``amqps://`` with user, password and the line's vhost; several,
                divided by white space, are nodes of one cluster.
            line: The member's state.
            end: Whose end this is.
            prefetch: Deliveries that are offered and not yet settled, at most.
            max_in_flight: Publishes that wait for their confirmation, at most.
            confirm_for: How long a publish may take, waiting for its turn included.
            connect_for: How long connecting to one node, opening a channel or a ping may take.
            heartbeat: Seconds of silence after which a node is lost, one more added.
            ssl_context: For ``amqps``.
        """
        self._line = line
        self._is_member = end is LineEnd.MEMBER
        self._prefetch = prefetch
        self._max_in_flight = max_in_flight
        self._confirm_for = confirm_for.total_seconds()
        self._connect_for = connect_for.total_seconds()
        self._link = Link(
            url=url,
            name=f"line {line}",
            ssl_context=ssl_context,
            wait_for=self._connect_for,
            heartbeat=heartbeat,
        )
        self._session: _Session | None = None

    @property
    def node(self) -> str:
        """Host and port of the node that it is connected to, or tries first."""
        return self._link.node

    async def open(self) -> None:
        """See `Transport.open`."""
        if self._session is None:
            await self._link.open()
            self._session = _Session(self._max_in_flight)

    def when_back(self, call: Callable[[], None]) -> None:
        """See `Transport.when_back`."""
        self._link.when_back(call)

    def end_deliveries(self) -> None:
        """See `Transport.end_deliveries`."""
        if self._session is not None:
            self._session.end_deliveries()

    async def close(self) -> None:
        """See `Transport.close`."""
        session, self._session = self._session, None
        if session is not None:
            await session.end()
            await self._link.close()

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """See `Transport.publish`."""
        session = self._require()
        message = Message(
            body,
            message_id=message_id,
            type=message_type,
            content_type=_CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        code, channel = "transport.unreachable", None
        try:
            async with asyncio.timeout(self._confirm_for), session.in_flight:
                channel = await self._publishing_channel(session)
                code = "transport.unconfirmed"
                outcome = await guard(self._send(channel, message, environment))
        except DeliveryError as cause:
            raise UnavailableError(
                "transport.full", f"line {self._line}: RabbitMQ refused the message"
            ) from cause
        except FOREIGN_ERRORS as cause:
            if isinstance(cause, TimeoutError) and channel is not None:
                self._give_up(channel, session)
            raise translate(cause, code, f"line {self._line}") from cause
        if not isinstance(outcome, Basic.Ack):
            message_text = f"line {self._line}: no queue for environment {environment!r}"
            raise UnavailableError("transport.unroutable", message_text)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """See `Transport.deliveries`. Several iterators of one transport share its prefetch."""
        session = self._require()
        if session.subscriber is None:
            session.subscriber = asyncio.create_task(self._keep_subscribed(session))
        while (message := await session.next_message()) is not None:
            yield Delivery(
                body=message.body,
                claimed_message_id=message.message_id or "",
                redelivered=bool(message.redelivered),
                tag=message,
            )

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """See `Transport.settle`."""
        message = delivery.tag
        if not isinstance(message, AbstractIncomingMessage):
            text = "expected a delivery of this transport"
            raise RefusedError("transport.foreign_delivery", text, actor=Actor.DEVELOPER)
        try:
            async with asyncio.timeout(self._confirm_for):
                if settlement is Settlement.ACCEPT:
                    await guard(message.ack())
                else:
                    await guard(message.nack(requeue=True))
        except FOREIGN_ERRORS:
            _LOG.info("a delivery comes back", extra={"action": "transport.settle_lost"})

    async def ping(self) -> None:
        """See `Transport.ping`."""
        try:
            async with asyncio.timeout(self._connect_for):
                channel = await self._link.open_channel()
        except TimeoutError as cause:
            raise translate(cause, "transport.unreachable", f"line {self._line}") from cause
        await self._link.close_channel(channel)

    async def _publishing_channel(self, session: _Session) -> AbstractChannel:
        """Get the open channel for publishing, or open the next one."""
        async with session.opening:
            if session.publishing is None or session.publishing.is_closed:
                session.publishing = await self._link.open_channel()
            return session.publishing

    def _give_up(self, channel: AbstractChannel, session: _Session) -> None:
        """Publish no more on a channel that confirms nothing.

        A channel whose first message went to a quorum queue's leader that hung confirms nothing
        ever again, though the queue has another leader and other channels work (seen with 3.10).
        """
        if session.publishing is channel:
            session.publishing = None
            closing = asyncio.create_task(self._link.close_channel(channel))
            session.closing.add(closing)
            closing.add_done_callback(session.closing.discard)

    async def _send(self, channel: AbstractChannel, message: Message, environment: str) -> object:
        """Publish and wait for RabbitMQ's word: a confirmation, or the message returned."""
        if self._is_member:
            name, key = SUBMIT, routing_key(environment, self._line)
        else:
            name, key = INBOX, INBOX
        exchange = await channel.get_exchange(name, ensure=False)
        return await exchange.publish(message, key, mandatory=True)

    async def _keep_subscribed(self, session: _Session) -> None:
        """Subscribe, and again whenever the channel is lost, until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            channel: AbstractChannel | None = None
            try:
                channel = await self._link.open_channel()
                async with asyncio.timeout(self._connect_for):
                    lost = await guard(self._subscribe(channel, session))
                pause = _FIRST_PAUSE
                await lost.wait()
            except (UnavailableError, *FOREIGN_ERRORS) as error:
                extra = {"action": "transport.not_subscribed", "line": self._line}
                _LOG.warning("not subscribed: %s", type(error).__name__, extra=extra)
            finally:
                session.forget_lost()
                if channel is not None:
                    await self._link.close_channel(channel)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _subscribe(self, channel: AbstractChannel, session: _Session) -> asyncio.Event:
        """Subscribe; what is returned is set when the subscription is lost."""
        lost = asyncio.Event()
        channel.close_callbacks.add(lambda *_: lost.set())
        await channel.set_qos(prefetch_count=self._prefetch)
        # RabbitMQ tells so when the queue is deleted under its consumer.
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(lambda *_: lost.set())
        queue = await channel.get_queue(INBOX if self._is_member else SUBMIT, ensure=False)
        await queue.consume(session.receive)
        return lost

    def _require(self) -> _Session:
        if self._session is None:
            message = f"line {self._line} is not open"
            raise UnavailableError("transport.unreachable", message)
        return self._session


class _Session:
    """What one opening of a transport knows.

    Attributes:
        in_flight: A place for each publish that waits for its confirmation.
        opening: Held while the publishing channel is opened.
        publishing: That channel.
        closing: What closes channels that were given up.
        subscriber: Keeps the subscription; None until somebody wants deliveries.
    """

    def __init__(self, max_in_flight: int) -> None:
        self.in_flight = asyncio.Semaphore(max_in_flight)
        self.opening = asyncio.Lock()
        self.publishing: AbstractChannel | None = None
        self.closing: set[asyncio.Task[None]] = set()
        self.subscriber: asyncio.Task[None] | None = None
        self._messages: deque[AbstractIncomingMessage] = deque()
        self._wake = asyncio.Event()
        self._ended = False

    async def receive(self, message: AbstractIncomingMessage) -> None:
        """Take what RabbitMQ sends; the prefetch bounds how much."""
        self._messages.append(message)
        self._wake.set()

    async def next_message(self) -> AbstractIncomingMessage | None:
        """Wait for the next message that is still ours; None at the end."""
        while not self._ended:
            while self._messages:
                message = self._messages.popleft()
                if _is_ours(message):
                    return message
            self._wake.clear()
            await self._wake.wait()
        return None

    def forget_lost(self) -> None:
        """Drop what a lost channel left behind: RabbitMQ offers it again."""
        self._messages = deque(message for message in self._messages if _is_ours(message))

    def end_deliveries(self) -> None:
        """Offer nothing more."""
        self._ended = True
        self._messages.clear()
        self._wake.set()

    async def end(self) -> None:
        """Subscribe no more."""
        self.end_deliveries()
        ending = [*self.closing, *([self.subscriber] if self.subscriber else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)


def _is_ours(message: AbstractIncomingMessage) -> bool:
    """Tell whether the channel that brought a message still lives."""
    with contextlib.suppress(*FOREIGN_ERRORS):
        return not message.channel.is_closed
    return False
