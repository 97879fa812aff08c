"""A process that tests start and kill. Run as ``python -m tests.contract.victim ACTION ...``.

Everything that it says on standard output is a promise: it is said after the fact.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, NoReturn

from tests.contract.transport_worlds import build_from_description

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


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


ACTIONS: dict[str, Callable[..., Coroutine[None, None, NoReturn]]] = {
    "receive": receive,
    "publish": publish,
}

if __name__ == "__main__":
    asyncio.run(ACTIONS[sys.argv[1]](*sys.argv[2:]))
