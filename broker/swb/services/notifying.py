"""Notifying: a subscriber's webhook is told where its references stand, and each change.

It sees exactly what its stream of events would show: the same entitlements, the same legal basis,
and nothing while it has no token or certificate that holds; that is asked again before each one is
told. What it does not take is put off, and holds up no other one. What it was told last is kept
beside each entitlement, once it has answered that it has it, so a process that dies, or a
subscriber that is down for days, loses nothing: it is told where everything stands then. It may be
told the same twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.core.access import Principal
    from swb.ports import AccessStore, Clock, SubscriberDoor
    from swb.services.subscribing import SubscribeService, Watched

__all__ = ["NOT_TAKEN", "PATIENCE", "NotifyService"]

_log = structlog.get_logger("swb.notifying")

PATIENCE: Final = RetryPolicy(max_attempts=1_000_000_000)
"""How patiently a subscriber is asked again: for as long as it is entitled to something."""

NOT_TAKEN: Final = "subscriber.not_taken"
"""It answered, and did not take this one; others it may."""
_REFUSALS: Final = 10
"""So many in a row that it did not take, and it is left alone for a time."""


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
        self._waiting: dict[str, tuple[int, datetime]] = {}  # refused so often, put off so long
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
        told = refused = 0
        try:
            principal = await self._subscribing.find_subscriber(self._name)
            for reference in await self._list_due(principal):
                each = await self._look_again(reference)
                if each is None:
                    continue
                try:
                    await self._door.tell(
                        reference=each.reference, status=each.status, since=each.since
                    )
                except UnavailableError as failure:
                    self._put_off_one(reference, failure)
                    refused += 1
                    if failure.code != NOT_TAKEN or refused >= _REFUSALS:
                        self._put_off(failure)
                        return told
                    continue
                await self._access.keep_told(principal.owner, each.reference, _mark(each))
                self._waiting.pop(reference, None)
                told, refused = told + 1, 0
        except RefusedError as refusal:
            self._trouble = refusal.code
            return told
        self._attempts, self._due_at = 0, None
        self._trouble = NOT_TAKEN if self._waiting else ""
        return told

    async def _list_due(self, principal: Principal) -> Sequence[str]:
        """List what has changed and is not put off, what was refused most often last."""
        watched = await self._subscribing.look(principal)
        known = await self._access.list_told(principal.owner)
        new = [each.reference for each in watched if known.get(each.reference) != _mark(each)]
        self._waiting = {each: self._waiting[each] for each in new if each in self._waiting}
        now = self._clock.now()
        due = (each for each in new if each not in self._waiting or self._waiting[each][1] <= now)
        return sorted(due, key=lambda each: self._waiting.get(each, (0,))[0])

    async def _look_again(self, reference: str) -> Watched | None:
        """Look at one just before it is told: those before it may have taken hours."""
        principal = await self._subscribing.find_subscriber(self._name)
        found = await self._subscribing.look(principal, reference)
        return next(iter(found), None)

    def _put_off_one(self, reference: str, failure: UnavailableError) -> None:
        attempts = self._waiting.get(reference, (0,))[0] + 1
        self._waiting[reference] = (attempts, self._clock.now() + self._pause(attempts, failure))

    def _put_off(self, failure: UnavailableError) -> None:
        self._attempts += 1
        self._due_at = self._clock.now() + self._pause(self._attempts, failure)
        if not self._trouble:
            _log.warning("subscriber_not_told", subscriber=self._name, code=failure.code)
        self._trouble = failure.code

    def _pause(self, attempts: int, failure: UnavailableError) -> timedelta:
        delay = decide_delay(attempts, jitter=self._draw(), policy=PATIENCE)
        return max(each for each in (delay, failure.retry_after) if each is not None)


def _mark(watched: Watched) -> str:
    return f"{watched.status} {watched.since.isoformat()}"
