"""Stamping: time-stamps for everything that the store holds, in batches, beside the traffic.

Leaves are taken in from the store's feeds together with how far that came, and a batch is recorded
with its token in one transaction. A crash in between leaves the leaves waiting, and the token that
was got for nothing is forgotten; nothing is left out and nothing is stamped twice.

Nothing on the road waits for this, unless policy says when it has to (`require_open`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.dueness import bring_forward
from swb.ports import Feed, KeptTrust, Leaf, LeafKind, StampedBatch
from swb.services.anchoring import take_in_head
from swb_schemas.errors import SwbError, UnavailableError
from swb_schemas.evidence import (
    TimePolicy,
    TimeStamp,
    build_hash_tree,
    encode_time_stamp_query,
    read_time_stamp_answer,
    verify_time_stamp,
)
from swb_schemas.wire.signature import find_signature_octets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from swb.ports import (
        AuditTrail,
        Clock,
        EvidenceStore,
        MessageStore,
        RecordedOctets,
        TimeStampAuthority,
        TrustSource,
    )

__all__ = ["StampingPolicy", "StampingService"]

_log = structlog.get_logger("swb.stamping")

_PAGE: Final = 200
_LATEST: Final = 10_000
"""Leaves without a time-stamp among which the latest is looked for."""
_WHOLE_SECOND: Final = timedelta(seconds=1)
"""By how much genTime may be cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingPolicy:
    """How often, how much at once, and what an outage may cost.

    Attributes:
        interval: Between two batches.
        batch: Leaves under one time-stamp at most.
        alarm_after: How old the oldest file without a time-stamp may be before health says so.
        stop_after: How old it may be before nothing new is taken; None never stops the traffic.
        skew: By how much this clock and an authority's may differ before health says so.
        time: What is asked of time-stamps.
    """

    interval: timedelta
    batch: int
    alarm_after: timedelta
    stop_after: timedelta | None
    skew: timedelta
    time: TimePolicy


