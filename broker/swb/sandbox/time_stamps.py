"""Serves the simulated time-stamp authority over HTTP on loopback (RFC 3161, 3.4)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from swb.clock import SystemClock
from swb.sandbox.serving import serve_routes
from swb.simulator.time_stamping import load_time_stamp_authority
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from socket import socket

    from starlette.requests import Request

    from swb.sandbox.region import Region

__all__ = ["open_time_stamps", "serve_time_stamps"]

_QUERY: Final = "application/timestamp-query"
_ANSWER: Final = "application/timestamp-reply"
_MAXIMAL_OCTETS: Final = 8_192


@asynccontextmanager
async def serve_time_stamps(
    answer: Callable[[bytes], bytes], listening: socket
) -> AsyncIterator[None]:
    """Serve while the context lasts.

    Args:
        answer: Makes an answer of a query.
        listening: Where; closed in the end.
    """

    async def stamp(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != _QUERY:
            return PlainTextResponse(f"expected {_QUERY}", status_code=415)
        query = b""
        async for piece in request.stream():
            query += piece
            if len(query) > _MAXIMAL_OCTETS:
                return PlainTextResponse("expected a shorter query", status_code=413)
        return Response(answer(query), media_type=_ANSWER)

    routes = [Route("/", stamp, methods=["POST"])]
    async with serve_routes(routes, listening):
        yield


@asynccontextmanager
async def open_time_stamps(region: Region, listening: socket) -> AsyncIterator[None]:
    """Serve the authority that a region's trust list names, while the context lasts.

    Args:
        region: Laid out with the URL of `listening`.
        listening: Where; closed in the end.
    """
    key, certificate = region.key(REGION, Purpose.TIME_STAMP)
    authority = load_time_stamp_authority(key, certificate, SystemClock().now)
    async with serve_time_stamps(authority.answer, listening):
        yield
