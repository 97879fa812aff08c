"""The state's day: what was sent, received, given and refused, and what waits too long."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.app.overview import build_day, read_zone
from swb.console.charts import Bars, draw_columns, share_bars
from swb.console.days import DayError, read_day, require_known
from swb.console.figures import Line, gather_hour, gather_lines
from swb.console.words import AWAITED
from swb.services.state_day import AGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["show"]

_NOTED: Final = 500
"""Entries that are not counted yet, above which a page says so."""


async def show(visit: Visit) -> Response:
    """Show a day."""
    desk = visit.desk
    now = desk.clock.now()
    zone = read_zone(desk.config.overview.zone)
    today = now.astimezone(zone).date()
    try:
        require_known(visit, {"day"})
        day = read_day(visit, "day", latest=today) or today
    except DayError as error:
        asked = visit.asked("day")
        return visit.show("day.html", status=400, error=error, day=asked, today=today)
    since = datetime.combine(day, time(), tzinfo=zone)
    told = await build_day(desk.config, desk.overview, desk.clock).tell_day(since)
    hours = [gather_hour(each) for each in told.hours]
    return visit.show(
        "day.html",
        error=None,
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        zone=desk.config.overview.zone,
        whole=dict(gather_lines(told.facts)).get("", Line()),
        hours=hours,
        columns=draw_columns([(each.sent, each.received) for each in hours]),
        partners=_draw(gather_lines(told.by_partner)),
        types=_draw(gather_lines(told.by_type)),
        waiting=told.waits,
        awaited=AWAITED,
        ages=AGES,
        refusals=told.refusals,
        behind=sum(each.behind for each in told.lags),
        noted=_NOTED,
    )


def _draw(lines: Sequence[tuple[str, Line]]) -> Sequence[tuple[str, Line, Bars]]:
    """Put its bars beside each line."""
    largest = max((line.total for _, line in lines), default=0)
    return [(name, line, share_bars((line.sent, line.received), largest)) for name, line in lines]
