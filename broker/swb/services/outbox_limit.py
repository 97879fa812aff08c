"""The outbox is bounded: a sender is told to wait when too much waits to leave already.

Acknowledgements are not held to it: they end something, and are bounded by what comes in.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb.ports import Outbox

__all__ = ["OutboxLimit"]

_LOOK_AGAIN: Final = 1.0
"""Seconds for which a look at the outbox counts; so long it may grow past its bound."""
_COME_BACK_AFTER: Final = timedelta(seconds=60)


class OutboxLimit:
    """What is asked before a payload is taken in.

    Args:
        store: Whose outbox.
        messages: How many may wait.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        store: Outbox,
        *,
        messages: int,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._messages = messages
        self._ticks = ticks
        self._looked_at: float | None = None
        self._waiting = 0
        self._looking = asyncio.Lock()

    async def require_room(self) -> None:
        """Say whether there is room for one more.

        Raises:
            UnavailableError: ``submission.outbox_full``, ``store.unavailable``.
        """
        async with self._looking:
            now = self._ticks()
            if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN:
                backlogs = await self._store.list_backlogs()
                self._waiting = sum(each.waiting for each in backlogs)
                self._looked_at = now
        if self._waiting >= self._messages:
            message = (
                f"expected fewer than {self._messages:,} messages that wait to leave, found "
                f"{self._waiting:,}; submit it again in "
                f"{_COME_BACK_AFTER.total_seconds():.0f} seconds"
            )
            raise UnavailableError("submission.outbox_full", message, retry_after=_COME_BACK_AFTER)
