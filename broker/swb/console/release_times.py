"""Release times per authority, in the form of a WCO time release study.

What is measured, and why it is the share of documents in such a study and never the whole of one,
stands in `swb.core.release_times`. Figures are of this state's own data; whether they may be
published is the agreement's to say, so the page says so and offers nothing to publish with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.console.figures import read_day
from swb.core.release_times import BOUNDS, Histogram
from swb.ports import FigureFilter, Grain, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["Release", "show"]

_STEPS: Final = (Measure.DELIVERY, Measure.RECEIPT, Measure.RESPONSE)
_USUAL: Final = timedelta(days=29)
_LONGEST: Final = timedelta(days=731)
_MEDIAN: Final = 0.5
_SLOW: Final = 0.9
_BANDS: Final = tuple(
    timedelta(seconds=each) for each in (60, 600, 3600, 6 * 3600, 86400, 3 * 86400, 7 * 86400)
)
"""Ends of the bands that a distribution is shown in; each is the end of a bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a release.

    Attributes:
        measure: Which.
        counted: How many documents took it.
        median: Within which time half of them had; None where nobody knows.
        slow: The same of nine in ten.
        bands: How many, by band: one more than bounds, the quickest first.
    """

    measure: Measure
    counted: int
    median: timedelta | None
    slow: timedelta | None
    bands: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How long an authority takes with one document type.

    Attributes:
        authority: URN of who releases.
        message_type: Name in the catalogue.
        direction: ``in``: here; ``out``: at a partner, as its receipts and responses tell.
        arrivals: Documents that arrived.
        steps: From arrival on.
    """

    authority: str
    message_type: str
    direction: str
    arrivals: int
    steps: Sequence[Step]


async def show(visit: Visit) -> Response:
    """Show release times of some days."""
    today = visit.desk.clock.now().date()
    until = min(read_day(visit.asked("until")) or today, today)
    since = min(read_day(visit.asked("since")) or until - _USUAL, until)
    since = max(since, until - _LONGEST)
    found: defaultdict[tuple[str, str, str], dict[Measure, Counter[int]]] = defaultdict(dict)
    for measure in (Measure.ARRIVAL, *_STEPS):
        wanted = FigureFilter(
            measure=measure,
            grain=Grain.DAY,
            since=datetime.combine(since, time(), tzinfo=UTC),
            until=datetime.combine(until, time(), tzinfo=UTC) + timedelta(days=1),
        )
        for each in await visit.desk.overview.list_figures(wanted):
            figure = each.figure
            key = (figure.direction, figure.authority, figure.message_type)
            counts = found[key].setdefault(measure, Counter())
            counts[int(figure.code or 0)] += each.count
    return visit.show(
        "release-times.html",
        since=since,
        until=until,
        today=today,
        releases=[_tell(key, found[key]) for key in sorted(found)],
        bands=_BANDS,
    )


def _tell(key: tuple[str, str, str], counts: Mapping[Measure, Mapping[int, int]]) -> Release:
    direction, authority, message_type = key
    return Release(
        authority=authority,
        message_type=message_type,
        direction=direction,
        arrivals=sum(counts.get(Measure.ARRIVAL, {}).values()),
        steps=[_measure(step, counts.get(step, {})) for step in _STEPS],
    )


def _measure(measure: Measure, counts: Mapping[int, int]) -> Step:
    histogram = Histogram(counts=counts)
    bands = [0] * (len(_BANDS) + 1)
    for bucket, count in counts.items():
        longest = BOUNDS[bucket] if bucket < len(BOUNDS) else timedelta.max
        bands[sum(longest > bound for bound in _BANDS)] += count
    return Step(
        measure=measure,
        counted=histogram.total,
        median=histogram.find_quantile(_MEDIAN),
        slow=histogram.find_quantile(_SLOW),
        bands=bands,
    )
