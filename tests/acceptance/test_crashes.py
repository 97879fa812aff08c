"""Processes are killed in mid-run, over and over: every document arrives, and once.

On the embedded transport; `test_chaos` does the same, and worse, on RabbitMQ and PostgreSQL.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import aio_pika
import pytest

from swb.backends.rabbitmq.topology import INBOX, SUBMIT, apply_topology, vhost_name
from tests.acceptance.fleet import lay_out_fleet
from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.acceptance.fleet import Fleet

STATES = ("TH", "VN")
A_BATCH = 6


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    fleet = await lay_out_fleet(find_command(), tmp_path / "region")
    try:
        yield fleet
    finally:
        await fleet.end()


async def prepare(node: PrivateNode, states: Sequence[str] = STATES) -> str:
    """Have the states' lines on the node, and nothing on them; returns the URL."""
    known = await node.ctl("list_vhosts", "name")
    missing = [vhost_name(state) for state in states if vhost_name(state) not in known.split()]
    if missing:
        await node.add_vhosts(*missing)
    await apply_topology(amqp_url=node.amqp_url(), members=states)
    for state in states:
        async with await aio_pika.connect(node.amqp_url(vhost_name(state))) as connection:
            channel = await connection.channel()
            for name in (SUBMIT, INBOX):
                await (await channel.get_queue(name, ensure=False)).purge()
    return node.amqp_url()


async def settle(fleet: Fleet) -> None:
    """Wait for the end of every road, stop in order, and look at what is on disk."""
    await fleet.until_done()
    await fleet.stop()
    result = await fleet.count()
    figures = {
        name: result.total(name)
        for name in ("documents", "delivered", "lost", "duplicated", "refused")
    }
    count = len(fleet.filed)
    assert figures == {
        "documents": count,
        "delivered": count,
        "lost": 0,
        "duplicated": 0,
        "refused": 0,
    }
    assert await fleet.waiting() == {}


async def test_every_document_arrives_once_although_processes_are_killed(
    fleet: Fleet,
) -> None:
    random = Random(20261122)  # noqa: S311 - moments, not secrets
    victims = [
        ("router",),
        ("gateway-TH",),
        ("gateway-VN",),
        ("router", "gateway-TH"),
        ("gateway-TH", "gateway-VN"),
        ("authority-TH", "authority-VN"),
    ]
    random.shuffle(victims)
    await fleet.start()
    for killed in victims:
        fleet.file(A_BATCH)
        await fleet.until_registered(len(fleet.filed) - A_BATCH + random.randint(1, 4))
        await asyncio.sleep(random.uniform(0, 0.05))
        await fleet.kill(*killed)
        await asyncio.sleep(random.uniform(0, 0.2))
        await fleet.start(*killed)
    await settle(fleet)


async def test_a_stop_in_mid_run_is_orderly_and_loses_nothing(fleet: Fleet) -> None:
    await fleet.start()
    for stopped in ("router", "gateway-TH", "gateway-VN", "authority-VN"):
        fleet.file(A_BATCH)
        await fleet.until_registered(len(fleet.filed) - A_BATCH + 2)
        await fleet.stop(stopped)
        events = [line["event"] for line in fleet.logged(stopped)]
        assert events[-1] == "stopped"
        assert "stopping" in events
        assert "not_finished_in_time" not in events
        await fleet.start(stopped)
    await settle(fleet)
