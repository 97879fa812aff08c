"""What only the RabbitMQ transport has to withstand: a line, a channel, a server, permissions."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aio_pika
import pytest
from aiormq.exceptions import ChannelAccessRefused

from swb.backends.rabbitmq.link import HEARTBEAT_SECONDS
from swb.backends.rabbitmq.topology import (
    INBOX,
    SUBMIT,
    build_topology,
    routing_key,
    vhost_name,
)
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.ports import LineEnd, Settlement
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.rabbit_users import administering, make_users
from tests.contract.tcp_proxy import TcpProxy
from tests.contract.test_transport import SOON, names_of, opened, publish, receive
from tests.contract.transport_worlds import RabbitWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from swb.backends.rabbitmq.node import PrivateNode
    from swb.ports import Transport


@pytest.fixture
async def world(rabbitmq_node: PrivateNode, unused_states: Iterator[str]) -> RabbitWorld:
    world = RabbitWorld(node=rabbitmq_node, states=unused_states)
    await world.make(max_length=10_000)
    return world


@pytest.fixture
async def proxy(rabbitmq_node: PrivateNode) -> AsyncIterator[TcpProxy]:
    async with TcpProxy(rabbitmq_node.port) as proxy:
        yield proxy


def through(
    proxy: TcpProxy,
    world: RabbitWorld,
    end: LineEnd,
    *,
    heartbeat: int = HEARTBEAT_SECONDS,
    connect_for: float = 3,
) -> RabbitTransport:
    url = urlsplit(world.node.amqp_url(vhost_name(world.line)))
    netloc = url.netloc.replace(f":{world.node.port}", f":{proxy.port}")
    return RabbitTransport(
        url=url._replace(netloc=netloc).geturl(),
        line=world.line,
        end=end,
        confirm_for=timedelta(seconds=3),
        connect_for=timedelta(seconds=connect_for),
        heartbeat=heartbeat,
    )


async def publish_when_back(transport: Transport, name: str) -> None:
    """Send again under the same id, as a dispatcher does."""
    async with asyncio.timeout(SOON * 2):
        while True:
            try:
                await publish(transport, name)
            except UnavailableError:
                await asyncio.sleep(0.1)
            else:
                return


# --- lost lines --------------------------------------------------------------------------------


async def test_a_lost_confirmation_leaves_the_message_unconfirmed(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member, router = through(proxy, world, LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "before")
        proxy.swallowing = True
        sending = asyncio.create_task(publish(member, "m1"))
        received = await receive(router, 2)
        assert names_of(received) == {"before": 1, "m1": 1}
        await proxy.cut()
        with pytest.raises(UnavailableError, match=r"transport\.unconfirmed"):
            await sending
        await publish_when_back(member, "m1")
        assert names_of(await receive(router)) == {"m1": 1}


async def test_a_confirmation_that_never_comes_is_waited_for_no_longer_than_allowed(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member = through(proxy, world, LineEnd.MEMBER)
    async with opened(member):
        await publish(member, "before")
        proxy.swallowing = True
        async with asyncio.timeout(SOON):
            with pytest.raises(UnavailableError, match=r"transport\.unconfirmed"):
                await publish(member, "m1")


async def test_many_publishes_of_a_lost_line_are_all_unconfirmed(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member, router = through(proxy, world, LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    names = [f"m{number}" for number in range(50)]
    async with opened(member, router):
        await publish(member, "before")
        proxy.swallowing = True
        sending = [asyncio.create_task(publish(member, name)) for name in names]
        await receive(router, 20)
        await proxy.cut()
        outcomes = await asyncio.gather(*sending, return_exceptions=True)
        codes = {outcome.code for outcome in outcomes if isinstance(outcome, UnavailableError)}
        assert codes <= {"transport.unconfirmed", "transport.unreachable"}
        assert [outcome for outcome in outcomes if not isinstance(outcome, UnavailableError)] == []
        for name in names:
            await publish_when_back(member, name)


async def test_deliveries_go_on_after_the_line_was_lost(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member, router = world.transport(LineEnd.MEMBER), through(proxy, world, LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1", "m2")
        deliveries = router.deliveries()
        async with asyncio.timeout(SOON * 2):
            first = await anext(deliveries)
            await proxy.go_down()
            await router.settle(first, Settlement.ACCEPT)
            await publish(member, "m3")
            await asyncio.sleep(0.5)
            await proxy.come_back()
            again = [await anext(deliveries) for _ in range(3)]
        assert names_of(again) == {"m1": 1, "m2": 1, "m3": 1}


async def test_a_lost_line_is_unreachable_until_it_is_back(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member = through(proxy, world, LineEnd.MEMBER)
    async with opened(member):
        await proxy.go_down()
        with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
            await member.ping()
        await proxy.come_back()
        await publish_when_back(member, "m1")
        await member.ping()


async def test_closes_while_the_line_is_lost(world: RabbitWorld, proxy: TcpProxy) -> None:
    router = through(proxy, world, LineEnd.ROUTER)
    await router.open()
    waiting = asyncio.create_task(receive(router))
    await asyncio.sleep(0.1)
    await proxy.go_down()
    await asyncio.sleep(0.1)
    async with asyncio.timeout(SOON):
        await router.close()
        assert await waiting == []


async def test_survives_a_restart_of_the_server(world: RabbitWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    back: list[str] = []
    member.when_back(lambda: back.append("member"))
    async with opened(member, router):
        await publish(member, "m1")
        deliveries = router.deliveries()
        first = await anext(deliveries)
        assert back == []
        await world.node.ctl("stop_app")
        await world.node.ctl("start_app")
        await publish_when_back(member, "m2")
        await router.settle(first, Settlement.ACCEPT)
        async with asyncio.timeout(SOON * 2):
            again = [await anext(deliveries), await anext(deliveries)]
        assert names_of(again) == {"m1": 1, "m2": 1}
        assert back == ["member"], "whoever waits for the line is told"


async def test_a_server_out_of_memory_leaves_publishes_unconfirmed(
    world: RabbitWorld, proxy: TcpProxy
) -> None:
    member, router = through(proxy, world, LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        await world.node.ctl("set_vm_memory_high_watermark", "0.000001")
        try:
            with pytest.raises(UnavailableError, match=r"transport\.unconfirmed"):
                await publish(member, "m2")
            assert "m1" in names_of(await receive(router))
        finally:
            await world.node.ctl("set_vm_memory_high_watermark", "0.4")
        await publish_when_back(member, "m2")
        assert "m2" in names_of(await receive(router))


# --- channels ----------------------------------------------------------------------------------


async def test_a_closed_channel_leaves_publishes_in_flight_unconfirmed(world: RabbitWorld) -> None:
    """One forbidden routing key closes the channel under everybody else's publish."""
    url = (await make_users(world))["member"]
    member = RabbitTransport(url=url, line=world.line, end=LineEnd.MEMBER)
    router = world.transport(LineEnd.ROUTER)
    good: list[str] = []
    caught: set[str] = set()
    async with opened(member, router):
        # Whether others are in flight at that moment is RabbitMQ's pace: tried until some are.
        for burst in range(20):
            names = [f"m{burst}-{number}" for number in range(100)]
            good += names
            sending = [asyncio.create_task(publish(member, name)) for name in names]
            sending.insert(50, asyncio.create_task(publish(member, "bad", environment="staging")))
            outcomes = dict(
                zip(
                    [*names[:50], "bad", *names[50:]],
                    await asyncio.gather(*sending, return_exceptions=True),
                    strict=True,
                )
            )
            failed = {name: error for name, error in outcomes.items() if error is not None}
            assert "bad" in failed
            for error in failed.values():
                assert isinstance(error, UnavailableError)
                assert error.code == "transport.unconfirmed"
            caught |= failed.keys() - {"bad"}
            if caught:
                break
        assert caught
        # The channel is opened again, and what is sent again arrives at least once.
        for name in caught:
            await publish(member, name)
        received = set[str]()
        async with asyncio.timeout(SOON):
            async for delivery in router.deliveries():
                received.add(delivery.claimed_message_id)
                await router.settle(delivery, Settlement.ACCEPT)
                if received == set(good):
                    break


