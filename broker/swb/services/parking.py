"""What waits for a person: looked at, replayed, discarded, beside a running daemon.

Every change is one operation of the store that holds only while the thing still waits, so two
people, or a person and a daemon, never do half of the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.approving import Act
from swb.core.lifecycle import Fact, judge_status
from swb.core.parking import ParkedState, check_discard, check_replay
from swb.ports import Event, ParkedFilter, ParkedKind
from swb_schemas.catalogue import may_acknowledge
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.octets import parse_canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.core.approving import Guarded
    from swb.core.audit import AuditEntry
    from swb.ports import AuditTrail, Clock, MessageRecord, MessageStore, Parked, Standing

__all__ = ["ParkedDetails", "ParkingService", "Treated", "list_acts", "name_act"]

_log = structlog.get_logger("swb.parking")

_IDENTIFIER: Final = (
    "{*}StandardBusinessDocumentHeader/{*}DocumentIdentification/{*}InstanceIdentifier"
)

_NAMED_IN_TRAIL: Final = 20
"""Ids that an entry of the audit trail names; of more it has the number and a digest."""


_ACTS: Final = frozenset({"parked replay", "parked discard"})
"""Actions in the audit trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedDetails:
    """All that is known of something that waits for a person, but its octets.

    Attributes:
        parked: What it is.
        status: Where its document stands; None where it has none, or nothing is known.
        events: Of its document.
        standings: Where the messages that carry the document and its delivery stand.
        hindrance: Why it cannot be replayed as it is; None where it can.
    """

    parked: Parked
    status: Fact | None
    events: Sequence[Event]
    standings: Sequence[Standing]
    hindrance: RefusedError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What became of several things.

    Attributes:
        done: What was replayed or discarded.
        left: What was not, each with the reason.
    """

    done: Sequence[Parked]
    left: Sequence[tuple[Parked, RefusedError]]


def name_act(kind: Guarded, action: str, items: Sequence[Parked], reason: str) -> Act:
    """Name exactly what is going to be done, so that nobody agrees to one thing for another."""
    ids = [each.item_id for each in items]
    digest = sha256("\n".join(sorted(ids)).encode()).hexdigest()
    few = len(ids) <= _NAMED_IN_TRAIL
    arguments = {
        "reason": reason or "-",
        "codes": ", ".join(sorted({each.code for each in items})),
        "items": ", ".join(ids) if few else f"{len(ids)}, sha-256 of their sorted ids {digest}",
    }
    subject = ids[0] if len(ids) == 1 else f"{len(ids)} items"
    return Act(kind=kind, action=action, subject=subject, arguments=arguments)


async def list_acts(trail: AuditTrail, item_id: str) -> Sequence[AuditEntry]:
    """List what people did with something that waits, or waited, in order.

    What came back after a replay begins to wait anew, so this alone tells that it was tried. An act
    on more than 20 things at once names none of them, and is not found here.

    Args:
        trail: Where their acts are entered.
        item_id: What it waits under.

    Raises:
        UnavailableError: ``audit.unavailable``.
    """
    entries = await trail.list_actions(_ACTS)
    return [each for each in entries if item_id in _named(each)]


def _named(act: AuditEntry) -> Sequence[str]:
    """Read the ids that an act names (`name_act`)."""
    items = act.detail.partition("; items: ")[2].partition("; reason: ")[0]
    return [act.subject, *items.split(", ")]


class ParkingService:
    """What a person may do with what waits in one store.

    Args:
        store: Where it waits.
        clock: Dates what is done.
    """

    def __init__(self, *, store: MessageStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def list_parked(self, wanted: ParkedFilter, *, limit: int) -> Sequence[Parked]:
        """List what waits, the longest waiting first.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        return await self._store.list_parked(wanted, limit=limit)

    async def find(self, item_id: str) -> Parked:
        """Find what waits under an id, what was discarded too.

        Raises:
            RefusedError: ``parked.unknown``.
            UnavailableError: ``store.unavailable``.
        """
        wanted = ParkedFilter(item_id=item_id, discarded=True)
        found = await self._store.list_parked(wanted, limit=1)
        if not item_id or not found:
            raise _unknown(item_id)
        return found[0]

    async def show(self, item_id: str) -> ParkedDetails:
        """Tell all that is known of it.

        Raises:
            RefusedError: ``parked.unknown``.
            UnavailableError: ``store.unavailable``.
        """
        parked = await self.find(item_id)
        document_id = parked.document_id
        events = await self._store.list_events(document_id) if document_id else ()
        try:
            check_replay(await self._judge(parked), at=self._clock.now())
        except RefusedError as error:
            hindrance: RefusedError | None = error
        else:
            hindrance = None
        return ParkedDetails(
            parked=parked,
            status=judge_status((Fact(each.name), each.revision) for each in events),
            events=events,
            standings=await self._store.list_standings(document_id) if document_id else (),
            hindrance=hindrance,
        )

    async def replay(self, items: Sequence[Parked]) -> Treated:
        """Have each sent, handed over or judged again, under the id and with the octets it has.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        done, left = [], []
        for parked in items:
            at = self._clock.now()
            try:
                check_replay(await self._judge(parked), at=at)
                if not await self._store.replay_parked(parked.kind, parked.item_id, at=at):
                    raise _unknown(parked.item_id)
            except RefusedError as error:
                left.append((parked, error))
            else:
                done.append(parked)
                _log.info("replayed", kind=parked.kind, id=parked.item_id, code=parked.code)
        return Treated(done=done, left=left)

    async def discard(self, items: Sequence[Parked], *, reason: str) -> Treated:
        """Give each up; its record stays, and its document's status says so.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        done, left = [], []
        for parked in items:
            at = self._clock.now()
            told = Event(
                document_id=parked.document_id,
                name=Fact.DISCARDED,
                at=at,
                message_id=parked.message_id,
                code=parked.code,
                detail=reason,
            )
            try:
                check_discard(await self._judge(parked))
                if not await self._store.discard_parked(
                    parked.kind,
                    parked.item_id,
                    at=at,
                    events=[told] if parked.document_id else [],
                ):
                    raise _unknown(parked.item_id)
            except RefusedError as error:
                left.append((parked, error))
            else:
                done.append(parked)
                _log.warning("discarded", kind=parked.kind, id=parked.item_id, code=parked.code)
        return Treated(done=done, left=left)

    async def _judge(self, parked: Parked) -> ParkedState:
        is_quarantined = is_answered = is_kept_untold = False
        if parked.kind is ParkedKind.DELIVERY:
            events = await self._store.list_events(parked.document_id)
            status = judge_status((Fact(each.name), each.revision) for each in events)
            is_quarantined = status is Fact.QUARANTINED
        elif parked.kind is ParkedKind.DEAD_LETTER:
            kept = await self._find_kept(parked.item_id)
            is_answered = kept is not None and may_acknowledge(kept.message_type)
            is_kept_untold = kept is not None and not is_answered
        return ParkedState(
            item_id=parked.item_id,
            is_held=parked.kind is ParkedKind.HELD,
            octets=parked.octets,
            expires_at=parked.expires_at,
            discarded_at=parked.discarded_at,
            is_quarantined=is_quarantined,
            is_answered=is_answered,
            is_kept_untold=is_kept_untold,
        )

    async def _find_kept(self, octets_digest: str) -> MessageRecord | None:
        """Find what is kept of a dead letter under the id that it claims.

        A gateway keeps a refusal that its sender is told of; a router also what it tells nobody
        of, for the log.
        """
        letter = await self._store.find_buried(octets_digest)
        claimed_id = _find_claimed_id(letter.octets) if letter is not None else ""
        if letter is None or not claimed_id:
            return None
        known = await self._store.find_message(claimed_id)
        return known if known is not None and known.octets == letter.octets else None


def _find_claimed_id(raw: bytes) -> str:
    """Find the message id that octets claim; empty where they are no message."""
    try:
        root = parse_canonical(raw)
    except RefusedError:
        return ""
    return root.findtext(_IDENTIFIER) or ""


def _unknown(item_id: str) -> RefusedError:
    message = f"expected the id of something that waits for a person, found {item_id[:200]!r}"
    return RefusedError("parked.unknown", message, actor=Actor.OPERATOR)
