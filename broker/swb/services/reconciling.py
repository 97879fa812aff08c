"""Reconciliation: two gateways tell each other every day what they exchanged, and compare.

One step beside the road reads what was committed (`MessageStore.list_recorded`), hears summaries,
lists, requests and notices, and sends its own summary of each day that has ended, and another one
when something of it changed. Everything that it hears was verified before it was committed.

It remembers how far it read, and what stood there. When the store has something else there, it was
restored to an earlier moment: then the step reads from the beginning, which does no harm. Where
this memory was restored together with the store, both agree and nothing here shows what is missing;
only the partners know. So every start asks all of them for summaries of the last days, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.reconciling import Way
from swb.ports import Direction, KeptList, KeptSummary
from swb.services.exchange_days import COUNTED, find_differing_buckets, get_day, read_day
from swb.services.said import agree, keep_heard, read_notice, read_summary
from swb_schemas.documents import (
    ExchangeList,
    ExchangeSummary,
    OutageNotice,
    RetransmissionReply,
    RetransmissionRequest,
)
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.exchange import ListedSet
from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.exchange import day_of
from swb_schemas.wire.sealed import read_kept, read_kept_header
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from swb.ports import (
        Clock,
        ConnectionSource,
        DocumentRecord,
        MessageStore,
        ReconciliationStore,
        Recorded,
    )
    from swb.services.exchange_days import ExchangeDay, Partner
    from swb.services.posting import Post
    from swb.services.retransmitting import RetransmitService
    from swb_schemas.documents.exchange import ListedBucket

__all__ = ["DECLARED", "DIFFERS", "MISSING", "ReconcileService", "ReconciliationPolicy"]

DIFFERS: Final = "reconciliation.differs"
MISSING: Final = "reconciliation.missing"
DECLARED: Final = "outage.declared"

_log = structlog.get_logger("swb.reconcile")

_HEARD: Final = frozenset(
    {
        "ExchangeSummary",
        "ExchangeList",
        "RetransmissionRequest",
        "RetransmissionReply",
        "OutageNotice",
    }
)
_PAGE: Final = 500
_IN_A_LIST: Final = 5000
"""Documents in one list, about; a single bucket is never split."""
_BETWEEN_JUDGEMENTS: Final = timedelta(minutes=1)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPolicy:
    """How patient to be.

    Attributes:
        grace: After the end of a day, until its summary is sent.
        window: Days that are looked at again.
        recheck: How often each of them is.
        missing_after: Days after which the other side's summary is missed.
    """

    grace: timedelta = timedelta(hours=1)
    window: int = 7
    recheck: timedelta = timedelta(hours=1)
    missing_after: int = 2


@dataclass(slots=True)
class _Judged:
    at: datetime | None = None
    notices: dict[str, str] = field(default_factory=dict)
    outages: dict[str, str] = field(default_factory=dict)


class ReconcileService:
    """The reconciliation of one state's gateway with all its partners.

    Args:
        state: Whose gateway it is.
        environment: What it serves.
        connections: Who the partners are.
        store: What is compared.
        memory: What both sides said.
        post: Sends summaries and lists.
        retransmitting: Answers requests.
        policy: How patient to be.
        clock: The present.
    """

    def __init__(
        self,
        *,
        state: str,
        environment: Environment,
        connections: ConnectionSource,
        store: MessageStore,
        memory: ReconciliationStore,
        post: Post,
        retransmitting: RetransmitService,
        policy: ReconciliationPolicy,
        clock: Clock,
    ) -> None:
        self._state = state
        self._environment = environment
        self._connections = connections
        self._store = store
        self._memory = memory
        self._post = post
        self._retransmitting = retransmitting
        self._policy = policy
        self._clock = clock
        self._looked_at: dict[date, datetime] = {}
        self._judged = _Judged()
        self._is_begun = False

    @property
    def notices(self) -> Mapping[str, str]:
        """What health tells: code by partner and day."""
        return self._judged.notices

    @property
    def outages(self) -> Mapping[str, str]:
        """In which times paper is taken now: code by partner and who declared it."""
        return self._judged.outages

    async def look(self) -> int:
        """Take one step.

        Returns:
            How much there was to do; 0 when nothing was.

        Raises:
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``,
                ``connection.unreachable``.
        """
        heard = await self._hear()
        told = 0 if heard else await self._tell_of_one_day()
        if heard or told or self._judgement_is_old():
            await self._judge()
        return heard + told

    # --- hearing -------------------------------------------------------------------------------

    async def _hear(self) -> int:
        position = await self._find_position()
        recorded = await self._store.list_recorded(after=position, limit=_PAGE)
        for each in recorded:
            try:
                await self._note(each)
            except RefusedError as refusal:
                # It would be refused again, and must not hold up what came after it.
                _log.error("not_heard", message_id=each.message_id, code=refusal.code)
        if recorded:
            await self._memory.move_to(recorded[-1].position, recorded[-1].message_id)
        return len(recorded)

    async def _find_position(self) -> int:
        """Find where to go on; at the first look, notice a restored store and ask the partners."""
        await self._memory.begin(self._clock.now().date())
        position, message_id = await self._memory.find_position()
        if self._is_begun:
            return position
        # Asked first: whoever dies in between asks again, and does not take it for done.
        there = await self._store.list_recorded(after=max(position - 1, 0), limit=1)
        if position or there:
            await self.ask_all()
        if position and not (
            there and (there[0].position > position or there[0].message_id == message_id)
        ):
            _log.error("store_was_restored", position=position)
            await self._memory.move_to(0, "")
            position = 0
        self._is_begun = True
        return position

    async def _note(self, recorded: Recorded) -> None:
        day = day_of(recorded.document_id)
        if recorded.message_type in COUNTED:
            if day is not None:
                self._looked_at.pop(day, None)
            return
        if recorded.message_type not in _HEARD or recorded.direction is not Direction.IN:
            return
        record = await self._store.find_document(recorded.document_id)
        if record is None or not record.octets or record.direction is not Direction.IN:
            return  # it was refused
        await self._take(record, recorded.message_id)

    async def _take(self, record: DocumentRecord, message_id: str) -> None:
        """Take in one document of another gateway's."""
        header, document = read_kept(record.octets)
        partner = parse_party_id(record.issuing_party).state
        match document:
            case ExchangeSummary():
                await self._hear_summary(document, record, message_id, partner)
            case ExchangeList():
                await self._memory.keep_list(
                    KeptList(
                        partner=partner,
                        environment=record.environment,
                        day=document.day,
                        revision=document.revision,
                        document_id=record.document_id,
                        sealed_at=header.sealed_at,
                        octets=encode(document),
                    )
                )
            case RetransmissionRequest():
                await self._retransmitting.answer(
                    document,
                    partner=partner,
                    environment=Environment(record.environment),
                    message_id=message_id,
                    conversation_id=record.conversation_id,
                )
            case RetransmissionReply():
                for answered in document.answered:
                    await self._memory.keep_outcome(partner, answered.document_id, answered.outcome)
            case OutageNotice():
                await self._memory.keep_notice(
                    read_notice(document, record, header.sealed_at, self._state)
                )
            case _:
                pass

    async def _hear_summary(
        self, summary: ExchangeSummary, record: DocumentRecord, message_id: str, partner: str
    ) -> None:
        header = read_kept_header(record.octets)
        try:
            kept = keep_heard(summary, record, sealed_at=header.sealed_at, message_id=message_id)
        except RefusedError as refusal:
            _log.error("summary_is_inconsistent", partner=partner, reason=refusal.message)
            return
        if not await self._memory.keep_summary(kept):
            return  # a later one is here already
        key = (partner, record.environment)
        here = get_day(await read_day(self._store, summary.day), key)
        own = await self._tell(
            key,
            summary.day,
            here,
            in_reply_to=(message_id, record.conversation_id),
            anyway=summary.reply_wanted,
        )
        await self._list(key, here, own, summary, message_id, record.conversation_id)

    async def _list(  # noqa: PLR0917 - both summaries, and where the list belongs
        self,
        partner: Partner,
        here: ExchangeDay,
        own: KeptSummary,
        theirs: ExchangeSummary,
        message_id: str,
        conversation_id: str,
    ) -> None:
        """Send the buckets in which the other side's summary differs."""
        differing = find_differing_buckets(here, theirs)
        parts = _split(here, differing)
        for number, (sent, received) in enumerate(parts):
            listed = ExchangeList(
                day=theirs.day,
                revision=own.revision,
                sent=ListedSet(buckets=sent),
                received=ListedSet(buckets=received),
            )
            told = await self._post.seal(
                listed,
                partner[0],
                Environment(partner[1]),
                conversation_id=conversation_id,
                correlation=message_id,
            )
            await self._post.commit(told, because_of=f"{message_id} list {number}")
        if parts:
            _log.warning(
                "summaries_differ",
                partner=partner[0],
                day=theirs.day.isoformat(),
                buckets=sum(map(len, differing.values())),
            )

    # --- telling -------------------------------------------------------------------------------

    async def _tell_of_one_day(self) -> int:
        """Look at one day that has ended and was not looked at for a while."""
        now = self._clock.now()
        today = now.date()
        first = max(await self._memory.begin(today), today - self._policy.window * _ONE_DAY)
        for back in range((today - first).days, 0, -1):
            day = today - back * _ONE_DAY
            ended = datetime.combine(day + _ONE_DAY, time(), UTC) + self._policy.grace
            looked_at = self._looked_at.get(day)
            if now < ended or (looked_at and now - looked_at < self._policy.recheck):
                continue
            self._looked_at[day] = now
            days = await read_day(self._store, day)
            told = {(partner, self._environment.value) for partner in await self._partners()}
            for partner in sorted(told | days.keys()):
                if self._environment.includes(Environment(partner[1])):
                    await self._tell(partner, day, get_day(days, partner))
            return 1
        return 0

    async def _partners(self) -> Sequence[str]:
        table = await self._connections.fetch()
        ends = [(each.from_state, each.to_state) for each in table.connections]
        return sorted({a if b == self._state else b for a, b in ends if self._state in {a, b}})

    async def ask(
        self,
        partner: str,
        environment: Environment,
        day: date,
        here: ExchangeDay | None = None,
    ) -> KeptSummary:
        """Tell a partner of a day as it stands here, and ask for the same.

        Args:
            partner: The other state.
            environment: test, parallel or production.
            day: In UTC.
            here: What the store has of it, where that was just read.

        Returns:
            What was told.

        Raises:
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        key = (partner, environment.value)
        if here is None:
            here = get_day(await read_day(self._store, day), key)
        return await self._tell(key, day, here, anyway=True, reply_wanted=True)

    async def ask_all(self) -> None:
        """Ask every partner for summaries of the last days, today's among them."""
        now = self._clock.now()
        partners = await self._partners()
        for back in range(self._policy.window, -1, -1):
            day = now.date() - back * _ONE_DAY
            days = await read_day(self._store, day)
            for partner in partners:
                here = get_day(days, (partner, self._environment.value))
                await self.ask(partner, self._environment, day, here)
            self._looked_at[day] = now

    async def _tell(
        self,
        partner: Partner,
        day: date,
        here: ExchangeDay,
        *,
        in_reply_to: tuple[str, str] | None = None,
        anyway: bool = False,
        reply_wanted: bool = False,
    ) -> KeptSummary:
        """Send a summary where it says something new, or anyway; returns the one that counts."""
        before = await self._memory.find_summary(*partner, day, own=True)
        sent, received = here.sent.summarise(), here.received.summarise()
        if before is not None and not anyway:
            told = read_summary(before)
            if (told.sent, told.received) == (sent, received):
                return before
        summary = ExchangeSummary(
            day=day,
            revision=before.revision + 1 if before else 1,
            reply_wanted=reply_wanted,
            sent=sent,
            received=received,
        )
        message_id, conversation_id = in_reply_to or (None, None)
        made = await self._post.seal(
            summary,
            partner[0],
            Environment(partner[1]),
            conversation_id=conversation_id,
            correlation=message_id,
        )
        await self._post.commit(made, because_of=f"{message_id} summary" if message_id else "")
        kept = KeptSummary(
            partner=partner[0],
            environment=partner[1],
            day=day,
            own=True,
            revision=summary.revision,
            document_id=made.document.document_id,
            message_id=made.outbound.message.message_id,
            sealed_at=made.document.recorded_at,
            octets=encode(summary),
        )
        await self._memory.keep_summary(kept)
        _log.info(
            "summary_sent",
            partner=partner[0],
            day=day.isoformat(),
            revision=summary.revision,
            sent=summary.sent.count,
            received=summary.received.count,
        )
        return kept

    # --- judging -------------------------------------------------------------------------------

    def _judgement_is_old(self) -> bool:
        judged_at = self._judged.at
        return judged_at is None or self._clock.now() - judged_at >= _BETWEEN_JUDGEMENTS

    async def _judge(self) -> None:
        """Find what health tells: days on which two summaries differ, or one is missing."""
        now = self._clock.now()
        today = now.date()
        since = today - self._policy.window * _ONE_DAY
        ended = (now - self._policy.grace).date()
        found: dict[tuple[date, Partner], dict[bool, KeptSummary]] = {}
        for each in await self._memory.list_summaries(since=since):
            found.setdefault((each.day, (each.partner, each.environment)), {})[each.own] = each
        began = await self._memory.begin(today)
        notices = {}
        for (day, partner), sides in sorted(found.items()):
            if day >= ended:
                continue
            name = f"{partner[0]} {partner[1]} {day.isoformat()}"
            own, theirs = sides.get(True), sides.get(False)
            if own is not None and theirs is None:
                here = read_summary(own)
                # Of a day before this side began, it misses a word on what it has only.
                counts = day >= began or here.sent.count or here.received.count
                if counts and (today - day).days > self._policy.missing_after:
                    notices[name] = MISSING
            elif own is not None and theirs is not None and not agree(own, theirs):
                notices[name] = DIFFERS
        outages = {}
        for notice in await self._memory.list_notices():
            if notice.from_at <= now and (notice.until_at is None or now < notice.until_at):
                by = self._state if notice.own else notice.partner
                outages[f"{notice.partner}, declared by {by}"] = DECLARED
        self._judged = _Judged(at=now, notices=notices, outages=outages)


def _split(
    here: ExchangeDay, differing: Mapping[Way, Sequence[str]]
) -> list[tuple[tuple[ListedBucket, ...], tuple[ListedBucket, ...]]]:
    """Divide the buckets to be listed into documents of bounded size: sent, received."""
    parts: list[dict[Way, list[str]]] = []
    room = 0
    for way, prefixes in differing.items():
        for prefix in prefixes:
            size = len(here.of(way).list_bucket(prefix))
            if not parts or size > room:
                parts.append({Way.SENT: [], Way.RECEIVED: []})
                room = _IN_A_LIST
            parts[-1][way].append(prefix)
            room -= size
    return [
        (
            tuple(here.sent.list_buckets(part[Way.SENT])),
            tuple(here.received.list_buckets(part[Way.RECEIVED])),
        )
        for part in parts
    ]
