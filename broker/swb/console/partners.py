"""Partners: what is connected with whom and how far, and whether anything goes either way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb.ports import FigureFilter, Grain, Measure
from swb_schemas.catalogue import CATALOGUE, LEADING_TYPES

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb_schemas.connections import Connection

__all__ = ["Partner", "count_partners", "show"]

_DAY: Final = timedelta(days=1)
_LOOKED_BACK: Final = 7 * _DAY
"""Days in UTC, today with them."""


@dataclass(slots=True, kw_only=True)
class Partner:
    """A state at the other end.

    Attributes:
        state: ISO 3166-1 alpha-2.
        connections: What is connected, both ways.
        sent: Documents of the last days that left for it.
        received: Those that came from it.
        refused: Those that were refused by either side.
        last_at: The half hour in which anything of it happened last.
        waiting: What waits now, on both sides.
    """

    state: str
    connections: list[Connection] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    refused: int = 0
    waiting: int = 0
    last_at: datetime | None = None


async def show(visit: Visit) -> Response:
    """Show every state that this one is connected with."""
    desk = visit.desk
    own = desk.state
    partners: dict[str, Partner] = {}
    table = await desk.connections.fetch()
    for each in table.connections:
        if own not in {each.from_state, each.to_state}:
            continue
        other = each.to_state if each.from_state == own else each.from_state
        partners.setdefault(other, Partner(state=other)).connections.append(each)
    await count_partners(visit, partners)
    down = {name: code for ask in desk.node.outages for name, code in ask().items()}
    return visit.show(
        "partners.html",
        partners=[partners[state] for state in sorted(partners)],
        down=down,
        paper=dict(desk.node.notices["paper"]()) if "paper" in desk.node.notices else {},
        days=_LOOKED_BACK.days,
    )


def _leads(message_type: str, measure: Measure) -> bool:
    """Whether something is of a document that leads a conversation, or was no document at all."""
    kind = CATALOGUE.get(message_type)
    return measure is Measure.REFUSAL if kind is None else kind.leads


async def count_partners(visit: Visit, partners: dict[str, Partner]) -> None:
    """Count by days, which are few, and look for half hours in the last day of each alone."""
    overview, now = visit.desk.overview, visit.desk.clock.now()
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) - _LOOKED_BACK + _DAY
    last_days: dict[str, datetime] = {}
    for measure in (Measure.FACT, Measure.REFUSAL):
        wanted = FigureFilter(measure=measure, grain=Grain.DAY, since=since)
        for each in await overview.list_figures(wanted):
            figure = each.figure
            partner = partners.get(figure.partner)
            if partner is None or not _leads(figure.message_type, measure):
                continue
            if measure is Measure.REFUSAL:
                partner.refused += each.count
            elif (figure.direction, figure.code) == ("out", Fact.AS1):
                partner.sent += each.count
            elif (figure.direction, figure.code) == ("in", Fact.AS2):
                partner.received += each.count
            known = last_days.get(figure.partner, figure.begins_at)
            last_days[figure.partner] = max(known, figure.begins_at)
    for state, day in last_days.items():
        partners[state].last_at = await _find_last(visit, state, day)
    waiting: Counter[str] = Counter()
    wanted = FigureFilter(measure=Measure.WAITING, grain=Grain.DAY)
    for each in await overview.list_sums(wanted):
        waiting[each.figure.partner] += each.count
    for partner in partners.values():
        partner.waiting = waiting[partner.state]


async def _find_last(visit: Visit, state: str, day: datetime) -> datetime | None:
    """Find the half hour in which anything of a partner happened last, from a day on."""
    found = []
    for measure in (Measure.FACT, Measure.REFUSAL):
        wanted = FigureFilter(
            measure=measure,
            grain=Grain.HALF_HOUR,
            since=day,
            partner=state,
            message_types=LEADING_TYPES if measure is Measure.FACT else (),
        )
        totals = await visit.desk.overview.list_totals(wanted)
        found += [each.begins_at for each in totals[-1:]]
    return max(found, default=None)
