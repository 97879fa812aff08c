"""Collect: payloads that the national system put into its drop folder are submitted.

A payload is put aside only after its document is committed; a crash between the two submits it
again, and the store recognises it. What is refused is put aside with the reason beside it. What
could not be judged stays where it is and is looked at again after a rest, as long as it takes; what
breaks its reader again and again is put aside too.

What is about one certificate is submitted in the order in which it came, though payloads are taken
many at a time: one waits for another that came before it, up to ten minutes. A number that is not
due is looked at again a few times, and for as long as anything else waits at the door, up to ten
minutes: the one before it may be among them.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb.services.faults import ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT
from swb_schemas.errors import (
    Actor,
    RefusedError,
    SwbError,
    UnavailableError,
    UndeterminedError,
)
from swb_schemas.wire.binding import bound_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from swb.ports import Clock, PayloadSource, Reading, WaitingPayload
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
_BEHIND: Final = "exchange.behind"
_LONGEST_WAIT: Final = 600.0
"""Seconds that a payload waits for another that lies at the door."""
_AT_A_TIME: Final = 8_000_000
"""Octets of payloads after which no more are read into memory beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A payload in memory.

    Attributes:
        name: At the door.
        raw: Its octets; None where it is too large to be read beside others, or is gone.
        reading: What it says; None where it was not read, or could not be.
        key: Of the certificate that it is or speaks about; its own name where that is not known.
    """

    name: str
    raw: bytes | None
    reading: Reading | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """A payload that was tried in vain.

    Attributes:
        attempts: How often.
        until: When it is looked at again.
        causes: How often for each cause: what waited for a clock or a store may still wait for
            its turn.
        cause: The last one.
        key: Of the certificate that it is about; its own name where that is not known.
        waits_since: When it first waited for another payload, by a clock that nobody sets.
    """

    attempts: int
    until: datetime
    causes: Mapping[str, int]
    cause: str
    key: str
    waits_since: float | None


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
        self._waiting: Mapping[str, int] = {}
        self._one_large = asyncio.Lock()

    async def collect_waiting(self) -> int:
        """Submit what waits, once.

        Returns:
            How many payloads were put aside; 0 when nothing waits, or nothing could be judged.

        Raises:
            UnavailableError: ``national.unavailable``.
        """
        waiting = await self._source.list_payloads(limit=self._batch + len(self._resting))
        self._waiting = {each.name: place for place, each in enumerate(waiting)}
        self._resting = {
            name: self._resting[name] for name in self._waiting if name in self._resting
        }
        now = self._clock.now()
        due = [
            each
            for each in waiting
            if each.name not in self._resting or self._resting[each.name].until <= now
        ]
        lines: dict[str, list[_Opened]] = {}
        for each in await self._open(due[: self._batch]):
            lines.setdefault(each.key, []).append(each)
        return sum(await asyncio.gather(*(self._collect_line(line) for line in lines.values())))

    async def _open(self, payloads: Sequence[WaitingPayload]) -> Sequence[_Opened]:
        """Read payloads, as many as may be in memory together."""
        some, octets = [], 0
        for each in payloads:
            if octets > _AT_A_TIME:
                break
            some.append(each)
            octets += 0 if each.octets > _LARGE else each.octets
        opened = await asyncio.gather(*map(self._read, some))
        return [each for each in opened if each is not None]

    async def _read(self, payload: WaitingPayload) -> _Opened | None:
        """Read one payload and what it says, unless it is large; an error is told here.

        What cannot be understood is refused when it is submitted.
        """
        name, raw, reading = payload.name, None, None
        if payload.octets <= _LARGE:
            try:
                raw = await self._source.read(name)
            except UnavailableError as error:
                self._tell_waiting(name, error)
                return None
        if raw is not None:
            with suppress(Exception):  # submitting meets it again, and tells
                reading = await self._submitting.read(raw)
        key = bound_values(reading.document).certificate_key if reading else None
        return _Opened(name=name, raw=raw, reading=reading, key=key or name)

    async def _collect_line(self, line: Sequence[_Opened]) -> int:
        """Take in what is about one certificate, one after the other."""
        return sum([await self._collect(each) for each in line])

    async def _collect(self, opened: _Opened) -> int:
        """Take one payload in; whatever happens, the others go on.

        Returns:
            1 when it was put aside, else 0.
        """
        name = opened.name
        try:
            self._check_turn(opened)
            done = await self._take_in(opened)
        except SwbError as error:
            self._tell_waiting(name, error, key=opened.key)
            return 0
        except Exception:  # noqa: BLE001 - one payload must not hold up the others
            _log.exception("payload_faulted", payload=name)
            if self._rest(name, INTERNAL_FAULT, key=opened.key) < ATTEMPTS_WITH_FAULTS:
                return 0
            return await self._give_up(name)
        self._resting.pop(name, None)
        self._let_follow(opened.key)
        return done

    def _check_turn(self, opened: _Opened) -> None:
        """Have a payload wait for what came before it about the same certificate.

        Raises:
            UndeterminedError: ``exchange.behind``: it waits.
        """
        own = self._resting.get(opened.name)
        if own is not None and self._has_waited_long(own):
            return
        place = self._waiting.get(opened.name, 0)
        for name, rest in self._resting.items():
            if rest.key != opened.key or rest.cause == _OUT_OF_TURN:
                continue  # what waits for its number waits for what comes behind it
            if self._waiting.get(name, place) < place:
                message = f"expected {name}, which came before it, to be taken in first"
                raise UndeterminedError(_BEHIND, message, actor=Actor.SENDER)

    def _let_follow(self, key: str) -> None:
        """Have what waited behind a payload looked at again at once."""
        now = self._clock.now()
        for name, rest in self._resting.items():
            if rest.key == key and rest.cause == _BEHIND:
                self._resting[name] = replace(rest, until=now)

    async def _take_in(self, opened: _Opened) -> int:
        if opened.raw is not None:
            return await self._submit(opened.name, opened.raw, opened.reading)
        async with self._one_large:  # of many large ones that come together, one is in memory
            return await self._submit(opened.name, await self._source.read(opened.name), None)

    async def _submit(self, name: str, raw: bytes | None, reading: Reading | None) -> int:
        if raw is None:
            return 0  # taken back, or collected by another process

        def waits(refusal: RefusedError) -> bool:
            return refusal.code == _OUT_OF_TURN and self._may_come_before(name)

        try:
            accepted = await self._submitting.submit(raw, reading=reading, waits=waits)
        except RefusedError as refusal:
            if waits(refusal):
                raise
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
        others = self._waiting.keys() - {name}
        return not self._has_waited_long(before) and any(
            other not in self._resting or self._resting[other].cause != _OUT_OF_TURN
            for other in others
        )

    def _has_waited_long(self, rest: _Rest) -> bool:
        """Whether a payload has waited for another for as long as it may."""
        since = rest.waits_since
        return since is not None and self._ticks() - since >= _LONGEST_WAIT

    async def _give_up(self, name: str) -> int:
        message = "it could not be processed, for a fault of ours that the gateway's log tells"
        refusal = RefusedError(INTERNAL_FAULT, message, actor=Actor.DEVELOPER)
        try:
            await self._source.put_aside_refused(name, refusal)
        except UnavailableError as error:
            _log.warning("payload_waits", payload=name, code=error.code, reason=error.message)
            return 0
        given_up = self._resting.pop(name, None)
        self._let_follow(given_up.key if given_up else name)
        return 1

    def _tell_waiting(self, name: str, error: SwbError, *, key: str | None = None) -> None:
        _log.warning("payload_waits", payload=name, code=error.code, reason=error.message)
        self._rest(name, error.code, key=key)

    def _rest(self, name: str, cause: str, *, key: str | None = None) -> int:
        """Look at a payload again later; returns how often it was tried in vain for this cause."""
        before = self._resting.get(name)
        attempts = 1 if before is None else before.attempts + 1
        causes = dict(before.causes) if before is not None else {}
        causes[cause] = causes.get(cause, 0) + 1
        delay = decide_delay(attempts, jitter=self._jitter(), policy=self._retrying)
        longest = min(self._retrying.ceiling, _LONGEST_REST)
        rest_for = longest if delay is None else min(delay, longest)
        until = self._clock.now() + rest_for
        since = before.waits_since if before is not None else None
        if since is None and cause in {_OUT_OF_TURN, _BEHIND}:
            since = self._ticks()
        self._resting[name] = _Rest(
            attempts=attempts,
            until=until,
            causes=causes,
            cause=cause,
            key=key or (before.key if before is not None else name),
            waits_since=since,
        )
        return causes[cause]
