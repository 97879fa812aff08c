"""Revocation answers over HTTP: CRL by GET, OCSP by GET or POST (RFC 6960, appendix A).

Nothing that comes is believed: answers are signed, so plain HTTP does, and whoever reads one checks
it. Bounded are octets and time; a redirection is an outage, since a list names where is asked.
"""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx

from swb_schemas.errors import UnavailableError
from swb_schemas.wire.crl import MAXIMAL_CRL_OCTETS
from swb_schemas.wire.ocsp_response import MAXIMAL_OCSP_OCTETS
from swb_schemas.wire.revocation import host_of

if TYPE_CHECKING:
    import ssl
    from datetime import timedelta

__all__ = ["HttpAnswerFetcher"]

_LONGEST_GET: Final = 255
"""Octets of an URL by which is asked with GET, which caches understand (RFC 5019, 5)."""
_REQUEST_TYPE: Final = "application/ocsp-request"
_OK: Final = 200
_HIGHEST_PORT: Final = 65_535


class HttpAnswerFetcher:
    """`swb.ports.AnswerFetcher` over HTTP.

    A connection is made for each question: there are few, an hour apart. Redirections are not
    followed, and the environment's proxies are not used.

    Args:
        wait_for: How long a whole answer may take.
    """

    def __init__(self, *, wait_for: timedelta) -> None:
        self._wait_for = wait_for.total_seconds()
        self._tls: ssl.SSLContext | None = None

    async def fetch_crl(self, url: str) -> bytes:
        """Fetch a certificate revocation list.

        Raises:
            UnavailableError: ``revocation.unreachable``.
        """
        return await self._fetch("GET", url, limit=MAXIMAL_CRL_OCTETS)

    async def fetch_ocsp(self, url: str, request: bytes) -> bytes:
        """Fetch the response to an OCSP request: by GET where that is short, otherwise by POST.

        A responder that does not understand GET is asked again.

        Raises:
            UnavailableError: ``revocation.unreachable``.
        """
        text = quote(base64.b64encode(request).decode(), safe="")
        short = f"{url.rstrip('/')}/{text}"
        if len(short) <= _LONGEST_GET:
            try:
                return await self._fetch("GET", short, limit=MAXIMAL_OCSP_OCTETS)
            except _StatusError:
                pass
        return await self._fetch("POST", url, limit=MAXIMAL_OCSP_OCTETS, content=request)

    async def _fetch(
        self, method: str, url: str, *, limit: int, content: bytes | None = None
    ) -> bytes:
        where = host_of(url)
        headers = {"Accept-Encoding": "identity"}
        if content is not None:
            headers["Content-Type"] = _REQUEST_TYPE
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx.create_ssl_context)  # slow, so once
        try:
            if (httpx.URL(url).port or 0) > _HIGHEST_PORT:
                message = f"expected an address to ask, found {where}"
                raise UnavailableError("revocation.unreachable", message)
            async with (
                asyncio.timeout(self._wait_for),
                httpx.AsyncClient(
                    verify=self._tls, trust_env=False, timeout=self._wait_for
                ) as client,
                client.stream(method, url, content=content, headers=headers) as response,
            ):
                return await _read(response, where, limit)
        except TimeoutError as cause:
            message = f"expected an answer of {where} within {self._wait_for:g} s"
            raise UnavailableError("revocation.unreachable", message) from cause
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as cause:
            message = f"expected an answer of {where}, found {type(cause).__name__}"
            raise UnavailableError("revocation.unreachable", message) from cause


class _StatusError(UnavailableError):
    """The server answered, but not with an answer."""


async def _read(response: httpx.Response, where: str, limit: int) -> bytes:
    if response.status_code != _OK or "content-encoding" in response.headers:
        found = f"status {response.status_code}"
        message = f"expected an answer of {where} with status {_OK} as it is, found {found}"
        raise _StatusError("revocation.unreachable", message)
    octets = bytearray()
    async for part in response.aiter_raw():
        octets += part
        if len(octets) > limit:
            message = f"expected at most {limit} octets of {where}"
            raise UnavailableError("revocation.unreachable", message)
    return bytes(octets)
