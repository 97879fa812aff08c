"""The application: every route, and what stands before them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from swb.api.description import describe, list_rights
from swb.api.limits import Limits
from swb.api.measuring import Measured
from swb.api.problems import add_handlers
from swb.api.routes import about, documents, inbox, references, sessions, submissions

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from swb.api.gateway import Gateway

__all__ = ["build_application", "build_document"]

_ROUTERS: Final = (
    submissions.ROUTER,
    documents.ROUTER,
    inbox.ROUTER,
    references.ROUTER,
    about.ROUTER,
    about.PUBLIC,
    sessions.ROUTER,
    sessions.PUBLIC,
)
PREFIX: Final = "/v1"


def build_application(
    gateway: Gateway, beside: ASGIApp | None = None, *, prefix: str = ""
) -> ASGIApp:
    """Build what answers for a gateway.

    Args:
        gateway: Open.
        beside: What answers at the root and below `prefix`, such as the console.
        prefix: Of its addresses.
    """
    application = _build()
    application.state.gateway = gateway
    guarded: ASGIApp = Limits(application, gateway)
    if gateway.node.meter is not None:
        guarded = Measured(guarded, gateway.node.meter)
    if beside is None:
        return guarded

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{scope.get('path', '')}/"
        is_theirs = scope["type"] == "http" and (path == "//" or path.startswith(f"{prefix}/"))
        await (beside if is_theirs else guarded)(scope, receive, send)

    return choose


def build_document() -> dict[str, Any]:
    """Describe the API as OpenAPI 3.1; it needs no gateway."""
    return _describe(_build())


def _build() -> FastAPI:
    application = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, debug=False
    )
    for router in _ROUTERS:
        application.include_router(router, prefix=PREFIX)
    application.state.describe = cache(lambda: _describe(application))
    add_handlers(application, _find_methods)
    return application


def _describe(application: FastAPI) -> dict[str, Any]:
    return describe(application, list_rights(_list_routes(), PREFIX))


def _list_routes() -> list[APIRoute]:
    return [route for each in _ROUTERS for route in each.routes if isinstance(route, APIRoute)]


def _find_methods(path: str) -> list[str]:
    """Find every method that an address knows."""
    below = path.removeprefix(PREFIX)
    known = [route.methods or () for route in _list_routes() if route.path_regex.match(below)]
    return sorted(frozenset().union(*known))
