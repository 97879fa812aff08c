"""The bare pipe: what RabbitMQ and aio-pika alone can carry of the road's messages.

Three processes move octets of the sizes that the road's own messages had, over the same queues and
the same number of hops, persistent, mandatory, confirmed and acknowledged, and do nothing else
(`swb.sandbox.pipe_worker`). The road is held against it. Where the road answers several documents
by one receipt it sends fewer messages than this, so a second pipe then groups receipts as the road
did.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aio_pika
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from swb.app.provision import name_rabbitmq_line
from swb.sandbox.measuring import Measurement, Watch
from swb.sandbox.pipe_worker import PipeSettings, PipeTask
from swb.sandbox.processes import Program, run_beside, start_children
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from swb.sandbox.processes import Child

__all__ = ["Pipe", "check_idle", "empty_own_queues", "open_pipe"]

_PREFETCH: Final = 200
_IN_FLIGHT: Final = 300
"""Wide enough that neither holds the pipe up: wider windows gave no more."""
_WAIT_FOR: Final = 30.0
"""Seconds for one answer of RabbitMQ."""
_LOOKS: Final = 100
_LOOK_EVERY: Final = 0.1
"""Seconds between looks whether RabbitMQ knows that readers are gone."""


class Pipe:
    """The three processes, connected and waiting.

    Args:
        children: The exporter first.
    """

    def __init__(self, children: list[Child]) -> None:
        self._children = children

    async def send(
        self, documents: int, *, rate: float | None = None, give_up_after: float
    ) -> Measurement:
        """Send documents and wait for everything that they cause.

        Args:
            documents: How many.
            rate: Documents a second; None sends as fast as it goes.
            give_up_after: Seconds.

        Raises:
            UnavailableError: ``bench.process_ended``, ``bench.too_slow``.
        """
        watch = Watch(self._children)
        exporter = self._children[0]

        async def work() -> str:
            await exporter.ask(PipeTask(documents=documents, rate=rate).to_line())
            return await exporter.hear()

        told = json.loads(await run_beside(self._children, work(), give_up_after=give_up_after))
        return Measurement(
            documents=documents,
            seconds=told["seconds"],
            latencies=tuple(told["latencies"]),
            cpu=watch.read(),
        )


@asynccontextmanager
async def open_pipe(
    *,
    amqp_url: str,
    exporting: str,
    importing: str,
    sizes: Mapping[str, int],
    folder: Path,
    give_up_after: float,
    together: int = 1,
) -> AsyncIterator[Pipe]:
    """Start the processes and connect them.

    Args:
        amqp_url: RabbitMQ whose topology is applied, and whose queues are empty.
        exporting: State that sends documents.
        importing: State that receives them.
        sizes: Octets of a message, by message type.
        folder: For logs.
        give_up_after: Seconds for the start.
        together: How many documents one receipt answers at most.

    Raises:
        UnavailableError: ``bench.*``, ``transport.not_installed``.
    """
    out = name_rabbitmq_line(exporting, Environment.TEST)
    into = name_rabbitmq_line(importing, Environment.TEST)
    roles = ("exporter", "router", "importer")
    programs = [Program(name=f"pipe {role}", module="swb.sandbox.pipe_worker") for role in roles]
    async with start_children(programs, folder) as children:
        for role, child in zip(roles, children, strict=True):
            settings = PipeSettings(
                role=role,
                exporting=_at(amqp_url, out.vhost),
                importing=_at(amqp_url, into.vhost),
                exchange=out.exchange,
                exporting_key=out.routing_key,
                importing_key=into.routing_key,
                submit=out.submit,
                inbox=out.inbox,
                sizes=dict(sizes),
                prefetch=_PREFETCH,
                in_flight=_IN_FLIGHT,
                together=together,
            )
            await child.ask(settings.to_line())

        async def hear_all() -> None:
            for child in children:
                await child.hear()

        await run_beside(children, hear_all(), give_up_after=give_up_after)
        yield Pipe(children)


async def check_idle(amqp_url: str, members: Sequence[str]) -> None:
    """Check that nothing is in the members' queues and nobody reads them.

    Raises:
        UnavailableError: ``transport.queues_in_use``, ``transport.unreachable``.
    """
    for name, (messages, readers) in (await _look(amqp_url, members, purge=False)).items():
        if messages or readers:
            raise UnavailableError(
                "transport.queues_in_use",
                f"expected an idle queue {name}, found {messages} messages and {readers} readers",
            )


async def empty_own_queues(amqp_url: str, members: Sequence[str]) -> None:
    """Remove what ended processes left in queues that were idle before they began.

    A process that is stopped just after a commit may not have settled what it committed, and
    RabbitMQ then offers it again.

    Raises:
        UnavailableError: ``transport.queues_in_use``: somebody still reads them;
            ``transport.unreachable``.
    """
    for _ in range(_LOOKS):
        found = await _look(amqp_url, members, purge=True)
        if not any(readers for _, readers in found.values()):
            return
        await asyncio.sleep(_LOOK_EVERY)
    message = "expected that nobody reads the members' queues any more"
    raise UnavailableError("transport.queues_in_use", message)


async def _look(
    amqp_url: str, members: Sequence[str], *, purge: bool
) -> dict[str, tuple[int, int]]:
    """Count messages and readers of every queue of the members.

    Args:
        amqp_url: RabbitMQ.
        members: Whose queues.
        purge: Whether to empty those that nobody reads.
    """
    found = {}
    for member in members:
        line = name_rabbitmq_line(member, Environment.TEST)
        try:
            connection = await aio_pika.connect(_at(amqp_url, line.vhost), timeout=_WAIT_FOR)
            async with connection, connection.channel() as channel:
                for name in (line.submit, line.inbox):
                    queue = await channel.declare_queue(name, passive=True, timeout=_WAIT_FOR)
                    messages = queue.declaration_result.message_count or 0
                    readers = queue.declaration_result.consumer_count or 0
                    found[f"{name} of {line.vhost}"] = (messages, readers)
                    if purge and not readers:
                        await queue.purge(timeout=_WAIT_FOR)
        except CONNECTION_EXCEPTIONS as cause:
            message = f"{line.vhost}: {type(cause).__name__}"
            raise UnavailableError("transport.unreachable", message) from cause
    return found


def _at(amqp_url: str, vhost: str) -> str:
    return urlsplit(amqp_url)._replace(path=f"/{vhost}").geturl()
