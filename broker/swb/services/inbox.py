"""Inbox: every delivery of a line is judged, and settled only after its effect is committed.

========================  ===================================================================
The judgement says        What happens
========================  ===================================================================
nothing                   its effect is committed: settled
refused                   kept as a dead letter with the reason, then settled
undetermined, unavailable held in the store and judged again later, as long as it takes, then
                          settled
an unforeseen fault       held like that, but only a few times: a message that always breaks its
                          reader becomes a dead letter
========================  ===================================================================

A broken store commits nothing of all that, so the delivery goes back to the line, after a rest
that grows while the store stays broken.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb.ports import BuriedMessage, HeldMessage, ParkedKind, Settlement
from swb.services.claims import Claims
from swb.services.faults import ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT
from swb.services.noting import open_note
from swb_schemas.errors import Actor, RefusedError, SwbError
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

    from swb.ports import Clock, Delivery, Inbox, Transport

__all__ = ["InboxService", "Judge"]

_log = structlog.get_logger("swb.inbox")

Judge: TypeAlias = "Callable[[bytes, str, datetime | None], Awaitable[None]]"
"""Verifies and commits one message: its octets, the line by which it came, and when it came where
it was held (`ReceiveService.judge`, `RouteService.judge`)."""

_LONGEST_REST: Final = 30.0
"""Seconds before a delivery goes back to the line, however long the store has been broken."""


class InboxService:
    """Judges what comes by one line.

    Args:
        line: The line's name.
        transport: The line.
        store: Holds what cannot be judged, and dead letters.
        judge: Judges the messages.
        clock: Decides when held messages are due.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be.
        concurrency: Deliveries judged at the same time.
        batch: Held rows claimed at a time.
        lease_for: How long a claimed row belongs to this process, unless it works on it for longer.
        on_commit: Called when something was committed that others may wait for.
        on_life: Called when something comes by the line.
    """

    def __init__(
        self,
        *,
        line: str,
        transport: Transport,
        store: Inbox,
        judge: Judge,
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        concurrency: int,
        batch: int,
        lease_for: timedelta,
        on_commit: Callable[[], None],
        on_life: Callable[[], None] = lambda: None,
    ) -> None:
        self._line = line
        self._transport = transport
        self._store = store
        self._judge = judge
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._concurrency = concurrency
        self._batch = batch
        self._lease_for = lease_for
        self._claims = Claims(ParkedKind.HELD, store=store, clock=clock, lease_for=lease_for)
        self._on_commit = on_commit
        self._on_life = on_life
        self._ending = asyncio.Event()
        self._first_rest = min(retrying.first_delay.total_seconds(), _LONGEST_REST)
        self._rest_for = self._first_rest

    async def run(self) -> None:
        """Judge deliveries until the transport is closed; finishes what it began."""
        self._ending.clear()
        room = asyncio.Semaphore(self._concurrency)
        async with asyncio.TaskGroup() as tasks:
            async for delivery in self._transport.deliveries():
                await room.acquire()
                task = tasks.create_task(self._take(delivery))
                task.add_done_callback(lambda _: room.release())
            self._ending.set()

    async def _take(self, delivery: Delivery) -> None:
        """Judge one delivery and settle it; whatever happens, the loop goes on."""
        settlement = Settlement.ACCEPT
        self._on_life()
        try:
            await self._judge_once(delivery.body, self._line)
        except SwbError as error:
            _log.warning("released", line=self._line, code=error.code)
            settlement = Settlement.RELEASE
        except Exception:  # noqa: BLE001 - one message must not end the loop
            _log.exception("released", line=self._line, code=INTERNAL_FAULT)
            settlement = Settlement.RELEASE
        if settlement is Settlement.RELEASE:
            await self._rest()
        else:
            self._rest_for = self._first_rest
        try:
            await self._transport.settle(delivery, settlement)
        except Exception:  # noqa: BLE001 - one message must not end the loop
            # The delivery comes back, and the store recognises it.
            _log.exception("not_settled", line=self._line)

    async def _rest(self) -> None:
        """Keep a delivery for a while before it goes back; not when the line closes."""
        rest_for = self._rest_for
        with suppress(TimeoutError):
            async with asyncio.timeout(rest_for):
                await self._ending.wait()
        longest = min(_LONGEST_REST, self._lease_for.total_seconds() / 2)
        self._rest_for = max(self._rest_for, min(rest_for * 2, longest))

    async def judge_held(self) -> int:
        """Judge what was held and is due, once.

        Returns:
            How many messages were claimed.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        claimed = await self._store.claim_held(
            self._clock.now(), limit=self._batch, lease_for=self._lease_for
        )
        taken = self._claims.take(each.octets_digest for each in claimed)
        try:
            for held in claimed:
                if await self._judge_once(held.octets, held.line, before=held):
                    await self._store.release_held(held.octets_digest)
                self._claims.end([held.octets_digest])
        finally:
            self._claims.end(taken)
        return len(claimed)

    async def _judge_once(
        self, raw: bytes, line: str, *, before: HeldMessage | None = None
    ) -> bool:
        """Judge and commit; returns when the delivery may be forgotten.

        Args:
            raw: The message.
            line: By which it came.
            before: How it stands in the store, where it was held.

        Returns:
            Whether the judgement's own effect was committed, so that nothing need be held.

        Raises:
            UnavailableError: The store took nothing.
        """
        attempts = 1 if before is None else before.attempts + 1
        received_at = None if before is None else before.received_at
        try:
            with open_note("judge"):
                await self._judge(raw, line, received_at)
        except SwbError as error:
            if isinstance(error, RefusedError) and error.actor is not Actor.DEVELOPER:
                await self._bury(raw, line, error.code, error.message)
                return False
            if error.code.startswith("store.") and not error.final:
                raise
            if not error.final:
                await self._hold(raw, line, error.code, attempts)
                return False
            _log.error("judgement_failed", line=line, code=error.code, reason=error.message)
        except Exception:  # noqa: BLE001 - whatever it is, the message must not be lost
            _log.exception("judgement_failed", line=line, octets_digest=digest_text_of(raw))
        else:
            self._on_commit()
            return True
        # What was held for another reason so far has not shown yet that it breaks its reader.
        faulted_before = before is None or before.code == INTERNAL_FAULT
        if faulted_before and attempts >= ATTEMPTS_WITH_FAULTS:
            await self._bury(raw, line, INTERNAL_FAULT, f"given up after {attempts} attempts")
        else:
            await self._hold(raw, line, INTERNAL_FAULT, attempts)
        return False

    async def _hold(self, raw: bytes, line: str, code: str, attempts: int) -> None:
        """Keep it for later. There is no last attempt: what cannot be judged is not refused."""
        delay = decide_delay(attempts, jitter=self._jitter(), policy=self._retrying)
        if delay is None:
            delay = self._retrying.ceiling
        digest = digest_text_of(raw)
        now = self._clock.now()
        held = HeldMessage(
            octets_digest=digest,
            octets=raw,
            line=line,
            attempts=attempts,
            code=code,
            received_at=now,
        )
        await self._store.hold(held, due_at=now + delay)
        _log.warning("held", line=line, octets_digest=digest, code=code, attempts=attempts)

    async def _bury(self, raw: bytes, line: str, code: str, detail: str) -> None:
        digest = digest_text_of(raw)
        _log.warning("buried", line=line, octets_digest=digest, code=code)
        await self._store.bury(
            BuriedMessage(
                octets_digest=digest,
                octets=raw,
                line=line,
                code=code,
                detail="".join(c if c.isprintable() else " " for c in detail),
                buried_at=self._clock.now(),
            )
        )
        self._on_commit()
