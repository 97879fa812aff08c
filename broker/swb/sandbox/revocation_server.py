"""Serves the simulated revocation authority over HTTP on loopback: CRL and OCSP."""

from __future__ import annotations

import base64
import binascii
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from swb.sandbox.serving import serve_routes
from swb_schemas.wire.revocation import Sources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from socket import socket

    from starlette.requests import Request

__all__ = ["CRL_PATH", "OCSP_PATH", "RevocationAuthority", "name_sources", "serve_revocation"]

CRL_PATH: Final = "crl"
OCSP_PATH: Final = "ocsp"
_MAXIMAL_OCTETS: Final = 8_192


def name_sources(url: str) -> Sources:
    """Name what is served at a URL, as a trust list says it."""
    return Sources(crl=(f"{url}{CRL_PATH}",), ocsp=(f"{url}{OCSP_PATH}",))


class RevocationAuthority(Protocol):
    """What is served."""

    def make_list(self) -> bytes:
        """Make the revocation list of this moment, DER."""
        ...

    def answer(self, raw: bytes) -> bytes:
        """Answer an OCSP request, DER."""
        ...


@asynccontextmanager
async def serve_revocation(
    authority: RevocationAuthority, listening: socket
) -> AsyncIterator[None]:
    """Serve while the context lasts: ``/crl``, ``/ocsp`` by POST, ``/ocsp/<request>`` by GET.

    Args:
        authority: Makes the answers.
        listening: Where; closed in the end.
    """

    async def crl(_: Request) -> Response:
        return Response(authority.make_list(), media_type="application/pkix-crl")

    async def posted(request: Request) -> Response:
        asked = b""
        async for piece in request.stream():
            asked += piece
            if len(asked) > _MAXIMAL_OCTETS:
                return PlainTextResponse("expected a shorter request", status_code=413)
        return _respond(asked)

    async def got(request: Request) -> Response:
        try:
            asked = base64.b64decode(unquote(request.path_params["asked"]), validate=True)
        except (binascii.Error, ValueError):
            return PlainTextResponse("expected a request in base64", status_code=400)
        return _respond(asked)

    def _respond(asked: bytes) -> Response:
        return Response(authority.answer(asked), media_type="application/ocsp-response")

    routes = [
        Route(f"/{CRL_PATH}", crl),
        Route(f"/{OCSP_PATH}", posted, methods=["POST"]),
        Route(f"/{OCSP_PATH}/{{asked:path}}", got),
    ]
    async with serve_routes(routes, listening):
        yield
