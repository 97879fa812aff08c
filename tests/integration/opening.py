"""Builds a region for a test: what the composition root does for a daemon, with a clock to turn."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.files import (
    DropFolder,
    FileConnectionSource,
    FileDistrustRegister,
    FileTrustSource,
)
from swb.backends.softkey import make_development_keys
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb.backends.sqlite.topology import apply_topology
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.clock import new_id
from swb.core.retrying import RetryPolicy
from swb.formats import InProcessFormats
from swb.plugins import discover_adapters
from swb.ports import LineEnd
from swb.services.advising import Advising
from swb.services.collect import CollectService
from swb.services.cosignatures import LogDesk
from swb.services.deliver import DeliverService
from swb.services.dispatch import DispatchService
from swb.services.hand_over import HandOver
from swb.services.inbox import InboxService
from swb.services.receive import ReceiveService
from swb.services.route import RouteService
from swb.services.sealing import Sealer
from swb.services.submit import SubmitService
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import REGION
from swb_schemas.wire.verification import VerificationPolicy
from tests.integration.sequencer import DELAY
from tests.integration.world import Clock, Member, World, load_agreements, load_signers
from tests.ledgers import ORIGIN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from swb.backends.softkey import DevelopmentKeys
    from swb.ports import MessageStore, TrustSource
    from swb.services.inbox import Judge
    from swb_adapters.sdk import Adapter
    from swb_schemas.catalogue import Purpose
    from swb_schemas.wire.revocation import Sources

__all__ = ["LEASE", "open_world", "write_connections"]

STATES: Final = ("TH", "VN")
ADAPTERS: Final = {"TH": "thailand", "VN": "vietnam"}
LEASE: Final = timedelta(seconds=30)
RETRYING: Final = RetryPolicy(
    first_delay=timedelta(milliseconds=50), ceiling=timedelta(minutes=1), max_attempts=8
)


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What every daemon of the region has."""

    folder: Path
    file: TransportFile
    clock: Clock
    keys: DevelopmentKeys
    trust: TrustSource
    connections: FileConnectionSource
    lease_for: timedelta
    environment: Environment
    stores: Mapping[str, MessageStore]
    adapters: Mapping[str, str | Adapter]

    def sealer(self, state: str) -> Sealer:
        return Sealer(
            signers=load_signers(self.keys, state),
            trust=self.trust,
            clock=self.clock,
            new_id=new_id,
        )

    def line(self, state: str, end: LineEnd) -> SqliteTransport:
        return SqliteTransport(file=self.file, line=state, end=end, lease_for=self.lease_for)

    def inbox(
        self,
        name: str,
        transport: SqliteTransport,
        store: MessageStore,
        judge: Judge,
    ) -> InboxService:
        return InboxService(
            line=name,
            transport=transport,
            store=store,
            judge=judge,
            clock=self.clock,
            jitter=_no_jitter,
            retrying=RETRYING,
            concurrency=16,
            batch=64,
            lease_for=self.lease_for,
            on_commit=_nobody_waits,
        )

    def dispatching(
        self, store: MessageStore, lines: Mapping[str, SqliteTransport]
    ) -> DispatchService:
        return DispatchService(
            store=store,
            lines=lines,
            clock=self.clock,
            jitter=_no_jitter,
            retrying=RETRYING,
            batch=64,
            lease_for=self.lease_for,
            ticks=self.clock.ticks,
        )

    @asynccontextmanager
    async def open_store(self, name: str) -> AsyncIterator[MessageStore]:
        store = self.stores.get(name) or SqliteMessageStore(path=self.folder / f"store-{name}.db")
        await store.open()
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def open_world(
    folder: Path,
    *,
    pairs: Sequence[tuple[str, str]] = (("TH", "VN"), ("VN", "TH")),
    protect: bool = False,
    state: str = "LIVE",
    extra_states: Sequence[str] = (),
    keys_hold_for: timedelta = timedelta(days=400),
    lease_for: timedelta = LEASE,
    environment: Environment = Environment.TEST,
    sources: Mapping[str, Sources] | None = None,
    checked: Callable[[TrustSource, Clock], TrustSource] | None = None,
    stores: Mapping[str, MessageStore] | None = None,
    adapters: Mapping[str, str | Adapter] = ADAPTERS,
    further: Mapping[str, tuple[Purpose, ...]] | None = None,
) -> AsyncIterator[World]:
    """Open a region of two connected states.

    Args:
        folder: Empty.
        pairs: What is connected.
        protect: Whether bodies are encrypted.
        state: How far the connections are.
        extra_states: States that have keys and lists, and no gateway here.
        keys_hold_for: How long trust lists and certificates hold.
        lease_for: Of rows and of deliveries.
        environment: Which one everybody serves.
        sources: By state: where its list says that is asked whether certificates still hold.
        checked: Puts something before the bundle that everybody trusts.
        stores: Not yet open; of a state or the ``router``, where it is no SQLite file.
        adapters: By state: what its national system speaks.
        further: Roles of every state beyond the plain ones, and what their keys are for.
    """
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    states = (*STATES, *extra_states)
    keys = make_development_keys(
        folder / "trust",
        states,
        environment,
        clock.now(),
        valid_for=keys_hold_for,
        sources=sources,
        further=further,
    )
    await apply_topology(path=folder / "broker.db", members=STATES)
    write_connections(folder / "connections.toml", pairs, state=state, protect=protect)
    listed = FileTrustSource(
        keys.bundle,
        environment=environment,
        distrust=FileDistrustRegister(folder / "distrust"),
    )
    shared = _Shared(
        folder=folder,
        file=TransportFile(path=folder / "broker.db"),
        clock=clock,
        keys=keys,
        trust=checked(listed, clock) if checked else listed,
        connections=FileConnectionSource(folder / "connections.toml"),
        lease_for=lease_for,
        environment=environment,
        stores=stores or {},
        adapters=adapters,
    )
    async with AsyncExitStack() as stack:
        router_store = await stack.enter_async_context(shared.open_store("router"))
        ledger = SqliteLedgerStore(path=folder / "ledger.db", origin=ORIGIN)
        await ledger.open()
        stack.push_async_callback(ledger.close)
        world = _build_region(shared, router_store, ledger)
        for member in STATES:
            store = await stack.enter_async_context(shared.open_store(member))
            world.members[member] = _build_member(shared, member, store)
        await stack.enter_async_context(_running(world))
        yield world


