"""What the simulated revocation authority answers over HTTP: CRL and OCSP."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from swb_schemas.wire.revocation import Sources

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["CRL_PATH", "OCSP_PATH", "RevocationAuthority", "name_sources", "route_revocation"]

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


def route_revocation(authority: RevocationAuthority) -> list[Route]:
    """Answer ``/crl``, ``/ocsp`` by POST, and ``/ocsp/<request>`` by GET.

    Args:
        authority: Makes the answers.
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

    return [
        Route(f"/{CRL_PATH}", crl),
        Route(f"/{OCSP_PATH}", posted, methods=["POST"]),
        Route(f"/{OCSP_PATH}/{{asked:path}}", got),
    ]
