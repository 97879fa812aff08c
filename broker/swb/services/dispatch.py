"""Dispatch: what waits in the store leaves by its line, as often as it takes.

A message is claimed, published and marked; between publishing and marking the process may die,
and then the same octets leave again under the same id.

Each line is claimed and published by itself: a line that is down or slow takes no place, no lease
and no time of the others. While it is down its messages stay where they are, due, in the order of
age, and their attempts are not counted; one probe at a time finds out when it is back. However
long a line takes to confirm, what is on the way there stays this process's own
(`swb.services.claims`).

======================================  =====================================================
``transport.unreachable``, ``.full``,    of the line: it is down, and no attempt is counted
``.topology``, ``.no_line``
another ``transport`` code               of the line or of the message: an attempt is counted,
                                         and several messages in a row make the line count as
                                         down
an unforeseen fault                      of the message; after some attempts it is set aside
======================================  =====================================================
"""

from __future__ import annotations

import asyncio
import time
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.breaking import BreakPolicy
from swb.core.catching_up import CatchUpPolicy
from swb.ports import ParkedKind, Share
from swb.services.claims import Claims
from swb.services.destination import HASTENED_AT_A_TIME, Destination
from swb.services.faults import INTERNAL_FAULT, decide_rest
from swb.services.noting import note, open_note
from swb.services.under_way import UnderWay
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import timedelta

    from swb.core.retrying import RetryPolicy
    from swb.ports import Backlog, Clock, OutboundMessage, Outbox, Transport

__all__ = ["DispatchService"]

_log = structlog.get_logger("swb.dispatch")

_OF_THE_LINE: Final = (
    "transport.unreachable",
    "transport.full",
    "transport.topology",
    "transport.no_line",
)
_LOOK_FOR_LINES: Final = 10.0
"""Seconds between two looks for messages to lines that the configuration does not name."""


class _Outcome(Enum):
    """What became of one attempt."""

    HELD = auto()
    """The transport has it."""
    RELEASED = auto()
    """The line is down: it stays due."""
    SETTLED = auto()
    """It rests, or is parked, and the store knows."""


class _Line(Destination):
    """One line's destination, with what is on the way there.

    Attributes:
        transport: None where the configuration names no such line.
        is_busy: Whether fresh messages are on the way.
        is_draining: Whether old ones are.
        is_probing: Whether a probe is.
    """

    transport: Transport | None = None
    is_busy = False
    is_draining = False
    is_probing = False