async def test_a_missing_exchange_closes_the_channel_and_is_not_declared(
    world: RabbitWorld,
) -> None:
    member = world.transport(LineEnd.MEMBER)
    async with opened(member), administering(world) as connection:
        async with connection.channel() as channel:
            await channel.exchange_delete(SUBMIT)
        for _ in range(2):
            with pytest.raises(UnavailableError, match=r"transport\.unconfirmed.*NOT_FOUND"):
                await publish(member, "m1")
        with pytest.raises(UnavailableError, match=r"transport\.topology"):
            await world.transport(LineEnd.MEMBER).open()
        await world.make(max_length=10_000)
        await publish(member, "m1")


async def test_waits_for_a_queue_that_was_deleted_under_it(world: RabbitWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router), administering(world) as connection:
        await publish(member, "m1")
        deliveries = router.deliveries()
        first = await anext(deliveries)
        await router.settle(first, Settlement.ACCEPT)
        async with connection.channel() as channel:
            await channel.queue_delete(SUBMIT)
        with pytest.raises(UnavailableError, match=r"transport\.unroutable"):
            await publish(member, "m2")
        # Made again within milliseconds, RabbitMQ 3.10 tells the consumer nothing at all.
        await asyncio.sleep(1)
        await world.make(max_length=10_000)
        await publish(member, "m3")
        async with asyncio.timeout(SOON):
            assert (await anext(deliveries)).claimed_message_id == "m3"


