"""Opens what an operator needs to act on a stolen key: trust, store, evidence, register."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from swb.app.evidence import open_evidence
from swb.app.nodes import open_store
from swb.app.parts import missing_section
from swb.app.trusting import build_distrust, build_trust
from swb.clock import SystemClock
from swb.ports import LeafKind
from swb.services.distrusting import DistrustService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from swb.config import Config
    from swb.ports import EvidenceStore

__all__ = ["open_distrusting"]


@asynccontextmanager
async def open_distrusting(config: Config) -> AsyncIterator[DistrustService]:
    """Open it beside a running daemon, which sees a new statement at once.

    Raises:
        RefusedError: ``config.invalid``.
        UnavailableError: ``store.unavailable``, ``evidence.unavailable``.
    """
    register = build_distrust(config)
    if register is None:
        raise missing_section("store")
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config))
        evidence = (
            await stack.enter_async_context(open_evidence(config)) if config.evidence else None
        )
        yield DistrustService(
            trust=build_trust(config),
            register=register,
            store=store,
            find_proof=_Proofs(evidence).find,
            clock=SystemClock(),
        )


class _Proofs:
    def __init__(self, evidence: EvidenceStore | None) -> None:
        self._evidence = evidence

    async def find(self, document_id: str) -> datetime | None:
        if self._evidence is None:
            return None
        found = await self._evidence.find_stamped(LeafKind.DOCUMENT, document_id)
        return found.batch.proven_at if found and found.batch else None
