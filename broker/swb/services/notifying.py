"""Notifying: a subscriber's webhook is told where its references stand, and each change.

It sees exactly what its stream of events would show: the same entitlements, the same legal basis,
and nothing while it has no token or certificate that holds. What it was told last is kept beside
each entitlement, once it has answered that it has it, so a process that dies, or a subscriber that
is down for days, loses nothing: it is told where everything stands then. It may be told the same
twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from swb.ports import AccessStore, Clock, SubscriberDoor
    from swb.services.subscribing import SubscribeService, Watched

__all__ = ["PATIENCE", "NotifyService"]

_log = structlog.get_logger("swb.notifying")

PATIENCE: Final = RetryPolicy(max_attempts=1_000_000_000)
"""How patiently a subscriber is asked again: for as long as it is entitled to something."""


class NotifyService:
    """Tells one subscriber.

    Args:
        name: Of the system.
        door: Where it is told.
        subscribing: What it may see.
        access: Keeps what it was told.
        clock: The present.
        draw: Draws the jitter of pauses, from 0 up to 1.
    """

    def __init__(
        self,
        *,
        name: str,
        door: SubscriberDoor,
        subscribing: SubscribeService,
        access: AccessStore,
        clock: Clock,
        draw: Callable[[], float],
    ) -> None:
        self._name = name
        self._door = door
        self._subscribing = subscribing
        self._access = access
        self._clock = clock
        self._draw = draw
        self._attempts = 0
        self._due_at: datetime | None = None
        self._trouble = ""

    @property
    def notices(self) -> Mapping[str, str]:
        """Why nothing can be told now, by the subscriber's name."""
        return {self._name: self._trouble} if self._trouble else {}

    async def notify_due(self) -> int:
        """Tell what has changed since it was told last.

        Returns:
            How much was told; 0 where nothing is due, or nothing may be told.

        Raises:
            UnavailableError: ``store.unavailable``, ``access.unavailable``,
                ``connection.unreachable``; not that the subscriber is down.
        """
        if self._due_at is not None and self._clock.now() < self._due_at:
            return 0
        try:
            principal = await self._subscribing.find_subscriber(self._name)
            watched = await self._subscribing.look(principal)
        except RefusedError as refusal:
            self._trouble = refusal.code
            return 0
        known = await self._access.list_told(principal.owner)
        new = [each for each in watched if known.get(each.reference) != _mark(each)]
        for count, each in enumerate(new):
            try:
                await self._door.tell(
                    reference=each.reference, status=each.status, since=each.since
                )
            except UnavailableError as failure:
                self._put_off(failure)
                return count
            await self._access.keep_told(principal.owner, each.reference, _mark(each))
        self._attempts, self._due_at, self._trouble = 0, None, ""
        return len(new)

    def _put_off(self, failure: UnavailableError) -> None:
        self._attempts += 1
        delay = decide_delay(self._attempts, jitter=self._draw(), policy=PATIENCE)
        asked = failure.retry_after
        waits = [each for each in (delay, asked) if each is not None]
        self._due_at = self._clock.now() + max(waits)
        if not self._trouble:
            _log.warning("subscriber_not_told", subscriber=self._name, code=failure.code)
        self._trouble = failure.code


def _mark(watched: Watched) -> str:
    return f"{watched.status} {watched.since.isoformat()}"
