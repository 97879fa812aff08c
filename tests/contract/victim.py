"""A process that tests start and kill. Run as ``python -m tests.contract.victim ACTION ...``.

Everything that it says on standard output is a promise: it is said after the fact.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from swb.ports import Direction, Event, Settlement, Share
from tests.contract.records import LEASE, NOW, acceptance, by_line, document, outbound
from tests.contract.store_worlds import build_store_from_description
from tests.contract.transport_worlds import build_from_description

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from swb.ports import MessageStore, Transport

COMPLETION, COMPLETION_DOCUMENT = 5, 6
LAST_BREATH = 0.2
"""Seconds in which what was written to a socket still leaves, before the end."""


def say(*words: str) -> None:
    print(*words, flush=True)  # noqa: T201 - how it talks to the test


async def receive(description: str, count: str) -> NoReturn:
    """Receive so many messages, settle none, and wait for the end."""
    transport = build_from_description(description)
    await transport.open()
    received = 0
    async for delivery in transport.deliveries():
        received += 1
        say(delivery.claimed_message_id)
        if received == int(count):
            break
    await asyncio.Event().wait()
    raise AssertionError


async def publish(description: str) -> NoReturn:
    """Publish from eight tasks until the end, and say what is known to be held."""
    transport = build_from_description(description)
    await transport.open()

    async def work(name: int) -> NoReturn:
        number = 0
        while True:
            number += 1
            message_id = f"{name}-{number}"
            await transport.publish(
                message_id.encode() * 100,
                message_id=message_id,
                message_type="CertificateIssue",
                environment="test",
            )
            say(message_id)

    await asyncio.gather(*(work(name) for name in range(8)))
    raise AssertionError


async def accept(store_description: str) -> NoReturn:
    """Accept messages from eight tasks until the end, and say which are committed."""
    store = build_store_from_description(store_description)
    await store.open()
    numbers = itertools.count()

    async def work() -> NoReturn:
        while True:
            number = next(numbers)
            await store.accept(acceptance(number))
            say(str(number))

    await asyncio.gather(*(work() for _ in range(8)))
    raise AssertionError


class Gateway:
    """The smallest gateway there can be: bodies are numbers, the national system is a file.

    It dies at the given crash point, the first time that it comes there.
    """

    def __init__(
        self, store: MessageStore, transport: Transport, national: Path, crash_point: str, run: int
    ) -> None:
        self._store = store
        self._transport = transport
        self._national = national
        self._crash_point = crash_point
        # Leases of an earlier run have ended by then.
        self._now: datetime = NOW + run * timedelta(hours=1)

    async def work(self, remaining: int) -> None:
        """Receive so many messages, and do all that follows from them."""
        deliveries = self._transport.deliveries()
        for _ in range(remaining):
            delivery = await anext(deliveries)
            await self._pass("received")
            disposition = await self._store.accept(acceptance(int(delivery.body)))
            say(disposition.value, delivery.body.decode())
            await self._pass("accepted")
            await self._transport.settle(delivery, Settlement.ACCEPT)
            say("settled", delivery.body.decode())
            await self._pass("settled")
            await self._dispatch()
            await self._deliver()
        await self._deliver()
        await self._dispatch()

    async def _dispatch(self) -> None:
        for claimed in await self._store.claim_outbound(
            self._now, shares=by_line(9), lease_for=LEASE
        ):
            await self._pass("outbound claimed")
            await self._transport.publish(
                claimed.message.octets,
                message_id=claimed.message.message_id,
                message_type=claimed.message.message_type,
                environment=claimed.environment,
            )
            await self._pass("published")
            await self._store.mark_published([claimed.message.message_id], self._now)
            await self._pass("marked")

    async def _deliver(self) -> None:
        for claimed in await self._store.claim_deliveries(
            self._now, share=Share(fresh=9), lease_for=LEASE
        ):
            await self._pass("delivery claimed")
            with self._national.open("a") as file:
                print(claimed.document_id, file=file)
            await self._pass("handed over")
            number = int(claimed.document_id[4:8], 16)
            ack = outbound(number, kind=COMPLETION, document_kind=COMPLETION_DOCUMENT)
            await self._store.complete_delivery(
                claimed.document_id,
                at=self._now,
                events=[
                    Event(
                        document_id=claimed.document_id,
                        name="AS3",
                        at=self._now,
                        message_id=ack.message.message_id,
                    )
                ],
                documents=[
                    document(
                        number,
                        kind=COMPLETION_DOCUMENT,
                        certificate_key="",
                        direction=Direction.OUT,
                    )
                ],
                outbound=[ack],
            )
            await self._pass("completed")

    async def _pass(self, point: str) -> None:
        if point == self._crash_point:
            await asyncio.sleep(LAST_BREATH)
            os.kill(os.getpid(), signal.SIGKILL)


async def gateway(
    store_description: str, description: str, national: str, crash_point: str, remaining: str
) -> None:
    """Run the gateway on what is there; without a crash point it is the second run."""
    store = build_store_from_description(store_description)
    transport = build_from_description(description)
    await store.open()
    await transport.open()
    run = 0 if crash_point else 1
    await Gateway(store, transport, Path(national), crash_point, run).work(int(remaining))
    await transport.close()
    await store.close()


ACTIONS: dict[str, Callable[..., Coroutine[None, None, None]]] = {
    "receive": receive,
    "publish": publish,
    "accept": accept,
    "gateway": gateway,
}


def main() -> None:
    """Do what the arguments say."""
    asyncio.run(ACTIONS[sys.argv[1]](*sys.argv[2:]))


if __name__ == "__main__":
    main()
