"""Figures: what a store has learnt, counted by half hour, day, partner and document type.

What one document adds to the figures follows from its facts alone (`count_document`), so a
figure changes by the difference between what was known of a document before and what is known
now (`find_changes`), and counting everything anew gives the same figures.

A fact counts on the moment at which it happened, by whoever says so; what waits counts on the
moment at which this store first had the document, by its own clock. Release times are counted by
the day on which a document arrived, so that a day's figures speak of the same documents.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from swb.core.lifecycle import Fact, judge_status
from swb.core.release_times import find_bucket
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "EVER",
    "HALF_HOUR",
    "RELEASES",
    "Awaited",
    "CountedDocument",
    "CountedFact",
    "Figure",
    "Grain",
    "Measure",
    "Remark",
    "RemarkKind",
    "count_document",
    "count_remark",
    "find_changes",
    "find_status",
    "is_shown_at_a_glance",
]

_Key = TypeVar("_Key")

HALF_HOUR: Final = timedelta(minutes=30)
"""The shortest period; every zone of the region begins its day at a multiple of it."""
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When the one period of `Grain.EVER` begins."""


class Measure(StrEnum):
    """What is counted."""

    FACT = "fact"
    """Facts by name (`swb.core.lifecycle.Fact`), each once for a document and number."""
    WAITING = "waiting"
    """Documents that wait now, by what they wait for (`Awaited`), counted on their beginning."""
    STATUS = "status"
    """Documents by where they stand now (`Fact`), over all time."""
    REFUSAL = "refusal"
    """What was refused, here or by a partner, by error code."""
    RULE = "rule"
    """Rules that a document broke or was warned by, by rule id, each once for a document."""
    DELIVERY = "delivery"
    """Documents delivered, by the time from their arrival on: a bucket (`release_times`).

    By authority and not by partner.
    """
    RECEIPT = "receipt"
    """Documents that customs received, likewise."""
    RESPONSE = "response"
    """Documents that customs decided on, likewise: the first GIVEN or NOT GIVEN."""
    ARRIVAL = "arrival"
    """Documents that arrived, as what the three others are shares of."""


class Grain(StrEnum):
    """How long a period is."""

    HALF_HOUR = "half-hour"
    DAY = "day"
    """In UTC."""
    MONTH = "month"
    """In UTC; release times alone are counted by it, beside days."""
    EVER = "ever"


class Awaited(StrEnum):
    """What a document waits for next."""

    ARRIVAL = "arrival"
    """At the importing gateway (AS2)."""
    DELIVERY = "delivery"
    """To the importing single window (AS3)."""
    RECEIPT = "receipt"
    """By customs (RES-REC)."""
    RESPONSE = "response"
    """Of customs (GIVEN or NOT GIVEN)."""


