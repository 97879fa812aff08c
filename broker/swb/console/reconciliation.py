"""Reconciliation: whether both sides of each day have the same, as far as both have told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app.reconciliation import open_memory
from swb.services.said import agree, read_summary
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb.ports import KeptSummary

__all__ = ["Told", "show"]

_LOOKED_BACK: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What both sides told of a day.

    Attributes:
        partner: The other state.
        environment: test, parallel or production.
        day: In UTC.
        sent: How many documents this side says it sent; None where it has not told.
        received: How many it says it received.
        their_sent: The same of the other side.
        their_received: The same of the other side.
        told_at: When the other side told last.
        equal: Whether both have the same; None while one has not told.
    """

    partner: str
    environment: str
    day: date
    sent: int | None
    received: int | None
    their_sent: int | None
    their_received: int | None
    told_at: datetime | None
    equal: bool | None


async def show(visit: Visit) -> Response:
    """Show the last days."""
    desk = visit.desk
    if desk.config.reconciliation is None:
        return visit.show("reconciliation.html", reconciles=False)
    since = desk.clock.now().date() - _LOOKED_BACK
    async with open_memory(desk.config) as memory:
        summaries = await memory.list_summaries(since=since)
        outages = await memory.list_notices()
        paper = await memory.count_paper_uses()
    notices = desk.node.notices.get("reconciliation")
    return visit.show(
        "reconciliation.html",
        reconciles=True,
        told=_join(summaries),
        notices=dict(notices()) if notices else {},
        outages=outages,
        paper=paper,
        since=since,
    )


def _join(summaries: Sequence[KeptSummary]) -> Sequence[Told]:
    days: dict[tuple[date, str, str], dict[bool, KeptSummary]] = {}
    for each in summaries:
        days.setdefault((each.day, each.partner, each.environment), {})[each.own] = each
    return [_tell(*key, days[key]) for key in sorted(days, reverse=True)]


def _tell(day: date, partner: str, environment: str, sides: dict[bool, KeptSummary]) -> Told:
    own, theirs = sides.get(True), sides.get(False)
    here = read_summary(own) if own else None
    there = read_summary(theirs) if theirs else None
    try:
        equal = agree(own, theirs) if own and theirs else None
    except RefusedError:
        equal = None
    return Told(
        partner=partner,
        environment=environment,
        day=day,
        sent=here.sent.count if here else None,
        received=here.received.count if here else None,
        their_sent=there.sent.count if there else None,
        their_received=there.received.count if there else None,
        told_at=theirs.sealed_at if theirs else None,
        equal=equal,
    )
