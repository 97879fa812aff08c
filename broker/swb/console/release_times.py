"""Release times per authority, in the form of a WCO time release study.

What is measured, and why it is the share of documents in such a study and never the whole of one,
stands in `swb.core.release_times`; what may be published, in `swb.services.release_study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.app.overview import build_study
from swb.console.days import DayError, read_span
from swb.core.figures import RELEASES
from swb.core.release_times import BOUNDS, Histogram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb.ports import Measure
    from swb.services.release_study import Release

__all__ = ["Step", "show"]

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


async def show(visit: Visit) -> Response:
    """Show release times of some days."""
    desk = visit.desk
    today = desk.clock.now().date()
    try:
        days = read_span(visit, latest=today, usual=_USUAL, longest=_LONGEST)
    except DayError as error:
        asked = {name: visit.asked(name) for name in ("since", "until")}
        return visit.show("release-times.html", status=400, error=error, today=today, **asked)
    study = build_study(desk.config, desk.overview, desk.connections)
    releases = await study.tell_releases(
        datetime.combine(days.since, time(), tzinfo=UTC),
        datetime.combine(days.until, time(), tzinfo=UTC) + timedelta(days=1),
    )
    return visit.show(
        "release-times.html",
        error=None,
        since=days.since,
        until=days.until,
        today=today,
        releases=[(each, _list_steps(each)) for each in releases],
        bands=_BANDS,
    )


def _list_steps(release: Release) -> Sequence[Step]:
    nothing = Histogram(counts={})
    return [_measure(step, release.steps.get(step, nothing)) for step in RELEASES]


def _measure(measure: Measure, histogram: Histogram) -> Step:
    bands = [0] * (len(_BANDS) + 1)
    for bucket, count in histogram.counts.items():
        longest = BOUNDS[bucket] if bucket < len(BOUNDS) else timedelta.max
        bands[sum(longest > bound for bound in _BANDS)] += count
    return Step(
        measure=measure,
        counted=histogram.total,
        median=histogram.find_quantile(_MEDIAN),
        slow=histogram.find_quantile(_SLOW),
        bands=bands,
    )
