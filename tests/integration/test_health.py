"""Health over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb import health
from swb.app import Node, open_node
from swb.clock import SystemClock
from swb.config import HealthConfig, load_config
from swb.health import serve_health
from swb.sandbox.region import lay_out_region
from swb_schemas.errors import UnavailableError
from tests.integration.daemons import QUICK, fetch_json, lay_out, running
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb.sandbox.region import Region


@pytest.fixture
async def region(tmp_path: Path) -> Region:
    return await lay_out(tmp_path / "region")


@asynccontextmanager
async def served(region: Region) -> AsyncIterator[tuple[Node, str]]:
    """TH's gateway with its health; nothing of it runs."""
    async with (
        open_node(load_config(region.gateways["TH"])) as node,
        serve_health(HealthConfig(port=0), [node]) as port,
    ):
        yield node, f"http://127.0.0.1:{port}/health"


async def test_a_gateway_in_order_is_live_and_ready(region: Region) -> None:
    async with served(region) as (_, url):
        assert await fetch_json(f"{url}/live") == (200, {"status": "live"})
        status, body = await fetch_json(f"{url}/ready")
    assert status == 200
    assert body["status"] == "ready"
    checks = body["nodes"]["TH gateway"]["checks"]
    assert set(checks.values()) == {"ok"}
    assert {"store", "trust", "line TH", "national", "step dispatch"} <= set(checks)
    assert body["nodes"]["TH gateway"]["waiting"] == {
        "outbound": 0,
        "deliveries": 0,
        "held": 0,
        "parked": 0,
        "buried": 0,
    }


async def test_what_ends_soon_is_told_and_nothing_is_down(tmp_path: Path) -> None:
    """Development lists hold for two years; these are ten days short of it."""
    made_at = SystemClock().now() - timedelta(days=720)
    region = await lay_out_region(tmp_path / "region", at=made_at, limits=QUICK)
    async with (
        running([load_config(region.gateways["TH"])]) as ((node,), _),
        serve_health(HealthConfig(port=0), [node]) as port,
    ):
        url = f"http://127.0.0.1:{port}/health/ready"

        async def told() -> bool:
            _, body = await fetch_json(url)
            return bool(body["nodes"]["TH gateway"]["notices"])

        await until(told)
        status, body = await fetch_json(url)
    assert (status, body["status"]) == (200, "ready")
    ends = body["nodes"]["TH gateway"]["notices"]["ends"]
    assert "list of VN: number 1" in ends
    assert any(name.startswith("certificate of TH") for name in ends)
    assert any(name.startswith("root of REGION") for name in ends)


def remove_bundle(region: Region) -> None:
    region.bundle.unlink()


def remove_door(region: Region) -> None:
    (region.drop_folder("TH") / "in").rename(region.drop_folder("TH") / "elsewhere")


@pytest.mark.parametrize(
    ("spoil", "check", "code"),
    [
        (remove_bundle, "trust", "trust.unreachable"),
        (remove_door, "national", "national.unavailable"),
    ],
)
async def test_says_what_is_wrong(
    region: Region, spoil: Callable[[Region], None], check: str, code: str
) -> None:
    async with served(region) as (_, url):
        spoil(region)
        status, body = await fetch_json(f"{url}/ready")
        assert await fetch_json(f"{url}/live") == (200, {"status": "live"})
    assert (status, body["status"]) == (503, "degraded")
    checks = body["nodes"]["TH gateway"]["checks"]
    assert checks.pop(check) == code
    assert set(checks.values()) == {"ok"}


async def test_says_that_the_store_is_gone(region: Region) -> None:
    async with served(region) as (node, url):
        assert node.store is not None
        await node.store.close()
        status, body = await fetch_json(f"{url}/ready")
    assert status == 503
    assert body["nodes"]["TH gateway"]["checks"]["store"] == "store.unavailable"
    assert body["nodes"]["TH gateway"]["waiting"] is None


async def test_answers_whatever_a_check_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def faulty() -> None:
        raise KeyError

    async def slow() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(health, "_CHECK_FOR", 0.1)
    node = Node(
        state="TH",
        roles="gateway",
        checks={"faulty": faulty, "slow": slow, "line TH": slow},
        outages=[lambda: {"line TH": "transport.unreachable"}],
    )
    async with serve_health(HealthConfig(port=0), [node]) as port:
        status, body = await fetch_json(f"http://127.0.0.1:{port}/health/ready")
    assert status == 503
    assert body["nodes"]["TH gateway"]["checks"] == {
        "faulty": "internal.fault",
        "slow": "health.timeout",
        "line TH": "transport.unreachable",
    }


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 404), ("/health", "GET", 404), ("/health/ready", "POST", 405)],
)
async def test_serves_nothing_else(region: Region, path: str, method: str, status: int) -> None:
    async with served(region) as (_, url):
        found, _ = await fetch_json(url.removesuffix("/health") + path, method=method)
    assert found == status


async def test_an_address_that_is_taken_is_told(region: Region) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = HealthConfig(port=taken.getsockname()[1])
        async with open_node(load_config(region.gateways["TH"])) as node:
            with pytest.raises(UnavailableError) as failure:
                async with serve_health(config, [node]):
                    pass
    assert failure.value.code == "health.unavailable"


async def test_a_step_that_fails_shows_while_the_daemon_runs(region: Region) -> None:
    config = load_config(region.gateways["TH"])
    config = config.model_copy(update={"health": HealthConfig(port=0)})
    async with running([config]) as (nodes, _):
        (url,) = (f"http://127.0.0.1:{each.ports['health']}/health/ready" for each in nodes)

        async def collecting() -> str:
            _, body = await fetch_json(url)
            return str(body["nodes"]["TH gateway"]["checks"]["step collect"])

        assert await collecting() == "ok"
        remove_door(region)

        async def failing() -> bool:
            return await collecting() == "national.unavailable"

        await until(failing)