class StampingService:
    """Gets time-stamps for what one store holds.

    Args:
        store: What is to be stamped.
        evidence: Where time-stamps are kept.
        authorities: Asked in turn until one answers.
        trust: Whose time-stamps count.
        read_bundle: The trust bundle as it stands now, to be kept with what is stamped under it.
        clock: This daemon's.
        draw_nonce: Draws a number that nobody can guess.
        policy: How often, and so on.
        trail: Whose head is stamped, too, so that its end cannot be cut off later.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        evidence: EvidenceStore,
        authorities: Sequence[TimeStampAuthority],
        trust: TrustSource,
        read_bundle: Callable[[], Awaitable[bytes]],
        clock: Clock,
        draw_nonce: Callable[[], int],
        policy: StampingPolicy,
        trail: AuditTrail | None = None,
    ) -> None:
        self._store = store
        self._evidence = evidence
        self._authorities = authorities
        self._trust = trust
        self._read_bundle = read_bundle
        self._clock = clock
        self._draw_nonce = draw_nonce
        self._policy = policy
        self._trail = trail
        self._due_at: datetime | None = None
        self._deviation = timedelta(0)
        self._is_read_from_here = False

    async def stamp_due(self) -> int:
        """Stamp everything that waits, when it is time.

        Returns:
            How many files were stamped.

        Raises:
            UnavailableError: ``evidence.no_time_stamp``: no authority gave one that counts; the
                message names why the last one did not. Or a store is down.
        """
        now = self._clock.now()
        if self._due_at is not None:
            self._due_at = bring_forward(self._due_at, now=now, every=self._policy.interval)
            if now < self._due_at:
                return 0
        return await self.stamp_now()

    async def stamp_now(self) -> int:
        """Stamp everything that waits, whatever the time. See `stamp_due`."""
        await self._take_in()
        done = 0
        while waiting := await self._evidence.list_waiting(limit=self._policy.batch):
            await self._stamp(waiting)
            done += len(waiting)
        self._due_at = self._clock.now() + self._policy.interval
        return done

    async def find_position(self) -> int:
        """Find up to where messages were taken in; what comes later must not be let go of.

        Raises:
            UnavailableError: ``evidence.unavailable``.
        """
        return await self._evidence.get_position(Feed.MESSAGES)

    async def check_age(self) -> None:
        """Say whether the oldest file without a time-stamp is older than allowed.

        Raises:
            UnavailableError: ``evidence.unstamped``.
        """
        age = await self.find_age()
        if age > self._policy.alarm_after:
            message = (
                f"expected everything to be time-stamped within {self._policy.alarm_after}, found "
                f"something that has waited for {age}"
            )
            raise UnavailableError("evidence.unstamped", message)

    async def check_clock(self) -> None:
        """Say whether this clock and the authority's agree, as of the last time-stamp.

        Raises:
            UnavailableError: ``evidence.clock``.
        """
        if self._deviation > self._policy.skew:
            message = (
                f"expected clocks that differ by at most {self._policy.skew}, found "
                f"{self._deviation} between this one and the time-stamp authority's"
            )
            raise UnavailableError("evidence.clock", message)

    async def require_open(self) -> None:
        """Say whether anything new may be taken, where policy bounds an outage.

        Raises:
            UnavailableError: ``evidence.stopped``; whatever was to be taken waits.
        """
        stop_after = self._policy.stop_after
        if stop_after is None:
            return
        age = await self.find_age()
        if age > stop_after:
            message = (
                f"nothing is taken while something has waited for a time-stamp for {age}, more "
                f"than {stop_after}"
            )
            raise UnavailableError("evidence.stopped", message)

    async def find_age(self) -> timedelta:
        """How old the oldest file without a time-stamp is."""
        oldest = await self._evidence.find_oldest_waiting()
        return timedelta(0) if oldest is None else self._clock.now() - oldest

    async def _take_in(self) -> None:
        after = await self._find_start()
        while page := await self._store.list_recorded_octets(after=after, limit=_PAGE):
            after = page[-1].recorded.position
            leaves = [leaf for each in page for leaf in _make_leaves(each)]
            await self._evidence.take_in(Feed.MESSAGES, leaves, position=after)
        after = await self._evidence.get_position(Feed.ERASURES)
        while erasures := await self._store.list_erasures(after=after, limit=_PAGE):
            after = erasures[-1].position
            leaves = [
                _make_leaf(LeafKind.ERASURE, each.erasure_id, each.octets, each.erased_at)
                for each in erasures
            ]
            await self._evidence.take_in(Feed.ERASURES, leaves, position=after)

        if self._trail is not None:
            await take_in_head(self._trail, self._evidence)

    async def _find_start(self) -> int:
        """Find where to go on, and notice a store that was restored to before that.

        The message at the position up to which the store was read must be one that was taken in.
        """
        after = await self._evidence.get_position(Feed.MESSAGES)
        if after == 0 or self._is_read_from_here:
            return after
        self._is_read_from_here = True
        there = await self._store.list_recorded(after=after - 1, limit=1)
        if there and there[0].position == after and await self._is_taken_in(there[0].message_id):
            return after
        _log.warning("store_was_restored", position=after)
        return 0

    async def _is_taken_in(self, message_id: str) -> bool:
        """Whether a message is stamped, or waits for it, or has nothing left to be stamped."""
        if await self._evidence.find_stamped(LeafKind.MESSAGE, message_id):
            return True
        record = await self._store.find_message(message_id)
        if record is not None and not record.octets:
            return True
        waiting = await self._evidence.list_waiting(limit=_LATEST)
        return any(
            (leaf.kind, leaf.subject_id) == (LeafKind.MESSAGE, message_id) for leaf in waiting
        )

    async def _stamp(self, leaves: Sequence[Leaf]) -> None:
        root = (await asyncio.to_thread(build_hash_tree, [leaf.group for leaf in leaves])).root
        stamp = await self._obtain(root)
        octets = await self._read_bundle()
        now = self._clock.now()
        kept = KeptTrust(digest=sha256(octets).digest(), octets=octets, seen_at=now)
        await self._evidence.keep_trust(kept)
        batch = StampedBatch(
            root=root,
            token=stamp.token,
            authority=stamp.authority.party,
            generated_at=stamp.generated_at,
            proven_at=stamp.proven_at,
            made_at=now,
        )
        if await self._evidence.commit_batch(batch, leaves):
            _log.info("stamped", leaves=len(leaves), authority=batch.authority)

    async def _obtain(self, root: bytes) -> TimeStamp:
        """Ask one authority after the other; a bad answer counts as none."""
        last: SwbError | None = None
        for authority in self._authorities:
            nonce = self._draw_nonce()
            before = self._clock.now()
            try:
                answer = await authority.ask(encode_time_stamp_query(root, nonce=nonce))
                after = self._clock.now()
                stamp = verify_time_stamp(
                    read_time_stamp_answer(answer),
                    imprint=root,
                    nonce=nonce,
                    trust=await self._trust.fetch(),
                    at=max(before, after),
                    policy=self._policy.time,
                )
            except SwbError as error:
                _log.warning("no_time_stamp", authority=authority.name, code=error.code)
                last = error
                continue
            self._compare_clocks(stamp, before, after, authority.name)
            return stamp
        told = f"{last.code}: {last.message}" if last else "no authority is configured"
        message = f"expected a time-stamp of one of {len(self._authorities)}, found: {told}"
        raise UnavailableError("evidence.no_time_stamp", message) from last

    def _compare_clocks(
        self, stamp: TimeStamp, before: datetime, after: datetime, name: str
    ) -> None:
        """Note how far genTime is from every moment at which it can have been given."""
        early = before - (stamp.proven_at + _WHOLE_SECOND)
        late = (stamp.generated_at - stamp.accuracy) - after
        self._deviation = max(early, late, timedelta(0))
        if self._deviation > self._policy.skew:
            seconds = self._deviation.total_seconds()
            _log.warning("clocks_differ", authority=name, seconds=round(seconds, 1))


def _make_leaves(each: RecordedOctets) -> Iterator[Leaf]:
    recorded = each.recorded
    at = recorded.recorded_at
    if each.message:
        yield _make_leaf(LeafKind.MESSAGE, recorded.message_id, each.message, at)
    if each.document:
        yield _make_leaf(LeafKind.DOCUMENT, recorded.document_id, each.document, at)


def _make_leaf(kind: LeafKind, subject_id: str, octets: bytes, at: datetime) -> Leaf:
    signature = find_signature_octets(octets)
    return Leaf(
        kind=kind,
        subject_id=subject_id,
        octets_digest=sha256(octets).digest(),
        signature_digest=sha256(signature).digest() if signature else b"",
        recorded_at=at,
    )
