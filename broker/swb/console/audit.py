"""The audit trail: who did what here, page by page, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["show"]

_PAGE: Final = 100


async def show(visit: Visit) -> Response:
    """Show a page of the trail."""
    trail = visit.desk.trail
    head = await trail.find_head()
    newest = head.sequence if head else 0
    asked = visit.asked("until")
    until = min(int(asked[:15]), newest) if asked.isdecimal() else newest
    after = max(0, until - _PAGE)
    entries = await trail.list_entries(after=after, limit=until - after) if until else ()
    return visit.show(
        "audit.html",
        entries=entries[::-1],
        head=head,
        older=after,
        newer=min(until + _PAGE, newest) if until < newest else 0,
    )
