"""The state's day: what was sent, received, given and refused, and what waits too long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.console.charts import Bars, draw_columns, share_bars
from swb.console.figures import AGES, list_waiting, read_day, read_figures
from swb.console.words import AWAITED

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.figures import Line
    from swb.console.pages import Visit

__all__ = ["show"]

_ZONES: Final = (0, 390, 420, 480, 540)
"""Minutes ahead of UTC: the region's zones."""


async def show(visit: Visit) -> Response:
    """Show a day."""
    now = visit.desk.clock.now()
    minutes = visit.asked("zone", "0")
    ahead = int(minutes) if minutes.isdecimal() and int(minutes) in _ZONES else 0
    zone = timedelta(minutes=ahead)
    today = (now + zone).date()
    day = min(read_day(visit.asked("day")) or today, today)
    overview = visit.desk.overview
    figures = await read_figures(overview, day, zone)
    lag = await overview.find_lag()
    return visit.show(
        "day.html",
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        ahead=ahead,
        zones={each: spell_zone(each) for each in _ZONES},
        figures=figures,
        columns=draw_columns([(each.sent, each.received) for each in figures.hours]),
        partners=_rank(figures.partners),
        types=_rank(figures.types),
        waiting=await list_waiting(overview, now),
        awaited=AWAITED,
        ages=AGES,
        lag=max((now - each.since for each in lag if each.since), default=None),
    )


def spell_zone(minutes: int) -> str:
    """Spell a zone by how far it is ahead of UTC."""
    return f"UTC+{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"


def _rank(lines: dict[str, Line]) -> list[tuple[str, Line, Bars]]:
    """Rank lines by how much they had, each with its bars."""
    ranked = sorted(lines.items(), key=lambda each: (-each[1].total, each[0]))
    largest = max((line.total for _, line in ranked), default=0)
    return [(name, line, share_bars((line.sent, line.received), largest)) for name, line in ranked]
