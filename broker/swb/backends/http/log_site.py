"""The published log on a web server, read over HTTPS.

Nothing that comes from there is believed before it is verified; TLS keeps others from seeing who
asks for what. Plain HTTP is taken on loopback only.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["HttpLogSite"]

_LIMIT: Final = 16_777_216


class HttpLogSite:
    """`swb.ports.LogReader` over one URL.

    Args:
        url: The log's prefix.
        patience: How long one request may take.

    Raises:
        RefusedError: ``config.invalid``: it is no URL of HTTPS, or of HTTP on loopback.
    """

    def __init__(self, url: str, *, patience: timedelta) -> None:
        _check_url(url)
        self._url = url.rstrip("/")
        self._patience = patience.total_seconds()

    async def fetch(self, path: str, *, limit: int = _LIMIT) -> bytes | None:
        """See `LogReader.fetch`."""
        url = f"{self._url}/{path}"
        try:
            async with (
                httpx.AsyncClient(timeout=self._patience, follow_redirects=False) as client,
                client.stream("GET", url) as response,
            ):
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                if response.status_code != httpx.codes.OK:
                    message = f"expected status 200 from {url}, found {response.status_code}"
                    raise UnavailableError("ledger.unreachable", message)
                octets = bytearray()
                async for chunk in response.aiter_bytes():
                    octets += chunk
                    if len(octets) > limit:
                        message = f"expected at most {limit} octets from {url}"
                        raise UnavailableError("ledger.unreachable", message)
        except (httpx.HTTPError, httpx.StreamError) as cause:
            message = f"expected an answer from {url}, found {type(cause).__name__}"
            raise UnavailableError("ledger.unreachable", message) from cause
        return bytes(octets)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # read to have it checked
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as cause:
        raise _no_url(url) from cause
    if not host or parts.query or parts.fragment or parts.username is not None:
        raise _no_url(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise _no_url(url)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no_url(url: str) -> RefusedError:
    message = (
        f"expected a URL of HTTPS such as https://log.example/region, or of HTTP on loopback, "
        f"found {url[:120]!r}"
    )
    return RefusedError("config.invalid", message, actor=Actor.OPERATOR)
