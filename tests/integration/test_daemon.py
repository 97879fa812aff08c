"""The daemon: start, work, faults and an ordered end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from swb.app import open_node, open_store, open_submitting
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.daemon import run_nodes
from swb.plugins import discover_adapters
from swb.sandbox.demo import draw_certificates
from swb.simulator.authority import read_register
from swb_schemas.errors import SwbError, UnavailableError
from tests.integration.daemons import lay_out, running
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swb.app import Node
    from swb.ports import MessageStore
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin


def draw(count: int = 1) -> list[CertificateOfOrigin]:
    return draw_certificates(
        states=("TH", "VN"), documents=count, seed=3, on=datetime.now(UTC).date()
    )


async def facts_of(store: MessageStore, certificate: CertificateOfOrigin) -> set[Fact]:
    record = await store.find_certificate(str(certificate.key))
    if record is None:
        return set()
    return {Fact(event.name) for event in await store.list_events(record.document_id)}


@pytest.fixture
async def region(tmp_path: Path) -> Region:
    return await lay_out(tmp_path / "region")


async def test_a_payload_submitted_by_another_process_is_sent_by_the_daemon(
    region: Region,
) -> None:
    """`swb submit` writes into the store of a daemon that runs."""
    (certificate,) = draw()
    config = load_config(region.gateways["TH"])
    async with running(region.configs()) as (nodes, _):
        (store,) = (node.store for node in nodes if node.submitting and node.state == "TH")
        assert store is not None
        async with open_submitting(config) as submitting:
            payload = discover_adapters().get("thailand").from_canonical(certificate).payload
            submitted = await asyncio.gather(*(submitting.submit(payload) for _ in range(3)))
        assert len({each.document_id for each in submitted}) == 1

        async def arrived() -> bool:
            return Fact.AS3 in await facts_of(store, certificate)

        await until(arrived)


async def test_every_door_inward_of_a_gateway_asks_the_register_of_paper(region: Region) -> None:
    config = load_config(region.gateways["VN"])
    async with open_node(config) as node, open_submitting(config) as submitting:
        for door in (node.submitting, submitting):
            assert door is not None
            register = door._second_use._register  # noqa: SLF001 - what it does is tested alone
            assert register is not None
            assert await register.list_paper_uses() == []


async def test_two_copies_of_every_daemon_on_one_store_share_the_work(region: Region) -> None:
    """A second process on the same data: every lease holds between them."""
    certificates = draw(20)
    configs = region.configs()
    doubled = [*configs, *map(load_config, (region.router, *region.gateways.values()))]
    async with running(doubled) as (nodes, _):
        stores = {node.state: node.store for node in nodes if node.submitting}
        for node in nodes:
            if node.authority is not None:
                own = [each for each in certificates if each.issuing_country == node.state]
                await asyncio.to_thread(node.authority.file, own)

        async def arrived() -> bool:
            for certificate in certificates:
                store = stores[certificate.issuing_country]
                assert store is not None
                if not {Fact.AS3, Fact.RES_REC} <= await facts_of(store, certificate):
                    return False
            return True

        await until(arrived, within=30)
    for state in region.states:
        keys = [line.certificate_key for line in read_register(region.drop_folder(state))]
        assert sorted(keys) == sorted(
            str(each.key)
            for each in certificates
            if each.exporter_declaration.importing_country == state
        )


async def test_a_loop_that_ends_by_itself_ends_the_daemon_with_an_error(region: Region) -> None:
    config = load_config(region.gateways["TH"])
    stop = asyncio.Event()
    ready: asyncio.Future[Sequence[Node]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run_nodes([config], stop, on_ready=ready.set_result))
    (node,) = await ready
    await node.lines["TH"].close()
    with pytest.raises(UnavailableError) as failure:
        await task
    assert failure.value.code == "daemon.loop_ended"
    assert "TH gateway: inbox" in failure.value.message


async def test_a_step_that_fails_does_not_end_the_daemon(region: Region) -> None:
    config = load_config(region.gateways["TH"])
    async with running([config]) as (nodes, _):
        (node,) = nodes
        door = region.drop_folder("TH") / "in"
        door.rename(door.with_name("elsewhere"))

        async def told() -> bool:
            with suppress(UnavailableError):
                await node.checks["step collect"]()
                return False
            return True

        await until(told)
        door.with_name("elsewhere").rename(door)

        async def mended() -> bool:
            return not await told()

        await until(mended)


async def test_a_stop_ends_everything_within_its_time(region: Region) -> None:
    stop = asyncio.Event()
    ready: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run_nodes(region.configs(), stop, on_ready=ready.set_result))
    await ready
    with capture_logs() as logs:
        stop.set()
        await task
    events = {each["event"] for each in logs}
    assert "stopped" in events
    assert "not_finished_in_time" not in events
    left = [each.get_name() for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    assert left == []


async def test_a_stop_in_the_middle_of_work_loses_nothing(region: Region) -> None:
    """Stopped and started over and over; what was begun is committed or begun anew."""
    certificates = draw(24)
    configs = region.configs()
    first = True
    for _ in range(6):
        async with running(configs) as (nodes, _):
            if first:
                for node in nodes:
                    if node.authority is not None:
                        own = [each for each in certificates if each.issuing_country == node.state]
                        await asyncio.to_thread(node.authority.file, own)
                first = False
            await asyncio.sleep(0.15)
    async with running(configs) as (nodes, _):
        stores = {node.state: node.store for node in nodes if node.submitting}

        async def arrived() -> bool:
            for certificate in certificates:
                store = stores[certificate.issuing_country]
                assert store is not None
                if not {Fact.AS3, Fact.RES_REC} <= await facts_of(store, certificate):
                    return False
            return True

        await until(arrived, within=20)
    for file in (*region.gateways.values(), region.router):
        async with open_store(load_config(file)) as store:
            counts = await store.count()
            assert (counts.held, counts.buried, counts.parked) == (0, 0, 0)


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda region: region.bundle.unlink(), "trust.unreachable", ""),
        (lambda region: region.bundle.write_bytes(b"{}"), "trust.unusable", ""),
        (
            lambda region: (region.folder / "trust" / "keys" / "TH" / "receipt-seal.pem").unlink(),
            "signer.unavailable",
            "",
        ),
        (
            lambda region: (region.folder / "broker.db").unlink(),
            "transport.unreachable",
            "run swb topology apply",
        ),
    ],
)
async def test_does_not_start_without_what_it_needs(
    region: Region, spoil: Callable[[Region], object], code: str, said: str
) -> None:
    spoil(region)
    with pytest.raises(SwbError) as failure:
        async with open_node(load_config(region.gateways["TH"])):
            pass
    assert failure.value.code == code
    assert said in failure.value.message
