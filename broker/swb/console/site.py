"""The console served alone, where nothing else is served beside it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from swb.console.application import build_console
from swb.console.pages import PREFIX
from swb.serving import make_server_tls, serve_application

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from swb.app.console import Desk
    from swb.config import ApiConfig

__all__ = ["serve_site"]


@asynccontextmanager
async def serve_site(section: ApiConfig, desk: Desk) -> AsyncIterator[int]:
    """Serve while the context lasts.

    Yields:
        The port that it listens on.

    Raises:
        RefusedError: ``config.invalid``: the TLS files are of no use.
        UnavailableError: ``api.unavailable``: the address cannot be listened on.
    """
    routes = [Route("/", _begin), Mount(PREFIX, app=build_console(desk))]
    tls = None
    if section.certificate is not None and section.key is not None:
        tls = make_server_tls(section.certificate, section.key)
    application = Starlette(routes=routes)
    async with serve_application(
        application, host=section.host, port=section.port, error_code="api.unavailable", tls=tls
    ) as port:
        yield port


async def _begin(_: Request) -> RedirectResponse:
    return RedirectResponse(f"{PREFIX}/")
