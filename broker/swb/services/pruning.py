"""Pruning: what may go leaves the store after a while, in small batches beside the road.

What may go and for how long it is kept is the operator's decision; what must stay is the store's
(`MessageStore.prune`). Octets of which no time-stamp was asked yet stay, however old.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta

    from swb.ports import Clock, Prunable, Pruning

__all__ = ["PruneRule", "PruneService"]

_log = structlog.get_logger("swb.pruning")

_BATCH: Final = 200
"""Rows in one transaction."""
_BREATH: Final = 0.02
"""Seconds between two batches, so that the road goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneRule:
    """How long something is kept.

    Attributes:
        what: What may go.
        keep_for: For how long it is kept.
        types: Of which message types; empty is all.
    """

    what: Prunable
    keep_for: timedelta
    types: Sequence[str] = ()


class PruneService:
    """Walks over the store, once for each rule.

    Args:
        store: What grows.
        clock: Tells the age.
        rules: What may go.
        find_limit: Finds the position of the feed behind which octets stay; None is no limit.
    """

    def __init__(
        self,
        *,
        store: Pruning,
        clock: Clock,
        rules: Sequence[PruneRule],
        find_limit: Callable[[], Awaitable[int | None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = tuple(rules)
        self._find_limit = find_limit

    async def prune_due(self) -> int:
        """Make one pass for each rule.

        Returns:
            0: what is younger now is for a later pass.

        Raises:
            UnavailableError: ``store.unavailable``; the next pass goes on.
        """
        for rule in self._rules:
            rows = await self._walk(rule)
            if rows:
                _log.info("pruned", what=rule.what.value, rows=rows)
        return 0

    async def _walk(self, rule: PruneRule) -> int:
        before = self._clock.now() - rule.keep_for
        up_to = await self._find_limit()
        after: str | None = ""
        rows = 0
        while after is not None:
            pruned = await self._store.prune(
                rule.what,
                before=before,
                after=after,
                limit=_BATCH,
                types=rule.types,
                up_to=up_to,
            )
            rows += pruned.rows
            after = pruned.after
            await asyncio.sleep(_BREATH)
        return rows
