"""One process of the bare pipe: moves octets over RabbitMQ with aio-pika and does nothing else.

Started by `swb.sandbox.pipe`. The first line of standard input is a `PipeSettings` in JSON, each
further one a `PipeTask` for the exporter; it ends when standard input closes. What a document
costs in hops is what it costs on the road:

=================  ==================================  =============================
message            hops                                acknowledged by
=================  ==================================  =============================
CertificateIssue   exporter, router, importer          router, importer
RelayReceipt       router, exporter                    exporter
AS2, AS3           importer, router, exporter (each)   router, exporter
=================  ==================================  =============================

Every publish is persistent, mandatory and confirmed; every delivery is acknowledged only after
what it causes is confirmed. Told to, it answers several documents by one receipt, as a busy road
does.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import aio_pika
from aio_pika import DeliveryMode, Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, AbstractQueue

__all__ = ["ISSUE", "PipeSettings", "PipeTask", "Receipts"]

ISSUE: Final = "CertificateIssue"
RECEIPT: Final = "RelayReceipt"
ACKNOWLEDGEMENT: Final = "TransportAck"
_HOPS: Final = ("AS2", "AS3")
_COMING_BACK: Final = 3
"""Receipts of one document that reach the exporter."""
_PATIENCE: Final = 0.02
"""Seconds that a document waits for others to be answered with."""
_NUMBERS: Final = "numbers"
"""Header of a receipt that answers several documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeSettings:
    """What a worker is told.

    Attributes:
        role: ``exporter``, ``router`` or ``importer``.
        exporting: URL of the exporting member's vhost.
        importing: URL of the importing member's vhost.
        exchange: To which members publish.
        exporting_key: Under which the exporting member does.
        importing_key: Under which the importing member does.
        submit: Queue from which the router reads.
        inbox: Queue from which a member reads, and exchange to which the router publishes.
        sizes: Octets of a message, by message type.
        prefetch: Deliveries on their way, for each queue.
        in_flight: Publishes of the exporter that are not confirmed.
        together: How many documents one receipt answers at most.
    """

    role: str
    exporting: str
    importing: str
    exchange: str
    exporting_key: str
    importing_key: str
    submit: str
    inbox: str
    sizes: dict[str, int]
    prefetch: int
    in_flight: int
    together: int = 1

    def to_line(self) -> str:
        """Write it as one line."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeTask:
    """What an exporter is asked.

    Attributes:
        documents: How many to send.
        rate: Documents a second; None sends as fast as it goes.
    """

    documents: int
    rate: float | None

    def to_line(self) -> str:
        """Write it as one line."""
        return json.dumps(asdict(self))


class _Line:
    """One vhost: publishing on a channel of its own, as the road does.

    Args:
        exchange: Where to publish.
        queue: Where to read.
    """

    def __init__(
        self, exchange: AbstractExchange, queue: AbstractQueue, sizes: dict[str, int]
    ) -> None:
        self._exchange = exchange
        self._queue = queue
        self._bodies = {kind: os.urandom(size) for kind, size in sizes.items()}

    async def publish(self, body: bytes, key: str, *, kind: str, numbers: Sequence[str]) -> None:
        """Publish and wait for the confirmation."""
        message = Message(
            body,
            message_id=numbers[0],
            headers={_NUMBERS: " ".join(numbers)} if len(numbers) > 1 else None,
            type=kind,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        await self._exchange.publish(message, key, mandatory=True)

    async def make(self, kind: str, key: str, *, numbers: Sequence[str], hop: str = "") -> None:
        """Publish a new message of a kind."""
        await self.publish(self._bodies[kind], key, kind=hop or kind, numbers=numbers)

    async def read(self, take: Callable[[AbstractIncomingMessage], Awaitable[object]]) -> None:
        """Hand every delivery to a function, which acknowledges it."""
        await self._queue.consume(take)


class Receipts:
    """Answers so many documents at a time, or those that have waited long enough.

    Args:
        send: Publishes what answers some documents.
        together: How many at most.
    """

    def __init__(self, send: Callable[[Sequence[str]], Awaitable[object]], together: int) -> None:
        self._send = send
        self._together = together
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def answer(self, number: str) -> None:
        """Return when what answers a document is confirmed."""
        if self._together == 1:
            await self._send([number])
            return
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[None] = loop.create_future()
        self._waiting.append((number, answered))
        if len(self._waiting) >= self._together:
            self._begin()
        elif self._timer is None:
            self._timer = loop.call_later(_PATIENCE, self._begin)
        await answered

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        some, self._waiting = self._waiting, []
        task = asyncio.create_task(self._finish(some))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _finish(self, some: Sequence[tuple[str, asyncio.Future[None]]]) -> None:
        try:
            await self._send([number for number, _ in some])
        except Exception as error:  # noqa: BLE001 - whoever waits for it hears it
            for _, answered in some:
                answered.set_exception(error)
        else:
            for _, answered in some:
                answered.set_result(None)


def _read_numbers(message: AbstractIncomingMessage) -> list[str]:
    several = message.headers.get(_NUMBERS)
    return str(several).split() if several else [message.message_id or ""]


async def _open_line(stack: AsyncExitStack, settings: PipeSettings, url: str) -> _Line:
    connection = await stack.enter_async_context(await aio_pika.connect(url))
    publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
    reading = await connection.channel(publisher_confirms=False)
    await reading.set_qos(prefetch_count=settings.prefetch)
    if settings.role == "router":
        to, queue_name = settings.inbox, settings.submit
    else:
        to, queue_name = settings.exchange, settings.inbox
    exchange = await publishing.get_exchange(to, ensure=False)
    queue = await reading.get_queue(queue_name, ensure=False)
    return _Line(exchange, queue, settings.sizes)


async def _be_router(stack: AsyncExitStack, settings: PipeSettings) -> None:
    exporting = await _open_line(stack, settings, settings.exporting)
    importing = await _open_line(stack, settings, settings.importing)

    receipts = Receipts(
        lambda numbers: exporting.make(RECEIPT, settings.inbox, numbers=numbers),
        settings.together,
    )

    async def relay_issue(message: AbstractIncomingMessage) -> None:
        (number,) = _read_numbers(message)
        await asyncio.gather(
            importing.publish(message.body, settings.inbox, kind=ISSUE, numbers=[number]),
            receipts.answer(number),
        )
        await message.ack()

    async def relay_acknowledgement(message: AbstractIncomingMessage) -> None:
        kind, numbers = message.type or "", _read_numbers(message)
        await exporting.publish(message.body, settings.inbox, kind=kind, numbers=numbers)
        await message.ack()

    await exporting.read(relay_issue)
    await importing.read(relay_acknowledgement)


async def _be_importer(stack: AsyncExitStack, settings: PipeSettings) -> None:
    line = await _open_line(stack, settings, settings.importing)

    async def send(numbers: Sequence[str]) -> None:
        key = settings.importing_key
        await asyncio.gather(
            *(line.make(ACKNOWLEDGEMENT, key, numbers=numbers, hop=hop) for hop in _HOPS)
        )

    receipts = Receipts(send, settings.together)

    async def answer(message: AbstractIncomingMessage) -> None:
        (number,) = _read_numbers(message)
        await receipts.answer(number)
        await message.ack()

    await line.read(answer)


class _Exporter:
    """Sends documents and counts what comes back."""

    def __init__(self, line: _Line, settings: PipeSettings) -> None:
        self._line = line
        self._settings = settings
        self._acknowledged: dict[str, float] = {}
        self._missing = 0
        self._all_back = asyncio.Event()

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Count what one message answers."""
        numbers = _read_numbers(message)
        if message.type in _HOPS:
            for number in numbers:
                self._acknowledged.setdefault(number, time.perf_counter())
        await message.ack()
        self._missing -= len(numbers)
        if not self._missing:
            self._all_back.set()

    async def work(self, task: PipeTask) -> dict[str, object]:
        """Send documents and wait until everything is back.

        Returns:
            ``seconds`` until the first acknowledgement of each document was there, and
            ``latencies`` in seconds, one a document.
        """
        self._acknowledged.clear()
        self._all_back.clear()
        self._missing = task.documents * _COMING_BACK
        room = asyncio.Semaphore(self._settings.in_flight)
        sent: dict[str, float] = {}
        begun = time.perf_counter()

        async def send(number: str) -> None:
            try:
                await self._line.make(ISSUE, self._settings.exporting_key, numbers=[number])
            finally:
                room.release()

        async with asyncio.TaskGroup() as tasks:
            for count in range(task.documents):
                if task.rate is not None:
                    await asyncio.sleep(begun + count / task.rate - time.perf_counter())
                await room.acquire()
                sent[str(count)] = time.perf_counter()
                tasks.create_task(send(str(count)))
        await self._all_back.wait()
        return {
            "seconds": max(self._acknowledged.values()) - begun,
            "latencies": [self._acknowledged[number] - at for number, at in sent.items()],
        }


async def _open_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


async def _run() -> None:
    orders = await _open_input()
    settings = PipeSettings(**json.loads(await orders.readline()))
    async with AsyncExitStack() as stack:
        exporter = None
        if settings.role == "router":
            await _be_router(stack, settings)
        elif settings.role == "importer":
            await _be_importer(stack, settings)
        else:
            line = await _open_line(stack, settings, settings.exporting)
            exporter = _Exporter(line, settings)
            await line.read(exporter.take)
        _tell("ready")
        working: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            while order := await orders.readline():
                if exporter is not None:
                    working = tasks.create_task(_work(exporter, order))
            if working is not None:
                working.cancel()


async def _work(exporter: _Exporter, order: bytes) -> None:
    _tell(json.dumps(await exporter.work(PipeTask(**json.loads(order)))))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_run())
