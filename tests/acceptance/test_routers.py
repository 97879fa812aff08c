"""Several routers share lines and store: any of them may die, and the log has one writer."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from swb.app import open_store
from swb.config import load_config
from swb.sandbox.logged import wait_until_watched
from tests.acceptance.fleet import lay_out_fleet
from tests.acceptance.test_crashes import A_BATCH, prepare, settle
from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.acceptance.fleet import Fleet

ROUTERS = ("router", "router-2")


@pytest.fixture
async def fleet(rabbitmq_node: PrivateNode, tmp_path: Path) -> AsyncIterator[Fleet]:
    url = await prepare(rabbitmq_node)
    fleet = await lay_out_fleet(find_command(), tmp_path / "region", amqp_url=url, routers=2)
    try:
        yield fleet
    finally:
        await fleet.end()


def relayed_by(fleet: Fleet) -> dict[str, set[str]]:
    """Which message each router passed on as a new one, over all its lives."""
    return {
        name: {
            str(line["message_id"])
            for line in fleet.logged(name)
            if line["event"] == "relayed" and line["disposition"] == "new"
        }
        for name in ROUTERS
    }


async def until_logged(fleet: Fleet, *, within: float = 40) -> None:
    """Wait until all that the routers recorded stands under a checkpoint that members cosigned."""
    async with asyncio.timeout(within), open_store(load_config(fleet.region.router)) as store:
        await wait_until_watched(fleet.region, store)


async def test_two_routers_share_the_work_and_either_may_die(fleet: Fleet) -> None:
    await fleet.start()
    fleet.file(A_BATCH)
    await fleet.until_registered(4)
    sequencer = await until_some(fleet, lambda: writers(fleet))
    await fleet.kill(sequencer)
    fleet.file(A_BATCH)
    await fleet.until_registered(A_BATCH + 4)
    (other,) = set(ROUTERS) - {sequencer}
    await until_some(fleet, lambda: [name for name in writers(fleet) if name == other])
    await fleet.start(sequencer)
    fleet.file(A_BATCH)
    await fleet.until_registered(2 * A_BATCH + 4)
    await fleet.kill(other)
    await fleet.start(other)
    await fleet.until_done()
    await until_logged(fleet)
    await settle(fleet)
    relayed = relayed_by(fleet)
    assert all(relayed.values())
    assert not relayed["router"] & relayed["router-2"]


async def test_a_router_without_the_log_promises_and_leaves_cosignatures_to_the_other(
    fleet: Fleet,
) -> None:
    second = fleet.region.routers[1]
    own = r'^(path = "store/REGION.ledger.db"|publish = ".*")\n'
    text = re.sub(own, "", second.read_text(encoding="utf-8"), flags=re.MULTILINE)
    second.write_text(text, encoding="utf-8")
    await fleet.start("router-2", *(name for name in fleet.files if name not in ROUTERS))
    fleet.file(2)
    await fleet.until_registered(2)
    await fleet.start("router")
    await fleet.until_done()
    await until_logged(fleet)
    held = [line for line in fleet.logged("router-2") if line["event"] == "held"]
    await settle(fleet)
    assert {line["code"] for line in held} <= {"ledger.elsewhere"}
    assert relayed_by(fleet)["router-2"]


def writers(fleet: Fleet) -> list[str]:
    """Routers that put something into the log in their latest life."""
    return [
        name
        for name in ROUTERS
        if name in fleet.running
        and b'"event": "integrated"' in fleet.log(name).read_bytes()[fleet.begun[name] :]
    ]


async def until_some(fleet: Fleet, find: Callable[[], list[str]], within: float = 30) -> str:
    async with asyncio.timeout(within):
        while not (found := find()):
            fleet.check()
            await asyncio.sleep(0.05)
    return found[0]
