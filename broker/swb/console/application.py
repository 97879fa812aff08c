"""The console: its addresses, the door that lets people in, and what is told of failures.

Everything is rendered here and nothing runs in the browser, so a page is as useful on a slow line
and without scripts as with them. Which right a page asks for stands beside its address.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from swb.console import (
    approvals,
    audit,
    certificates,
    day,
    documents,
    entering,
    log,
    operations,
    papers,
    parked,
    partners,
    reconciliation,
    release_times,
    rules,
    signing_in,
)
from swb.console.language import choose_language
from swb.console.pages import Visit, find_static
from swb.console.protection import LANGUAGE, SESSION, ask_to_wait, check_form, check_origin
from swb.core.access import Right, require_right
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.datastructures import FormData
    from starlette.types import ASGIApp, Message, Receive

    from swb.app.node import Desk

__all__ = ["PAGES", "Page", "build_console", "read_form"]

_log = structlog.get_logger("swb.console")

_LARGEST_FORM: Final = 4_000_000
"""Octets of what a form may send; a spreadsheet of 5,000 items has some 400,000."""
_LARGEST_OF_STRANGERS: Final = 10_000
"""The same of whoever is not signed in."""
_MOST_FIELDS: Final = 40_000
"""Fields of a form, and files the same; a certificate of 500 items has some 10,000."""
_STATIC: Final = {"console.css": "text/css", "mark.svg": "image/svg+xml"}
_STATUS: Final = {
    "access.denied": HTTPStatus.FORBIDDEN,
    "access.foreign_state": HTTPStatus.FORBIDDEN,
    "console.form_foreign": HTTPStatus.FORBIDDEN,
    "console.too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "console.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "console.too_slow": HTTPStatus.REQUEST_TIMEOUT,
    "reference.unknown": HTTPStatus.NOT_FOUND,
    "parked.unknown": HTTPStatus.NOT_FOUND,
    "console.no_page": HTTPStatus.NOT_FOUND,
    "console.no_draft": HTTPStatus.NOT_FOUND,
    "console.draft_changed": HTTPStatus.CONFLICT,
    "console.too_many_drafts": HTTPStatus.CONFLICT,
    "internal.fault": HTTPStatus.INTERNAL_SERVER_ERROR,
}
_BY_FAMILY: Final = {
    "refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "undetermined": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Page:
    """An address, what one needs to see it, and what answers.

    Attributes:
        path: Behind the prefix.
        view: Answers.
        right: What one needs; None needs nothing, not even to be signed in.
        method: GET shows, POST does.
    """

    path: str
    view: Callable[[Visit], Awaitable[Response]]
    right: Right | None
    method: str = "GET"


PAGES: Final = (
    Page("/sign-in", signing_in.show, None),
    Page("/sign-in", signing_in.sign_in, None, "POST"),
    Page("/sign-out", signing_in.sign_out, None, "POST"),
    Page("/", signing_in.begin, Right.FOLLOW),
    Page("/documents", documents.show_list, Right.FOLLOW),
    Page("/documents/{document_id}", documents.show_one, Right.FOLLOW),
    Page("/documents/{document_id}/sealed.xml", papers.send_sealed, Right.READ_PAYLOAD),
    Page("/documents/{document_id}/payload", papers.send_payload, Right.READ_PAYLOAD),
    Page("/documents/{document_id}/evidence", papers.send_evidence, Right.READ_EVIDENCE),
    Page("/messages/{message_id}.xml", papers.send_message, Right.READ_PAYLOAD),
    Page("/day", day.show, Right.READ_DAY),
    Page("/release-times", release_times.show, Right.READ_DAY),
    Page("/rules", rules.show, Right.READ_DAY),
    Page("/operations", operations.show, Right.READ_OPERATIONS),
    Page("/parked", parked.show_list, Right.READ_OPERATIONS),
    Page("/parked/{item_id}", parked.show_one, Right.READ_OPERATIONS),
    Page("/parked/{item_id}/replay", parked.replay, Right.REPLAY, "POST"),
    Page("/parked/{item_id}/discard", parked.discard, Right.DISCARD, "POST"),
    Page("/approvals", approvals.show, Right.READ_OPERATIONS),
    Page("/approvals/{request_id}/give", approvals.give, Right.APPROVE, "POST"),
    Page("/partners", partners.show, Right.READ_OPERATIONS),
    Page("/certificates", certificates.show, Right.READ_OPERATIONS),
    Page("/log", log.show, Right.READ_OPERATIONS),
    Page("/reconciliation", reconciliation.show, Right.READ_OPERATIONS),
    Page("/audit", audit.show, Right.READ_AUDIT),
    Page("/forms", entering.show_list, Right.SUBMIT),
    Page("/forms", entering.begin, Right.SUBMIT, "POST"),
    Page("/forms/form-d.csv", entering.send_template, Right.SUBMIT),
    Page("/forms/spreadsheet", entering.take_spreadsheet, Right.SUBMIT, "POST"),
    Page("/forms/{draft_id}", entering.show_one, Right.SUBMIT),
    Page("/forms/{draft_id}", entering.change, Right.SUBMIT, "POST"),
)
"""All of them; what is at no address is told in a page, too."""


def build_console(desk: Desk) -> ASGIApp:
    """Build what answers below `PREFIX`, where whoever serves it mounts it."""
    routes = [
        Route(page.path, _answer(desk, page), methods=[page.method], name=page.path)
        for page in PAGES
    ]
    routes.append(Route("/static/{name}", _send_static, methods=["GET"]))
    nowhere = Page("/{path:path}", _no_page, Right.FOLLOW)
    routes.append(Route(nowhere.path, _answer(desk, nowhere), methods=["GET", "POST"]))
    return Starlette(routes=routes)


def _answer(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        language = choose_language(
            request.query_params.get("lang") or request.cookies.get(LANGUAGE, ""),
            request.headers.get("accept-language", ""),
        )
        visit = Visit(request=request, desk=desk, language=language)
        visit.remember_language()
        try:
            return await _let_in(visit, page)
        except SwbError as error:
            return _tell(visit, error)
        except Exception:  # noqa: BLE001 - a page answers, whatever is wrong
            _log.exception("page_faulted", path=page.path)
            message = "found a fault of this program; its log has more"
            return _tell(visit, SwbError("internal.fault", message))

    return answer


async def _let_in(visit: Visit, page: Page) -> Response:
    """Find who asks, require the right and, for what changes something, that it came from here."""
    secret = visit.request.cookies.get(SESSION, "")
    if secret:
        try:
            visit.signed_in = await visit.desk.access.authenticate_session(secret)
        except RefusedError:
            visit.drop_cookie(SESSION)
    if page.method == "POST":
        check_origin(visit.request)
    if page.right is not None:
        if visit.signed_in is None:
            return signing_in.ask(visit)
        _require_pace(visit)
        require_right(visit.principal, page.right, visit.desk.state)
    if page.method != "POST":
        return await page.view(visit)
    api = visit.desk.config.api
    visit.form = await read_form(
        visit.request,
        limit=_LARGEST_OF_STRANGERS if page.right is None else _LARGEST_FORM,
        within=api.request_seconds if api is not None else 0,
        files=0 if page.right is None else 1,
    )
    try:
        check_form(visit.form_token, visit.sent("token"))
        return await page.view(visit)
    finally:
        await visit.form.close()


def _require_pace(visit: Visit) -> None:
    """Take one page of what a person may ask for, however many windows and sessions it has.

    Raises:
        UnavailableError: ``console.too_many_requests``.
    """
    waits = visit.desk.pace.ask(visit.principal.owner)
    if waits > 0:
        message = f"expected fewer pages for one person, found more; wait {ceil(waits)} s"
        raise UnavailableError(
            "console.too_many_requests",
            message,
            actor=Actor.SENDER,
            retry_after=timedelta(seconds=waits),
        )


async def read_form(request: Request, *, limit: int, within: float, files: int = 0) -> FormData:
    """Read a form whose size is told beforehand, and counted as it comes, whatever was told.

    Args:
        request: As it came.
        limit: Octets that it may have.
        within: Seconds in which all of it has to come.
        files: How many files may be in it.

    Raises:
        RefusedError: ``console.too_large``, ``console.too_slow``, ``console.form_foreign``.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > limit:
        raise _too_large(limit, length[:20] or "no length")
    counted = Request(request.scope, _count(request.receive, limit))
    try:
        async with asyncio.timeout(within):
            return await counted.form(max_files=files, max_fields=_MOST_FIELDS, max_part_size=limit)
    except TimeoutError as cause:
        message = f"expected a whole form within {within:g} s"
        raise RefusedError("console.too_slow", message) from cause
    except (HTTPException, MultiPartException) as cause:
        message = "expected a form as its page sends it, found another one"
        raise RefusedError("console.form_foreign", message) from cause


def _count(receive: Receive, limit: int) -> Receive:
    """Receive as before, and refuse what goes on behind the limit."""
    size = 0

    async def receive_counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit, "more")
        return message

    return receive_counted


def _too_large(limit: int, found: str) -> RefusedError:
    return RefusedError("console.too_large", f"expected at most {limit} octets, found {found}")


def _tell(visit: Visit, error: SwbError) -> Response:
    status = _STATUS.get(error.code, _BY_FAMILY.get(error.family, 500))
    return ask_to_wait(visit.show("failure.html", status=status, error=error), error)


async def _no_page(visit: Visit) -> Response:
    message = f"expected the address of a page, found {visit.request.url.path[:200]}"
    raise RefusedError("console.no_page", message)


async def _send_static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    octets, version = find_static(name)
    asked = request.query_params.get("v")
    kept = "public, max-age=31536000, immutable" if asked == version else "no-cache"
    return Response(octets, media_type=_STATIC[name], headers={"Cache-Control": kept})
