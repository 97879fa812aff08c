"""The state's day: what was sent, received, decided and refused, and what waits by its age.

It is read out of figures (`swb.core.figures`) and says how far these are behind. Counted are
documents that lead a conversation, such as certificates; what answers them shows in their facts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.figures import HALF_HOUR, Awaited
from swb.ports import FigureFilter, Grain, Measure
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from swb.ports import Aged, Clock, CountedFigure, Figure, Lag, Overview, Total

__all__ = ["AGES", "Counted", "DayService", "Hour", "StateDay", "Waits"]

AGES: Final = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=60),
)
"""Between these, ages are told apart."""
_YOUNG: Final = timedelta(days=2)
"""What waits for less is told to the half hour, the rest to the day."""
_LOOK_BACK: Final = timedelta(days=400)
"""What began before is no more waited for: no certificate holds for so long (ATIGA Annex 8)."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many, of what.

    Attributes:
        direction: ``out`` of what was sent from here, ``in`` of what came.
        name: Of what: a fact, an error code or a rule id.
        of: Of which partner or document type, where it is told by these; else empty.
        count: How many.
    """

    direction: str
    name: str
    of: str = ""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What happened in one hour of the day.

    Attributes:
        begins_at: When it begins.
        facts: By direction and fact.
    """

    begins_at: datetime
    facts: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What waits for the same thing, by age since this store first had it.

    Attributes:
        direction: ``out`` of what was sent from here, ``in`` of what came.
        awaited: For what.
        within: The service level: after so long it is late.
        by_age: How many of each age, the youngest first: younger than the first of `AGES`, and so
            on. An age is the least that it can be; what is older than two days is told to the day.
        late: How many of them are late.
    """

    direction: str
    awaited: Awaited
    within: timedelta
    by_age: Sequence[int]
    late: int

    @property
    def total(self) -> int:
        """How many."""
        return sum(self.by_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDay:
    """One day of a gateway or router, and what waits now.

    Attributes:
        since: When the day begins.
        until: When it ends.
        asked_at: From when ages are counted back.
        facts: By direction and fact: sent is AS1 of what went out, received AS2 of what came in.
        by_partner: The same, by partner.
        by_type: The same, by document type.
        hours: The same, by hour; every hour of the day.
        waits: What waits for an answer of somebody, by what it waits for.
        on_the_road: What waits here to be published, handed over, judged, or for a person.
        refusals: By direction and error code, the most frequent first.
        rules: Rules that were broken or warned by, likewise.
        lags: How far the figures are behind.
    """

    since: datetime
    until: datetime
    asked_at: datetime
    facts: Sequence[Counted]
    by_partner: Sequence[Counted]
    by_type: Sequence[Counted]
    hours: Sequence[Hour]
    waits: Sequence[Waits]
    on_the_road: Sequence[Aged]
    refusals: Sequence[Counted]
    rules: Sequence[Counted]
    lags: Sequence[Lag]


class DayService:
    """Tells a day.

    Args:
        overview: Of the store.
        clock: From where ages are counted back.
        levels: After how long what waits is late, by what it waits for.
    """

    def __init__(
        self, *, overview: Overview, clock: Clock, levels: Mapping[Awaited, timedelta]
    ) -> None:
        self._overview = overview
        self._clock = clock
        self._levels = levels

    async def tell_day(self, since: datetime, *, partner: str = "") -> StateDay:
        """Tell the day that begins at a moment, and what waits now.

        Args:
            since: When it begins, at a full or half hour.
            partner: Only what was exchanged with this state; what waits on the road is told whole.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        until, now = since + _DAY, self._clock.now()
        wanted = FigureFilter(
            measure=Measure.FACT,
            grain=Grain.HALF_HOUR,
            since=since,
            until=until,
            partner=partner,
        )
        leading = replace(wanted, message_types=LEADING_TYPES)
        facts = await self._overview.list_sums(leading)
        young = (now - _YOUNG).replace(hour=0, minute=0, second=0, microsecond=0)
        waiting = replace(wanted, measure=Measure.WAITING, since=young, until=now + _DAY)
        older = replace(waiting, grain=Grain.DAY, since=now - _LOOK_BACK, until=young)
        waits = self._tell_waits(
            {
                HALF_HOUR: await self._overview.list_totals(waiting),
                _DAY: await self._overview.list_totals(older),
            },
            now,
        )
        refusals = await self._overview.list_sums(replace(wanted, measure=Measure.REFUSAL))
        rules = await self._overview.list_sums(replace(wanted, measure=Measure.RULE))
        return StateDay(
            since=since,
            until=until,
            asked_at=now,
            facts=_add_up(facts),
            by_partner=_add_up(facts, lambda figure: figure.partner),
            by_type=_add_up(facts, lambda figure: figure.message_type),
            hours=_tell_hours(await self._overview.list_totals(leading), since),
            waits=waits,
            on_the_road=await self._overview.list_ages(now, AGES),
            refusals=_by_frequency(_add_up(refusals)),
            rules=_by_frequency(_add_up(rules)),
            lags=await self._overview.find_lag(),
        )

    def _tell_waits(
        self, waiting: Mapping[timedelta, Iterable[Total]], now: datetime
    ) -> Sequence[Waits]:
        found: dict[tuple[str, Awaited], list[int]] = {}
        late: Counter[tuple[str, Awaited]] = Counter()
        for length, each in ((length, each) for length, of in waiting.items() for each in of):
            awaited = Awaited(each.code)
            key = (each.direction, awaited)
            age = now - each.begins_at - length
            by_age = found.setdefault(key, [0] * (len(AGES) + 1))
            by_age[sum(age >= limit for limit in AGES)] += each.count
            if age >= self._levels[awaited]:
                late[key] += each.count
        order = list(Awaited)
        return [
            Waits(
                direction=direction,
                awaited=awaited,
                within=self._levels[awaited],
                by_age=tuple(found[direction, awaited]),
                late=late[direction, awaited],
            )
            for direction, awaited in sorted(found, key=lambda key: (key[0], order.index(key[1])))
        ]


def _add_up(
    figures: Iterable[CountedFigure], of: Callable[[Figure], str] = lambda _: ""
) -> Sequence[Counted]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in figures:
        counts[of(each.figure), each.figure.direction, each.figure.code] += each.count
    return [
        Counted(direction=direction, name=name, of=whom, count=count)
        for (whom, direction, name), count in sorted(counts.items())
    ]


def _by_frequency(counted: Sequence[Counted]) -> Sequence[Counted]:
    return sorted(counted, key=lambda each: (-each.count, each.direction, each.name))


def _tell_hours(totals: Iterable[Total], since: datetime) -> Sequence[Hour]:
    hours: list[Counter[tuple[str, str]]] = [Counter() for _ in range(24)]
    for each in totals:
        hours[(each.begins_at - since) // _HOUR][each.direction, each.code] += each.count
    return [Hour(begins_at=since + n * _HOUR, facts=dict(hour)) for n, hour in enumerate(hours)]
