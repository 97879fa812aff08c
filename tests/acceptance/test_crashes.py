"""SIGKILL in mid-run: every document arrives once, on either transport.

Router, gateways and simulated authorities run as processes of their own, by the installed command.
Every kind of process is killed while documents are on the road, and started again. Nothing is told
to the processes in advance, so the moments fall where they fall: what a crash test cannot choose,
`tests/contract/test_store_crashes.py` and its neighbour choose point by point.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from typing import TYPE_CHECKING

from swb.app import open_store
from swb.app.provision import open_rabbitmq
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import DECISIONS, Fact
from swb.plugins import discover_adapters
from swb.sandbox.demo import count_outcome, draw_certificates
from swb.sandbox.region import lay_out_region
from swb.simulator.authority import SimulatedAuthority
from swb.simulator.customs import draw_decision

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin

SEED = 1
DOCUMENTS = 60
VICTIMS = ("router", "gateway-TH", "gateway-VN", "router", "authority-VN", "gateway-TH")
LIMITS = {"lease_seconds": 2, "first_retry_seconds": 0.2, "retry_ceiling_seconds": 1}
PATIENCE = 60.0
ADAPTERS = {"TH": "thailand", "VN": "vietnam"}


class Processes:
    """The region's processes, each by the name of its configuration file."""

    def __init__(self, region: Region) -> None:
        files = [region.router, *region.gateways.values(), *region.authorities.values()]
        self._files = {file.stem: file for file in files}
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, name: str) -> None:
        """Start one; its log goes on where it was."""
        file = self._files[name]
        with file.with_suffix(".log").open("ab") as log:
            self._running[name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "swb.cli", "run", "--config", str(file), stderr=log
            )

    async def start_all(self) -> None:
        """Start all."""
        for name in self._files:
            await self.start(name)

    async def kill(self, name: str) -> None:
        """Kill one that runs."""
        process = self._running[name]
        assert process.returncode is None, f"{name} ended by itself: {self.log(name)}"
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def stop_all(self) -> dict[str, int]:
        """Ask all to shut down in order, and tell their exit statuses."""
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()
        return {name: await process.wait() for name, process in self._running.items()}

    def log(self, name: str) -> str:
        """The end of one's log."""
        return self._files[name].with_suffix(".log").read_text(encoding="utf-8")[-2000:]


def file_certificates(region: Region, certificates: list[CertificateOfOrigin]) -> None:
    """Put them before the gateways, as the traders' single windows do."""
    for state, adapter in ADAPTERS.items():
        window = SimulatedAuthority(
            state=state,
            folder=region.drop_folder(state),
            adapter=discover_adapters().get(adapter),
            seed=SEED,
            now=SystemClock().now,
        )
        window.open()
        window.file(each for each in certificates if each.issuing_country == state)


async def wait_for_stores(region: Region) -> None:
    """Wait until the gateways have made their stores."""
    deadline = time.monotonic() + PATIENCE
    for state in ADAPTERS:
        while not (region.folder / "store" / f"{state}.db").exists():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)


async def count_ended(region: Region, certificates: list[CertificateOfOrigin]) -> int:
    """How many certificates have every fact that is to come."""
    ended = 0
    for state, file in region.gateways.items():
        async with open_store(load_config(file)) as store:
            for certificate in certificates:
                if certificate.issuing_country != state:
                    continue
                record = await store.find_certificate(str(certificate.key))
                events = await store.list_events(record.document_id) if record else ()
                facts = {Fact(event.name) for event in events}
                answered = draw_decision(certificate, seed=SEED) is None or facts & DECISIONS
                ended += bool(facts >= {Fact.AS1, Fact.AS2, Fact.AS3, Fact.RES_REC} and answered)
    return ended


async def cross_with_kills(folder: Path, *, transport: str, amqp_url: str | None) -> None:
    """Send certificates both ways while processes are killed: each must arrive once."""
    chance = random.Random(SEED)  # noqa: S311 - moments to kill at, not secrets
    now = SystemClock().now()
    certificates = draw_certificates(
        states=("TH", "VN"), documents=DOCUMENTS, seed=SEED, on=now.date()
    )
    region = await lay_out_region(
        folder / "region", at=now, amqp_url=amqp_url, seed=SEED, limits=LIMITS
    )
    processes = Processes(region)
    await processes.start_all()
    try:
        await wait_for_stores(region)
        file_certificates(region, certificates)
        for victim in VICTIMS:
            await asyncio.sleep(chance.uniform(0.2, 0.9))
            await processes.kill(victim)
            await asyncio.sleep(chance.uniform(0, 0.3))
            await processes.start(victim)
        deadline = time.monotonic() + PATIENCE
        while await count_ended(region, certificates) < DOCUMENTS:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.5)
    finally:
        statuses = await processes.stop_all()
    assert statuses == dict.fromkeys(statuses, 0)
    result = await count_outcome(region, certificates, seconds=0, transport=transport)
    assert result.total("delivered") == DOCUMENTS
    assert result.total("lost") == 0
    assert result.total("duplicated") == 0
    assert result.total("refused") == 0


async def test_every_document_arrives_once_over_the_embedded_transport(tmp_path: Path) -> None:
    await cross_with_kills(tmp_path, transport="embedded", amqp_url=None)


async def test_every_document_arrives_once_over_rabbitmq(
    tmp_path: Path, rabbitmq_node: PrivateNode
) -> None:
    await rabbitmq_node.add_vhosts("swb.TH", "swb.VN")
    async with open_rabbitmq(rabbitmq_node.amqp_url(), ("TH", "VN")) as amqp_url:
        await cross_with_kills(tmp_path, transport="rabbitmq", amqp_url=amqp_url)
