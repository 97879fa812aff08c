"""A private cluster is a real one: its nodes can be lost and come back, and it leaves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import aio_pika
import psutil
import pytest
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from swb.backends.rabbitmq.node import find_rabbitmq
from swb.backends.rabbitmq.topology import SUBMIT, apply_topology, vhost_name
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.ports import LineEnd, Settlement
from swb_schemas.errors import UnavailableError
from tests.services import miss

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.rabbitmq.cluster import PrivateCluster
    from swb.backends.rabbitmq.node import PrivateNode

QUEUE = "q-cluster"
WITHIN = 60.0
"""Seconds until a cluster must have got over the loss of a node; 1 to 10 are usual."""

OWNER = """
import asyncio, json, time
from swb.backends.rabbitmq.cluster import PrivateCluster
async def main():
    cluster = PrivateCluster(nodes=1)
    await cluster.start()
    await cluster.nodes[0].kill()
    return cluster
cluster = asyncio.run(main())
print(json.dumps({"name": cluster.nodes[0].name}), flush=True)
time.sleep(100)
"""
"""A program that starts a cluster, kills a node of it, and never stops it."""


async def put(node: PrivateNode, body: bytes, *, within: float = WITHIN) -> None:
    """Publish by a node until it is confirmed."""
    async with asyncio.timeout(within):
        while True:
            try:
                async with asyncio.timeout(5):
                    connection = await aio_pika.connect(node.amqp_url())
                    async with connection, connection.channel() as channel:
                        await channel.default_exchange.publish(aio_pika.Message(body), QUEUE)
                        return
            except (*CONNECTION_EXCEPTIONS, asyncio.CancelledError):
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                await asyncio.sleep(0.1)


@pytest.fixture
async def nodes(rabbitmq_cluster: PrivateCluster) -> tuple[PrivateNode, ...]:
    connection = await aio_pika.connect(rabbitmq_cluster.nodes[0].amqp_url())
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue(
            QUEUE, durable=True, arguments={"x-queue-type": "quorum"}
        )
        await queue.purge()
    return rabbitmq_cluster.nodes


async def test_a_quorum_queue_outlives_its_leader_and_a_node_that_hangs(
    rabbitmq_cluster: PrivateCluster, nodes: tuple[PrivateNode, ...]
) -> None:
    leader = await rabbitmq_cluster.find_leader("/", QUEUE, ask=nodes[0])
    first, second = (node for node in nodes if node is not leader)
    await put(first, b"before")
    await leader.kill()
    with pytest.raises(UnavailableError, match=r"rabbitmq\.not_running"):
        leader.suspend()
    await put(first, b"one of three is dead")
    await leader.start()
    await put(leader, b"it is back on its data")
    second.suspend()
    try:
        await put(first, b"one of three hangs")
    finally:
        second.resume()
    # Whether it joins the others by itself is RabbitMQ's luck; a restart is what helps for sure.
    assert await rabbitmq_cluster.find_parted() in {None, nodes.index(second)}
    await second.kill()
    await second.start()
    assert await rabbitmq_cluster.find_parted() is None
    await put(second, b"it goes on")
    connection = await aio_pika.connect(first.amqp_url())
    async with connection, connection.channel() as channel:
        queue = await channel.get_queue(QUEUE, ensure=False)
        bodies = {(await queue.get(no_ack=True)).body for _ in range(5)}
    assert len(bodies) == 5


async def test_messages_are_confirmed_and_come_although_the_queues_leader_hangs(
    rabbitmq_cluster: PrivateCluster,
) -> None:
    """RabbitMQ 3.10 never confirms on a channel that first wrote to the leader that hung."""
    nodes, vhost = rabbitmq_cluster.nodes, vhost_name("TH")
    await apply_topology(amqp_url=nodes[0].amqp_url(), members=["TH"])
    leader = await rabbitmq_cluster.find_leader(vhost, SUBMIT, ask=nodes[0])
    other = next(node for node in nodes if node is not leader)
    member, router = (
        RabbitTransport(
            url=other.amqp_url(vhost),
            line="TH",
            end=end,
            heartbeat=3,
            confirm_for=timedelta(seconds=6),
            connect_for=timedelta(seconds=6),
        )
        for end in (LineEnd.MEMBER, LineEnd.ROUTER)
    )
    await member.open()
    await router.open()
    leader.suspend()
    try:
        async with asyncio.timeout(WITHIN):
            for name in ("m1", "m2"):
                while True:
                    try:
                        await member.publish(
                            name.encode(), message_id=name, message_type="", environment="test"
                        )
                    except UnavailableError:
                        await asyncio.sleep(0.1)
                    else:
                        break
            deliveries, came = router.deliveries(), set[bytes]()
            while came < {b"m1", b"m2"}:
                delivery = await anext(deliveries)
                came.add(delivery.body)
                await router.settle(delivery, Settlement.ACCEPT)
    finally:
        await router.close()
        await member.close()
        await leader.kill()
        await leader.start()


def test_leaves_nothing_behind_when_its_owner_is_killed_while_a_node_is_down(
    tmp_path: Path,
) -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        assert json.loads(owner.stdout.readline())["name"]
        started = psutil.Process(owner.pid).children(recursive=True)
        assert len(list(tmp_path.glob("swb-rabbitmq-*"))) == 2
        owner.kill()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
    assert not list(tmp_path.glob("swb-rabbitmq-*"))