# --- several nodes -----------------------------------------------------------------------------


def through_any(
    proxies: Sequence[TcpProxy], world: RabbitWorld, end: LineEnd, connect_for: float = 3
) -> RabbitTransport:
    """A transport that knows several ways to the node, as it knows a cluster's nodes."""
    url = urlsplit(world.node.amqp_url(vhost_name(world.line)))
    netlocs = [url.netloc.replace(f":{world.node.port}", f":{each.port}") for each in proxies]
    return RabbitTransport(
        url=" ".join(url._replace(netloc=netloc).geturl() for netloc in netlocs),
        line=world.line,
        end=end,
        heartbeat=1,
        confirm_for=timedelta(seconds=3),
        connect_for=timedelta(seconds=connect_for),
    )


def used_by(transport: RabbitTransport, proxies: Sequence[TcpProxy]) -> TcpProxy:
    """The proxy that a transport is connected through."""
    return next(each for each in proxies if transport.node == f"127.0.0.1:{each.port}")


@pytest.fixture
async def proxies(rabbitmq_node: PrivateNode) -> AsyncIterator[Sequence[TcpProxy]]:
    async with TcpProxy(rabbitmq_node.port) as one, TcpProxy(rabbitmq_node.port) as other:
        yield (one, other)


async def test_a_node_that_takes_everything_and_answers_nothing_is_left_for_another(
    world: RabbitWorld, proxies: Sequence[TcpProxy]
) -> None:
    hanging, other = proxies
    member = through_any(proxies, world, LineEnd.MEMBER)
    router = through_any(proxies, world, LineEnd.ROUTER)
    await other.go_down()
    async with opened(member, router):
        await other.come_back()
        await publish(member, "before")
        deliveries = router.deliveries()
        async with asyncio.timeout(SOON * 2):
            await router.settle(await anext(deliveries), Settlement.ACCEPT)
            hanging.swallowing = True
            await publish_when_back(member, "m1")
            assert (await anext(deliveries)).claimed_message_id == "m1"
        assert used_by(member, proxies) is used_by(router, proxies) is other


