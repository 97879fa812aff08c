"""The embedded transport: queues in one SQLite file.

Durable, for several processes of one machine, at least once. A message that is offered is leased;
it is offered again when it is released, when its owner closes, or when the lease ends because the
owner died or took too long.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from swb.backends.sqlite import transport_queues as queues
from swb.backends.sqlite.transport_queues import Offer, Outgoing, QueueName
from swb.ports import Delivery, LineEnd, Settlement
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from swb.backends.sqlite.transport_file import TransportFile

__all__ = ["SqliteTransport"]

_LOG: Final = logging.getLogger(__name__)
_ENVIRONMENTS: Final = frozenset(Environment)
_LOOK_EVERY: Final = 1.0
"""Seconds after which a waiting consumer looks by itself, should nobody have woken it."""


class SqliteTransport:
    """`swb.ports.Transport` over one `TransportFile`."""

    def __init__(
        self,
        *,
        file: TransportFile,
        line: str,
        end: LineEnd,
        prefetch: int = 64,
        lease_for: timedelta = timedelta(seconds=30),
    ) -> None:
        """Name the line; nothing is opened yet.

        Args:
            file: Shared by all lines of the process.
            line: The member's state.
            end: Whose end this is.
            prefetch: Deliveries that are offered and not yet settled, at most.
            lease_for: How long an offered delivery belongs to this end.
        """
        self._file = file
        self._line = line
        self._outgoing, self._incoming = (
            (QueueName.SUBMIT, QueueName.INBOX)
            if end is LineEnd.MEMBER
            else (QueueName.INBOX, QueueName.SUBMIT)
        )
        self._prefetch = prefetch
        self._lease_for = lease_for
        self._session: _Session | None = None

    async def open(self) -> None:
        """See `Transport.open`."""
        if self._session is not None:
            return
        await self._file.acquire()
        try:
            self._session = _Session(
                outgoing=await self._find_queue(self._outgoing),
                incoming=await self._find_queue(self._incoming),
            )
        except BaseException:
            await self._file.release()
            raise

    def when_back(self, call: Callable[[], None]) -> None:
        """See `Transport.when_back`. A file is never lost: it answers or it does not."""

    def end_deliveries(self) -> None:
        """See `Transport.end_deliveries`."""
        if self._session is not None:
            self._session.closed = True
            self._session.wake.set()

    async def close(self) -> None:
        """See `Transport.close`."""
        self.end_deliveries()
        session, self._session = self._session, None
        if session is None:
            return
        try:
            await self._file.database.write(
                partial(queues.release_owner, queue_id=session.incoming, owner=session.owner)
            )
        except UnavailableError:
            _LOG.warning("leases are left to end", extra={"action": "transport.leases_left"})
        finally:
            await self._file.release()

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """See `Transport.publish`."""
        session = self._require()
        if self._outgoing is QueueName.SUBMIT and environment not in _ENVIRONMENTS:
            message = f"line {self._line}: no queue for environment {environment!r}"
            raise UnavailableError("transport.unroutable", message)
        outgoing = Outgoing(
            body=body,
            message_id=message_id,
            message_type=message_type,
            environment=environment,
        )
        await self._file.database.write(
            partial(queues.insert, queue_id=session.outgoing, outgoing=outgoing)
        )
        self._file.notify(session.outgoing)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """See `Transport.deliveries`. Several iterators of one transport share its prefetch."""
        session = self._require()
        while (offer := await self._next_offer(session)) is not None:
            yield Delivery(
                body=offer.body,
                claimed_message_id=offer.message_id,
                redelivered=offer.times_offered > 1,
                tag=offer,
            )

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """See `Transport.settle`."""
        offer, session = delivery.tag, self._session
        if not isinstance(offer, Offer):
            message = "expected a delivery of this transport"
            raise RefusedError("transport.foreign_delivery", message, actor=Actor.DEVELOPER)
        if session is None:
            return
        try:
            if settlement is Settlement.ACCEPT:
                await self._file.database.write(partial(queues.forget, offer=offer))
            else:
                await self._file.database.write(
                    partial(queues.release, offer=offer, owner=session.owner)
                )
                self._file.notify(session.incoming)
        except UnavailableError:
            _LOG.warning("a delivery comes back", extra={"action": "transport.settle_lost"})
        session.outstanding.pop(offer.sequence, None)
        session.wake.set()

    async def ping(self) -> None:
        """See `Transport.ping`."""
        await self._find_queue(self._incoming)

    async def _find_queue(self, name: QueueName) -> int:
        queue_id = await self._file.database.read(
            partial(queues.find_queue, line=self._line, name=name)
        )
        if queue_id is None:
            message = f"line {self._line}: expected its queue {name}, found none"
            raise UnavailableError("transport.topology", message)
        return queue_id

    def _require(self) -> _Session:
        if self._session is None:
            message = f"line {self._line} is not open"
            raise UnavailableError("transport.unreachable", message)
        return self._session

    async def _next_offer(self, session: _Session) -> Offer | None:
        """Wait for the next offer whose lease is still good; None when closed."""
        while not session.closed:
            room = session.make_room(self._prefetch)
            if session.offers:
                return session.offers.popleft()
            session.wake.clear()
            if room:
                with self._file.watching(session.incoming, session.wake):
                    # A caller that gives up must not take claimed messages with it.
                    session.claim = asyncio.create_task(self._claim(session, room))
                    if not await asyncio.shield(session.claim):
                        await session.sleep()
            else:
                await session.sleep()
        return None

    async def _claim(self, session: _Session, room: int) -> bool:
        """Lease what there is room for; several iterators do it one at a time."""
        async with session.claiming:
            if session.offers or session.closed:
                return True
            # The lease is counted from before the claim, so it never seems longer than it is.
            good_until = time.monotonic() + self._lease_for.total_seconds()
            try:
                offers = await self._file.database.write(
                    partial(
                        queues.claim,
                        queue_id=session.incoming,
                        owner=session.owner,
                        limit=room,
                        lease_for=self._lease_for,
                    )
                )
            except UnavailableError:
                # The file may come back; whoever wants to know asks `ping`.
                _LOG.warning("claiming failed", extra={"action": "transport.claim_failed"})
                return False
            session.take(offers, good_until)
        return bool(offers)


class _Session:
    """What one opening of a transport knows.

    Attributes:
        outgoing: The queue to publish to.
        incoming: The queue to receive from.
        owner: The name of this opening on its leases.
        offers: Claimed and not yet handed out.
        outstanding: When the lease of what was claimed and not settled ends, by number.
        wake: Set when something may have changed for a waiting iterator.
        claiming: Held by the one iterator that claims.
        claim: The latest claim, so that it is not collected as garbage.
        closed: No more offers.
    """

    def __init__(self, *, outgoing: int, incoming: int) -> None:
        self.outgoing = outgoing
        self.incoming = incoming
        self.owner = uuid4().hex
        self.offers: deque[Offer] = deque()
        self.outstanding: dict[int, float] = {}
        self.wake = asyncio.Event()
        self.claiming = asyncio.Lock()
        self.claim: asyncio.Task[bool] | None = None
        self.closed = False

    def take(self, offers: list[Offer], good_until: float) -> None:
        """Count what was claimed, and tell the other iterators."""
        self.offers.extend(offers)
        self.outstanding.update(dict.fromkeys((offer.sequence for offer in offers), good_until))
        if offers:
            self.wake.set()

    def make_room(self, prefetch: int) -> int:
        """Drop what is no longer ours, and count how much more may be claimed."""
        now = time.monotonic()
        ended = [number for number, until in self.outstanding.items() if until <= now]
        if ended:
            for number in ended:
                del self.outstanding[number]
            kept = [offer for offer in self.offers if offer.sequence in self.outstanding]
            self.offers = deque(kept)
        return prefetch - len(self.outstanding)

    async def sleep(self) -> None:
        """Wait until woken, or for a while."""
        try:
            async with asyncio.timeout(_LOOK_EVERY):
                await self.wake.wait()
        except TimeoutError:
            return
