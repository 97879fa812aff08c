"""What works beside the road: the audit trail, time-stamps, revocation answers, newer lists."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from swb.app.auditing import open_audit
from swb.app.evidence import build_stamping, open_evidence
from swb.app.trusting import LONGEST_REST
from swb.services.expiring import ExpiryWatch
from swb.services.pacing import Pace
from swb.services.watching import Watch

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.ports import AuditTrail
    from swb.services.refreshing import RefreshService
    from swb.services.stamping import StampingService

__all__ = ["STAMP", "add_expiries", "add_revocation", "add_stamping", "open_stamping", "open_trail"]

STAMP: Final = "stamp"
"""The step whose failures count only when they have lasted, as policy says."""
_BETWEEN_EXPIRIES: Final = 3600.0
"""Seconds between two looks at what ends; it is woken whenever something is committed."""
_REST_IN_OUTAGE: Final = 10.0
"""Seconds before time-stamp authorities that gave nothing are asked again, at most."""
_LOOK_SECONDS: Final = 1.0
"""How often trust lists and connections are compared with what the audit trail says of them."""


async def open_trail(node: Node, parts: Parts, stack: AsyncExitStack) -> AuditTrail:
    """Open the audit trail, enter the start into it, and have it watched what is in force.

    Raises:
        UnavailableError: ``audit.unavailable``, ``audit.schema``.
    """
    trail = await stack.enter_async_context(open_audit(parts.config, create=True))
    watch = Watch(
        name=f"daemon {node.name}",
        trail=trail,
        trust=parts.trust,
        connections=parts.connections,
        clock=parts.clock,
    )
    running = watch.run(version("single-window-broker"), parts.sealer.certificates())
    await stack.enter_async_context(running)
    node.paces.append(Pace("audit", watch.look, rest_for=_LOOK_SECONDS))
    return trail


def add_revocation(node: Node, parts: Parts) -> None:
    """Ask whether certificates still hold, where policy says so."""
    revocation = parts.revocation
    if revocation is not None:
        node.checks["revocation"] = revocation.check
        rest_for = parts.config.limits.poll_seconds
        node.paces.append(Pace("revocation", revocation.refresh_due, rest_for=rest_for))


async def open_stamping(
    parts: Parts, stack: AsyncExitStack, trail: AuditTrail | None = None
) -> StampingService | None:
    """Open what gets time-stamps, where the configuration asks for them.

    Raises:
        UnavailableError: ``evidence.unavailable``, ``evidence.schema``.
    """
    section = parts.config.evidence
    if section is None:
        return None
    evidence = await stack.enter_async_context(open_evidence(parts.config, create=True))
    return build_stamping(parts, evidence, section, trail)


def add_stamping(node: Node, parts: Parts, stamping: StampingService) -> None:
    """Have what was committed time-stamped in batches, and health told how old the rest is."""
    config = parts.config
    node.checks["time-stamps"] = stamping.check_age
    node.checks["clock"] = stamping.check_clock
    poll_for = config.limits.poll_seconds
    rest = min(config.evidence.interval_seconds, _REST_IN_OUTAGE) if config.evidence else poll_for
    node.paces.append(Pace(STAMP, stamping.stamp_due, rest_for=poll_for, rest_after_failure=rest))


def add_expiries(node: Node, parts: Parts, refreshing: RefreshService | None) -> None:
    """Look at what ends, and for newer lists where the configuration says where they come from."""
    expiring = ExpiryWatch(state=node.state, trust=parts.trust, clock=parts.clock)
    node.paces.append(Pace("expiries", expiring.look, rest_for=_BETWEEN_EXPIRIES))
    node.notices["ends"] = lambda: expiring.notices
    if refreshing is not None:
        rest_for = min(parts.config.trust.refresh_seconds, LONGEST_REST)
        node.paces.append(Pace("refresh", refreshing.refresh_due, rest_for=rest_for))
        node.notices["lists"] = lambda: refreshing.troubles