class DispatchService:
    """Empties the outbox.

    Args:
        store: Holds what waits.
        lines: Transport lines by name.
        clock: Decides what is due.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be with one message.
        batch: Messages of one line that are claimed at a time.
        lease_for: How long a claimed row belongs to this process, unless it works on it for longer.
        breaking: When a line counts as down, and how often it is probed then.
        catching_up: What a backlog gets beside the traffic of the day.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        *,
        store: Outbox,
        lines: Mapping[str, Transport],
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        batch: int,
        lease_for: timedelta,
        breaking: BreakPolicy | None = None,
        catching_up: CatchUpPolicy | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._batch = batch
        self._lease_for = lease_for
        self._breaking = breaking or BreakPolicy()
        self._catching_up = catching_up or CatchUpPolicy()
        self._ticks = ticks
        self._lines = {name: self._build_line(name, line) for name, line in lines.items()}
        self._lines_at = ticks()
        self._knows_lines = False
        self._backlogs: Sequence[Backlog] = ()
        self._under_way = UnderWay()
        self._claims = Claims(ParkedKind.OUTBOUND, store=store, clock=clock, lease_for=lease_for)
        self._taken = 0
        self._drained_for = 0.0

    @property
    def outages(self) -> Mapping[str, str]:
        """Lines that are down, each with the code."""
        return {f"line {each.name}": each.code for each in self._lines.values() if each.is_down}

    @property
    def backlogs(self) -> Sequence[Backlog]:
        """What waited at the last look, by line."""
        return self._backlogs

    @property
    def drained_for(self) -> float:
        """Seconds for which old messages were on the way since the start, all lines together."""
        return self._drained_for

    def when_room(self, call: Callable[[], None]) -> None:
        """Have something called whenever a line may take more."""
        self._under_way.when_room(call)

    def hear(self, line: str) -> None:
        """Take in a sign of life of a line: something came by it."""
        known = self._lines.get(line)
        if known is not None and known.is_down:
            known.hear()
            self._under_way.tell_room()

    async def dispatch_due(self) -> int:
        """Publish what is due, once, and wait for it.

        Returns:
            How many messages were claimed; 0 when nothing was due.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        before = self._taken
        await self.look()
        await self.settle()
        self._under_way.raise_failure()
        return self._taken - before

    async def look(self) -> int:
        """Claim for every line that is free what is due, and begin to publish it.

        Returns:
            How many messages were claimed; 0 when nothing was due, or no line was free.

        Raises:
            UnavailableError: ``store.unavailable``: now, or since the last look.
        """
        self._under_way.raise_failure()
        await self._look_for_lines()
        for line in self._lines.values():
            if line.is_probe_due and not line.is_probing:
                self._under_way.begin(self._probe(line))
        now = self._clock.now()
        up = [line for line in self._lines.values() if not line.is_down]
        fresh = {line.name: line.share_of_fresh(now) for line in up if not line.is_busy}
        old = {
            line.name: share
            for line in up
            if not line.is_draining and (share := line.share_of_old(now)) is not None
        }
        # One after the other: what one of them claimed is begun, whatever becomes of the other.
        new = await self._claim(fresh)
        for name, messages in _by_line(new).items():
            self._lines[name].is_busy = True
            self._under_way.begin(self._send(self._lines[name], messages))
        waiting = await self._claim(old)
        for name, messages in _by_line(waiting).items():
            self._lines[name].is_draining = self._lines[name].has_backlog = True
            self._under_way.begin(self._drain(self._lines[name], messages))
        for name in old:
            if not self._lines[name].is_draining:
                self._lines[name].find_no_backlog()
        return len(new) + len(waiting)

    async def settle(self) -> bool:
        """Wait until nothing is on the way any more; returns whether anything was."""
        return await self._under_way.settle()

    def _build_line(self, name: str, transport: Transport | None) -> _Line:
        line = _Line(
            name,
            places=self._batch,
            ticks=self._ticks,
            jitter=self._jitter,
            breaking=self._breaking,
            catching_up=self._catching_up,
        )
        line.transport = transport
        return line

    async def _look_for_lines(self) -> None:
        """Find messages to lines that nobody configured: they must not wait unseen."""
        if self._knows_lines and self._ticks() < self._lines_at:
            return
        self._backlogs = await self._store.list_backlogs()
        self._knows_lines, self._lines_at = True, self._ticks() + _LOOK_FOR_LINES
        for each in self._backlogs:
            if each.line not in self._lines:
                self._lines[each.line] = self._build_line(each.line, None)

    async def _claim(self, shares: Mapping[str, Share]) -> Sequence[OutboundMessage]:
        if not shares:
            return ()
        claimed = await self._store.claim_outbound(
            self._clock.now(), shares=shares, lease_for=self._lease_for
        )
        ours = self._claims.take(each.message.message_id for each in claimed)
        self._taken += len(ours)
        return [each for each in claimed if each.message.message_id in ours]

    async def _send(self, line: _Line, messages: Sequence[OutboundMessage]) -> None:
        try:
            await self._publish_all(line, messages)
        finally:
            line.is_busy = False

    async def _drain(self, line: _Line, messages: Sequence[OutboundMessage]) -> None:
        began = self._ticks()
        try:
            await self._publish_all(line, messages)
        finally:
            line.is_draining = False
            among = sum(each.has_backlog for each in self._lines.values())
            worked = self._ticks() - began
            self._drained_for += worked
            rest = line.rest_after(worked, among=among)
            asyncio.get_running_loop().call_later(rest, self._under_way.tell_room)

    async def _probe(self, line: _Line) -> None:
        """Find out whether a line is back: by a ping, then by the message that waits longest."""
        line.is_probing = True
        try:
            if line.transport is not None:
                try:
                    await line.transport.ping()
                except UnavailableError as error:
                    line.fail_probe(error.code)
                    return
            claimed = await self._claim({line.name: Share(fresh=1)})
            if not claimed or await self._publish_all(line, claimed, is_probe=True):
                line.come_back()
                await self._hasten(line.name)
        finally:
            line.is_probing = False

    async def _hasten(self, line: str) -> None:
        """Make due what rests because the line was down, piece by piece."""
        hastened = HASTENED_AT_A_TIME
        while hastened >= HASTENED_AT_A_TIME:
            hastened = await self._store.hasten_outbound(
                line, self._clock.now(), codes=_OF_THE_LINE, limit=HASTENED_AT_A_TIME
            )

    async def _publish_all(
        self, line: _Line, messages: Sequence[OutboundMessage], *, is_probe: bool = False
    ) -> bool:
        """Publish, and note what became of each.

        Returns:
            Whether the line took all of them.
        """
        outcomes = await asyncio.gather(
            *(self._publish(line, each, is_probe=is_probe) for each in messages),
            return_exceptions=True,
        )
        ids: dict[_Outcome, list[str]] = {outcome: [] for outcome in _Outcome}
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, _Outcome):
                ids[outcome].append(message.message.message_id)
        if ids[_Outcome.HELD]:
            try:
                await self._store.mark_published(ids[_Outcome.HELD], self._clock.now())
            finally:
                self._claims.end(ids[_Outcome.HELD])
        if ids[_Outcome.RELEASED]:
            await self._store.release_outbound(ids[_Outcome.RELEASED], code=line.code)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return len(ids[_Outcome.HELD]) == len(messages)

    async def _publish(self, line: _Line, outbound: OutboundMessage, *, is_probe: bool) -> _Outcome:
        """Publish one message; its claim is kept only where its row is still to be marked."""
        outcome = None
        try:
            outcome = await self._try_to_publish(line, outbound, is_probe=is_probe)
        finally:
            if outcome is not _Outcome.HELD:
                self._claims.end([outbound.message.message_id])
        return outcome

    async def _try_to_publish(
        self, line: _Line, outbound: OutboundMessage, *, is_probe: bool
    ) -> _Outcome:
        """Hand it over, and tell the store of a failure; the claim ends before the store is told.

        A claim that were extended after that would hold a row that somebody else may take.
        """
        message = outbound.message
        if message.expires_at <= self._clock.now():
            self._claims.end([message.message_id])
            await self._store.park_outbound(
                message.message_id, code="message.expired", at=self._clock.now()
            )
            return _Outcome.SETTLED
        try:
            await self._hand_over(line, outbound)
        except UnavailableError as error:
            self._claims.end([message.message_id])
            return await self._fail(line, outbound, error.code, is_probe=is_probe)
        except Exception:  # noqa: BLE001 - one message must not hold up the others
            self._claims.end([message.message_id])
            _log.exception("publish_faulted", message_id=message.message_id, line=outbound.line)
            await self._postpone(outbound, INTERNAL_FAULT)
            return _Outcome.SETTLED
        if not is_probe:
            line.succeed()
        return _Outcome.HELD

    @staticmethod
    async def _hand_over(line: _Line, outbound: OutboundMessage) -> None:
        if line.transport is None:
            text = f"expected a line to {line.name} in the configuration"
            _log.error("no_line", line=line.name, reason=text)
            raise UnavailableError("transport.no_line", text)
        message = outbound.message
        with open_note("publish"):
            note(message_type=message.message_type, message=message.octets)
            await line.transport.publish(
                message.octets,
                message_id=message.message_id,
                message_type=message.message_type,
                environment=outbound.environment,
            )

    async def _fail(
        self, line: _Line, outbound: OutboundMessage, code: str, *, is_probe: bool
    ) -> _Outcome:
        """Tell whose failure it is: the line's, or perhaps the message's own."""
        surely = code in _OF_THE_LINE
        if is_probe:
            line.fail_probe(code)
            if not surely:
                # The line answers and does not take this message: the next probe takes another.
                await self._store.retry_outbound(
                    outbound.message.message_id, code=code, due_at=self._clock.now(), counts=False
                )
                return _Outcome.SETTLED
        elif line.fail(code, subject=outbound.message.message_id, surely=surely):
            surely = True
        if surely:
            return _Outcome.RELEASED
        await self._postpone(outbound, code)
        return _Outcome.SETTLED

    async def _postpone(self, outbound: OutboundMessage, code: str) -> None:
        attempts = outbound.attempts + 1
        message_id = outbound.message.message_id
        now = self._clock.now()
        delay = decide_rest(attempts, code, jitter=self._jitter(), policy=self._retrying)
        _log.warning(
            "publish_failed",
            message_id=message_id,
            line=outbound.line,
            attempts=attempts,
            code=code,
            parked=delay is None,
        )
        if delay is None:
            await self._store.park_outbound(message_id, code=code, at=now)
        else:
            await self._store.retry_outbound(message_id, code=code, due_at=now + delay)


def _by_line(claimed: Iterable[OutboundMessage]) -> dict[str, list[OutboundMessage]]:
    found: dict[str, list[OutboundMessage]] = {}
    for each in claimed:
        found.setdefault(each.line, []).append(each)
    return found
