"""Nodes: one configured daemon each, its back ends open and its roles joined to them."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from swb.app.api import open_api
from swb.app.beside import (
    STAMP,
    add_expiries,
    add_revocation,
    add_stamping,
    open_stamping,
    open_trail,
)
from swb.app.console import add_desk
from swb.app.ledger import run_log, run_witness
from swb.app.lines import build_lines, pace_lines
from swb.app.measuring import add_measures, ask_pace
from swb.app.national import open_doors
from swb.app.node import Node
from swb.app.notifying import open_webhooks
from swb.app.overview import keep_figures, open_overview
from swb.app.parts import (
    Parts,
    build_parts,
    check_keys,
    check_standing,
)
from swb.app.pruning import add_pruning
from swb.app.reconciliation import open_memory, run_reconciliation
from swb.app.roles import add_authority, add_gateway, add_router
from swb.app.storing import build_store
from swb.app.trusting import build_refreshing
from swb.config import Role
from swb.keyring import open_keys
from swb.metrics import MeasuredTransport, measure_store
from swb.services.paced import PacedTransport
from swb.tracing import open_tracing
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb.config import Config
    from swb.metrics import Meter
    from swb.ports import MessageStore
    from swb.services.refreshing import RefreshService
    from swb.services.submit import SubmitService

__all__ = ["Node", "open_node", "open_store", "open_submitting"]


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
        UnavailableError: ``store.unavailable``, ``signer.unavailable``, ``reconciliation.*``.
    """
    async with (
        open_store(config, create=True) as store,
        open_keys(config.keys, config.retired_decryption) as keys,
    ):
        parts = build_parts(config, store, keys)
        await check_keys(parts)
        async with AsyncExitStack() as stack:
            stack.callback(parts.formats.close)
            stamping = await open_stamping(parts, stack)
            may_take = None if stamping is None else stamping.require_open
            paper = None
            if config.reconciliation is not None:
                paper = await stack.enter_async_context(open_memory(config, create=True))
            yield parts.build_submitting(_nobody_waits, may_take, paper)


@asynccontextmanager
async def open_node(config: Config, meter: Meter | None = None) -> AsyncIterator[Node]:
    """Open everything that the configured roles need; close it in reverse order.

    Args:
        config: Of the daemon.
        meter: Where to measure what it does; None measures nothing.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached.
    """
    roles = config.roles.run
    node = Node(state=config.party.state, roles="+".join(roles))
    async with AsyncExitStack() as stack:
        if Role.GATEWAY in roles or Role.ROUTER in roles:
            node.store = await stack.enter_async_context(open_store(config, create=True))
            measured = node.meter = None if meter is None else meter.of(node.name)
            tracing = open_tracing(config.telemetry, node=node.name, state=node.state)
            node.tell = await stack.enter_async_context(tracing)
            if measured is not None or node.tell is not None:
                node.store = measure_store(node.store, measured)
            opening = open_keys(config.keys, config.retired_decryption)
            keys = await stack.enter_async_context(opening)
            parts = build_parts(config, node.store, keys, measured)
            stack.callback(parts.formats.close)
            refreshing = build_refreshing(config, parts.lists, parts.clock)
            await _check_keys(parts, refreshing)
            trail = await open_trail(node, parts, stack)
            node.checks.update(
                store=node.store.ping,
                trust=parts.lists.check,
                connections=parts.connections.check,
                **keys.checks,
            )
            node.checks["own keys"] = partial(check_standing, parts)
            add_revocation(node, parts)
            for member, transport in pace_lines(config, build_lines(config)).items():
                await transport.open()
                stack.push_async_callback(transport.close)
                node.lines[member] = (
                    transport
                    if measured is None
                    else MeasuredTransport(transport, member, measured)
                )
                node.checks[f"line {member}"] = transport.ping
                if isinstance(transport, PacedTransport):
                    node.measures.append(partial(ask_pace, member, transport))
            node.stamping = await open_stamping(parts, stack, trail)
            if node.stamping is not None:
                add_stamping(node, parts, node.stamping)
            if Role.GATEWAY in roles:
                await open_api(node, parts, stack)
                paper = await stack.enter_async_context(run_reconciliation(node, parts))
                add_gateway(node, parts, await open_doors(config, stack), paper)
                await stack.enter_async_context(run_witness(node, parts))
                add_desk(node, parts, paper)
            else:
                desk = await stack.enter_async_context(run_log(node, parts))
                add_router(node, parts, desk)
            await _open_overview(node, parts, stack)
            add_pruning(node, parts)
            add_expiries(node, parts, refreshing)
            add_measures(node, parts)
            node.notices["down"] = lambda: {
                name: code for ask in node.outages for name, code in ask().items()
            }
            node.checks.update(
                {f"step {pace.name}": pace.check for pace in node.paces if pace.name != STAMP}
            )
        if Role.AUTHORITY in roles:
            add_authority(node, config)
        yield node


async def _open_overview(node: Node, parts: Parts, stack: AsyncExitStack) -> None:
    """Open the overview, have figures kept, and subscribers told what becomes of documents."""
    node.overview = await stack.enter_async_context(open_overview(parts.config))
    if parts.config.overview.counts:
        keep_figures(node, parts, node.overview)
    await open_webhooks(node, stack)


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


def _nobody_waits() -> None:
    """Nothing in this process rests until something is committed."""
