"""Daemons whose time-stamp authority is down: the traffic goes on, or stops where policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.app import open_store
from swb.app.adapting import get_formats
from swb.app.evidence import open_evidence
from swb.app.parts import get_national
from swb.clock import SystemClock
from swb.config import HealthConfig, load_config
from swb.health import check_node, serve_health
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.sandbox.time_stamps import route_time_stamps
from swb.simulator.agreements import draw_under
from swb.simulator.time_stamping import load_time_stamp_authority
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.parties import REGION
from tests.integration.daemons import fetch_json, lay_out, running
from tests.integration.world import until

if TYPE_CHECKING:
    from pathlib import Path

    from swb.app import Node
    from swb.sandbox.region import Region

NOBODY = "http://127.0.0.1:9/"
"""The discard port: nobody answers."""


async def submit(node: Node, region: Region, *, serial: int) -> None:
    """Have the gateway of TH take a certificate."""
    pair = next(each for each in region.pairs if each.exporting == "TH")
    formats = get_formats(get_national(load_config(region.gateways["TH"])))
    certificate = draw_under(pair, serial=serial, seed=3, on=SystemClock().now().date(), items=1)
    payload = (await formats.from_canonical(certificate)).payload
    assert node.submitting is not None
    await node.submitting.submit(payload)


def amend(region: Region, text: str) -> None:
    """Add keys to the section on evidence of TH."""
    file = region.gateways["TH"]
    file.write_text(file.read_text().replace("interval_seconds = 1\n", text))


async def test_an_outage_degrades_health_only_after_the_alarm_and_stops_nothing(
    tmp_path: Path,
) -> None:
    region = await lay_out(tmp_path / "region", time_stamps=NOBODY)
    amend(region, "interval_seconds = 0.05\nalarm_after_seconds = 0.5\n")
    config = load_config(region.gateways["TH"])
    async with (
        running([load_config(region.router), config]) as (nodes, _),
        serve_health(HealthConfig(port=0), nodes) as port,
    ):
        node = next(each for each in nodes if each.state == "TH")
        assert node.stamping is not None
        await submit(node, region, serial=1)
        assert "step stamp" not in await check_node(node)
        assert node.store is not None
        await until(lambda: _is_published(node))
        await until(lambda: _says(node, "time-stamps", "evidence.unstamped"))
        status, body = await fetch_json(f"http://127.0.0.1:{port}/health/ready")
        assert status == 503
        assert body["nodes"]["TH gateway"]["seconds_without_time_stamp"] >= 0.5
        await submit(node, region, serial=2)


async def _is_published(node: Node) -> bool:
    assert node.store is not None
    return (await node.store.count()).outbound == 0


async def _says(node: Node, check: str, code: str) -> bool:
    return (await check_node(node))[check] == code


async def test_where_policy_says_so_nothing_new_is_taken_until_the_authority_is_back(
    tmp_path: Path,
) -> None:
    listening, url = listen_on_loopback()
    region = await lay_out(tmp_path / "region", time_stamps=url)
    amend(
        region,
        "interval_seconds = 0.05\ntimeout_seconds = 0.2\nalarm_after_seconds = 0.2\n"
        "stop_after_seconds = 0.4\n",
    )
    config = load_config(region.gateways["TH"])
    async with running([config]) as ((node,), _):
        await submit(node, region, serial=1)
        await until(lambda: _is_stopped(node))
        with pytest.raises(UnavailableError) as stopped:
            await submit(node, region, serial=2)
        assert stopped.value.code == "evidence.stopped"
        authority = load_time_stamp_authority(
            *region.key(REGION, Purpose.TIME_STAMP), SystemClock().now
        )
        async with serve_sites((route_time_stamps(authority.answer), listening)):
            await until(lambda: _is_open(node))
            await submit(node, region, serial=2)
            await until(lambda: _says(node, "time-stamps", "ok"))
    async with open_store(config) as store, open_evidence(config) as evidence:
        # Gateways ask each other for the summaries of the last days, too, when there is time.
        kinds = [each.message_type for each in await store.list_messages()]
        assert kinds.count("CertificateIssue") == 2
        assert (await evidence.tally()).batches >= 1


async def _is_stopped(node: Node) -> bool:
    assert node.stamping is not None
    try:
        await node.stamping.require_open()
    except UnavailableError:
        return True
    return False


async def _is_open(node: Node) -> bool:
    return not await _is_stopped(node)
