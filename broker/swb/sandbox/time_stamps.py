"""What the simulated time-stamp authority answers over HTTP (RFC 3161, 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from swb.clock import SystemClock
from swb.simulator.time_stamping import load_time_stamp_authority
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from swb.sandbox.region import Region

__all__ = ["route_time_stamps", "route_time_stamps_of"]

_QUERY: Final = "application/timestamp-query"
_ANSWER: Final = "application/timestamp-reply"
_MAXIMAL_OCTETS: Final = 8_192


def route_time_stamps(answer: Callable[[bytes], bytes]) -> list[Route]:
    """Answer queries that are posted to ``/``.

    Args:
        answer: Makes an answer of a query.
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

    return [Route("/", stamp, methods=["POST"])]


def route_time_stamps_of(region: Region) -> list[Route]:
    """Answer as the authority that a region's trust list names.

    Args:
        region: Laid out with the URL at which this is served.
    """
    key, certificate = region.key(REGION, Purpose.TIME_STAMP)
    authority = load_time_stamp_authority(key, certificate, SystemClock().now)
    return route_time_stamps(authority.answer)
