"""Nodes: one configured daemon each, its back ends open and its roles joined to them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from swb.app.auditing import open_audit
from swb.app.evidence import build_stamping, open_evidence
from swb.app.ledger import run_log, run_witness
from swb.app.lines import build_lines
from swb.app.parts import (
    Parts,
    build_parts,
    build_store,
    check_keys,
    get_formats,
    get_national,
)
from swb.app.trusting import LONGEST_REST, build_refreshing
from swb.backends.files import DropFolder
from swb.clock import SystemClock
from swb.config import Role
from swb.keyring import open_keys
from swb.plugins import discover_adapters
from swb.services.collect import CollectService
from swb.services.deliver import DeliverService
from swb.services.expiring import ExpiryWatch
from swb.services.pacing import Pace
from swb.services.receive import ReceiveService
from swb.services.recent import RecentDeliveries
from swb.services.route import RouteService
from swb.services.watching import Watch
from swb.simulator.authority import SimulatedAuthority
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from swb.config import Config
    from swb.ports import AuditTrail, MessageStore, Transport
    from swb.services.cosignatures import LogDesk
    from swb.services.inbox import InboxService
    from swb.services.refreshing import RefreshService
    from swb.services.stamping import StampingService
    from swb.services.submit import SubmitService

__all__ = ["Node", "open_node", "open_store", "open_submitting"]

_BETWEEN_EXPIRIES: Final = 3600.0
"""Seconds between two looks at what ends; it is woken whenever something is committed."""

_STAMP: Final = "stamp"
"""The step whose failures count only when they have lasted, as policy says."""
_REST_IN_OUTAGE: Final = 10.0
"""Seconds before time-stamp authorities that gave nothing are asked again, at most."""


_LOOK_SECONDS: Final = 1.0
"""How often trust lists and connections are compared with what the audit trail says of them."""


@dataclass(slots=True, kw_only=True)
class Node:
    """One configured daemon, its back ends open.

    Attributes:
        state: Whose it is.
        roles: For people.
        store: None for a simulated authority alone.
        paces: Steps that repeat.
        inboxes: Loops over a line's deliveries; they end when the line closes.
        lines: Transport lines by member.
        checks: What health asks, by name.
        notices: What health tells and a person should look at, though everything works: by name,
            what asks for codes by subject.
        submitting: The door inward, for a gateway.
        stamping: What gets time-stamps, where it does.
        authority: The simulated authority, where there is one.
    """

    state: str
    roles: str
    store: MessageStore | None = None
    paces: list[Pace] = field(default_factory=list)
    inboxes: list[InboxService] = field(default_factory=list)
    lines: dict[str, Transport] = field(default_factory=dict)
    checks: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    notices: dict[str, Callable[[], Mapping[str, str]]] = field(default_factory=dict)
    submitting: SubmitService | None = None
    stamping: StampingService | None = None
    authority: SimulatedAuthority | None = None

    @property
    def name(self) -> str:
        """State and roles, for logs and health."""
        return f"{self.state} {self.roles}"

    def wake(self) -> None:
        """End the rest of every step: something was committed."""
        for pace in self.paces:
            pace.wake()


# --- doors -------------------------------------------------------------------------------------


@asynccontextmanager
async def open_store(config: Config, *, create: bool = False) -> AsyncIterator[MessageStore]:
    """Open a daemon's store alone.

    Args:
        config: Of the daemon.
        create: Make it where it is missing; commands that only ask do not.

    Raises:
        RefusedError: ``config.invalid``: the configuration names no store.
        UnavailableError: ``store.unavailable``, ``store.schema``.
    """
    store = build_store(config, create=create)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_submitting(config: Config) -> AsyncIterator[SubmitService]:
    """Open a gateway's door inward alone; its daemon, wherever it runs, sends what is committed.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: ``store.unavailable``, ``signer.unavailable``.
    """
    async with (
        open_store(config, create=True) as store,
        open_keys(config.keys, config.retired_decryption) as keys,
    ):
        parts = build_parts(config, store, keys)
        await check_keys(parts)
        async with AsyncExitStack() as stack:
            stamping = await _open_stamping(parts, stack)
            may_take = None if stamping is None else stamping.require_open
            yield parts.build_submitting(_nobody_waits, may_take)


@asynccontextmanager
async def open_node(config: Config) -> AsyncIterator[Node]:
    """Open everything that the configured roles need; close it in reverse order.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached.
    """
    roles = config.roles.run
    node = Node(state=config.party.state, roles="+".join(roles))
    async with AsyncExitStack() as stack:
        if Role.GATEWAY in roles or Role.ROUTER in roles:
            node.store = await stack.enter_async_context(open_store(config, create=True))
            opening = open_keys(config.keys, config.retired_decryption)
            keys = await stack.enter_async_context(opening)
            parts = build_parts(config, node.store, keys)
            refreshing = build_refreshing(config, parts.lists, parts.clock)
            await _check_keys(parts, refreshing)
            trail = await stack.enter_async_context(open_audit(config, create=True))
            watch = Watch(
                name=f"daemon {node.name}",
                trail=trail,
                trust=parts.trust,
                connections=parts.connections,
                clock=parts.clock,
            )
            await stack.enter_async_context(
                watch.run(version("single-window-broker"), parts.sealer.certificates())
            )
            node.paces.append(Pace("audit", watch.look, rest_for=_LOOK_SECONDS))
            node.checks.update(
                store=node.store.ping,
                trust=parts.trust.fetch,
                connections=parts.connections.fetch,
                **keys.checks,
            )
            _add_revocation(node, parts)
            for member, transport in build_lines(config).items():
                await transport.open()
                stack.push_async_callback(transport.close)
                node.lines[member] = transport
                node.checks[f"line {member}"] = transport.ping
            node.stamping = await _open_stamping(parts, stack, trail)
            if node.stamping is not None:
                _add_stamping(node, node.stamping, config)
            if Role.GATEWAY in roles:
                _add_gateway(node, parts)
                await stack.enter_async_context(run_witness(node, parts))
            else:
                desk = await stack.enter_async_context(run_log(node, parts))
                _add_router(node, parts, desk)
            _add_expiries(node, parts, refreshing)
            node.checks.update(
                {f"step {pace.name}": pace.check for pace in node.paces if pace.name != _STAMP}
            )
        if Role.AUTHORITY in roles:
            _add_authority(node, config)
        yield node


# --- roles -------------------------------------------------------------------------------------


def _add_revocation(node: Node, parts: Parts) -> None:
    revocation = parts.revocation
    if revocation is not None:
        node.checks["revocation"] = revocation.check
        rest_for = parts.config.limits.poll_seconds
        node.paces.append(Pace("revocation", revocation.refresh_due, rest_for=rest_for))


def _add_gateway(node: Node, parts: Parts) -> None:
    limits = parts.config.limits
    national = get_national(parts.config)
    formats = get_formats(national)
    folder = DropFolder(national.drop_folder)
    folder.open()
    node.checks["national"] = folder.ping
    may_take = None if node.stamping is None else node.stamping.require_open
    node.submitting = parts.build_submitting(node.wake, may_take)
    recent = RecentDeliveries(limit=2 * limits.batch)
    delivering = DeliverService(
        state=node.state,
        formats=formats,
        connections=parts.connections,
        national=folder,
        store=parts.store,
        sealer=parts.sealer,
        trust=parts.trust,
        policy=parts.verification_policy,
        clock=parts.clock,
        jitter=parts.jitter,
        retrying=parts.retrying,
        batch=limits.batch,
        lease_for=parts.lease_for,
        on_commit=node.wake,
        recent=recent,
    )
    collecting = CollectService(
        source=folder,
        submitting=node.submitting,
        batch=limits.batch,
        clock=parts.clock,
        jitter=parts.jitter,
        retrying=parts.retrying,
    )
    receiving = ReceiveService(
        state=node.state,
        environment=parts.config.party.environment,
        connections=parts.connections,
        store=parts.store,
        sealer=parts.sealer,
        trust=parts.trust,
        policy=parts.verification_policy,
        clock=parts.clock,
        decryption_keys=parts.decryption_keys,
        recent=recent,
    )
    judge = _guard(receiving.judge, node)
    inbox = parts.build_inbox(node.state, node.lines[node.state], judge, node.wake)
    node.inboxes.append(inbox)
    steps = {
        "dispatch": parts.build_dispatch(node.lines).dispatch_due,
        "deliver": delivering.deliver_due,
        "collect": collecting.collect_waiting,
        "held": inbox.judge_held,
    }
    for name, step in steps.items():
        node.paces.append(Pace(name, step, rest_for=limits.poll_seconds))


def _add_router(node: Node, parts: Parts, desk: LogDesk | None) -> None:
    routing = RouteService(
        environment=parts.config.party.environment,
        connections=parts.connections,
        store=parts.store,
        sealer=parts.sealer,
        trust=parts.trust,
        policy=parts.verification_policy,
        clock=parts.clock,
        desk=desk,
    )
    for member, transport in node.lines.items():
        judge = _guard(routing.judge, node)
        node.inboxes.append(parts.build_inbox(member, transport, judge, node.wake))
    rest_for = parts.config.limits.poll_seconds
    dispatching = parts.build_dispatch(node.lines)
    node.paces.append(Pace("dispatch", dispatching.dispatch_due, rest_for=rest_for))
    node.paces.append(Pace("held", node.inboxes[0].judge_held, rest_for=rest_for))


def _add_stamping(node: Node, stamping: StampingService, config: Config) -> None:
    node.checks["time-stamps"] = stamping.check_age
    node.checks["clock"] = stamping.check_clock
    poll_for = config.limits.poll_seconds
    rest = min(config.evidence.interval_seconds, _REST_IN_OUTAGE) if config.evidence else poll_for
    node.paces.append(Pace(_STAMP, stamping.stamp_due, rest_for=poll_for, rest_after_failure=rest))


async def _open_stamping(
    parts: Parts, stack: AsyncExitStack, trail: AuditTrail | None = None
) -> StampingService | None:
    section = parts.config.evidence
    if section is None:
        return None
    evidence = await stack.enter_async_context(open_evidence(parts.config, create=True))
    return build_stamping(parts, evidence, section, trail)


def _guard(
    judge: Callable[[bytes, str], Awaitable[None]], node: Node
) -> Callable[[bytes, str], Awaitable[None]]:
    """Hold what comes in while policy says that nothing new is taken without time-stamps."""
    stamping = node.stamping
    if stamping is None:
        return judge

    async def guarded(raw: bytes, line: str) -> None:
        await stamping.require_open()
        await judge(raw, line)

    return guarded


async def _check_keys(parts: Parts, refreshing: RefreshService | None) -> None:
    """Check the keys by the lists at hand; where these do not do, by newer ones.

    Whoever starts with new keys, or after a long rest, may have older lists than everybody else.
    """
    try:
        await check_keys(parts)
    except SwbError:
        if refreshing is None:
            raise
        await refreshing.refresh_due()
        await check_keys(parts)


def _add_expiries(node: Node, parts: Parts, refreshing: RefreshService | None) -> None:
    """Look at what ends, and for newer lists where the configuration says where they come from."""
    expiring = ExpiryWatch(state=node.state, trust=parts.trust, clock=parts.clock)
    node.paces.append(Pace("expiries", expiring.look, rest_for=_BETWEEN_EXPIRIES))
    node.notices["ends"] = lambda: expiring.notices
    if refreshing is not None:
        rest_for = min(parts.config.trust.refresh_seconds, LONGEST_REST)
        node.paces.append(Pace("refresh", refreshing.refresh_due, rest_for=rest_for))
        node.notices["lists"] = lambda: refreshing.troubles


def _add_authority(node: Node, config: Config) -> None:
    national = get_national(config)
    node.authority = SimulatedAuthority(
        state=config.party.state,
        folder=national.drop_folder,
        adapters=[discover_adapters().get(name) for name in national.adapters],
        seed=config.authority.seed,
        now=SystemClock().now,
        answers=config.authority.answers,
        patience=timedelta(seconds=config.authority.patience_seconds),
        down_for=config.authority.down_seconds,
        poll_for=config.limits.poll_seconds,
    )
    node.authority.open()


def _nobody_waits() -> None:
    """Nothing in this process rests until something is committed."""
