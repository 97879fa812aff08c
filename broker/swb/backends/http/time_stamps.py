"""A time-stamp authority over HTTP (RFC 3161, 3.4)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import ssl
    from datetime import timedelta

__all__ = ["HttpTimeStampAuthority"]

_QUERY: Final = "application/timestamp-query"
_ANSWER: Final = "application/timestamp-reply"
_MAXIMAL_OCTETS: Final = 65_536
_OK: Final = 200


class HttpTimeStampAuthority:
    """`swb.ports.TimeStampAuthority` at a URL.

    A connection is made for each query: there are few, minutes apart. Redirections are not
    followed, and the environment's proxies are not used.

    Args:
        url: Where queries are posted to.
        wait_for: How long a whole answer may take.
    """

    def __init__(self, url: str, *, wait_for: timedelta) -> None:
        self._url = url
        self._wait_for = wait_for.total_seconds()
        self._name = urlsplit(url).netloc
        self._tls: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """Host and port."""
        return self._name

    async def ask(self, query: bytes) -> bytes:
        """See `TimeStampAuthority.ask`."""
        try:
            async with asyncio.timeout(self._wait_for):
                return await self._post(query)
        except TimeoutError as cause:
            message = f"expected an answer of {self._name} within {self._wait_for:g} s"
            raise UnavailableError("time_stamp.unreachable", message) from cause
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as cause:
            message = f"expected an answer of {self._name}, found {type(cause).__name__}"
            raise UnavailableError("time_stamp.unreachable", message) from cause

    async def _post(self, query: bytes) -> bytes:
        if self._tls is None:
            # To make one takes longer than everything else here, and would hold up the traffic.
            self._tls = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=self._wait_for) as client,
            client.stream(
                "POST",
                self._url,
                content=query,
                headers={"Content-Type": _QUERY, "Accept-Encoding": "identity"},
            ) as response,
        ):
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if response.status_code != _OK or kind != _ANSWER:
                message = (
                    f"expected {_ANSWER} of {self._name}, found status {response.status_code}, "
                    f"{kind[:60] or 'no type'}"
                )
                raise UnavailableError("time_stamp.unreachable", message)
            octets = b""
            async for piece in response.aiter_raw():
                octets += piece
                if len(octets) > _MAXIMAL_OCTETS:
                    message = f"expected at most {_MAXIMAL_OCTETS} octets of {self._name}"
                    raise UnavailableError("time_stamp.unreachable", message)
            return octets
