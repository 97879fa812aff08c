"""Steps that wait for a disk or a server: what is committed, and what is published.

Many are on their way at once, as on a busy road, where they share a wait; commits one by one stand
beside.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from swb.app.lines import build_lines
from swb.app.provision import name_rabbitmq_line
from swb.clock import new_id
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.ports import Acceptance, Direction, Event, NationalDelivery, Submission, SubmissionRecord
from swb.sandbox.bench.comparing import Compared, Took, compare
from swb.sandbox.bench.floors import BareTable
from swb.sandbox.road import EXPORTING
from swb_schemas.documents.elements import Environment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from swb.sandbox.bench.carried import Carried, Ends
    from swb.sandbox.region import Region
    from swb.services.sealing import Sent

__all__ = ["measure_publishing", "measure_storing"]

_AT_ONCE: Final = 50
"""As many as a gateway takes out of its drop folder or its outbox at a time."""
_ROUNDS: Final = 4
"""So many times that in a turn."""
_ALONE: Final = 20
"""In a turn, where they go one by one."""


async def measure_storing(
    ends: Ends, carried: Carried, file: Path, *, turns: int
) -> list[tuple[str, str, Compared]]:
    """Measure commits, by the stores of both ends.

    Args:
        ends: Whose stores.
        carried: What is kept; each time under other ids.
        file: For the bare table; it is gone afterwards.
        turns: How many.

    Returns:
        Name of the step, its floor in words, and figures.

    Raises:
        UnavailableError: ``store.*``.
    """

    async def submit(sent: Sent) -> object:
        return await ends.sender.store.commit_submission(_submission_of(sent, carried.payload))

    async def accept(sent: Sent) -> object:
        return await ends.receiver.store.accept(_acceptance_of(sent, delivers=bool(carried.items)))

    kept = [carried.sealed.octets, carried.clear.outbound.message.octets]
    steps = [("accept", accept, kept)]
    if carried.items:
        steps.insert(0, ("store", submit, [carried.payload, *kept]))
    table = BareTable(file)
    found = []
    try:
        for name, commit, rows in steps:
            for suffix, at_once, rounds in (("", _AT_ONCE, _ROUNDS), ("_alone", 1, _ALONE)):
                compared = await compare(
                    partial(_time_commits, commit, carried.clear, at_once, rounds),
                    partial(_time_inserts, table, rows, at_once, rounds),
                    turns=turns,
                    waits=True,
                )
                floor = f"the same octets inserted by sqlite3, {at_once} in a transaction"
                found.append((f"{name}{suffix}", floor, compared))
    finally:
        table.close()
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
    return found


async def _time_commits(
    commit: Callable[[Sent], Awaitable[object]], sent: Sent, at_once: int, rounds: int
) -> Took:
    made = [[_rename(sent) for _ in range(at_once)] for _ in range(rounds)]
    clock, used = time.perf_counter(), time.process_time()
    for together in made:
        await asyncio.gather(*(commit(each) for each in together))
    return _share(clock, used, at_once * rounds)


async def _time_inserts(table: BareTable, rows: Sequence[bytes], at_once: int, rounds: int) -> Took:
    together = [*rows] * at_once
    clock, used = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        table.insert(together)
    return _share(clock, used, at_once * rounds)


def _share(clock: float, used: float, count: int) -> Took:
    return Took(
        clock=(time.perf_counter() - clock) / count,
        processor=(time.process_time() - used) / count,
    )


def _rename(sent: Sent) -> Sent:
    """Give document and message other ids, and the certificate another key."""
    document_id, message_id = new_id(), new_id()
    key = sent.document.certificate_key
    return replace(
        sent,
        document=replace(
            sent.document,
            document_id=document_id,
            conversation_id=document_id,
            certificate_key=f"{key}-{document_id}" if key else "",
        ),
        outbound=replace(
            sent.outbound,
            message=replace(sent.outbound.message, message_id=message_id, document_id=document_id),
        ),
    )


def _submission_of(sent: Sent, payload: bytes) -> Submission:
    document = sent.document
    return Submission(
        record=SubmissionRecord(
            payload_digest=f"sha-256:{document.document_id}",
            adapter="bench/1",
            payload=payload,
            document_id=document.document_id,
            recorded_at=document.recorded_at,
        ),
        document=document,
        outbound=sent.outbound,
        events=[Event(document_id=document.document_id, name=Fact.AS1, at=document.recorded_at)],
    )


def _acceptance_of(sent: Sent, *, delivers: bool) -> Acceptance:
    document = replace(sent.document, direction=Direction.IN)
    message = replace(sent.outbound.message, direction=Direction.IN)
    delivery = NationalDelivery(
        document_id=document.document_id,
        message_type=document.message_type,
        octets=document.octets,
        message_id=message.message_id,
        message_digest=message.digest,
    )
    return Acceptance(
        message=message,
        documents=[document],
        deliveries=[delivery] if delivers else [],
        events=[
            Event(
                document_id=document.document_id,
                name=Fact.AS2,
                at=document.recorded_at,
                message_id=message.message_id,
            )
        ],
    )


async def measure_publishing(
    region: Region, carried: Carried, amqp_url: str, *, turns: int
) -> tuple[str, str, Compared]:
    """Measure publishing with confirms, on the exporting member's line.

    What is published stays in the queue until a turn has ended, and is removed then.

    Raises:
        UnavailableError: ``transport.*``.
    """
    import aio_pika  # noqa: PLC0415 - an extra

    from swb.sandbox.pipe import empty_own_queues  # noqa: PLC0415 - an extra

    message = carried.clear.outbound.message
    line = build_lines(load_config(region.gateways[EXPORTING]))[EXPORTING]
    named = name_rabbitmq_line(EXPORTING, Environment.TEST)
    url = urlsplit(amqp_url)._replace(path=f"/{named.vhost}").geturl()

    async def time_publishes(publish: Callable[[], Awaitable[object]]) -> Took:
        clock, used = time.perf_counter(), time.process_time()
        for _ in range(_ROUNDS):
            await asyncio.gather(*(publish() for _ in range(_AT_ONCE)))
        took = _share(clock, used, _AT_ONCE * _ROUNDS)
        await empty_own_queues(amqp_url, [EXPORTING])
        return took

    async def publish() -> None:
        await line.publish(
            message.octets,
            message_id=message.message_id,
            message_type=message.message_type,
            environment=Environment.TEST,
        )

    await line.open()
    try:
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(named.exchange, ensure=False)

            async def publish_bare() -> object:
                bare = aio_pika.Message(
                    message.octets,
                    message_id=message.message_id,
                    type=message.message_type,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                )
                return await exchange.publish(bare, named.routing_key, mandatory=True)

            compared = await compare(
                partial(time_publishes, publish),
                partial(time_publishes, publish_bare),
                turns=turns,
                waits=True,
            )
    finally:
        await line.close()
    return "publish", f"published by aio-pika, {_AT_ONCE} on their way", compared
