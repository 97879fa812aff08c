"""How every transport behaves, whatever carries it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from swb.ports import Delivery, LineEnd, Settlement
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb.ports import Transport
    from tests.contract.conftest import MakeTransportWorld
    from tests.contract.transport_worlds import TransportWorld

MISSING_LINE = "MM"
SOON = 10.0
"""Seconds in which something must happen."""
A_WHILE = 0.5
"""Seconds in which nothing must happen."""


@contextlib.asynccontextmanager
async def opened(*transports: Transport) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        for transport in transports:
            await transport.open()
            stack.push_async_callback(transport.close)
        yield


async def publish(transport: Transport, *names: str, environment: str = "test") -> None:
    for name in names:
        await transport.publish(
            f"body of {name}".encode(),
            message_id=name,
            message_type="CertificateIssue",
            environment=environment,
        )


async def receive(transport: Transport, count: int = 1) -> list[Delivery]:
    received: list[Delivery] = []
    async with asyncio.timeout(SOON):
        async for delivery in transport.deliveries():
            received.append(delivery)
            if len(received) == count:
                break
    return received


async def receives_nothing(transport: Transport) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(A_WHILE):
            async for _ in transport.deliveries():
                return False
    return True


def names_of(deliveries: list[Delivery]) -> Counter[str]:
    return Counter(delivery.claimed_message_id for delivery in deliveries)


@pytest.mark.parametrize(
    ("sender", "receiver"),
    [(LineEnd.MEMBER, LineEnd.ROUTER), (LineEnd.ROUTER, LineEnd.MEMBER)],
    ids=["member to router", "router to member"],
)
async def test_delivers_what_was_published(
    world: TransportWorld, sender: LineEnd, receiver: LineEnd
) -> None:
    here, there = world.transport(sender), world.transport(receiver)
    async with opened(here, there):
        body = bytes(range(256))
        await here.publish(
            body, message_id="0190", message_type="CertificateIssue", environment="test"
        )
        [delivery] = await receive(there)
        assert delivery.body == body
        assert delivery.claimed_message_id == "0190"
        assert not delivery.redelivered
        await there.settle(delivery, Settlement.ACCEPT)
        assert await receives_nothing(there)
        assert await receives_nothing(here)


async def test_settles_nothing_that_it_did_not_deliver(world: TransportWorld) -> None:
    transport = world.transport(LineEnd.MEMBER)
    foreign = Delivery(body=b"", claimed_message_id="0190", redelivered=False, tag="of another")
    async with opened(transport):
        for settlement in Settlement:
            with pytest.raises(RefusedError) as refusal:
                await transport.settle(foreign, settlement)
            assert refusal.value.code == "transport.foreign_delivery"


@pytest.mark.parametrize("environment", ["test", "parallel", "production"])
async def test_carries_every_environment(world: TransportWorld, environment: str) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, environment, environment=environment)
        assert names_of(await receive(router)) == {environment: 1}


async def test_refuses_an_environment_that_no_queue_takes(world: TransportWorld) -> None:
    member = world.transport(LineEnd.MEMBER)
    async with opened(member):
        with pytest.raises(UnavailableError, match=r"transport\.unroutable"):
            await publish(member, "m1", environment="staging")
        await publish(member, "m2")


async def test_carries_a_body_of_one_megabyte(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        body = bytes(range(256)) * 4096
        await member.publish(
            body, message_id="big", message_type="CertificateIssue", environment="test"
        )
        [delivery] = await receive(router)
        assert delivery.body == body


async def test_keeps_the_lines_apart(world: TransportWorld) -> None:
    other_line = await world.make_other_line()
    member = world.transport(LineEnd.MEMBER)
    other_router = world.transport(LineEnd.ROUTER, line=other_line)
    async with opened(member, other_router):
        await publish(member, "m1")
        assert await receives_nothing(other_router)


async def test_brings_a_message_published_elsewhere(world: TransportWorld) -> None:
    router, member = (
        world.transport(LineEnd.ROUTER),
        world.transport(LineEnd.MEMBER, elsewhere=True),
    )
    async with opened(router, member):
        waiting = asyncio.create_task(receive(router))
        await asyncio.sleep(A_WHILE)
        await publish(member, "m1")
        assert names_of(await waiting) == {"m1": 1}


# --- settling ----------------------------------------------------------------------------------


async def test_offers_again_what_was_released(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        [delivery] = await receive(router)
        await router.settle(delivery, Settlement.RELEASE)
        [again] = await receive(router)
        assert again.body == delivery.body
        assert again.redelivered


async def test_offers_to_another_what_was_released(world: TransportWorld) -> None:
    member = world.transport(LineEnd.MEMBER)
    first = world.transport(LineEnd.ROUTER, prefetch=1)
    second = world.transport(LineEnd.ROUTER, elsewhere=True)
    async with opened(member, first, second):
        await publish(member, "m1", "m2")
        [delivery] = await receive(first)
        [other] = await receive(second)
        assert {delivery.claimed_message_id, other.claimed_message_id} == {"m1", "m2"}
        await first.close()
        [again] = await receive(second)
        assert again.claimed_message_id == delivery.claimed_message_id
        assert again.redelivered


async def test_forgets_what_was_accepted(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1", "m2")
        for delivery in await receive(router, 2):
            await router.settle(delivery, Settlement.ACCEPT)
    async with opened(router):
        assert await receives_nothing(router)


async def test_gives_back_at_closing_what_was_not_settled(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1", "m2", "m3")
        await receive(router, 1)
        await router.close()
        await router.open()
        assert names_of(await receive(router, 3)) == {"m1": 1, "m2": 1, "m3": 1}


@pytest.mark.parametrize("settlement", Settlement)
async def test_takes_a_settlement_after_the_line_was_lost(
    world: TransportWorld, settlement: Settlement
) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        [delivery] = await receive(router)
        await router.close()
        await router.settle(delivery, settlement)


async def test_takes_a_second_settlement(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1", "m2")
        [delivery] = await receive(router)
        await router.settle(delivery, Settlement.ACCEPT)
        await router.settle(delivery, Settlement.RELEASE)
        assert names_of(await receive(router)) == {"m2": 1}
        assert await receives_nothing(router)


# --- bounds ------------------------------------------------------------------------------------


async def test_offers_no_more_than_the_prefetch(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER, prefetch=3)
    async with opened(member, router):
        await publish(member, *(f"m{number}" for number in range(10)))
        [first, *_] = await receive(router, 3)
        assert await receives_nothing(router)
        await router.settle(first, Settlement.ACCEPT)
        await receive(router, 1)
        assert await receives_nothing(router)


async def test_refuses_when_the_queue_is_full(make_world: MakeTransportWorld) -> None:
    world = await make_world(max_length=5)
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        names, published = [f"m{number}" for number in range(6 + world.slack)], []
        for name in names:
            try:
                await publish(member, name)
            except UnavailableError as refusal:
                assert refusal.code == "transport.full"  # noqa: PT017 - which one is open
                break
            published.append(name)
        assert 5 <= len(published) < len(names)
        received = await receive(router, len(published))
        assert names_of(received) == Counter(published)
        for delivery in received:
            await router.settle(delivery, Settlement.ACCEPT)
        assert await receives_nothing(router)
        await publish(member, "there is room again")


async def test_publishes_concurrently_without_loss(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        names = [f"m{number}" for number in range(300)]
        await asyncio.gather(*(publish(member, name) for name in names))
        received = []
        async with asyncio.timeout(SOON):
            async for delivery in router.deliveries():
                received.append(delivery)
                await router.settle(delivery, Settlement.ACCEPT)
                if len(received) == len(names):
                    break
        assert names_of(received) == Counter(names)


async def test_several_consumers_share_the_work(world: TransportWorld) -> None:
    member = world.transport(LineEnd.MEMBER)
    routers = [
        world.transport(LineEnd.ROUTER, prefetch=5, elsewhere=bool(number)) for number in range(3)
    ]
    names = [f"m{number}" for number in range(120)]
    received: Counter[str] = Counter()
    complete = asyncio.Event()

    async def work(router: Transport) -> int:
        done = 0
        async for delivery in router.deliveries():
            received[delivery.claimed_message_id] += 1
            await asyncio.sleep(0)
            await router.settle(delivery, Settlement.ACCEPT)
            done += 1
            if received.total() >= len(names):
                complete.set()
        return done

    async with opened(member, *routers):
        workers = [asyncio.create_task(work(router)) for router in routers]
        await asyncio.gather(*(publish(member, name) for name in names))
        async with asyncio.timeout(SOON):
            await complete.wait()
        for router in routers:
            await router.close()
        shares = await asyncio.gather(*workers)
    assert received == Counter(names)
    assert sum(shares) == len(names)


# --- ends --------------------------------------------------------------------------------------


async def test_a_consumer_that_gives_up_takes_nothing_with_it(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        for _ in range(20):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    async for _ in router.deliveries():
                        pytest.fail("nothing was published yet")
        await publish(member, "m1")
        assert names_of(await receive(router)) == {"m1": 1}


async def test_a_publisher_that_gives_up_leaves_the_line_usable(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        for number in range(20):
            attempt = asyncio.create_task(publish(member, f"given up {number}"))
            await asyncio.sleep(0.0002 * number)
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
        await publish(member, "last")
        seen: Counter[str] = Counter()
        async with asyncio.timeout(SOON):
            async for delivery in router.deliveries():
                seen[delivery.claimed_message_id] += 1
                if delivery.claimed_message_id == "last":
                    break
        assert set(seen.values()) == {1}


async def test_what_was_offered_is_settled_after_the_end_of_deliveries(
    world: TransportWorld,
) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        [delivery] = await receive(router)
        router.end_deliveries()
        await publish(member, "m2")
        assert await receive(router) == []
        await router.settle(delivery, Settlement.ACCEPT)
    async with opened(router):
        assert names_of(await receive(router, 1)) == {"m2": 1}
        assert await receives_nothing(router)


async def test_deliveries_end_when_the_transport_closes(world: TransportWorld) -> None:
    router = world.transport(LineEnd.ROUTER)
    async with opened(router):
        waiting = asyncio.create_task(receive(router))
        await asyncio.sleep(0.1)
        await router.close()
        assert await waiting == []


async def test_closes_and_opens_as_often_as_wanted(world: TransportWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    await member.close()
    async with opened(router):
        for number in range(2):
            await member.open()
            await member.open()
            await publish(member, f"m{number}")
            await member.close()
            await member.close()
        assert names_of(await receive(router, 2)) == {"m0": 1, "m1": 1}


async def test_is_unreachable_when_closed(world: TransportWorld) -> None:
    member = world.transport(LineEnd.MEMBER)
    async with opened(member):
        await member.ping()
    with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
        await publish(member, "m1")
    with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
        await member.ping()
    with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
        await receive(member)


@pytest.mark.parametrize("end", LineEnd)
async def test_refuses_to_open_a_line_that_was_never_made(
    world: TransportWorld, end: LineEnd
) -> None:
    with pytest.raises(UnavailableError, match=r"transport\.topology"):
        await world.transport(end, line=MISSING_LINE).open()
