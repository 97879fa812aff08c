"""Collect: payloads that the national system put into its drop folder are submitted.

A payload is put aside only after its document is committed; a crash between the two submits it
again, and the store recognises it. What is refused is put aside with the reason beside it. What
could not be judged stays where it is and is looked at again after a rest, as long as it takes; what
breaks its reader again and again is put aside too. A number that is not due is looked at again a
few times, and for as long as anything else waits at the door, up to ten minutes: the one before it
may be among them.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb.services.faults import ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from swb.ports import Clock, PayloadSource
    from swb.services.submit import SubmitService

__all__ = ["CollectService"]

_log = structlog.get_logger("swb.collect")


_LARGE: Final = 1_000_000
"""Octets of a payload that is submitted alone; a certificate of 50 items has some 30,000."""
_LONGEST_REST: Final = timedelta(seconds=60)
"""Between two looks at a payload that could not be judged."""
_OUT_OF_TURN: Final = "exchange.number"
_ATTEMPTS_OUT_OF_TURN: Final = 4
"""So often at least a payload is judged that is refused for its number."""
_LONGEST_OUT_OF_TURN: Final = 600.0
"""Seconds that it waits for what else lies at the door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """A payload that was tried in vain.

    Attributes:
        attempts: How often.
        until: When it is looked at again.
        causes: How often for each cause: what waited for a clock or a store may still wait for
            its turn.
        cause: The last one.
        out_of_turn_since: When it was first refused for its number, by a clock that nobody sets.
    """

    attempts: int
    until: datetime
    causes: Mapping[str, int]
    cause: str
    out_of_turn_since: float | None


class CollectService:
    """Empties the inward door.

    Args:
        source: The door.
        submitting: What makes a document of a payload.
        batch: Payloads taken at a time.
        clock: Decides when a payload is looked at again.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be.
        ticks: Seconds by a clock that nobody sets.
    """

    def __init__(
        self,
        *,
        source: PayloadSource,
        submitting: SubmitService,
        batch: int,
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._submitting = submitting
        self._batch = batch
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._ticks = ticks
        self._resting: dict[str, _Rest] = {}
        self._waiting: frozenset[str] = frozenset()
        self._one_large = asyncio.Lock()

    async def collect_waiting(self) -> int:
        """Submit what waits, once.

        Returns:
            How many payloads were put aside; 0 when nothing waits, or nothing could be judged.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        names = await self._source.list_payloads(limit=self._batch + len(self._resting))
        self._waiting = frozenset(names)
        self._resting = {name: self._resting[name] for name in names if name in self._resting}
        now = self._clock.now()
        due = [
            name for name in names if name not in self._resting or self._resting[name].until <= now
        ]
        return sum(await asyncio.gather(*(self._collect(name) for name in due[: self._batch])))

    async def _collect(self, name: str) -> int:
        """Take one payload in; whatever happens, the others go on.

        Returns:
            1 when it was put aside, else 0.
        """
        try:
            done = await self._take_in(name)
        except SwbError as error:
            _log.warning("payload_waits", payload=name, code=error.code, reason=error.message)
            self._rest(name, error.code)
            return 0
        except Exception:  # noqa: BLE001 - one payload must not hold up the others
            _log.exception("payload_faulted", payload=name)
            if self._rest(name, INTERNAL_FAULT) < ATTEMPTS_WITH_FAULTS:
                return 0
            return await self._give_up(name)
        self._resting.pop(name, None)
        return done

    async def _take_in(self, name: str) -> int:
        raw = await self._source.read(name)
        if raw is not None and len(raw) > _LARGE:
            del raw  # of many large ones that come together, one at a time is in memory
            async with self._one_large:
                return await self._submit(name, await self._source.read(name))
        return await self._submit(name, raw)

    async def _submit(self, name: str, raw: bytes | None) -> int:
        if raw is None:
            return 0  # taken back, or collected by another process
        try:
            accepted = await self._submitting.submit(raw)
        except RefusedError as refusal:
            if refusal.code == _OUT_OF_TURN and self._may_come_before(name):
                raise  # it waits
            _log.warning("payload_refused", payload=name, code=refusal.code)
            await self._source.put_aside_refused(name, refusal)
            return 1
        await self._source.put_aside_accepted(
            name, document_id=accepted.document_id, findings=accepted.findings
        )
        _log.info(
            "submitted",
            payload=name,
            document_id=accepted.document_id,
            message_type=accepted.message_type,
            repeated=accepted.repeated,
        )
        return 1

    def _may_come_before(self, name: str) -> bool:
        """Whether the one before a payload may lie at the door, or be about to."""
        before = self._resting.get(name)
        if before is None or before.causes.get(_OUT_OF_TURN, 0) + 1 < _ATTEMPTS_OUT_OF_TURN:
            return True
        others = self._waiting - {name}
        waited = self._ticks() - (before.out_of_turn_since or 0)
        return waited < _LONGEST_OUT_OF_TURN and any(
            other not in self._resting or self._resting[other].cause != _OUT_OF_TURN
            for other in others
        )

    async def _give_up(self, name: str) -> int:
        message = "it could not be processed, for a fault of ours that the gateway's log tells"
        refusal = RefusedError(INTERNAL_FAULT, message, actor=Actor.DEVELOPER)
        try:
            await self._source.put_aside_refused(name, refusal)
        except UnavailableError as error:
            _log.warning("payload_waits", payload=name, code=error.code, reason=error.message)
            return 0
        self._resting.pop(name, None)
        return 1

    def _rest(self, name: str, cause: str) -> int:
        """Look at a payload again later; returns how often it was tried in vain for this cause."""
        before = self._resting.get(name)
        attempts = 1 if before is None else before.attempts + 1
        causes = dict(before.causes) if before is not None else {}
        causes[cause] = causes.get(cause, 0) + 1
        delay = decide_delay(attempts, jitter=self._jitter(), policy=self._retrying)
        longest = min(self._retrying.ceiling, _LONGEST_REST)
        rest_for = longest if delay is None else min(delay, longest)
        until = self._clock.now() + rest_for
        since = before.out_of_turn_since if before is not None else None
        if since is None and cause == _OUT_OF_TURN:
            since = self._ticks()
        self._resting[name] = _Rest(
            attempts=attempts,
            until=until,
            causes=causes,
            cause=cause,
            out_of_turn_since=since,
        )
        return causes[cause]
