"""The stage of a drill: a region that runs in this process, and what its gateways let be seen."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from swb.app.adapting import get_formats
from swb.app.ledger import open_log_view, open_witness_store
from swb.app.parts import build_parts, get_national
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.daemon import run_nodes
from swb.keyring import open_keys
from swb.sandbox.drill_router import RogueRouter
from swb.sandbox.region import LOG_ORIGIN
from swb.simulator.issuing import draw_certificate
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from datetime import datetime

    from swb.app import Node
    from swb.config import Config
    from swb.ports import BuriedMessage, LogIncident, MessageRecord, MessageStore, WitnessStore
    from swb.sandbox.region import Region
    from swb.services.log_view import LogView
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["PATIENCE", "Carried", "Stage", "open_stage"]

PATIENCE: Final = 8.0
"""Seconds within which an attack has to be noticed."""
_POLL: Final = 0.02
_SEED: Final = 3

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A certificate from TH to VN that the router holds in its hands.

    Attributes:
        certificate: What it says.
        message: As the sender keeps it.
        conversation_id: Of it.
        octets: As they came.
    """

    certificate: CertificateOfOrigin
    message: MessageRecord
    conversation_id: str
    octets: bytes


@dataclass(slots=True, kw_only=True)
class Stage:
    """What the leader of a drill sees and moves.

    Attributes:
        region: Where everything lies.
        rogue: The router.
        gateways: The gateways that run, by state.
        witnesses: What each remembers of the log.
        log: The published log, as anybody sees it.
    """

    region: Region
    rogue: RogueRouter
    gateways: dict[str, Node]
    witnesses: dict[str, WitnessStore]
    log: LogView
    configs: dict[str, Config]
    trust: TrustBundle
    clock: SystemClock = field(default_factory=SystemClock)
    _serial: int = 0
    _buried: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    def store(self, state: str) -> MessageStore:
        """A gateway's store, to look into."""
        store = self.gateways[state].store
        assert store is not None  # noqa: S101 - a gateway has one
        return store

    def draw(self) -> CertificateOfOrigin:
        """Draw a certificate that nobody has yet."""
        self._serial += 1
        return draw_certificate(
            exporting="TH",
            importing="VN",
            serial=self._serial,
            seed=_SEED,
            on=self.now().date(),
            items=2,
        )

    async def issue(self, arrives: asyncio.Queue[bytes] | None = None) -> Carried:
        """Have TH issue a certificate; returns when the router holds it.

        Args:
            arrives: Where the router puts it, if not to what it withholds.
        """
        certificate = self.draw()
        node = self.gateways["TH"]
        formats = get_formats(get_national(self.configs["TH"]))
        payload = (await formats.from_canonical(certificate)).payload
        assert node.submitting is not None  # noqa: S101 - a gateway has one
        accepted = await node.submitting.submit(payload)
        node.wake()
        async with asyncio.timeout(PATIENCE):
            octets = await (self.rogue.withheld if arrives is None else arrives).get()
        message = await self.store("TH").find_carrier(accepted.document_id)
        document = await self.store("TH").find_document(accepted.document_id)
        assert message is not None  # noqa: S101 - it was just sent
        assert document is not None  # noqa: S101 - it was just sealed
        return Carried(
            certificate=certificate,
            message=message,
            conversation_id=document.conversation_id,
            octets=octets,
        )

    async def facts(self, state: str, document_id: str) -> dict[Fact, datetime]:
        """What a gateway knows of a document."""
        events = await self.store(state).list_events(document_id)
        return {Fact(event.name): event.at for event in events}

    async def until_fact(self, carried: Carried, fact: Fact) -> bool:
        """Wait until the sender knows a fact; False when it does not in time."""

        async def known() -> bool:
            return fact in await self.facts("TH", carried.message.document_id)

        return bool(await self.until(known))

    async def next_dead_letter(self, state: str) -> BuriedMessage | None:
        """Wait for what a gateway refuses next; None when it refuses nothing in time."""
        before = self._buried.get(state, 0)

        async def refused() -> Sequence[BuriedMessage] | None:
            found = await self.store(state).list_buried()
            return found if len(found) > before else None

        found = await self.until(refused)
        if not found:
            return None
        self._buried[state] = len(found)
        return found[0]

    async def incident(self, state: str, code: str) -> LogIncident | None:
        """Find what a witness keeps of a log that contradicts itself."""
        for each in await self.witnesses[state].list_incidents(LOG_ORIGIN):
            if each.code == code:
                return each
        return None

    async def until(self, ask: Callable[[], Awaitable[Found | None]]) -> Found | None:
        """Ask until there is something, or the time is over."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = await ask()
                    if found:
                        return found
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            return None


@asynccontextmanager
async def open_stage(region: Region) -> AsyncIterator[Stage]:
    """Run gateways and router of a region, the router in the wrong hands.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: What a daemon raises that cannot start.
    """
    router = load_config(region.router)
    gateways = {state: load_config(file) for state, file in region.gateways.items()}
    stop = asyncio.Event()
    ready = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(
        run_nodes([router, *gateways.values()], stop, on_ready=ready.set_result)
    )
    await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
        message = "expected the region to run until the end of the drill"
        raise UnavailableError("daemon.loop_ended", message)
    try:
        nodes = {node.state: node for node in ready.result()}
        async with (
            open_keys(router.keys) as keys,
            open_witness_store(gateways["TH"]) as one,
            open_witness_store(gateways["VN"]) as other,
        ):
            node = nodes[router.party.state]
            assert node.store is not None  # noqa: S101 - a router has one
            parts = build_parts(router, node.store, keys)
            rogue = RogueRouter(
                node,
                keys=keys,
                trust=parts.trust,
                clock=parts.clock,
                environment=router.party.environment,
            )
            yield Stage(
                region=region,
                rogue=rogue,
                gateways={state: nodes[state] for state in gateways},
                witnesses={"TH": one, "VN": other},
                log=open_log_view(f"file:{region.log}"),
                configs=gateways,
                trust=await parts.trust.fetch(),
            )
    finally:
        stop.set()
        await running
