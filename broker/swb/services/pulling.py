"""Pull: a national system fetches what came for it, and says when it has it.

What is taken is leased: nobody else gets it before the lease ends. Only who holds the lease can
acknowledge, and only then the sender is told (AS3); a lease that ends without it makes the document
anybody's again, under the same delivery id. So every document is fetched at least once, and the
national system knows a repetition by that id.

What was taken a moment ago is at hand when it is acknowledged. What is not (after a restart, or
when much was taken since), or whose seal has become doubtful, is judged and written anew.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.ports import NationalDelivery, ParkedKind, PullLease, Share
from swb.services.faults import INTERNAL_FAULT, decide_rest
from swb.services.recent import Recent
from swb_schemas.errors import RefusedError, SwbError, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from swb.core.retrying import RetryPolicy
    from swb.ports import AccessStore, Clock, MessageStore, WaitingDelivery
    from swb.services.hand_over import HandOver, Prepared

__all__ = ["PullService", "Taken"]

_log = structlog.get_logger("swb.pull")

_KEPT_FOR: Final = timedelta(days=30)
"""After its end a lease is remembered for so long, so that an acknowledgement may be repeated."""
_REMEMBERED: Final = 64
"""Documents that are at hand while they are leased."""
_RETURNED: Final = "national.returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A document that was taken, as the national system reads it.

    Attributes:
        delivery: What it is.
        prepared: Its payload, and advice.
        lease: Whose it is now, and until when.
    """

    delivery: NationalDelivery
    prepared: Prepared
    lease: PullLease


