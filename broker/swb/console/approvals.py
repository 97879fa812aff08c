"""Two people: what is asked for, and another person agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.access import Right
from swb.core.approving import VALID_FOR
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["give", "show"]


async def show(visit: Visit) -> Response:
    """Show what is asked for and neither done nor too old."""
    return await _show(visit)


async def give(visit: Visit) -> Response:
    """Agree to what another person asked for."""
    approvals = visit.desk.approvals_of(visit.principal)
    try:
        await approvals.give(visit.request.path_params["request_id"])
    except RefusedError as refusal:
        return await _show(visit, refusal)
    return visit.go("/approvals?given=1")


async def _show(visit: Visit, error: RefusedError | None = None) -> Response:
    approvals = visit.desk.approvals_of(visit.principal)
    return visit.show(
        "approvals.html",
        status=422 if error else 200,
        requests=await approvals.list_open(),
        guarded=sorted(visit.desk.config.approvals.two_people),
        valid_for=VALID_FOR,
        may_give=visit.may(Right.APPROVE),
        me=visit.principal.account,
        error=error,
        asked=visit.asked("asked") == "1",
        given=visit.asked("given") == "1",
    )
