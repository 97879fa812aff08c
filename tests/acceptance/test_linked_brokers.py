"""Two states run RabbitMQs of their own, which shovels link to the region's: three brokers."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aio_pika
import pytest

from swb.app.broker import plan_region
from swb.backends.rabbitmq.description import Kind, describe_region, to_definitions
from swb.backends.rabbitmq.node import PrivateNode
from swb.backends.rabbitmq.shovels import describe_shovels
from swb.backends.rabbitmq.topology import INBOX, SUBMIT, routing_key, vhost_name
from swb.backends.rabbitmq.users import hash_password
from swb.config import MemberConfig, TopologyFile
from tests.acceptance.fleet import lay_out_fleet
from tests.acceptance.test_crashes import A_BATCH, prepare, settle
from tests.contract.tcp_proxy import TcpProxy
from tests.services import ROOT
from tests.warm import find_command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.acceptance.program import Program

PASSWORD = "pass-word"
SOON = 90.0
"""Seconds in which a message crosses two servers, one of which may just have come back."""


async def add_members(region: PrivateNode, folder: Path) -> None:
    """Have the region know both members' users, with a member's rights and no others."""
    members = {state: MemberConfig(password="env:NOWHERE") for state in ("TH", "VN")}
    plan = plan_region(TopologyFile(member=members), tuple(members))
    hashes = {f"gateway-{state}": hash_password(PASSWORD, b"salt") for state in members}
    things = [
        thing
        for thing in describe_region(plan, hashes=hashes)
        if thing.kind in {Kind.USER, Kind.PERMISSION, Kind.TOPIC_PERMISSION}
        and "router" not in thing.identity
    ]
    file = folder / "members.json"
    file.write_text(json.dumps(to_definitions(things)))
    await region.ctl("import_definitions", str(file))


def describe_linked(state: str, region: str) -> dict[str, list[object]]:
    """Describe what `swb topology link` makes, for a server that is to have it when it starts."""
    plan = plan_region(TopologyFile(router=()), (state,))
    shovels = describe_shovels(state, region=[region], reconnect_seconds=1)
    return to_definitions([*describe_region(plan), *shovels])


@dataclass
class States:
    """Two states' own servers, linked to the region's through a proxy each."""

    nodes: dict[str, PrivateNode]
    links: dict[str, TcpProxy]


@pytest.fixture
async def states(rabbitmq_node: PrivateNode, swb: Program, tmp_path: Path) -> AsyncIterator[States]:
    await prepare(rabbitmq_node)
    await add_members(rabbitmq_node, tmp_path)
    async with TcpProxy(rabbitmq_node.port) as th, TcpProxy(rabbitmq_node.port) as vn:
        at = {
            state: f"amqp://gateway-{state}:{PASSWORD}@127.0.0.1:{proxy.port}"
            for state, proxy in {"TH": th, "VN": vn}.items()
        }
        nodes = {
            "TH": PrivateNode(
                vhosts=[vhost_name("TH")], plugins=["rabbitmq_shovel"], management=True
            ),
            "VN": PrivateNode(
                vhosts=[vhost_name("VN")],
                plugins=["rabbitmq_shovel"],
                definitions=describe_linked("VN", at["VN"]),
            ),
        }
        try:
            await asyncio.gather(*(node.start() for node in nodes.values()))
            link_by_command(swb, nodes["TH"], at["TH"], tmp_path)
            yield States(nodes, {"TH": th, "VN": vn})
        finally:
            await asyncio.gather(*(node.stop() for node in nodes.values()))


def link_by_command(swb: Program, node: PrivateNode, region: str, folder: Path) -> None:
    """Have Thailand's operator link a server, which a gateway's configuration leads to."""
    page = (ROOT / "docs/how-to/link-your-own-rabbitmq.md").read_text(encoding="utf-8")
    described = re.search(r"^```toml\n(\[management\]\n.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert described is not None
    text = described[1].replace("reconnect_seconds = 5", "reconnect_seconds = 1")
    (folder / "broker.toml").write_text(text)
    (folder / "gateway.toml").write_text(
        '[party]\nstate = "TH"\nenvironment = "test"\n\n[roles]\nrun = ["authority"]\n\n'
        '[transport]\nkind = "rabbitmq"\nurl = "env:NOWHERE"\n\n'
        '[trust]\nbundle = "bundle.json"\n\n'
        '[national]\nadapters = ["thailand"]\ndrop_folder = "national"\n\n'
        '[topology]\nfile = "broker.toml"\n'
    )
    for arguments, said in (((), "shovel swb-submit"), (("--apply",), "swb-inbox")):
        done = swb(
            *("topology", "link", "--config", folder / "gateway.toml", *arguments),
            env={"OWN_MANAGEMENT": node.management_url(), "REGION_AMQP": region},
        )
        assert done.status == 0, done.stderr
        assert said in done.stdout.decode() or arguments
        assert PASSWORD not in done.stdout.decode()


@pytest.mark.timeout(240)
async def test_documents_cross_three_brokers_although_links_and_brokers_fail(
    rabbitmq_node: PrivateNode, states: States, tmp_path: Path
) -> None:
    own, links = states.nodes, states.links
    url = rabbitmq_node.amqp_url()
    await send_with_user_ids(rabbitmq_node, own["TH"])
    fleet = await lay_out_fleet(find_command(), tmp_path / "region", amqp_url=url)
    for state, node in own.items():
        secret = fleet.region.folder / f"amqp-{state}.url"
        assert str(secret) in fleet.region.gateways[state].read_text(), "it is what is configured"
        secret.write_text(node.amqp_url())
    try:
        await fleet.start()
        fleet.file(A_BATCH // 2)
        await fleet.until_registered(2, within=SOON)
        await links["TH"].go_down()
        fleet.file(A_BATCH // 2)
        await links["VN"].cut()
        await asyncio.sleep(1)
        await links["TH"].come_back()
        await fleet.until_registered(A_BATCH - 2, within=SOON)
        await own["VN"].kill()
        fleet.file(A_BATCH // 2)
        await own["VN"].start()
        await settle(fleet)
    finally:
        await fleet.end()


async def send_with_user_ids(region: PrivateNode, own: PrivateNode) -> None:
    """Send what ends a shovel that does not see to it, both ways, and take it off again."""
    vhost, message = vhost_name("TH"), aio_pika.Message(b"not ours", user_id="swb")
    async with (
        await aio_pika.connect(own.amqp_url(vhost)) as here,
        await aio_pika.connect(region.amqp_url(vhost)) as there,
    ):
        for sender, receiver, queue, key in (
            (here, there, SUBMIT, routing_key("test", "TH")),
            (there, here, INBOX, INBOX),
        ):
            out, into = await sender.channel(), await receiver.channel()
            exchange = await out.get_exchange(queue, ensure=False)
            await exchange.publish(message, key)
            waiting = await into.get_queue(queue, ensure=False)
            async with asyncio.timeout(SOON), waiting.iterator(no_ack=True) as messages:
                came = await anext(messages)
            assert came.body == b"not ours"
            assert came.user_id == ("gateway-TH" if queue == SUBMIT else "swb")