async def test_a_node_that_is_gone_is_left_for_another_and_missed_no_more(
    world: RabbitWorld, proxies: Sequence[TcpProxy]
) -> None:
    member = through_any(proxies, world, LineEnd.MEMBER)
    async with opened(member):
        gone = used_by(member, proxies)
        await gone.go_down()
        await publish_when_back(member, "m1")
        assert used_by(member, proxies) is not gone
        await gone.come_back()
        await publish(member, "m2")
        assert used_by(member, proxies) is not gone


async def test_opens_where_one_node_is_gone_and_another_hangs(
    world: RabbitWorld, proxies: Sequence[TcpProxy], proxy: TcpProxy
) -> None:
    gone, hanging = proxies
    await gone.go_down()
    hanging.swallowing = True
    member = through_any((gone, hanging, proxy), world, LineEnd.MEMBER, connect_for=1)
    async with opened(member):
        assert used_by(member, (proxy,)) is proxy


async def test_says_what_is_missing_rather_than_who_is_gone(
    world: RabbitWorld, proxies: Sequence[TcpProxy], unused_states: Iterator[str]
) -> None:
    await proxies[0].go_down()
    world.line = next(unused_states)
    with pytest.raises(UnavailableError, match=r"transport\.topology.*NOT_FOUND"):
        await through_any(proxies, world, LineEnd.MEMBER).open()
    await proxies[1].go_down()
    with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
        await through_any(proxies, world, LineEnd.MEMBER).open()


# --- what is on the wire -----------------------------------------------------------------------


async def test_sets_no_property_beyond_id_type_content_type_and_persistence(
    world: RabbitWorld,
) -> None:
    member = world.transport(LineEnd.MEMBER)
    async with opened(member), administering(world) as connection:
        await publish(member, "m1")
        channel = await connection.channel()
        queue = await channel.get_queue(SUBMIT, ensure=False)
        message = await queue.get(no_ack=True)
        assert message is not None
        assert message.routing_key == routing_key("test", world.line)
        message.headers.pop("x-delivery-count", None)  # RabbitMQ's own
        unset: tuple[object, ...] = ("", None, 0, {})
        properties = {name: value for name, value in message.info().items() if value not in unset}
        assert (
            properties.items()
            >= {
                "message_id": "m1",
                "type": "CertificateIssue",
                "content_type": "application/xml",
                "delivery_mode": aio_pika.DeliveryMode.PERSISTENT,
            }.items()
        )
        assert properties.keys() <= {
            *("message_id", "type", "content_type", "delivery_mode"),
            *("body_size", "delivery_tag", "exchange", "routing_key"),
        }


# --- topology ----------------------------------------------------------------------------------


async def test_every_queue_is_a_bounded_quorum_queue(world: RabbitWorld) -> None:
    vhost = vhost_name(world.line)
    said = await world.node.ctl("list_queues", "-p", vhost, "name", "type", "durable", "--silent")
    rows = {tuple(line.split()) for line in said.splitlines() if "quorum" in line}
    assert rows == {(queue.name, "quorum", "true") for queue in build_topology(world.line).queues}
    for queue in build_topology(world.line).queues:
        assert queue.arguments["x-overflow"] == "reject-publish"
        assert queue.arguments["x-max-length"]


async def test_applying_the_topology_again_changes_nothing(world: RabbitWorld) -> None:
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        await world.make(max_length=10_000)
        assert names_of(await receive(router)) == {"m1": 1}


async def test_refuses_to_apply_other_limits_to_what_exists(world: RabbitWorld) -> None:
    with pytest.raises(UnavailableError, match=r"transport\.topology.*x-max-length"):
        await world.make(max_length=5)


@pytest.mark.parametrize("member", ["", "T", "THA", "th", "T/", "TH\n"])
def test_refuses_a_member_that_is_no_state(member: str) -> None:
    with pytest.raises(RefusedError, match=r"topology\.member"):
        build_topology(member)


