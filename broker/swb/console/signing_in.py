"""Signing in and out, and the first page of whoever is signed in.

A session's secret is new with each signing in, so one that somebody had planted before is of no
use. Who is not signed in gets a cookie of chance, and the form a token made of it: a foreign page
cannot sign anybody in. What a browser keeps of having signed in opens nothing: it tells the right
person from others who guess at the same address (`swb.services.guessing`).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from swb.console.pages import A_YEAR, PREFIX
from swb.console.protection import DEVICE, SESSION, VISIT, ask_to_wait
from swb.core.access import Right
from swb.core.credentials import SECRET_OCTETS, write_form_token
from swb_schemas.errors import RefusedError, SwbError

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["ask", "begin", "show", "sign_in", "sign_out"]


def ask(visit: Visit) -> Response:
    """Send whoever is not signed in to the form, and back to this page afterwards."""
    request = visit.request
    where = request.url.path.removeprefix(PREFIX)
    if request.method != "GET" or where in {"", "/"}:
        return visit.go("/sign-in")
    return visit.go(f"/sign-in?{urlencode({'to': where})}")


async def begin(visit: Visit) -> Response:
    """Go to the page that one begins with."""
    return visit.go("/day" if visit.may(Right.READ_DAY) else "/documents")


async def show(visit: Visit) -> Response:
    """Show the form."""
    return visit.go("/") if visit.signed_in else _show(visit)


async def sign_in(visit: Visit) -> Response:
    """Begin a session, or say that it was not the right name and password."""
    address = visit.request.client.host if visit.request.client else ""
    device = secrets.token_hex(SECRET_OCTETS)
    try:
        secret, visit.signed_in = await visit.desk.access.sign_in(
            visit.sent("name"),
            visit.sent_as_is("password"),
            address=address,
            device=visit.request.cookies.get(DEVICE, ""),
            next_device=device,
        )
    except SwbError as error:
        return _show(visit, error)
    visit.drop_cookie(VISIT)
    visit.cookies[SESSION] = secret, None
    visit.cookies[DEVICE] = device, A_YEAR
    return visit.go(_own_page(visit.sent("to")))


async def sign_out(visit: Visit) -> Response:
    """End the session, here and in the browser."""
    await visit.desk.access.sign_out(visit.request.cookies.get(SESSION, ""))
    visit.drop_cookie(SESSION)
    return visit.go("/sign-in?out=1")


def _show(visit: Visit, error: SwbError | None = None) -> Response:
    chance = visit.request.cookies.get(VISIT, "") or secrets.token_hex(SECRET_OCTETS)
    visit.cookies[VISIT] = chance, None
    status = 200
    if error is not None:
        limited = 429 if error.code == "access.too_many_attempts" else 503
        status = 401 if isinstance(error, RefusedError) else limited
    response = visit.show(
        "sign-in.html",
        status=status,
        error=error,
        token=write_form_token(chance),
        name=visit.sent("name"),
        to=visit.sent("to") or visit.asked("to"),
        out=visit.asked("out") == "1",
    )
    return response if error is None else ask_to_wait(response, error)


def _own_page(path: str) -> str:
    """The page that was asked for before signing in, where it is one of ours."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
