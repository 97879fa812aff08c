"""Roles: the use cases of a gateway, a router and a simulated authority, joined to a node."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swb.app.adapting import open_adapters
from swb.app.national import get_drop_folder
from swb.app.parts import get_national
from swb.clock import SystemClock
from swb.metrics import MeasuredNational, MeasuredSource
from swb.metrics.meter import known_type
from swb.services.advising import Advising
from swb.services.collect import CollectService
from swb.services.deliver import DeliverService
from swb.services.hand_over import HandOver
from swb.services.overdue import OverdueWatch
from swb.services.pacing import Pace
from swb.services.pulling import PullService
from swb.services.receive import ReceiveService
from swb.services.recent import Recent, RecentDeliveries
from swb.services.route import RouteService
from swb.simulator.authority import SimulatedAuthority
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from swb.app.national import Doors
    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import Config
    from swb.metrics import NodeMeter
    from swb.ports import PaperRegister, PayloadSource
    from swb.services.cosignatures import LogDesk
    from swb.services.dispatch import DispatchService
    from swb.services.inbox import Judge
    from swb.services.submit import SubmitService

__all__ = ["add_authority", "add_gateway", "add_router", "require_open"]

_LEASE_OCTETS: Final = 16
"""Of chance, in what proves that somebody holds a lease."""
_BETWEEN_OVERDUE: Final = 3600.0
"""Seconds between two looks at what was asked and not answered; limits are of days."""


def add_gateway(node: Node, parts: Parts, doors: Doors, paper: PaperRegister | None = None) -> None:
    """Join what a gateway does; its line and the doors of its national system are open."""
    limits = parts.config.limits
    formats = parts.formats.get()
    node.checks.update(doors.checks)
    node.checks.update(parts.formats.list_checks())
    meter = parts.meter
    node.submitting = parts.build_submitting(node.wake, partial(require_open, node), paper)
    at_hand = {"limit": 2 * limits.batch, "octets": limits.in_flight_octets // 8}
    recent = RecentDeliveries(**at_hand)
    handing_over = HandOver(
        state=node.state,
        formats=formats,
        national=doors.outward
        if meter is None or doors.outward is None
        else MeasuredNational(doors.outward, meter),
        store=parts.store,
        sealer=parts.sealer,
        trust=parts.trust,
        policy=parts.verification_policy,
        clock=parts.clock,
        on_commit=node.wake,
        recent=recent,
        advising=Advising(
            state=node.state,
            connections=parts.connections,
            store=parts.store,
            clock=parts.clock,
            paper=paper,
            fingerprinting=parts.fingerprinting,
        ),
    )
    delivering = None
    if doors.outward is not None:
        delivering = _add_delivery(node, parts, handing_over)
    elif node.access is not None:
        node.pulling = PullService(
            handing_over=handing_over,
            store=parts.store,
            leases=node.access.store,
            clock=parts.clock,
            jitter=parts.jitter,
            retrying=parts.retrying,
            new_id=partial(secrets.token_hex, _LEASE_OCTETS),
            on_handed=partial(_count_handed, meter),
            recent=Recent(**at_hand),
        )
    if doors.inward is not None:
        _add_collecting(node, parts, doors.inward, node.submitting, delivering)
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
        fingerprinting=parts.fingerprinting,
    )
    dispatching = add_dispatch(node, parts)
    inbox = parts.build_inbox(
        node.state,
        transport=node.lines[node.state],
        judge=_guard(receiving.judge, node),
        on_commit=node.wake,
        on_life=partial(dispatching.hear, node.state),
    )
    node.inboxes.append(inbox)
    overdue = OverdueWatch(store=parts.store, clock=parts.clock)
    node.notices["overdue"] = lambda: overdue.notices
    node.paces.append(Pace("overdue", overdue.look, rest_for=_BETWEEN_OVERDUE, heeds_commits=False))
    node.paces.append(Pace("held", inbox.judge_held, rest_for=limits.poll_seconds))


def _add_collecting(
    node: Node,
    parts: Parts,
    inward: PayloadSource,
    submitting: SubmitService,
    delivering: DeliverService | None,
) -> None:
    """Join what takes in the payloads that the national system leaves lying."""
    limits = parts.config.limits
    collecting = CollectService(
        source=inward if parts.meter is None else MeasuredSource(inward, parts.meter),
        submitting=submitting,
        batch=limits.batch,
        clock=parts.clock,
        jitter=parts.jitter,
        retrying=parts.retrying,
    )
    step: Callable[[], Awaitable[int]] = collecting.collect_waiting
    if delivering is not None:
        step = _and_hear(step, delivering.hear)
    rest_for = limits.collect_seconds
    node.paces.append(Pace("collect", step, rest_for=rest_for, apart=rest_for))


def _add_delivery(node: Node, parts: Parts, handing_over: HandOver) -> DeliverService:
    """Join what hands over; while a gateway drains it goes on until nothing is due."""
    limits = parts.config.limits
    delivering = DeliverService(
        handing_over=handing_over,
        store=parts.store,
        clock=parts.clock,
        jitter=parts.jitter,
        retrying=parts.retrying,
        batch=limits.batch,
        lease_for=parts.lease_for,
        breaking=parts.breaking,
        catching_up=parts.catching_up,
    )
    pace = Pace(
        "deliver",
        delivering.look,
        rest_for=limits.poll_seconds,
        empties=True,
        settle=delivering.settle,
    )
    delivering.when_room(pace.wake)
    node.paces.append(pace)
    node.outages.append(lambda: delivering.outages)
    return delivering


def add_router(node: Node, parts: Parts, desk: LogDesk | None) -> None:
    """Join what a router does; the lines of all members are open."""
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
    dispatching = add_dispatch(node, parts)
    for member, transport in node.lines.items():
        judge = _guard(routing.judge, node)
        on_life = partial(dispatching.hear, member)
        inbox = parts.build_inbox(
            member, transport=transport, judge=judge, on_commit=node.wake, on_life=on_life
        )
        node.inboxes.append(inbox)
    rest_for = parts.config.limits.poll_seconds
    node.paces.append(Pace("held", node.inboxes[0].judge_held, rest_for=rest_for))


def add_dispatch(node: Node, parts: Parts) -> DispatchService:
    """Join what empties the outbox, each line by itself."""
    dispatching = parts.build_dispatch(node.lines)
    for name, transport in node.lines.items():
        transport.when_back(partial(dispatching.hear, name))
    pace = Pace(
        "dispatch",
        dispatching.look,
        rest_for=parts.config.limits.poll_seconds,
        empties=True,
        settle=dispatching.settle,
        apart=0,
    )
    dispatching.when_room(pace.wake)
    node.paces.append(pace)
    node.outages.append(lambda: dispatching.outages)
    return dispatching


def add_authority(node: Node, config: Config) -> None:
    """Join a simulated authority: a national single window with people behind it."""
    national = get_national(config)
    node.authority = SimulatedAuthority(
        state=config.party.state,
        folder=get_drop_folder(config),
        adapters=open_adapters(national),
        seed=config.authority.seed,
        now=SystemClock().now,
        answers=config.authority.answers,
        patience=timedelta(seconds=config.authority.patience_seconds),
        down_for=config.authority.down_seconds,
        poll_for=config.limits.poll_seconds,
    )
    node.authority.open()


async def require_open(node: Node) -> None:
    """Say whether anything new may be submitted.

    Raises:
        UnavailableError: ``daemon.draining``, ``evidence.stopped``: the sender tries again later.
    """
    if node.draining:
        message = "nothing new is taken while this gateway ends; submit it again later"
        raise UnavailableError("daemon.draining", message)
    if node.stamping is not None:
        await node.stamping.require_open()


def _count_handed(meter: NodeMeter | None, message_type: str) -> None:
    if meter is not None:
        meter.counter("swb_handed_over_total", known_type(message_type), "done").inc()


def _and_hear(
    collect: Callable[[], Awaitable[int]], hear: Callable[[], None]
) -> Callable[[], Awaitable[int]]:
    """Take a payload that came in for a sign of life of the national system."""

    async def collected() -> int:
        done = await collect()
        if done:
            hear()
        return done

    return collected


def _guard(judge: Judge, node: Node) -> Judge:
    """Hold what comes in while policy says that nothing new is taken without time-stamps."""
    stamping = node.stamping
    if stamping is None:
        return judge

    async def guarded(raw: bytes, line: str, received_at: datetime | None) -> None:
        await stamping.require_open()
        await judge(raw, line, received_at)

    return guarded
