"""What every transport keeps when a process dies without a word."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from swb.ports import LineEnd, Settlement
from tests.contract.test_transport import SOON, names_of, opened, publish, receive

if TYPE_CHECKING:
    from tests.contract.processes import Victims
    from tests.contract.transport_worlds import TransportWorld


async def test_offers_again_what_a_killed_process_had(
    world: TransportWorld, victim: Victims
) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member):
        await publish(member, "m1", "m2", "m3")
    async with victim("receive", world.describe(LineEnd.ROUTER), "2") as process:
        had = await process.hear(2)
        await process.kill()
    async with opened(router):
        received = await receive(router, 3)
        assert names_of(received) == {"m1": 1, "m2": 1, "m3": 1}
        again = {delivery.claimed_message_id for delivery in received if delivery.redelivered}
        assert again >= set(had)


async def test_keeps_every_confirmed_message_of_a_killed_publisher(
    world: TransportWorld, victim: Victims
) -> None:
    router = world.transport(LineEnd.ROUTER)
    async with victim("publish", world.describe(LineEnd.MEMBER)) as process:
        said = await process.hear(300)
        said += await process.kill()
    confirmed, received = set(said), set[str]()
    async with opened(router), asyncio.timeout(SOON):
        async for delivery in router.deliveries():
            assert delivery.body == delivery.claimed_message_id.encode() * 100
            received.add(delivery.claimed_message_id)
            await router.settle(delivery, Settlement.ACCEPT)
            if received >= confirmed:
                break
    assert len(received) >= 300


async def test_a_message_that_is_sent_again_arrives_at_least_once(
    world: TransportWorld, victim: Victims
) -> None:
    """The publisher died between the transport's word and its own note of it."""
    router = world.transport(LineEnd.ROUTER)
    async with victim("publish", world.describe(LineEnd.MEMBER)) as process:
        [said, *_] = await process.hear(1)
        await process.kill()
    member = world.transport(LineEnd.MEMBER)
    async with opened(member, router):
        await publish(member, said)
        times = 0
        async with asyncio.timeout(SOON):
            async for delivery in router.deliveries():
                times += delivery.claimed_message_id == said
                await router.settle(delivery, Settlement.ACCEPT)
                if times == 2:
                    break
