"""The state's day in figures: what was sent and received, and what became of it, added up for people.

All of it comes out of figures that are kept (`swb.ports.Overview.list_figures`); no document is
looked at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb.ports import Awaited, FigureFilter, Grain, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from swb.ports import CountedFigure, Overview

__all__ = [
    "AGES",
    "SERVICE_LEVELS",
    "DayFigures",
    "Line",
    "Overdue",
    "list_waiting",
    "read_day",
    "read_figures",
]

HOURS: Final = 24
AGES: Final = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=7),
)
"""Between which ages of what waits are told apart."""
SERVICE_LEVELS: Final[Mapping[Awaited, timedelta]] = {
    Awaited.ARRIVAL: timedelta(hours=1),
    Awaited.DELIVERY: timedelta(hours=1),
    Awaited.RECEIPT: timedelta(hours=24),
    Awaited.RESPONSE: timedelta(days=7),
}
"""How long each may take; beyond it what waits is late. No agreement names any: our own choice."""
_FINE_FOR: Final = timedelta(days=2)
"""What began earlier is told by whole days."""


@dataclass(slots=True, kw_only=True)
class Line:
    """What a partner, a document type or an hour had.

    Attributes:
        sent: Documents that left here (AS1).
        received: Documents that came (AS2).
        given: Documents on which preference was given, either way.
        not_given: The same, not given.
        refused: Documents, and payloads that became none, that were refused.
    """

    sent: int = 0
    received: int = 0
    given: int = 0
    not_given: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """Documents that went either way."""
        return self.sent + self.received


@dataclass(slots=True, kw_only=True)
class DayFigures:
    """A day.

    Attributes:
        whole: All together.
        partners: By the state at the other end.
        types: By message type.
        hours: From the first to the last of the day.
        refusals: By error code.
    """

    whole: Line = field(default_factory=Line)
    partners: dict[str, Line] = field(default_factory=dict)
    types: dict[str, Line] = field(default_factory=dict)
    hours: list[Line] = field(default_factory=lambda: [Line() for _ in range(HOURS)])
    refusals: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Overdue:
    """What waits for one thing.

    Attributes:
        awaited: What for.
        level: How long it may take.
        ages: How many, by age: one more than `AGES`, the youngest first.
        late: How many wait longer than they may, as far as half hours and days tell.
    """

    awaited: Awaited
    level: timedelta
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))
    late: int = 0

    @property
    def total(self) -> int:
        """How many."""
        return sum(self.ages)


def read_day(text: str) -> date | None:
    """Read a day such as 2026-11-22; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def read_figures(overview: Overview, day: date, zone: timedelta) -> DayFigures:
    """Read the figures of a day.

    Args:
        overview: What keeps them.
        day: Of the zone.
        zone: How far its clocks are ahead of UTC, in half hours.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    since = datetime.combine(day, time(), tzinfo=UTC) - zone
    until = since + timedelta(days=1)
    figures = DayFigures()
    for measure in (Measure.FACT, Measure.REFUSAL):
        wanted = FigureFilter(measure=measure, grain=Grain.HALF_HOUR, since=since, until=until)
        _add(figures, await overview.list_figures(wanted), since)
    return figures


def _add(figures: DayFigures, counted: Iterable[CountedFigure], since: datetime) -> None:
    for each in counted:
        name = _name(each)
        if name is None:
            continue
        figure = each.figure
        hour = int((figure.begins_at - since).total_seconds() // 3600)
        lines = [figures.whole, figures.hours[hour]]
        lines.append(figures.partners.setdefault(figure.partner, Line()))
        lines.append(figures.types.setdefault(figure.message_type, Line()))
        for line in lines:
            setattr(line, name, getattr(line, name) + each.count)
        if name == "refused":
            figures.refusals[figure.code] += each.count


def _name(counted: CountedFigure) -> str | None:
    """Name the column that a figure belongs to."""
    figure = counted.figure
    if figure.measure is Measure.REFUSAL:
        return "refused"
    match (figure.direction, figure.code):
        case ("out", Fact.AS1):
            return "sent"
        case ("in", Fact.AS2):
            return "received"
        case (_, Fact.GIVEN):
            return "given"
        case (_, Fact.NOT_GIVEN):
            return "not_given"
    return None


async def list_waiting(overview: Overview, now: datetime) -> Sequence[Overdue]:
    """List what waits now, by what for and how long.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    waiting = {
        awaited: Overdue(awaited=awaited, level=level) for awaited, level in SERVICE_LEVELS.items()
    }
    # Days end at midnight: the half hours are those of whole days, so that nothing counts twice.
    border = (now - _FINE_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    for wanted in (
        FigureFilter(measure=Measure.WAITING, grain=Grain.DAY, until=border),
        FigureFilter(measure=Measure.WAITING, grain=Grain.HALF_HOUR, since=border),
    ):
        for each in await overview.list_figures(wanted):
            line = waiting[Awaited(each.figure.code)]
            age = now - each.figure.begins_at
            line.ages[sum(age >= bound for bound in AGES)] += each.count
            line.late += each.count if age >= line.level else 0
    return list(waiting.values())
