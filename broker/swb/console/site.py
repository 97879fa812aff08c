"""The console as it is served beside the API: at its prefix, with the way there from the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from swb.console.application import build_console
from swb.console.pages import PREFIX
from swb.console.protection import Protected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from swb.app.node import Desk

__all__ = ["build_site"]


def build_site(desk: Desk, *, hosts: Sequence[str] = ()) -> ASGIApp:
    """Build what answers at the root and below the console's prefix.

    Args:
        desk: What pages are made of.
        hosts: Names that it answers to; empty answers to any.
    """
    return Starlette(
        routes=[Route("/", _begin), Mount(PREFIX, app=build_console(desk))],
        middleware=[
            Middleware(Protected),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=list(hosts) or ["*"], www_redirect=False
            ),
        ],
    )


async def _begin(_: Request) -> RedirectResponse:
    return RedirectResponse(f"{PREFIX}/")
