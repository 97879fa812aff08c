"""What waits for a person: listed, looked at, replayed, discarded; two people where policy says so.

The acts are those of ``swb parked``, named by the same words and entered in the same trail, so
that one person may ask here and another agree at the command line.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.access import Right
from swb.core.approving import Guarded
from swb.ports import ParkedFilter, ParkedKind
from swb.services.parking import list_acts, name_act
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from swb.console.pages import Visit
    from swb.core.approving import Act, Request
    from swb.ports import Parked

__all__ = ["discard", "replay", "show_list", "show_one"]

_PAGE: Final = 200
_OLDEST: Final = 10_000
"""Hours."""
_ACTIONS: Final = {Guarded.REPLAY: "parked replay", Guarded.DISCARD: "parked discard"}
_SHORTEST_REASON: Final = 3
_LONGEST_REASON: Final = 300


async def show_list(visit: Visit) -> Response:
    """Show what waits, the longest waiting first."""
    kind = visit.asked("kind")
    hours = visit.asked("older")
    older = timedelta(hours=int(hours)) if hours.isdecimal() and int(hours) <= _OLDEST else None
    wanted = ParkedFilter(
        kind=ParkedKind(kind) if kind in set(ParkedKind) else None,
        code=visit.asked("code"),
        partner=visit.asked("partner").upper(),
        before=visit.desk.clock.now() - older if older else None,
        discarded=visit.asked("discarded") == "1",
    )
    found = await visit.desk.parking.list_parked(wanted, limit=_PAGE + 1)
    return visit.show(
        "parked.html",
        found=found[:_PAGE],
        more=len(found) > _PAGE,
        kinds=tuple(ParkedKind),
        asked={name: visit.asked(name) for name in ("kind", "code", "partner", "older")},
        discarded=wanted.discarded,
        done=visit.asked("done"),
    )


async def show_one(visit: Visit) -> Response:
    """Show why something waits, and what can be done."""
    return await _show_one(visit)


async def _show_one(
    visit: Visit, error: RefusedError | None = None, *, reason: str = ""
) -> Response:
    details = await visit.desk.parking.show(visit.request.path_params["item_id"])
    approvals = visit.desk.approvals_of(visit.principal)
    asked = [
        each
        for each in await approvals.list_open()
        if f" {details.parked.item_id};" in f" {each.text}"
    ]
    guarded = visit.desk.config.approvals.two_people
    return visit.show(
        "parked-one.html",
        status=422 if error else 200,
        details=details,
        parked=details.parked,
        error=error,
        requests=asked,
        reason_of=find_reason,
        guarded={each.value for each in guarded},
        may_replay=visit.may(Right.REPLAY),
        may_discard=visit.may(Right.DISCARD),
        reason=reason or visit.sent("reason"),
        done=visit.asked("done"),
        acts=await list_acts(visit.desk.trail, details.parked.item_id),
    )


async def replay(visit: Visit) -> Response:
    """Have it sent, handed over or judged again."""
    return await _act(visit, Guarded.REPLAY)


async def discard(visit: Visit) -> Response:
    """Give it up."""
    return await _act(visit, Guarded.DISCARD)


async def _act(visit: Visit, kind: Guarded) -> Response:
    """Do it, or ask for it, where the reason is one and is that of what was asked for before."""
    item = await visit.desk.parking.find(visit.request.path_params["item_id"])
    reason = " ".join(visit.sent("reason").split())
    if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        message = f"expected a reason of {_SHORTEST_REASON} to {_LONGEST_REASON} characters"
        return await _show_one(visit, RefusedError("console.no_reason", message))
    act = name_act(kind, _ACTIONS[kind], [item], reason)
    requests = await visit.desk.approvals_of(visit.principal).list_open()
    asked = [each for each in requests if each.act_digest == act.digest]
    before = _find_reason_of_before(requests, f"{act.action} {act.subject};", visit)
    if kind in visit.desk.config.approvals.two_people and not asked and before:
        message = f"expected the reason with which it was asked for: {before}; found another one"
        refusal = RefusedError("approval.other_act", message, actor=Actor.OPERATOR)
        return await _show_one(visit, refusal, reason=before)
    return await _do(visit, item, act, asked)


async def _do(visit: Visit, item: Parked, act: Act, asked: Sequence[Request]) -> Response:
    parking, kind = visit.desk.parking, act.kind
    agreed = next((each.request_id for each in asked if each.given_by), None)
    if kind in visit.desk.config.approvals.two_people and asked and agreed is None:
        return visit.go("/approvals?asked=1")
    try:
        await visit.desk.approvals_of(visit.principal).enter(act, approval=agreed)
    except RefusedError as refusal:
        if refusal.code == "approval.needed":
            return visit.go("/approvals?asked=1")
        return await _show_one(visit, refusal)
    treated = await (
        parking.replay([item])
        if kind is Guarded.REPLAY
        else parking.discard([item], reason=act.arguments["reason"])
    )
    if treated.left:
        return await _show_one(visit, treated.left[0][1])
    visit.desk.node.wake()
    return visit.go(_find_rest(item, kind))


def _find_reason_of_before(open_: Sequence[Request], act: str, visit: Visit) -> str:
    """Find the reason of what somebody agreed to, or this person asked for, of the same act."""
    me = visit.principal.account
    near = [
        each
        for each in open_
        if each.text.startswith(act) and (each.given_by or each.asked_by == me)
    ]
    near.sort(key=lambda each: not each.given_by)
    return find_reason(near[0]) if near else ""


def _find_rest(item: Parked, kind: Guarded) -> str:
    """Go where the outcome is seen: the document's road, or what is left that waits."""
    if item.document_id:
        return f"/documents/{item.document_id}?done={kind}"
    return f"/parked?done={kind}"


def find_reason(request: Request) -> str:
    """Find the reason in what a second person reads; it stands last (`Act.text`)."""
    return request.text.partition("; reason: ")[2]
