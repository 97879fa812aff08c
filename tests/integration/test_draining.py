"""The ordered end of a daemon, reloading under traffic, and what its supervisor hears."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from swb.app import open_store
from swb.app.trusting import build_distrust
from swb.clock import SystemClock
from swb.config import HealthConfig, load_config
from swb.core.lifecycle import Fact
from swb.daemon import Requests, run_nodes
from swb.health import serve_health
from swb.plugins import discover_adapters
from swb.ports import Settlement
from swb.supervision import Supervisor
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import SwbError, UnavailableError
from swb_schemas.wire.certificates import parse_certificate
from tests.integration.daemons import fetch_json, lay_out
from tests.integration.test_daemon import draw, facts_of
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.app import Node
    from swb.config import Config
    from swb.ports import MessageStore
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin


@pytest.fixture
async def region(tmp_path: Path) -> Region:
    return await lay_out(tmp_path / "region")


@asynccontextmanager
async def running(
    configs: Sequence[Config],
    **options: Any,  # noqa: ANN401 - passed on
) -> AsyncIterator[tuple[Sequence[Node], Requests, asyncio.Task[None]]]:
    """Run daemons that can be asked everything; they are ended in order."""
    requests = Requests()
    ready: asyncio.Future[Sequence[Node]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run_nodes(configs, requests, on_ready=ready.set_result, **options))
    either: list[asyncio.Future[Any]] = [task, ready]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    try:
        yield await ready, requests, task
    finally:
        requests.stop.set()
        await task


def file(nodes: Sequence[Node], certificates: Sequence[CertificateOfOrigin]) -> None:
    for node in nodes:
        if node.authority is not None:
            own = [each for each in certificates if each.issuing_country == node.state]
            node.authority.file(own)


async def arrived(store: MessageStore, certificates: Sequence[CertificateOfOrigin]) -> bool:
    told = [await facts_of(store, each) for each in certificates]
    return all({Fact.AS3, Fact.RES_REC} <= facts for facts in told)


def hold_judgements(node: Node) -> asyncio.Event:
    """Have every judgement of a node wait; returns what lets them go on."""
    goes_on = asyncio.Event()
    (inbox,) = node.inboxes
    judge = inbox._judge  # noqa: SLF001 - a slow judgement

    async def slow(raw: bytes, line: str, received_at: datetime | None) -> None:
        await goes_on.wait()
        await judge(raw, line, received_at)

    inbox._judge = slow  # noqa: SLF001 - a slow judgement
    return goes_on


# --- the end -----------------------------------------------------------------------------------


async def test_a_daemon_that_ends_says_so_finishes_and_leaves_nothing(region: Region) -> None:
    """What came is judged, acknowledged and published before the line closes."""
    certificates = [each for each in draw(4) if each.issuing_country == "TH"]
    vietnam = load_config(region.gateways["VN"])
    others = [each for each in region.configs() if each != vietnam]
    async with running(others) as (nodes, _, _):
        async with running([vietnam]) as ((gateway,), requests, task):
            goes_on = hold_judgements(gateway)
            released: list[Settlement] = []
            line = gateway.lines["VN"]
            settle = line.settle

            async def seen(delivery: Any, settlement: Settlement) -> None:  # noqa: ANN401 - of the transport
                released.append(settlement)
                await settle(delivery, settlement)

            gateway.lines["VN"].settle = seen  # type: ignore[method-assign]  # watched
            async with serve_health(HealthConfig(port=0), [gateway]) as port:
                await asyncio.to_thread(file, nodes, certificates)
                url = f"http://127.0.0.1:{port}/health/ready"
                (sender,) = (each for each in nodes if each.submitting)
                assert sender.store is not None
                exported = sender.store

                async def under_way() -> bool:
                    (router,) = (each for each in nodes if each.state == "REGION")
                    assert router.store is not None
                    told = [await facts_of(exported, each) for each in certificates]
                    waiting = (await router.store.count()).outbound
                    return all(Fact.AS1 in facts for facts in told) and waiting == 0

                await until(under_way)
                requests.end()

                async def told() -> bool:
                    status, body = await fetch_json(url)
                    return (status, body["status"]) == (503, "draining")

                await until(told)
                payload = discover_adapters().get("vietnam")
                assert gateway.submitting is not None
                with pytest.raises(UnavailableError) as refusal:
                    await gateway.submitting.submit(payload.from_canonical(draw(9)[-1]).payload)
                assert refusal.value.code == "daemon.draining"
                goes_on.set()
                await task
        assert set(released) <= {Settlement.ACCEPT}
        async with open_store(vietnam) as store:
            counts = await store.count()
            assert (counts.outbound, counts.deliveries, counts.held) == (0, 0, 0)
        async with running([vietnam]):

            async def all_arrived() -> bool:
                told = [await facts_of(exported, each) for each in certificates]
                return all(Fact.AS3 in facts for facts in told)

            await until(all_arrived, within=20)


async def test_asked_twice_it_ends_at_once_and_loses_nothing(region: Region) -> None:
    certificates = [each for each in draw(4) if each.issuing_country == "TH"]
    vietnam = load_config(region.gateways["VN"])
    vietnam = vietnam.model_copy(
        update={"limits": vietnam.limits.model_copy(update={"shutdown_seconds": 500})}
    )
    others = [each for each in region.configs() if each.party.state != "VN" or not each.store]
    async with running(others) as (nodes, _, _):
        async with running([vietnam]) as ((gateway,), requests, task):
            hold_judgements(gateway)
            await asyncio.to_thread(file, nodes, certificates)
            (exporter,) = (each for each in nodes if each.submitting)
            assert exporter.store is not None
            stored = exporter.store

            async def relayed() -> bool:
                told = [await facts_of(stored, each) for each in certificates]
                return all(Fact.AS1 in facts for facts in told)

            await until(relayed)
            requests.end()
            await asyncio.sleep(0)
            assert not task.done()
            requests.end()
            await asyncio.wait_for(task, 10)
        async with running([vietnam]):
            await until(lambda: _have_arrived(stored, certificates), within=20)


async def _have_arrived(store: MessageStore, certificates: Sequence[CertificateOfOrigin]) -> bool:
    return all([Fact.AS3 in await facts_of(store, each) for each in certificates])


# --- reloading -----------------------------------------------------------------------------------


async def test_a_table_that_breaks_leaves_the_one_before_it_in_force(region: Region) -> None:
    table = region.folder / "connections.toml"
    whole = table.read_bytes()
    first, second = ([each for each in draw(8) if each.issuing_country == "TH"][i] for i in (0, 1))
    async with running(region.configs()) as (nodes, requests, _):
        (gateway,) = (each for each in nodes if each.submitting and each.state == "TH")
        assert gateway.store is not None
        store = gateway.store
        await asyncio.to_thread(file, nodes, [first])
        await until(lambda: arrived(store, [first]), within=20)
        _replace(table, whole[: len(whole) // 2] + b"= broken")
        requests.reload.set()
        with pytest.raises(Exception, match="expected a table of connections") as trouble:
            await gateway.checks["connections"]()
        assert getattr(trouble.value, "code", "") == "connection.unusable"
        await asyncio.to_thread(file, nodes, [second])
        await until(lambda: arrived(store, [second]), within=20)
        _replace(table, whole)
        await gateway.checks["connections"]()


async def test_a_bundle_that_breaks_leaves_the_one_before_it_in_force(region: Region) -> None:
    whole = region.bundle.read_bytes()
    (certificate, *_) = (each for each in draw(8) if each.issuing_country == "TH")
    async with running(region.configs()) as (nodes, requests, _):
        (gateway,) = (each for each in nodes if each.submitting and each.state == "TH")
        assert gateway.store is not None
        store = gateway.store
        _replace(region.bundle, b"{}")
        requests.reload.set()
        with pytest.raises(Exception, match="expected a bundle that holds") as trouble:
            await gateway.checks["trust"]()
        assert getattr(trouble.value, "code", "") == "trust.unusable"
        await asyncio.to_thread(file, nodes, [certificate])
        await until(lambda: arrived(store, [certificate]), within=20)
        _replace(region.bundle, whole)
        await gateway.checks["trust"]()


def read_pem(path: Path) -> bytes:
    return load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


def _replace(target: Path, octets: bytes) -> None:
    new = target.with_suffix(".new")
    new.write_bytes(octets)
    new.replace(target)


# --- the supervisor ------------------------------------------------------------------------------


async def test_a_supervisor_hears_of_start_reload_life_and_end(
    region: Region, tmp_path: Path
) -> None:
    address = tmp_path / "notify"
    heard: list[dict[str, str]] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hearing:
        hearing.bind(str(address))
        hearing.settimeout(0)

        def listen() -> list[dict[str, str]]:
            while True:
                try:
                    text = hearing.recv(4096).decode()
                except BlockingIOError:
                    return heard
                heard.append(dict(line.split("=", 1) for line in text.splitlines()))

        supervisor = Supervisor.of(
            {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "300000", "WATCHDOG_PID": ""}
        )
        config = load_config(region.gateways["TH"])
        async with running([config], supervisor=supervisor) as (_, requests, _):
            assert any("READY" in each for each in listen())
            requests.reload.set()

            async def lived() -> bool:
                told = [key for each in listen() for key in each]
                return told.count("WATCHDOG") > 2 and told.count("READY") == 2

            await until(lived)
        listen()
    told = [next(iter(each)) for each in heard if "WATCHDOG" not in each]
    assert told == ["READY", "RELOADING", "READY", "STOPPING"]
    assert all(each["MONOTONIC_USEC"].isdecimal() for each in heard if "RELOADING" in each)


async def test_without_a_supervisor_nobody_is_told() -> None:
    supervisor = Supervisor.of({})
    supervisor.tell_ready("")
    async with supervisor.reassure():
        pass


async def test_a_supervisor_that_went_away_costs_nothing(tmp_path: Path) -> None:
    supervisor = Supervisor.of({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    supervisor.tell_stopping("")


# --- a stolen key --------------------------------------------------------------------------------


async def test_a_running_gateway_signs_no_more_with_a_key_that_is_stated_stolen(
    region: Region,
) -> None:
    config = load_config(region.gateways["TH"])
    (certificate, *_) = (each for each in draw(8) if each.issuing_country == "TH")
    payload = discover_adapters().get("thailand").from_canonical(certificate).payload
    async with running([config]) as ((gateway,), _, _):
        await gateway.checks["own keys"]()
        register = build_distrust(config)
        assert register is not None
        now = SystemClock().now()
        _, stolen = region.key("TH", Purpose.TRANSPORT)
        statement = await register.state(
            member="TH",
            purpose="transport",
            since=now,
            reason="stolen with the machine",
            at=now,
            certificates=(parse_certificate(read_pem(stolen)).thumbprint,),
        )

        async def told() -> str:
            try:
                await gateway.checks["own keys"]()
            except SwbError as error:
                return error.code
            return ""

        async def is_stolen() -> bool:
            return await told() == "signer.distrusted"

        async def is_well() -> bool:
            return not await told()

        await until(is_stolen)  # files are looked at twenty times a second
        assert gateway.submitting is not None
        with pytest.raises(UnavailableError) as refusal:
            await gateway.submitting.submit(payload)
        assert refusal.value.code == "signer.distrusted"
        assert gateway.store is not None
        assert (await gateway.store.count()).outbound == 0
        await register.lift(statement.number, SystemClock().now())
        await until(is_well)
        await gateway.submitting.submit(payload)
