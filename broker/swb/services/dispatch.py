"""Dispatch: what waits in the store leaves by its line, as often as it takes.

A message is claimed, published and marked; between publishing and marking the process may die,
and then the same octets leave again under the same id.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from swb.core.retrying import RetryPolicy, decide_delay
from swb.ports import Share
from swb.services.faults import ATTEMPTS_WITH_FAULTS, INTERNAL_FAULT
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from swb.ports import Clock, MessageStore, OutboundMessage, Transport

__all__ = ["DispatchService"]

_log = structlog.get_logger("swb.dispatch")


class DispatchService:
    """Empties the outbox.

    Args:
        store: Holds what waits.
        lines: Transport lines by name.
        clock: Decides what is due.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be.
        batch: Rows claimed at a time.
        lease_for: How long a claimed row belongs to this process.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        lines: Mapping[str, Transport],
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        batch: int,
        lease_for: timedelta,
    ) -> None:
        self._store = store
        self._lines = lines
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._batch = batch
        self._lease_for = lease_for

    async def dispatch_due(self) -> int:
        """Publish what is due, once.

        Returns:
            How many messages were claimed; 0 when nothing was due.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        shares = {each.line: Share(fresh=self._batch) for each in await self._store.list_backlogs()}
        claimed = await self._store.claim_outbound(
            self._clock.now(), shares=shares, lease_for=self._lease_for
        )
        if not claimed:
            return 0
        outcomes = await asyncio.gather(
            *(self._publish(each) for each in claimed), return_exceptions=True
        )
        held = [
            each.message.message_id
            for each, outcome in zip(claimed, outcomes, strict=True)
            if outcome is True
        ]
        if held:
            await self._store.mark_published(held, self._clock.now())
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome  # of the store; the leases end by themselves
        return len(claimed)

    async def _publish(self, outbound: OutboundMessage) -> bool:
        message = outbound.message
        if message.expires_at <= self._clock.now():
            await self._store.park_outbound(
                message.message_id, code="message.expired", at=self._clock.now()
            )
            return False
        line = self._lines.get(outbound.line)
        if line is None:
            text = f"expected a line to {outbound.line} in the configuration"
            _log.error("no_line", line=outbound.line, reason=text)
            await self._postpone(outbound, "transport.no_line")
            return False
        try:
            await line.publish(
                message.octets,
                message_id=message.message_id,
                message_type=message.message_type,
                environment=outbound.environment,
            )
        except UnavailableError as error:
            await self._postpone(outbound, error.code)
            return False
        except Exception:  # noqa: BLE001 - one message must not hold up the others
            _log.exception("publish_faulted", message_id=message.message_id, line=outbound.line)
            await self._postpone(outbound, INTERNAL_FAULT)
            return False
        return True

    async def _postpone(self, outbound: OutboundMessage, code: str) -> None:
        attempts = outbound.attempts + 1
        message_id = outbound.message.message_id
        now = self._clock.now()
        delay = decide_delay(attempts, jitter=self._jitter(), policy=self._retrying)
        if code == INTERNAL_FAULT and attempts >= ATTEMPTS_WITH_FAULTS:
            delay = None
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