class RemarkKind(StrEnum):
    """What was found of a document when it was judged here."""

    RULE = "rule"
    """A rule of the rule book, or advice of ours."""
    REFUSAL = "refusal"
    """For this it was refused; it may never have become a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that was found when a payload, a delivery or a message was judged.

    Attributes:
        subject: Document id, or ``sha-256:<hex>`` of the octets that became none.
        kind: Rule or refusal.
        code: Rule id, or error code.
        at: When it was judged.
        direction: ``out`` of what was submitted here, ``in`` of what came.
        partner: The state at the other end; empty where it was not known.
        message_type: Name in the catalogue; empty where it was not known.
        environment: test, parallel or production; empty where it was not known.
    """

    subject: str
    kind: RemarkKind
    code: str
    at: datetime
    direction: str
    partner: str = ""
    message_type: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFact:
    """A fact as figures see it.

    Attributes:
        position: In the store's feed of facts.
        name: From `Fact`.
        at: When it happened, by whoever says so.
        revision: Number of a response, else 0.
        code: Why something was refused, else empty.
    """

    position: int
    name: str
    at: datetime
    revision: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDocument:
    """A document as figures see it, with what is known of it.

    Attributes:
        document_id: UUIDv7 from the seal header.
        message_type: Name in the catalogue.
        certificate_key: ``STATE:office:number``, or empty.
        issuing_party: URN of the sealing party.
        receiving_party: URN of the addressed party.
        environment: test, parallel or production.
        direction: ``in`` or ``out``.
        recorded_at: When this store first committed it.
        facts: In the order of the feed.
    """

    document_id: str
    message_type: str
    certificate_key: str
    issuing_party: str
    receiving_party: str
    environment: str
    direction: str
    recorded_at: datetime
    facts: Sequence[CountedFact]

    @property
    def partner(self) -> str:
        """The state at the other end."""
        other = self.receiving_party if self.direction == "out" else self.issuing_party
        return parse_party_id(other).state


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is counted, where and when; how many is said beside it.

    Attributes:
        measure: What is counted.
        grain: How long the period is.
        begins_at: When it begins.
        direction: ``in`` or ``out``.
        partner: The state at the other end; empty where it was not known, or is not told apart.
        message_type: Name in the catalogue; empty where it was not known.
        environment: test, parallel or production; empty where it was not known.
        authority: URN of who releases, for release times; else empty.
        code: A fact, an error code, a rule id, or the number of a bucket, by measure.
    """

    measure: Measure
    grain: Grain
    begins_at: datetime
    direction: str
    partner: str
    message_type: str
    environment: str
    authority: str = ""
    code: str = ""


RELEASES: Final = (Measure.DELIVERY, Measure.RECEIPT, Measure.RESPONSE)
"""The steps of a release, each timed from the document's arrival."""
_ENDS: Final[Mapping[Measure, frozenset[str]]] = {
    Measure.DELIVERY: frozenset({Fact.AS3}),
    Measure.RECEIPT: frozenset({Fact.RES_REC}),
    Measure.RESPONSE: frozenset({Fact.GIVEN, Fact.NOT_GIVEN}),
}
_CONCLUDED: Final = frozenset({Fact.GIVEN, Fact.NOT_GIVEN, Fact.CANCELLED, Fact.WITHDRAWN})
_RECEIVED: Final = frozenset({Fact.RES_REC, Fact.PENDING})
_DELIVERED: Final = frozenset({Fact.AS3, Fact.RES_NOT})
_GIVEN_UP: Final = frozenset({Fact.REFUSED, Fact.DISCARDED})
_FACTS: Final = frozenset(map(str, Fact))


def find_changes(documents: Iterable[CountedDocument], *, after: int) -> Mapping[Figure, int]:
    """Find how figures change by what was learnt behind a position; what stays is left out."""
    changes: Counter[Figure] = Counter()
    for document in documents:
        changes.update(count_document(document))
        before = [fact for fact in document.facts if fact.position <= after]
        if before:
            changes.subtract(count_document(document, before))
    return {figure: change for figure, change in changes.items() if change}


def count_document(
    document: CountedDocument, facts: Sequence[CountedFact] | None = None
) -> Counter[Figure]:
    """Count what one document adds to all figures.

    The order in which facts were learnt does not matter: of what was told more than once the
    earliest moment stands.

    Args:
        document: The document.
        facts: What is known of it; None is all of its facts.
    """
    known = document.facts if facts is None else facts
    counted: Counter[Figure] = Counter()
    if not known:
        return counted
    entry = _Entry(document)
    first: dict[tuple[str, int], datetime] = {}
    refused: dict[str, datetime] = {}
    for fact in known:
        _keep_earliest(first, (fact.name, fact.revision), fact.at)
        if fact.name == Fact.REFUSED:
            _keep_earliest(refused, fact.code, fact.at)
    for (name, _), at in first.items():
        counted.update(entry.over_time(Measure.FACT, at, name))
    for code, at in refused.items():
        counted.update(entry.over_time(Measure.REFUSAL, at, code))
    if not is_shown_at_a_glance(document):
        return counted
    answers = CATALOGUE[document.message_type].answers
    names = {name for name, _ in first}
    awaited = _find_awaited(names, direction=document.direction, answers=answers)
    if awaited is not None:
        counted.update(entry.over_time(Measure.WAITING, document.recorded_at, awaited))
    counted[entry.figure(Measure.STATUS, Grain.EVER, EVER, find_status(known))] += 1
    counted.update(_time_release(entry, first))
    return counted


