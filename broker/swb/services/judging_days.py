"""A person's question about one day: do both sides have the same, and if not, what lacks where?

It needs the other side's summary, and of the buckets that differ its list. A summary is its
sealer's word of one moment: what was lost since then it cannot say. So a person's question always
asks for a new one, and only what was sealed because of this question counts as an answer. It comes
by message; the daemon takes it in, and this waits for it in the store.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb.core.reconciling import Kind, Way
from swb.ports import Direction
from swb.services.exchange_days import get_day, read_day
from swb.services.said import (
    find_listed_differences,
    find_unlisted,
    keep_heard,
    read_summary,
)
from swb_schemas.catalogue import get_type
from swb_schemas.documents import ExchangeSummary
from swb_schemas.documents.retransmission import (
    RetransmissionOutcome,
    RetransmissionReason,
    Wanted,
)
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from swb.core.reconciling import Differing
    from swb.ports import KeptSummary, MessageStore, ReconciliationStore
    from swb.services.exchange_days import ExchangeDay
    from swb.services.reconciling import ReconcileService
    from swb.services.retransmitting import RetransmitService
    from swb_schemas.documents.elements import Environment

__all__ = ["DayJudge", "DayVerdict", "Explained", "Repair", "Repaired"]

_LOOK_EVERY: Final = 0.05
"""Seconds between two looks at what the daemon has taken in."""
_EXPLAINED: Final = 1000
"""Documents that are explained one by one; the rest is counted."""
_PAGE: Final = 500
"""Messages that are looked through at a time for an answer."""
_PROOFS: Final = (Fact.RELAYED, Fact.AS2, Fact.AS3)


class Repair:
    """What is done about a document."""

    ASK: Final = "ask for it"
    SEND: Final = "send it again"
    NONE: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A document in which both sides differ, with what is known of it here.

    Attributes:
        differing: How they differ.
        message_type: Name in the catalogue; empty where it is not here.
        certificate_key: Of the certificate that it is or speaks about; empty where it is not here.
        evidence: What proves here how far it came.
        missing: What one would have, and is not here.
        why: One sentence for people.
        repair: What can be done about it.
    """

    differing: Differing
    message_type: str = ""
    certificate_key: str = ""
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    why: str
    repair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVerdict:
    """What is known of one day with one partner.

    Attributes:
        partner: The other state.
        environment: test, parallel or production.
        day: In UTC.
        here: What this store has.
        theirs: The other side's summary; None where none came.
        asked: Whether the other side was asked.
        answered: Whether `theirs` was sealed because of that, and so says how it is now; else it
            says how it was when it was sealed.
        explained: The documents in which they differ, as far as the other side listed them.
        differing: How many there are of those.
        unlisted: Buckets that differ and were not listed.
        unproven: Sent documents whose AS2 is missing though the other side has them.
    """

    partner: str
    environment: str
    day: date
    here: ExchangeDay
    theirs: KeptSummary | None
    asked: bool
    answered: bool
    explained: Sequence[Explained]
    differing: int
    unlisted: int
    unproven: Sequence[str]

    @property
    def is_equal(self) -> bool:
        """Whether this side has what the other one said that it has, whenever that was."""
        return self.theirs is not None and not (self.differing or self.unlisted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What was done about a day.

    Attributes:
        asked: Documents that were asked for.
        sent: Documents that were sent again.
        acknowledgements: Documents whose acknowledgements were asked for.
        arrived: Of those asked for, those that are here by now.
        not_coming: Of those asked for, those that the other side has said that it does not send,
            each with what it said: a `RetransmissionOutcome`.
    """

    asked: Sequence[str]
    sent: Sequence[str]
    acknowledgements: Sequence[str]
    arrived: Sequence[str]
    not_coming: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Asking:
    """A question on its way, and how far the store was looked through for its answer."""

    key: tuple[str, str]
    day: date
    document_id: str
    position: int


class DayJudge:
    """Judges a day, and repairs it.

    Args:
        store: What is compared.
        memory: What both sides said.
        service: Tells and asks.
        retransmitting: Asks for documents and sends them again.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        memory: ReconciliationStore,
        service: ReconcileService,
        retransmitting: RetransmitService,
    ) -> None:
        self._store = store
        self._memory = memory
        self._service = service
        self._retransmitting = retransmitting

    async def judge(
        self, partner: str, environment: Environment, day: date, *, wait_for: float
    ) -> DayVerdict:
        """Ask the other side what it has now, and compare.

        Args:
            partner: The other state.
            environment: test, parallel or production.
            day: In UTC.
            wait_for: Seconds until the other side's answer is given up; 0 asks nobody and compares
                with what it said last.

        Raises:
            RefusedError: ``exchange.inconsistent``: the answer contradicts itself.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        key = (partner, environment.value)
        here = get_day(await read_day(self._store, day), key)
        answer = None
        if wait_for:
            position, _ = await self._memory.find_position()
            question = await self._service.ask(partner, environment, day, here)
            asking = _Asking(key=key, day=day, document_id=question.document_id, position=position)
            answer = await self._wait(asking, here, wait_for)
        theirs = answer or await self._memory.find_summary(*key, day, own=False)
        verdict = await self._explain(key, day, here, theirs)
        return replace(verdict, asked=bool(wait_for), answered=answer is not None)

    async def _wait(
        self, asking: _Asking, here: ExchangeDay, wait_for: float
    ) -> KeptSummary | None:
        """Wait until the other side's answer is here, with the lists of what differs by it."""
        answer = None
        try:
            async with asyncio.timeout(wait_for):
                while answer is None:
                    answer = await self._find_answer(asking)
                    if answer is None:
                        await asyncio.sleep(_LOOK_EVERY)
                summary = read_summary(answer)
                while True:
                    lists = await self._memory.list_lists(*asking.key, asking.day)
                    if not any(find_unlisted(here, summary, lists).values()):
                        break
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            pass
        return answer

    async def _find_answer(self, asking: _Asking) -> KeptSummary | None:
        """Find the summary that was sealed because of this question: of its conversation."""
        question = await self._store.find_document(asking.document_id)
        while recorded := await self._store.list_recorded(after=asking.position, limit=_PAGE):
            asking.position = recorded[-1].position
            for each in recorded:
                if each.direction is not Direction.IN or each.message_type != "ExchangeSummary":
                    continue
                record = await self._store.find_document(each.document_id)
                if (
                    record is None
                    or question is None
                    or record.conversation_id != question.conversation_id
                    or record.issuing_party != question.receiving_party
                    or not record.octets
                ):
                    continue
                header, document = read_kept(record.octets)
                if isinstance(document, ExchangeSummary) and document.day == asking.day:
                    return keep_heard(
                        document, record, sealed_at=header.sealed_at, message_id=each.message_id
                    )
        return None

    async def _explain(
        self, key: tuple[str, str], day: date, here: ExchangeDay, theirs: KeptSummary | None
    ) -> DayVerdict:
        found: list[Differing] = []
        unlisted = 0
        if theirs is not None:
            summary = read_summary(theirs)
            lists = await self._memory.list_lists(*key, day)
            found = list(find_listed_differences(here, summary, lists))
            unlisted = sum(map(len, find_unlisted(here, summary, lists).values()))
        differing = {each.document_id for each in found}
        return DayVerdict(
            partner=key[0],
            environment=key[1],
            day=day,
            here=here,
            theirs=theirs,
            asked=False,
            answered=False,
            explained=[await self._explain_one(each, here) for each in found[:_EXPLAINED]],
            differing=len(found),
            unlisted=unlisted,
            unproven=[
                each
                for each in here.unproven.get(Fact.AS2, ())
                if theirs is not None and each not in differing and each not in here.waiting
            ]
            if not unlisted
            else [],
        )

    async def _explain_one(self, differing: Differing, here: ExchangeDay) -> Explained:
        trail = await self._store.find_trail(differing.document_id)
        facts = {event.name for event in await self._store.list_events(differing.document_id)}
        waits = differing.document_id in here.waiting
        kept = trail is not None and bool(trail.document.octets)
        proofs = _PROOFS if differing.way is Way.SENT else ()
        if trail is not None and not get_type(trail.document.message_type).acknowledged:
            proofs = ()
        why, repair = _say(differing, facts, waits=waits, kept=kept)
        return Explained(
            differing=differing,
            message_type=trail.document.message_type if trail else "",
            certificate_key=trail.document.certificate_key if trail else "",
            evidence=tuple(fact for fact in proofs if fact in facts),
            missing=tuple(fact for fact in proofs if fact not in facts),
            why=why,
            repair=repair,
        )

    # --- repairing -----------------------------------------------------------------------------

    async def repair(
        self,
        verdict: DayVerdict,
        environment: Environment,
        *,
        reason: RetransmissionReason,
        wait_for: float,
    ) -> Repaired:
        """Ask for what is missing here, and send again what is missing there.

        Raises:
            RefusedError: ``retransmission.key_withdrawn``.
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        asked = [
            (each.differing.document_id, each.differing.digest_there)
            for each in verdict.explained
            if each.repair == Repair.ASK
        ]
        sent = [
            each.differing.document_id
            for each in verdict.explained
            if each.repair == Repair.SEND
            and await self._retransmitting.send_again(each.differing.document_id)
        ]
        partner = verdict.partner
        await self._retransmitting.ask(partner, environment, asked, reason=reason)
        unproven = await self._name(verdict.unproven)
        await self._retransmitting.ask(
            partner, environment, unproven, reason=reason, wanted=Wanted.ACKNOWLEDGEMENTS
        )
        arrived, not_coming = await self._wait_for([each for each, _ in asked], wait_for)
        return Repaired(
            asked=[document_id for document_id, _ in asked],
            sent=sent,
            acknowledgements=[document_id for document_id, _ in unproven],
            arrived=arrived,
            not_coming=not_coming,
        )

    async def _name(self, document_ids: Sequence[str]) -> list[tuple[str, str]]:
        records = [await self._store.find_document(each) for each in document_ids[:_EXPLAINED]]
        return [(each.document_id, each.digest) for each in records if each]

    async def _wait_for(
        self, document_ids: Sequence[str], wait_for: float
    ) -> tuple[list[str], dict[str, str]]:
        """Wait until documents are here, or will not come: returns both, these with the reason."""
        arrived: list[str] = []
        not_coming: dict[str, str] = {}
        missing = list(document_ids)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_for):
                while missing:
                    record = await self._store.find_document(missing[0])
                    said = await self._find_outcome(missing[0])
                    if record is not None and record.octets:
                        arrived.append(missing.pop(0))
                    elif said not in {"", RetransmissionOutcome.SENT}:
                        not_coming[missing.pop(0)] = said
                    else:
                        await asyncio.sleep(_LOOK_EVERY)
        return arrived, not_coming

    async def _find_outcome(self, document_id: str) -> str:
        """Find what the other side said of the latest request for a document; empty: nothing."""
        asked = await self._memory.list_asked(document_id)
        said = [each.outcome for each in asked if each.wanted == Wanted.DOCUMENT]
        return said[-1] if said else ""


def _say(differing: Differing, facts: set[str], *, waits: bool, kept: bool) -> tuple[str, str]:
    """Say in one sentence what has happened, and what can be done."""
    match differing.way, differing.kind:
        case Way.SENT, Kind.MISSING_THERE if waits:
            return "it waits here to be published", Repair.NONE
        case Way.SENT, Kind.MISSING_THERE if Fact.AS2 in facts:
            why = "the other side acknowledged it (AS2), and does not have it any more"
        case Way.SENT, Kind.MISSING_THERE if Fact.RELAYED in facts:
            why = "the router passed it on, and the other side does not have it"
        case Way.SENT, Kind.MISSING_THERE:
            why = "it was published, and neither router nor other side has said that it came"
        case Way.RECEIVED, Kind.MISSING_HERE:
            return "the other side sent it, and this store does not have it", Repair.ASK
        case Way.SENT, Kind.MISSING_HERE:
            why = "the other side has it under a seal of this state, and this store lost it"
            return why, Repair.NONE
        case Way.RECEIVED, Kind.MISSING_THERE:
            why = "this store has it under a seal of the other state, and the other side lost it"
            return why, Repair.NONE
        case _:
            return "the two sides have two contents under one id", Repair.NONE
    return why, Repair.SEND if kept else Repair.NONE
