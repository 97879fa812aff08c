"""Reconciliation in a gateway: its file, its step, and what commands need of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.app.parts import build_parts, check_keys, missing_section
from swb.app.storing import build_store
from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.keyring import open_keys
from swb.services.pacing import Pace
from swb.services.paper import PaperDesk
from swb.services.posting import Post
from swb.services.reconciling import ReconcileService, ReconciliationPolicy
from swb.services.retransmitting import RetransmitService
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import Config
    from swb.ports import Clock, MessageStore, ReconciliationStore

__all__ = ["Reconciling", "open_memory", "open_paper", "open_reconciling", "run_reconciliation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """What a gateway reconciles with.

    Attributes:
        store: What is compared.
        memory: What both sides said.
        post: Sends word to other gateways.
        service: Tells, hears and compares.
        retransmitting: Asks for documents and sends them again.
        clock: The present.
    """

    store: MessageStore
    memory: ReconciliationStore
    post: Post
    service: ReconcileService
    retransmitting: RetransmitService
    clock: Clock


@asynccontextmanager
async def run_reconciliation(node: Node, parts: Parts) -> AsyncIterator[ReconciliationStore | None]:
    """Have a gateway reconcile, where its configuration says so.

    Yields:
        What it remembers, the uses on paper among it.

    Raises:
        UnavailableError: ``reconciliation.*``.
    """
    if parts.config.reconciliation is None:
        yield None
        return
    async with open_memory(parts.config, create=True) as memory:
        reconciling = _build(parts, memory, node.wake)
        node.checks["reconciliation"] = memory.ping
        node.notices["reconciliation"] = lambda: reconciling.service.notices
        node.notices["paper"] = lambda: reconciling.service.outages
        rest_for = parts.config.limits.poll_seconds
        node.paces.append(Pace("reconcile", reconciling.service.look, rest_for=rest_for))
        yield memory


@asynccontextmanager
async def open_memory(
    config: Config, *, create: bool = False
) -> AsyncIterator[ReconciliationStore]:
    """Open what a gateway remembers of reconciliation.

    Args:
        config: Of the gateway.
        create: Make it where it is missing; commands that only ask do not.

    Raises:
        RefusedError: ``config.invalid``: the configuration names none.
        UnavailableError: ``reconciliation.unavailable``, ``reconciliation.schema``.
    """
    if config.reconciliation is None:
        raise missing_section("reconciliation")
    path = config.reconciliation.path
    if create:
        await asyncio.to_thread(_make_folder, path.parent)
    memory = SqliteReconciliationStore(path=path, create=create)
    await memory.open()
    try:
        yield memory
    finally:
        await memory.close()


@asynccontextmanager
async def open_reconciling(config: Config) -> AsyncIterator[Reconciling]:
    """Open what commands reconcile with; the daemon, wherever it runs, sends what is committed.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``store.*``, ``reconciliation.*``, ``signer.unavailable``.
    """
    store = build_store(config, create=False)
    await store.open()
    try:
        async with (
            open_memory(config, create=True) as memory,
            open_keys(config.keys, config.retired_decryption) as keys,
        ):
            parts = build_parts(config, store, keys)
            await check_keys(parts)
            yield _build(parts, memory, _nobody_waits)
    finally:
        await store.close()


@asynccontextmanager
async def open_paper(config: Config) -> AsyncIterator[tuple[PaperDesk, Clock]]:
    """Open what people say of paper by, and the clock.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``store.*``, ``reconciliation.*``, ``signer.unavailable``.
    """
    async with open_reconciling(config) as parts:
        desk = PaperDesk(
            state=config.party.state,
            store=parts.store,
            memory=parts.memory,
            post=parts.post,
            clock=parts.clock,
        )
        yield desk, parts.clock


def _build(parts: Parts, memory: ReconciliationStore, on_commit: Callable[[], None]) -> Reconciling:
    section = parts.config.reconciliation
    if section is None:
        raise missing_section("reconciliation")
    state = parts.config.party.state
    post = Post(state=state, store=parts.store, sealer=parts.sealer, on_commit=on_commit)
    retransmitting = RetransmitService(
        store=parts.store, memory=memory, sealer=parts.sealer, post=post, clock=parts.clock
    )
    service = ReconcileService(
        state=state,
        environment=parts.config.party.environment,
        connections=parts.connections,
        store=parts.store,
        memory=memory,
        post=post,
        retransmitting=retransmitting,
        policy=ReconciliationPolicy(
            grace=timedelta(seconds=section.grace_seconds),
            window=section.window_days,
            recheck=timedelta(seconds=section.recheck_seconds),
            missing_after=section.missing_after_days,
        ),
        clock=parts.clock,
    )
    return Reconciling(
        store=parts.store,
        memory=memory,
        post=post,
        service=service,
        retransmitting=retransmitting,
        clock=parts.clock,
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        message = f"expected to make {folder}: {cause.strerror}"
        raise UnavailableError("reconciliation.unavailable", message) from cause


def _nobody_waits() -> None:
    """Nothing in this process rests until something is committed."""