def count_remark(remark: Remark) -> Counter[Figure]:
    """Count one remark."""
    return Counter(
        Figure(
            measure=Measure(remark.kind.value),
            grain=grain,
            begins_at=_begin(remark.at, grain),
            direction=remark.direction,
            partner=remark.partner,
            message_type=remark.message_type,
            environment=remark.environment,
            code=remark.code,
        )
        for grain in (Grain.HALF_HOUR, Grain.DAY)
    )


def is_shown_at_a_glance(document: CountedDocument) -> bool:
    """Whether it leads a conversation, so that people look for it."""
    kind = CATALOGUE.get(document.message_type)
    return kind is not None and kind.leads


def find_status(facts: Iterable[CountedFact]) -> str:
    """Find the fact that stands; empty where none that this code knows is there."""
    return _judge(frozenset((each.name, each.revision) for each in facts if each.name in _FACTS))


@lru_cache(maxsize=4096)
def _judge(known: frozenset[tuple[str, int]]) -> str:
    """Judge what is known; a few hundred sets of facts are all that most documents have."""
    return judge_status((Fact(name), revision) for name, revision in known) or ""


class _Entry:
    """What all figures of one document have in common."""

    def __init__(self, document: CountedDocument) -> None:
        self.authority = document.receiving_party
        self._direction = document.direction
        self._partner = document.partner
        self._message_type = document.message_type
        self._environment = document.environment

    def figure(
        self, measure: Measure, grain: Grain, at: datetime, code: str, authority: str = ""
    ) -> Figure:
        return Figure(
            measure=measure,
            grain=grain,
            begins_at=_begin(at, grain),
            direction=self._direction,
            partner=self._partner,
            message_type=self._message_type,
            environment=self._environment,
            authority=authority,
            code=code,
        )

    def over_time(self, measure: Measure, at: datetime, code: str) -> Iterator[Figure]:
        """One for each length of a period."""
        yield self.figure(measure, Grain.HALF_HOUR, at, code)
        yield self.figure(measure, Grain.DAY, at, code)


def _find_awaited(
    names: Collection[str], *, direction: str, answers: Collection[str]
) -> Awaited | None:
    """Find what a document waits for next, as `swb.core.waiting` says it in words."""
    if not _CONCLUDED.isdisjoint(names):
        return None
    response = Awaited.RESPONSE if "CustomsResponse" in answers else None
    if not _RECEIVED.isdisjoint(names):
        return response
    if not _DELIVERED.isdisjoint(names):
        return Awaited.RECEIPT if "CustomsReceipt" in answers else response
    if not _GIVEN_UP.isdisjoint(names):
        return None
    return Awaited.DELIVERY if Fact.AS2 in names or direction == "in" else Awaited.ARRIVAL


def _time_release(entry: _Entry, first: Mapping[tuple[str, int], datetime]) -> Iterator[Figure]:
    def find(names: Collection[str]) -> datetime | None:
        return min((at for (name, _), at in first.items() if name in names), default=None)

    arrived = find({Fact.AS2})
    if arrived is None:
        return
    ends = {measure: find(_ENDS[measure]) for measure in RELEASES}
    for grain in (Grain.DAY, Grain.MONTH):
        yield entry.figure(Measure.ARRIVAL, grain, arrived, "", entry.authority)
        for measure, ended in ends.items():
            if ended is not None:
                bucket = str(find_bucket(ended - arrived))
                figure = entry.figure(measure, grain, arrived, bucket, entry.authority)
                yield replace(figure, partner="")


def _keep_earliest(kept: dict[_Key, datetime], key: _Key, at: datetime) -> None:
    if key not in kept or at < kept[key]:
        kept[key] = at


def _begin(at: datetime, grain: Grain) -> datetime:
    match grain:
        case Grain.EVER:
            return EVER
        case Grain.DAY:
            return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        case Grain.MONTH:
            return _begin(at, Grain.DAY).replace(day=1)
        case Grain.HALF_HOUR:
            moment = at.astimezone(UTC)
            return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