class PullService:
    """The door outward of a national system that fetches.

    Args:
        handing_over: Judges and writes a document, and commits that it was handed over.
        store: Holds what waits.
        leases: Remembers who took what.
        clock: The present.
        jitter: Draws a number in [0, 1).
        retrying: How often what is given back is offered again.
        new_id: Makes ids that nobody guesses.
        on_handed: Told the message type of each document that was acknowledged.
        recent: What was taken a moment ago, by the lease's id.
    """

    def __init__(
        self,
        *,
        handing_over: HandOver,
        store: MessageStore,
        leases: AccessStore,
        clock: Clock,
        jitter: Callable[[], float],
        retrying: RetryPolicy,
        new_id: Callable[[], str],
        on_handed: Callable[[str], None] = lambda _: None,
        recent: Recent[Taken] | None = None,
    ) -> None:
        self._handing_over = handing_over
        self._store = store
        self._leases = leases
        self._clock = clock
        self._jitter = jitter
        self._retrying = retrying
        self._new_id = new_id
        self._on_handed = on_handed
        self._recent: Recent[Taken] = recent or Recent(limit=_REMEMBERED)

    async def list_waiting(self, *, limit: int) -> Sequence[WaitingDelivery]:
        """List what waits, in the order in which it is taken; what is leased stands there, too.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        return await self._store.list_deliveries(limit=limit)

    async def take(self, owner: str, *, limit: int, lease_for: timedelta) -> Sequence[Taken]:
        """Take what is due, the oldest first.

        What cannot be handed over is put aside for a person, as with every other door.

        Args:
            owner: Who takes it.
            limit: So many at most.
            lease_for: For so long nobody else gets it.

        Raises:
            UnavailableError: ``store.unavailable``, ``access.unavailable``.
        """
        now = self._clock.now()
        claimed = await self._store.claim_deliveries(
            now, share=Share(fresh=limit), lease_for=lease_for
        )
        taken = []
        for delivery in claimed:
            prepared = await self._prepare(delivery)
            if prepared is not None:
                lease = self._lease(delivery, owner, now + lease_for)
                taken.append(Taken(delivery=delivery, prepared=prepared, lease=lease))
        await self._leases.keep_leases(
            [each.lease for each in taken], forget_before=now - _KEPT_FOR
        )
        for each in taken:
            octets = len(each.delivery.octets) + len(each.prepared.rendering.payload)
            self._recent.remember(each.lease.lease_id, each, octets=octets)
        return taken

    async def acknowledge(self, owner: str, document_id: str, lease_id: str) -> bool:
        """Take in that the national system has a document. Safe to repeat.

        It counts also when the lease has ended, as long as nobody else has taken the document.

        Returns:
            Whether it was not known before.

        Raises:
            RefusedError: ``inbox.lease_lost``; its seal does not hold any more.
            UndeterminedError: Its seal cannot be judged now.
            UnavailableError: Store, trust or signer is.
        """
        lease = await self._require(owner, document_id, lease_id)
        if lease.acknowledged_at is not None:
            return False
        is_new = not await self._is_completed(document_id)
        if is_new:
            await self._handing_over.complete(*await self._find_prepared(lease))
            self._on_handed(lease.message_type)
        now = self._clock.now()
        done = replace(lease, acknowledged_at=now, ends_at=now)
        await self._leases.keep_leases([done], forget_before=now - _KEPT_FOR)
        return is_new

    async def give_back(self, owner: str, document_id: str, lease_id: str) -> None:
        """Let a document be taken again later; that counts as an attempt.

        Raises:
            RefusedError: ``inbox.lease_lost``.
            UnavailableError: ``store.unavailable``, ``access.unavailable``.
        """
        lease = await self._require(owner, document_id, lease_id)
        if lease.acknowledged_at is not None or await self._is_completed(document_id):
            raise _lost(document_id)
        now = self._clock.now()
        ended = replace(lease, lease_id=self._new_id(), ends_at=now)  # it proves nothing any more
        await self._leases.keep_leases([ended], forget_before=now - _KEPT_FOR)
        await self._postpone(document_id, lease.attempts + 1, _RETURNED)

    async def _prepare(self, delivery: NationalDelivery) -> Prepared | None:
        try:
            return await self._handing_over.prepare(delivery)
        except RefusedError as error:
            _log.error("delivery_parked", document_id=delivery.document_id, code=error.code)
            await self._store.park_delivery(
                delivery.document_id, code=error.code, at=self._clock.now()
            )
        except SwbError as error:
            _log.warning("delivery_waits", document_id=delivery.document_id, code=error.code)
            may_park = not isinstance(error, UndeterminedError)
            await self._postpone(
                delivery.document_id, delivery.attempts + 1, error.code, may_park=may_park
            )
        except Exception:  # noqa: BLE001 - of an adapter, most likely; the others go on
            _log.exception("delivery_faulted", document_id=delivery.document_id)
            await self._postpone(delivery.document_id, delivery.attempts + 1, INTERNAL_FAULT)
        return None

    async def _postpone(
        self, document_id: str, attempts: int, code: str, *, may_park: bool = True
    ) -> None:
        now = self._clock.now()
        delay = decide_rest(attempts, code, jitter=self._jitter(), policy=self._retrying)
        if delay is None and may_park:
            await self._store.park_delivery(document_id, code=code, at=now)
            return
        due_at = now + (delay or self._retrying.ceiling)
        await self._store.retry_delivery(document_id, code=code, due_at=due_at)

    def _lease(self, delivery: NationalDelivery, owner: str, ends_at: datetime) -> PullLease:
        return PullLease(
            document_id=delivery.document_id,
            lease_id=self._new_id(),
            owner=owner,
            message_type=delivery.message_type,
            message_id=delivery.message_id,
            message_digest=delivery.message_digest,
            attempts=delivery.attempts,
            ends_at=ends_at,
        )

    async def _require(self, owner: str, document_id: str, lease_id: str) -> PullLease:
        lease = await self._leases.find_lease(document_id)
        if (
            lease is None
            or lease.owner != owner
            or not hmac.compare_digest(lease.lease_id.encode(), lease_id.encode())
        ):
            raise _lost(document_id)
        return lease

    async def _find_prepared(self, lease: PullLease) -> tuple[NationalDelivery, Prepared]:
        taken = self._recent.take(lease.lease_id)
        if taken is None or await self._handing_over.is_doubted(taken.prepared.sealed):
            delivery = await self._find_delivery(lease)
            return delivery, await self._handing_over.prepare(delivery)
        return taken.delivery, taken.prepared

    async def _find_delivery(self, lease: PullLease) -> NationalDelivery:
        record = await self._store.find_document(lease.document_id)
        if record is None:
            raise _lost(lease.document_id)
        brought = await self._store.find_message(lease.message_id)
        return NationalDelivery(
            document_id=lease.document_id,
            message_type=lease.message_type,
            octets=record.octets,
            message_id=lease.message_id,
            message_digest=lease.message_digest,
            sender=brought.sender if brought else "",
            recorded_at=record.recorded_at,
            attempts=lease.attempts,
        )

    async def _is_completed(self, document_id: str) -> bool:
        standings = await self._store.list_standings(document_id)
        return any(
            each.kind is ParkedKind.DELIVERY and each.state == "completed" for each in standings
        )


def _lost(document_id: str) -> RefusedError:
    message = f"expected the lease that holds {document_id[:80]!r} now, found another one, or none"
    return RefusedError("inbox.lease_lost", message)
