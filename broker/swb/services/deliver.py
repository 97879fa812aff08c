"""Deliver: what a gateway received goes to its national system, as often as it takes.

Fresh documents and those of a backlog are claimed and handed over apart, as `swb.services.dispatch`
does with messages: what is fresh never waits behind what is old, however slowly the national system
answers. While it is down nothing is tried but a probe now and then, and nobody's attempts are
counted; when it is back, what waited goes in the order of age, at its share.

What handing over one document is, is said in `swb.services.hand_over`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.breaking import BreakPolicy
from swb.core.catching_up import CatchUpPolicy
from swb.ports import ParkedKind, Share
from swb.services.claims import Claims
from swb.services.destination import HASTENED_AT_A_TIME, Destination
from swb.services.faults import INTERNAL_FAULT, decide_rest
from swb.services.noting import open_note
from swb.services.under_way import UnderWay
from swb_schemas.errors import RefusedError, SwbError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from swb.core.retrying import RetryPolicy
    from swb.ports import Clock, Deliveries, NationalDelivery
    from swb.services.hand_over import HandOver

__all__ = ["DeliverService"]

_log = structlog.get_logger("swb.deliver")

_OF_THE_SYSTEM: Final = "national."
"""How codes begin that say that the national system did not take something."""
_UNAVAILABLE: Final = ("national.unavailable",)


class DeliverService:
    """The door outward of one state's gateway.

    Args:
        handing_over: Hands over one document.
        store: Holds what waits.
        clock: Decides what is due.
        jitter: Draws a number in [0, 1).
        retrying: How patient to be.
        batch: Rows claimed at a time.
        lease_for: How long a claimed row belongs to this process, unless it works on it for longer.
        breaking: When the national system counts as down, and how often it is probed then.
        catching_up: What a backlog gets beside the traffic of the day.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        *,
        handing_over: HandOver,
        store: Deliveries,
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        batch: int,
        lease_for: timedelta,
        breaking: BreakPolicy | None = None,
        catching_up: CatchUpPolicy | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handing_over = handing_over
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._lease_for = lease_for
        self._ticks = ticks
        self._system = Destination(
            "national",
            places=batch,
            ticks=ticks,
            jitter=jitter,
            breaking=breaking or BreakPolicy(),
            catching_up=catching_up or CatchUpPolicy(),
        )
        self._claims = Claims(ParkedKind.DELIVERY, store=store, clock=clock, lease_for=lease_for)
        self._under_way = UnderWay()
        self._is_busy = False
        self._is_draining = False
        self._is_probing = False
        self._taken = 0

    @property
    def outages(self) -> Mapping[str, str]:
        """The national system with the code, where it is down."""
        return {self._system.name: self._system.code} if self._system.is_down else {}

    def when_room(self, call: Callable[[], None]) -> None:
        """Have something called whenever the national system may take more."""
        self._under_way.when_room(call)

    def hear(self) -> None:
        """Take in a sign of life of the national system: a payload came from it."""
        self._system.hear()

    async def deliver_due(self) -> int:
        """Hand over what is due, once, and wait for it.

        Returns:
            How many deliveries were claimed; 0 when nothing was due.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        before = self._taken
        await self.look()
        await self.settle()
        self._under_way.raise_failure()
        return self._taken - before

    async def look(self) -> int:
        """Claim what is due and there is room for, and begin to hand it over.

        Returns:
            How many deliveries were claimed; 0 when nothing was due, or there was no room.

        Raises:
            UnavailableError: ``store.unavailable``: now, or since the last look.
        """
        self._under_way.raise_failure()
        if self._system.is_down:
            if self._system.is_probe_due and not self._is_probing:
                self._is_probing = True
                self._under_way.begin(self._probe())
            return 0
        now = self._clock.now()
        fresh = () if self._is_busy else await self._claim(self._system.share_of_fresh(now))
        if fresh:
            self._is_busy = True
            self._under_way.begin(self._send(fresh))
        share = None if self._is_draining else self._system.share_of_old(now)
        if share is None:
            return len(fresh)
        old = await self._claim(share)
        if old:
            self._is_draining = True
            self._under_way.begin(self._drain(old))
        else:
            self._system.find_no_backlog()
        return len(fresh) + len(old)

    async def settle(self) -> bool:
        """Wait until nothing is on the way any more; returns whether anything was."""
        return await self._under_way.settle()

    async def _claim(self, share: Share) -> Sequence[NationalDelivery]:
        claimed = await self._store.claim_deliveries(
            self._clock.now(), share=share, lease_for=self._lease_for
        )
        ours = self._claims.take(each.document_id for each in claimed)
        self._taken += len(ours)
        return [each for each in claimed if each.document_id in ours]

    async def _send(self, fresh: Sequence[NationalDelivery]) -> None:
        try:
            await self._deliver_all(fresh)
        finally:
            self._is_busy = False

    async def _drain(self, old: Sequence[NationalDelivery]) -> None:
        """Hand over what has waited long; the rest of the backlog rests afterwards."""
        began = self._ticks()
        try:
            await self._deliver_all(old)
        finally:
            self._is_draining = False
            rest = self._system.rest_after(self._ticks() - began, among=1)
            asyncio.get_running_loop().call_later(rest, self._under_way.tell_room)

    async def _probe(self) -> None:
        """Find out by the document that waits longest whether the national system is back."""
        try:
            claimed = await self._claim(Share(fresh=1))
            if not claimed or await self._deliver_all(claimed, is_probe=True):
                self._system.come_back()
                await self._hasten()
        finally:
            self._is_probing = False

    async def _hasten(self) -> None:
        """Make due what rests because the national system was down, piece by piece."""
        hastened = HASTENED_AT_A_TIME
        while hastened >= HASTENED_AT_A_TIME:
            hastened = await self._store.hasten_deliveries(
                self._clock.now(), codes=_UNAVAILABLE, limit=HASTENED_AT_A_TIME
            )

    async def _deliver_all(
        self, claimed: Sequence[NationalDelivery], *, is_probe: bool = False
    ) -> bool:
        """Hand over what was claimed.

        Returns:
            Whether the national system took all of it.
        """
        outcomes = await asyncio.gather(
            *(self._deliver(each, is_probe=is_probe) for each in claimed),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome  # of the store; the leases end by themselves
        return all(outcomes)

    async def _deliver(self, delivery: NationalDelivery, *, is_probe: bool) -> bool:
        """Hand over one document, or note why not; one must not hold up the others."""
        try:
            try:
                with open_note("hand over"):
                    await self._handing_over.hand_over(delivery)
            finally:
                self._claims.end([delivery.document_id])
        except RefusedError as error:
            _log.error("delivery_parked", document_id=delivery.document_id, code=error.code)
            await self._store.park_delivery(
                delivery.document_id, code=error.code, at=self._clock.now()
            )
        except SwbError as error:
            await self._fail(delivery, error, is_probe=is_probe)
        except Exception:  # noqa: BLE001 - of an adapter, most likely
            _log.exception("delivery_faulted", document_id=delivery.document_id)
            await self._postpone(delivery, INTERNAL_FAULT)
        else:
            if not is_probe:
                self._system.succeed()
            return True
        return False

    async def _fail(self, delivery: NationalDelivery, error: SwbError, *, is_probe: bool) -> None:
        """Tell whose failure it is: the national system's, or perhaps the document's own."""
        asked = error.retry_after if isinstance(error, UnavailableError) else None
        if error.code.startswith(_OF_THE_SYSTEM):
            if is_probe:
                # It goes behind what waits now: the next probe takes another document.
                self._system.fail_probe(error.code)
                self._system.leave_alone(asked)
                await self._store.retry_delivery(
                    delivery.document_id, code=error.code, due_at=self._clock.now(), counts=False
                )
                return
            if self._system.fail(error.code, subject=delivery.document_id, surely=False):
                self._system.leave_alone(asked)
                await self._store.release_deliveries([delivery.document_id], code=error.code)
                return
        await self._postpone(
            delivery, error.code, gives_up=not isinstance(error, UndeterminedError), at_least=asked
        )

    async def _postpone(
        self,
        delivery: NationalDelivery,
        code: str,
        *,
        gives_up: bool = True,
        at_least: timedelta | None = None,
    ) -> None:
        attempts = delivery.attempts + 1
        now = self._clock.now()
        delay = decide_rest(attempts, code, jitter=self._jitter(), policy=self._retrying)
        if delay is None and not gives_up:
            delay = self._retrying.ceiling
        _log.warning(
            "delivery_failed",
            document_id=delivery.document_id,
            attempts=attempts,
            code=code,
            parked=delay is None,
        )
        if delay is None:
            await self._store.park_delivery(delivery.document_id, code=code, at=now)
        else:
            due_at = now + max(delay, at_least or delay)
            await self._store.retry_delivery(delivery.document_id, code=code, due_at=due_at)
