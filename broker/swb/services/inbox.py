"""Inbox: every delivery of a line is judged, and settled only after its effect is committed.

========================  ===================================================================
The judgement says        What happens
========================  ===================================================================
nothing                   its effect is committed: settled
refused                   kept as a dead letter with the reason, then settled
undetermined, unavailable held in the store and judged again later, then settled; a broken
                          store commits nothing, so the delivery goes back to the line
an unforeseen fault       held like that, but only a few times: a message that always breaks its
                          reader becomes a dead letter
========================  ===================================================================
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb.ports import BuriedMessage, HeldMessage, Settlement
from swb_schemas.errors import RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from swb.ports import Clock, Delivery, MessageStore, Transport

__all__ = ["INTERNAL_FAULT", "InboxService"]

_log = structlog.get_logger("swb.inbox")

INTERNAL_FAULT: Final = "internal.fault"
_FAULTS_BEFORE_BURIAL: Final = 5


class InboxService:
    """Judges what comes by one line.

    Args:
        line: The line's name.
        transport: The line.
        store: Holds what cannot be judged, and dead letters.
        judge: Verifies and commits one message (`ReceiveService.judge`, `RouteService.judge`).
        clock: Decides when held messages are due.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be.
        concurrency: Deliveries judged at the same time.
        batch: Held rows claimed at a time.
        lease_for: How long a claimed row belongs to this process.
        on_commit: Called when something was committed that others may wait for.
    """

    def __init__(
        self,
        *,
        line: str,
        transport: Transport,
        store: MessageStore,
        judge: Callable[[bytes, str], Awaitable[None]],
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        concurrency: int,
        batch: int,
        lease_for: timedelta,
        on_commit: Callable[[], None],
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
        self._on_commit = on_commit

    async def run(self) -> None:
        """Judge deliveries until the transport is closed; finishes what it began."""
        room = asyncio.Semaphore(self._concurrency)
        async with asyncio.TaskGroup() as tasks:
            async for delivery in self._transport.deliveries():
                await room.acquire()
                task = tasks.create_task(self._take(delivery))
                task.add_done_callback(lambda _: room.release())

    async def _take(self, delivery: Delivery) -> None:
        try:
            await self._judge_once(delivery.body, self._line, attempts_before=0)
        except UnavailableError as error:
            _log.warning("released", line=self._line, code=error.code)
            await asyncio.sleep(self._retrying.first_delay.total_seconds())
            await self._transport.settle(delivery, Settlement.RELEASE)
        else:
            await self._transport.settle(delivery, Settlement.ACCEPT)

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
        for held in claimed:
            if await self._judge_once(held.octets, held.line, attempts_before=held.attempts):
                await self._store.release_held(held.octets_digest)
        return len(claimed)

    async def _judge_once(self, raw: bytes, line: str, *, attempts_before: int) -> bool:
        """Judge and commit; returns when the delivery may be forgotten.

        Returns:
            Whether the judgement's own effect was committed, so that nothing need be held.

        Raises:
            UnavailableError: The store took nothing.
        """
        try:
            await self._judge(raw, line)
        except RefusedError as refusal:
            await self._bury(raw, line, refusal.code, refusal.message)
            return False
        except SwbError as error:
            if error.code.startswith("store."):
                raise
            limit = self._retrying.max_attempts
            await self._hold(raw, line, error.code, attempts_before + 1, limit)
            return False
        except Exception:  # noqa: BLE001 - whatever it is, the message must not be lost
            _log.exception("judgement_failed", line=line, octets_digest=_digest(raw))
            await self._hold(raw, line, INTERNAL_FAULT, attempts_before + 1, _FAULTS_BEFORE_BURIAL)
            return False
        self._on_commit()
        return True

    async def _hold(self, raw: bytes, line: str, code: str, attempts: int, limit: int) -> None:
        delay = decide_delay(attempts, jitter=self._jitter(), policy=self._retrying)
        if delay is None or attempts >= limit:
            await self._bury(raw, line, code, f"given up after {attempts} attempts")
            return
        digest = _digest(raw)
        held = HeldMessage(
            octets_digest=digest, octets=raw, line=line, attempts=attempts, code=code
        )
        await self._store.hold(held, due_at=self._clock.now() + delay)
        _log.warning("held", line=line, octets_digest=digest, code=code, attempts=attempts)

    async def _bury(self, raw: bytes, line: str, code: str, detail: str) -> None:
        _log.warning("buried", line=line, octets_digest=_digest(raw), code=code)
        await self._store.bury(
            BuriedMessage(
                octets_digest=_digest(raw),
                octets=raw,
                line=line,
                code=code,
                detail=detail,
                buried_at=self._clock.now(),
            )
        )
        self._on_commit()


def _digest(raw: bytes) -> str:
    return f"sha-256:{sha256(raw).hexdigest()}"
