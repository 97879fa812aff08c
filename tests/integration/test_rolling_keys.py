"""Every member's keys are rolled over in the middle of traffic, and nothing is lost or refused."""

from __future__ import annotations

import asyncio
import base64
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb.app.trusting import trust_folder
from swb.backends.files import TrustMemory
from swb.clock import SystemClock
from swb.config.keys import FileKeyConfig
from swb.core.lifecycle import Fact
from swb.core.trust_drafts import read_draft
from swb.sandbox.demo import draw_certificates
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import REGION
from swb_schemas.wire.certificates import parse_pem_certificate
from tests.integration.daemons import lay_out, running
from tests.integration.rolling import Roller
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from swb.app import Node
    from swb.config import Config
    from swb.ports import MessageStore
    from swb_schemas.documents import CertificateOfOrigin

STATES = ("TH", "VN")
EACH_ROLL = 4
"""Certificates that are filed before, while and after a member rolls its keys."""


@dataclass
class Fleet:
    """Daemons that end and start anew one by one.

    Attributes:
        configs: By name, such as ``TH gateway``.
        nodes: Those that run.
    """

    configs: dict[str, Config]
    nodes: dict[str, Node] = field(default_factory=dict)
    stacks: dict[str, AsyncExitStack] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        stack = AsyncExitStack()
        ((node,), _) = await stack.enter_async_context(running([self.configs[name]]))
        self.nodes[name], self.stacks[name] = node, stack

    async def end(self, name: str) -> None:
        del self.nodes[name]
        await self.stacks.pop(name).aclose()

    def store(self, state: str) -> MessageStore:
        name = f"{state} router" if state == REGION else f"{state} gateway"
        store = self.nodes[name].store
        assert store is not None
        return store

    async def facts(self, certificate: CertificateOfOrigin) -> set[Fact]:
        """What the exporting gateway knows."""
        store = self.store(certificate.issuing_country)
        record = await store.find_certificate(str(certificate.key))
        if record is None:
            return set()
        return {Fact(event.name) for event in await store.list_events(record.document_id)}

    async def until_answered(self, certificates: Sequence[CertificateOfOrigin]) -> None:
        """Wait until the other side's gateway, single window and customs have answered."""

        async def answered() -> bool:
            told = [await self.facts(each) for each in certificates]
            return all({Fact.AS3, Fact.RES_REC} <= each for each in told)

        await until(answered, within=40)

    async def until_relayed(
        self, certificates: Sequence[CertificateOfOrigin], importing: str
    ) -> None:
        """Wait until those for one state wait on its line."""
        others = [each for each in certificates if each.issuing_country != importing]

        async def relayed() -> bool:
            return all([Fact.RELAYED in await self.facts(each) for each in others])

        await until(relayed)

    async def until_listed(self, state: str, octets: bytes) -> None:
        """Wait until every daemon that runs has fetched a list."""
        digest = read_draft(octets).digest

        async def taken() -> bool:
            memories = [
                TrustMemory(folder).load()
                for name, config in self.configs.items()
                if name in self.nodes and (folder := trust_folder(config)) is not None
            ]
            return all(each[state].digest == digest for each in memories)

        await until(taken)

    async def check_seals(self, certificates: Sequence[CertificateOfOrigin]) -> None:
        """Require that the newly configured keys sealed."""
        for each in certificates:
            store = self.store(each.issuing_country)
            record = await store.find_certificate(str(each.key))
            assert record is not None
            key = self.configs[f"{each.issuing_country} gateway"].keys[Purpose.ISSUING_SEAL]
            assert isinstance(key, FileKeyConfig)
            der = parse_pem_certificate(key.certificate.read_bytes()).der
            assert base64.b64encode(der) in record.octets
            assert key.key.name == "issuing-seal-2.pem"


@asynccontextmanager
async def fleet_of(configs: dict[str, Config]) -> AsyncIterator[Fleet]:
    fleet = Fleet(configs)
    try:
        for name in configs:
            await fleet.start(name)
        yield fleet
    finally:
        for name in list(fleet.stacks):
            await fleet.end(name)


async def file(
    fleet: Fleet, certificates: Iterator[CertificateOfOrigin]
) -> list[CertificateOfOrigin]:
    """Have the next certificates filed by the authorities of their states."""
    filed = [next(certificates) for _ in range(EACH_ROLL)]
    for each in filed:
        authority = fleet.nodes[f"{each.issuing_country} authority"].authority
        assert authority is not None
        await asyncio.to_thread(authority.file, [each])
    return filed


async def test_rolling_every_key_in_the_middle_of_traffic_loses_nothing(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region", protect=True)
    # Each daemon fetches every state's list by itself, from where it is published.
    lists = {
        state: f"file:{region.folder / 'trust' / 'lists' / f'{state}.json'}"
        for state in (*STATES, REGION)
    }
    configs = {}
    for config in region.configs():
        trust = config.trust.model_copy(update={"sources": lists, "refresh_seconds": 0.1})
        name = f"{config.party.state} {'+'.join(config.roles.run)}"
        configs[name] = config.model_copy(update={"trust": trust})
    certificates = iter(
        draw_certificates(
            states=STATES,
            documents=11 * EACH_ROLL,
            seed=5,
            on=datetime.now(UTC).date(),
        )
    )
    everything: list[CertificateOfOrigin] = []
    async with fleet_of(configs) as fleet:
        for name in ("TH gateway", "VN gateway", "REGION router"):
            state = name.partition(" ")[0]
            roller = Roller(region.folder / "trust", state)
            old = fleet.configs[name]
            new = roller.make_keys(old)
            before = await file(fleet, certificates)
            if state == "VN":
                # What is on its way now is protected for the old key and will meet the new ones.
                await fleet.until_answered(before)
                await fleet.end(name)
                before += await file(fleet, certificates)
                await fleet.until_relayed(before, state)
            octets = await roller.list_keys(new, SystemClock().now().replace(microsecond=0))
            await fleet.until_listed(state, octets)
            during = await file(fleet, certificates)
            fleet.configs[name] = new
            if name in fleet.nodes:
                await fleet.end(name)  # in the middle of whatever it was at
            await fleet.start(name)
            after = await file(fleet, certificates)
            everything += [*before, *during, *after]
            await fleet.until_answered([*before, *during, *after])
            octets = await roller.retire_keys(old, SystemClock().now())
            await fleet.until_listed(state, octets)
        last = await file(fleet, certificates)
        await fleet.until_answered([*everything, *last])
        for state in (*STATES, REGION):
            assert await fleet.store(state).list_buried() == []
            counts = await fleet.store(state).count()
            assert (counts.parked, counts.held) == (0, 0)
        for each in (*everything, *last):
            assert Fact.REFUSED not in await fleet.facts(each)
        await fleet.check_seals(last)
