"""Evidence of time for one daemon: its store, its authorities, and what stamps."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app.ledger import open_log_view
from swb.app.parts import missing_section
from swb.app.revoking import find_answers
from swb.app.storing import build_store
from swb.app.trusting import build_trust
from swb.backends.http.time_stamps import HttpTimeStampAuthority
from swb.backends.sqlite.evidence_store import SqliteEvidenceStore
from swb.clock import SystemClock, new_id
from swb.services.erasing import EraseService
from swb.services.exporting import ExportService
from swb.services.log_proving import prove_messages
from swb.services.stamping import StampingPolicy, StampingService
from swb_schemas.errors import UnavailableError
from swb_schemas.evidence import TimePolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
    from pathlib import Path

    from swb.app.parts import Parts
    from swb.config import Config, EvidenceConfig
    from swb.ports import AuditTrail, EvidenceStore, MessageStore

__all__ = ["build_exporting", "build_stamping", "open_erasing", "open_evidence", "open_exporting"]

_NONCE_BITS: Final = 63
"""Positive in eight octets, which every authority can read."""


@asynccontextmanager
async def open_evidence(config: Config, *, create: bool = False) -> AsyncIterator[EvidenceStore]:
    """Open a daemon's evidence store alone.

    Args:
        config: Of the daemon.
        create: Make it where it is missing; commands that only ask do not.

    Raises:
        RefusedError: ``config.invalid``: the configuration names none.
        UnavailableError: ``evidence.unavailable``, ``evidence.schema``.
    """
    if config.evidence is None:
        raise missing_section("evidence")
    path = config.evidence.path
    if create:
        await asyncio.to_thread(_make_folder, path.parent)
    elif not path.exists():
        message = f"expected an evidence store at {path}; the daemon makes it"
        raise UnavailableError("evidence.unavailable", message)
    store = SqliteEvidenceStore(path=path)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def build_stamping(
    parts: Parts,
    evidence: EvidenceStore,
    section: EvidenceConfig,
    trail: AuditTrail | None = None,
) -> StampingService:
    """Build what stamps, the head of the audit trail too, where it is given."""
    bundle = parts.config.trust.bundle
    stop_after = section.stop_after_seconds
    return StampingService(
        store=parts.store,
        evidence=evidence,
        authorities=[
            HttpTimeStampAuthority(url, wait_for=timedelta(seconds=section.timeout_seconds))
            for url in section.authorities
        ],
        trust=parts.trust,
        read_bundle=lambda: asyncio.to_thread(_read_bundle, bundle),
        clock=parts.clock,
        draw_nonce=lambda: secrets.randbits(_NONCE_BITS),
        policy=StampingPolicy(
            interval=timedelta(seconds=section.interval_seconds),
            batch=section.batch,
            alarm_after=timedelta(seconds=section.alarm_after_seconds),
            stop_after=None if stop_after is None else timedelta(seconds=stop_after),
            skew=timedelta(seconds=parts.config.limits.clock_skew_seconds),
            time=TimePolicy(policies=frozenset(section.policies) or None),
        ),
        trail=trail,
    )


@asynccontextmanager
async def open_exporting(config: Config) -> AsyncIterator[ExportService]:
    """Open what makes containers of evidence; the daemon may run beside it.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``store.*``, ``evidence.*``: a store is missing or cannot be read.
    """
    store = build_store(config, create=False)
    await store.open()
    try:
        async with open_evidence(config) as evidence:
            yield build_exporting(config, store, evidence)
    finally:
        await store.close()


def build_exporting(config: Config, store: MessageStore, evidence: EvidenceStore) -> ExportService:
    """Build what makes containers of evidence; both stores are open."""
    return ExportService(
        state=config.party.state,
        store=store,
        evidence=evidence,
        trust=build_trust(config),
        read_bundle=lambda: asyncio.to_thread(_read_bundle, config.trust.bundle),
        clock=SystemClock(),
        revocation=find_answers(config),
        find_log_proofs=_find_log_proofs(config),
    )


@asynccontextmanager
async def open_erasing(config: Config) -> AsyncIterator[EraseService]:
    """Open what erases payloads; the daemon may run beside it.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``store.*``, ``evidence.*``: a store is missing or cannot be written.
    """
    store = build_store(config, create=False)
    await store.open()
    try:
        async with open_evidence(config) as evidence:
            yield EraseService(
                state=config.party.state,
                store=store,
                evidence=evidence,
                clock=SystemClock(),
                new_id=new_id,
            )
    finally:
        await store.close()


def _find_log_proofs(
    config: Config,
) -> Callable[[Collection[str]], Awaitable[Mapping[str, bytes]]] | None:
    """Name where proofs are made: of the log that the gateway watches."""
    section = config.witness
    if section is None:
        return None
    patience = timedelta(seconds=section.patience_seconds)
    view = open_log_view(section.log, patience=patience)

    async def find(message_ids: Collection[str]) -> Mapping[str, bytes]:
        proofs = await prove_messages(view, message_ids)
        return {message_id: proof.encode() for message_id, proof in proofs.items()}

    return find


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        message = f"expected to make {folder}: {cause.strerror}"
        raise UnavailableError("evidence.unavailable", message) from cause


def _read_bundle(bundle: Path) -> bytes:
    try:
        return bundle.read_bytes()
    except OSError as cause:
        message = f"expected a trust bundle at {bundle}: {cause.strerror}"
        raise UnavailableError("trust.unreachable", message) from cause
