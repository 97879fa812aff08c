"""Simulated authorities that are asked over HTTP, on loopback, while a region runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from socket import create_server
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from socket import socket

    from starlette.routing import Route

__all__ = ["listen_on_loopback", "serve_sites"]


def listen_on_loopback() -> tuple[socket, str]:
    """Take a free port, so that its URL is known before anything is served there.

    Raises:
        UnavailableError: ``health.unavailable``.
    """
    try:
        listening = create_server(("127.0.0.1", 0))
    except OSError as cause:
        message = f"expected to listen on 127.0.0.1: {cause.strerror}"
        raise UnavailableError("health.unavailable", message) from cause
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}/"


@asynccontextmanager
async def serve_sites(*sites: tuple[Sequence[Route], socket]) -> AsyncIterator[None]:
    """Serve while the context lasts; all end at once, as each takes a while to notice.

    Args:
        sites: What is answered, and where: a socket that listens, closed in the end.
    """
    servers = [_make_server(routes) for routes, _ in sites]
    tasks = [
        asyncio.create_task(server._serve([listening]))  # noqa: SLF001 - serve() takes the signals
        for server, (_, listening) in zip(servers, sites, strict=True)
    ]
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        for _, listening in sites:
            listening.close()


def _make_server(routes: Sequence[Route]) -> uvicorn.Server:
    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=list(routes)),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # its owner's own
    return server
