"""Processes are killed in mid-run, over and over: every document arrives, and once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import aio_pika
import pytest

from swb.backends.rabbitmq.topology import INBOX, SUBMIT, apply_topology, vhost_name
from tests.acceptance.fleet import lay_out_fleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.acceptance.fleet import Fleet
    from tests.acceptance.program import Program

STATES = ("TH", "VN")
A_BATCH = 12


@asynccontextmanager
async def fleet_of(program: Program, folder: Path, amqp_url: str | None) -> AsyncIterator[Fleet]:
    fleet = await lay_out_fleet(program.path, folder / "region", amqp_url=amqp_url)
    try:
        yield fleet
    finally:
        await fleet.end()


@pytest.fixture(params=["embedded", "rabbitmq"])
def node(request: pytest.FixtureRequest) -> PrivateNode | None:
    if request.param == "embedded":
        return None
    found: PrivateNode = request.getfixturevalue("rabbitmq_node")
    return found


@pytest.fixture
async def fleet(node: PrivateNode | None, swb: Program, tmp_path: Path) -> AsyncIterator[Fleet]:
    url = None if node is None else await prepare(node)
    async with fleet_of(swb, tmp_path, url) as fleet:
        yield fleet


@pytest.fixture
async def embedded(swb: Program, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet_of(swb, tmp_path, None) as fleet:
        yield fleet


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


async def test_every_document_arrives_once_although_router_and_gateways_are_killed(
    fleet: Fleet,
) -> None:
    random = Random(20261122)  # noqa: S311 - moments, not secrets
    victims = [
        ("router",),
        ("gateway-TH",),
        ("gateway-VN",),
        ("router", "gateway-TH"),
        ("gateway-TH", "gateway-VN"),
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


async def test_every_document_arrives_once_although_authorities_are_killed(
    embedded: Fleet,
) -> None:
    random = Random(7)  # noqa: S311 - moments, not secrets
    fleet = embedded
    await fleet.start()
    for killed in (("authority-TH",), ("authority-VN",), ("authority-TH", "authority-VN")):
        fleet.file(A_BATCH)
        await fleet.until_registered(len(fleet.filed) - A_BATCH + random.randint(1, 6))
        await fleet.kill(*killed)
        await fleet.start(*killed)
    await settle(fleet)


async def test_a_stop_in_mid_run_is_orderly_and_loses_nothing(embedded: Fleet) -> None:
    fleet = embedded
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


@pytest.mark.timeout(180)
async def test_every_document_arrives_once_although_rabbitmq_goes_away(
    rabbitmq_node: PrivateNode, swb: Program, tmp_path: Path
) -> None:
    url = await prepare(rabbitmq_node)
    async with fleet_of(swb, tmp_path, url) as fleet:
        await fleet.start()
        fleet.file(A_BATCH)
        await fleet.until_registered(1)
        await rabbitmq_node.ctl("close_all_connections", "test")
        fleet.file(A_BATCH)
        await fleet.until_registered(A_BATCH + 1)
        await rabbitmq_node.ctl("stop_app")
        try:
            fleet.file(A_BATCH)
            await asyncio.sleep(1)
            fleet.check()
        finally:
            await rabbitmq_node.ctl("start_app")
            await rabbitmq_node.ctl("await_startup")
        await settle(fleet)