def write_connections(
    file: Path, pairs: Sequence[tuple[str, str]], *, state: str = "LIVE", protect: bool = False
) -> None:
    """Write a table in which Form Ds of these pairs are connected."""
    part = file.with_suffix(".part")
    part.write_text(
        "".join(
            f'[[connection]]\nfrom = "{one}"\nto = "{other}"\n'
            f'message_type = "CertificateIssue"\nagreement = "ATIGA"\nstate = "{state}"\n'
            f"terms = {{ protected = {str(protect).lower()} }}\n"
            for one, other in pairs
        )
    )
    part.replace(file)


def _build_region(shared: _Shared, store: MessageStore, ledger: SqliteLedgerStore) -> World:
    routing = RouteService(
        environment=shared.environment,
        connections=shared.connections,
        store=store,
        sealer=shared.sealer(REGION),
        trust=shared.trust,
        policy=VerificationPolicy(),
        clock=shared.clock,
        desk=LogDesk(origin=ORIGIN, ledger=ledger, merge_delay=DELAY),
    )
    lines = {state: shared.line(state, LineEnd.ROUTER) for state in STATES}
    return World(
        folder=shared.folder,
        clock=shared.clock,
        keys=shared.keys,
        trust=shared.trust,
        connections=shared.connections,
        router_store=store,
        router_sealer=shared.sealer(REGION),
        ledger=ledger,
        routing=routing,
        router_lines=lines,
        router_inboxes={
            state: shared.inbox(state, line, store, routing.judge) for state, line in lines.items()
        },
        router_dispatching=shared.dispatching(store, lines),
    )


def _build_member(shared: _Shared, state: str, store: MessageStore) -> Member:
    spoken = shared.adapters[state]
    formats = InProcessFormats(
        [discover_adapters().get(spoken) if isinstance(spoken, str) else spoken]
    )
    drop = shared.folder / "national" / state
    folder = DropFolder(drop)
    folder.open()
    line = shared.line(state, LineEnd.MEMBER)
    receiving = ReceiveService(
        state=state,
        environment=shared.environment,
        connections=shared.connections,
        store=store,
        sealer=shared.sealer(state),
        trust=shared.trust,
        policy=VerificationPolicy(),
        clock=shared.clock,
        decryption_keys=load_agreements(shared.keys, state),
    )
    submitting = SubmitService(
        state=state,
        formats=formats,
        environment=shared.environment,
        connections=shared.connections,
        store=store,
        sealer=shared.sealer(state),
        clock=shared.clock,
        on_commit=_nobody_waits,
    )
    delivering = DeliverService(
        handing_over=HandOver(
            state=state,
            advising=Advising(
                state=state, connections=shared.connections, store=store, clock=shared.clock
            ),
            formats=formats,
            national=folder,
            store=store,
            sealer=shared.sealer(state),
            trust=shared.trust,
            policy=VerificationPolicy(),
            clock=shared.clock,
            on_commit=_nobody_waits,
        ),
        store=store,
        clock=shared.clock,
        jitter=_no_jitter,
        retrying=RETRYING,
        batch=64,
        lease_for=shared.lease_for,
        ticks=shared.clock.ticks,
    )
    return Member(
        state=state,
        drop=drop,
        store=store,
        line=line,
        folder=folder,
        formats=formats,
        sealer=shared.sealer(state),
        submitting=submitting,
        receiving=receiving,
        inbox=shared.inbox(state, line, store, receiving.judge),
        dispatching=shared.dispatching(store, {state: line}),
        delivering=delivering,
        collecting=CollectService(
            source=folder,
            submitting=submitting,
            batch=64,
            clock=shared.clock,
            jitter=_no_jitter,
            retrying=RETRYING,
        ),
    )


@asynccontextmanager
async def _running(world: World) -> AsyncIterator[None]:
    """Open every line and run every inbox; a loop that broke fails the test."""
    lines = [*world.router_lines.values(), *(each.line for each in world.members.values())]
    inboxes = [*world.router_inboxes.values(), *(each.inbox for each in world.members.values())]
    for each in lines:
        await each.open()
    tasks = [asyncio.create_task(inbox.run()) for inbox in inboxes]
    await asyncio.sleep(0)  # every inbox has begun before a line may be closed again
    try:
        yield
    finally:
        for each in lines:
            await each.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.gather(*tasks)


def _no_jitter() -> float:
    return 0.0


def _nobody_waits() -> None:
    """Steps are taken by the test."""
