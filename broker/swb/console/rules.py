"""Rules that documents broke or were warned by, and codes for which something was refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.console.charts import Bars, share_bars
from swb.console.days import DayError, read_span
from swb.ports import FigureFilter, Grain, Measure
from swb_schemas.error_codes import find_error_code

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["show"]

_USUAL: Final = timedelta(days=6)
_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule or code, and how often.

    Attributes:
        code: Rule id or error code.
        sent: Of what was submitted here.
        received: Of what came.
        bars: Both, drawn.
    """

    code: str
    sent: int
    received: int
    bars: Bars


async def show(visit: Visit) -> Response:
    """Show rule hits and refusals of some days."""
    today = visit.desk.clock.now().date()
    try:
        days = read_span(visit, latest=today, usual=_USUAL, longest=_LONGEST)
    except DayError as error:
        asked = {name: visit.asked(name) for name in ("since", "until")}
        return visit.show("rules.html", status=400, error=error, today=today, **asked)
    begin = datetime.combine(days.since, time(), tzinfo=UTC)
    end = datetime.combine(days.until, time(), tzinfo=UTC) + timedelta(days=1)
    hits = {
        measure: await _count(visit, measure, begin, end)
        for measure in (Measure.RULE, Measure.REFUSAL)
    }
    return visit.show(
        "rules.html",
        error=None,
        since=days.since,
        until=days.until,
        today=today,
        rules=hits[Measure.RULE],
        refusals=hits[Measure.REFUSAL],
        known=find_error_code,
    )


async def _count(visit: Visit, measure: Measure, since: datetime, until: datetime) -> list[Hit]:
    wanted = FigureFilter(measure=measure, grain=Grain.DAY, since=since, until=until)
    counts: dict[str, Counter[str]] = {}
    for each in await visit.desk.overview.list_figures(wanted):
        counts.setdefault(each.figure.code, Counter())[each.figure.direction] += each.count
    largest = max((each.total() for each in counts.values()), default=0)
    return [
        Hit(
            code=code,
            sent=count["out"],
            received=count["in"],
            bars=share_bars((count["out"], count["in"]), largest),
        )
        for code, count in sorted(counts.items(), key=lambda each: (-each[1].total(), each[0]))
    ]