async def test_refuses_a_vhost_without_the_line(
    rabbitmq_node: PrivateNode, unused_states: Iterator[str]
) -> None:
    line = next(unused_states)
    url = rabbitmq_node.amqp_url(vhost_name(line))
    with pytest.raises(UnavailableError, match=r"transport\.topology.*NOT_FOUND"):
        await RabbitTransport(url=url, line=line, end=LineEnd.MEMBER).open()


async def test_good_messages_survive_many_kills_of_their_consumer(world: RabbitWorld) -> None:
    """A delivery limit of 5 would set all of them aside."""
    member, router = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER, prefetch=50)
    names = [f"m{number}" for number in range(50)]
    async with opened(member):
        await asyncio.gather(*(publish(member, name) for name in names))
    for _ in range(12):
        async with opened(router):
            assert names_of(await receive(router, 50)).keys() == set(names)


# --- permissions -------------------------------------------------------------------------------


async def test_the_permissions_suffice_for_both_ends(world: RabbitWorld) -> None:
    urls = await make_users(world)
    member = RabbitTransport(url=urls["member"], line=world.line, end=LineEnd.MEMBER)
    router = RabbitTransport(url=urls["router"], line=world.line, end=LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "up")
        await publish(router, "down")
        assert names_of(await receive(router)) == {"up": 1}
        assert names_of(await receive(member)) == {"down": 1}


@pytest.mark.parametrize(
    ("exchange", "key"),
    [(SUBMIT, "production.VN"), (SUBMIT, "staging.TH"), ("", INBOX), ("", SUBMIT)],
    ids=["another member's key", "another environment", "its own inbox", "around the exchange"],
)
async def test_a_member_may_not_publish_otherwise(
    world: RabbitWorld, exchange: str, key: str
) -> None:
    connection = await aio_pika.connect((await make_users(world))["member"])
    async with connection, connection.channel() as channel:
        target = await channel.get_exchange(exchange, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await target.publish(aio_pika.Message(b""), key)


async def test_a_member_may_not_read_what_it_submitted(world: RabbitWorld) -> None:
    connection = await aio_pika.connect((await make_users(world))["member"])
    async with connection, connection.channel() as channel:
        queue = await channel.get_queue(SUBMIT, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get()


# --- secrets -----------------------------------------------------------------------------------


async def test_no_secret_and_no_payload_reaches_an_error_or_a_log(
    world: RabbitWorld, proxy: TcpProxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, port = urlsplit(world.node.amqp_url()).password or "", world.node.port
    errors: list[UnavailableError] = []
    for url in (
        f"amqp://swb:not-{secret}@127.0.0.1:{port}/{vhost_name(world.line)}",
        f"amqp://swb:{secret}@127.0.0.1:{port}/nowhere",
        f"amqp://swb:{secret}@127.0.0.1:1/nowhere",
    ):
        with pytest.raises(UnavailableError) as caught:
            await RabbitTransport(url=url, line=world.line, end=LineEnd.MEMBER).open()
        errors.append(caught.value)
    member, router = through(proxy, world, LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, router):
        await publish(member, "m1")
        await receive(router)
        with pytest.raises(UnavailableError) as caught:
            await publish(member, "m2", environment="staging")
        errors.append(caught.value)
        await proxy.go_down()
        with pytest.raises(UnavailableError) as caught:
            await publish(member, "m3")
        errors.append(caught.value)
    told = caplog.text + "".join("".join(traceback.format_exception(error)) for error in errors)
    assert secret not in told
    assert "body of" not in told


async def test_says_where_it_looked_and_why_it_failed_and_no_password() -> None:
    address = "127.0.0.1:9"
    url = f"amqp://user:secret@{address}/swb.TH"
    line = RabbitTransport(url=url, line="TH", end=LineEnd.MEMBER)
    with pytest.raises(UnavailableError) as failure:
        await line.open()
    assert failure.value.code == "transport.unreachable"
    assert address in failure.value.message
    assert "Connection refused" in failure.value.message
    assert "secret" not in failure.value.message
