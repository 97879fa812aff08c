"""Documents: found by what a person has in hand, and one document with its road."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from swb.console.days import DayError, read_day
from swb.console.papers import list_papers
from swb.console.road import read_form, read_road
from swb.core.access import Right
from swb.core.lifecycle import Fact
from swb.ports import GlanceFilter, PlaceInList
from swb.services.following import follow
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb.ports import Glance

__all__ = ["show_list", "show_one"]

_PAGE: Final = 50


async def show_list(visit: Visit) -> Response:
    """Show the newest documents, or those that a reference or filters find."""
    reference = visit.asked("q")
    if reference:
        found = list(await visit.desk.overview.search_documents(reference, limit=_PAGE))
        if len(found) == 1 and found[0].document_id:
            return visit.go(f"/documents/{found[0].document_id}")
        return _show_list(visit, found, reference=reference)
    try:
        wanted, behind = _read_filter(visit), _read_place(visit.asked("behind"))
    except DayError as error:
        return _show_list(visit, (), error=error)
    found = list(await visit.desk.overview.list_glances(wanted, behind=behind, limit=_PAGE + 1))
    more = _write_place(found[_PAGE - 1]) if len(found) > _PAGE else ""
    return _show_list(visit, found[:_PAGE], more=more)


def _show_list(
    visit: Visit,
    found: Sequence[Glance],
    *,
    reference: str = "",
    more: str = "",
    error: DayError | None = None,
) -> Response:
    names = ("direction", "partner", "type", "status", "day")
    return visit.show(
        "documents.html",
        status=400 if error else 200,
        error=error,
        found=found,
        reference=reference,
        more=more,
        asked={name: visit.asked(name) for name in names},
        types=LEADING_TYPES,
        statuses=tuple(Fact),
    )


def _read_filter(visit: Visit) -> GlanceFilter:
    day = read_day(visit, "day", latest=visit.desk.clock.now().date())
    since = None if day is None else datetime.combine(day, time(), tzinfo=UTC)
    return GlanceFilter(
        direction=visit.asked("direction"),
        partner=visit.asked("partner").upper(),
        message_type=visit.asked("type"),
        status=visit.asked("status"),
        since=since,
        until=None if since is None else since + timedelta(days=1),
    )


def _read_place(text: str) -> PlaceInList | None:
    """Read where the page before ended; what is no such place is the beginning."""
    at, _, document_id = text.partition("~")
    try:
        recorded_at = datetime.fromisoformat(at)
    except ValueError:
        return None
    if recorded_at.tzinfo is None:
        return None
    return PlaceInList(recorded_at=recorded_at, document_id=document_id)


def _write_place(glance: Glance) -> str:
    return f"{glance.recorded_at.isoformat()}~{glance.document_id}"


async def show_one(visit: Visit) -> Response:
    """Show one document: who holds it now, its road, what it says, what proves it."""
    desk = visit.desk
    reference = visit.request.path_params["document_id"]
    followed = await follow(desk.store, reference, at=desk.clock.now())
    reads = visit.may(Right.READ_PAYLOAD)
    return visit.show(
        "document.html",
        followed=followed,
        document=followed.trail.document,
        road=read_road(followed),
        form=await read_form(desk.store, followed) if reads else None,
        papers=list_papers(followed),
        reads=reads,
        proves=visit.may(Right.READ_EVIDENCE) and desk.exporting is not None,
    )
