"""Certificates: when each certificate, list and root ends, of this state and of its partners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.core.expiries import NO_THRESHOLD, find_threshold, list_ends
from swb.services.standing import find_distrusted

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["show"]


async def show(visit: Visit) -> Response:
    """Show what ends, the earliest first, one's own first."""
    desk = visit.desk
    now = desk.clock.now()
    bundle = await desk.trust.fetch()
    ends = []
    for each in list_ends(bundle, now):
        threshold = find_threshold(each.ends_at, now)
        ends.append(replace(each, threshold=NO_THRESHOLD if threshold is None else threshold))
    ends.sort(key=lambda each: (each.ends_at, each.state, each.name))
    own = [each for each in ends if each.state == desk.state]
    return visit.show(
        "certificates.html",
        groups=((True, own), (False, [each for each in ends if each.state != desk.state])),
        soon=sum(each.threshold != NO_THRESHOLD for each in ends),
        distrusted=find_distrusted(bundle, desk.own_certificates),
        lists=[(state, bundle.lists[state]) for state in sorted(bundle.lists)],
    )
