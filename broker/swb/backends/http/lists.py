"""Trust lists over HTTP.

What comes is judged by signatures and numbers, so the server is not trusted with anything but to
answer. It is not let waste the reader's memory or time either, nor send it elsewhere.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.wire.publication import PUBLICATION_LIMIT

if TYPE_CHECKING:
    import ssl
    from datetime import timedelta

__all__ = ["HttpListFetcher"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_NOT_MODIFIED: Final = 304
_OK: Final = 200
_TAG_CHARACTERS: Final = 256


class HttpListFetcher:
    """`swb.ports.ListFetcher` over HTTP; ``https``, and ``http`` on this machine.

    Args:
        answer_within: Longest time from the request to the last octet.
        limit: Greatest size of an answer, in octets.
    """

    def __init__(self, *, answer_within: timedelta, limit: int = PUBLICATION_LIMIT) -> None:
        self._answer_within = answer_within.total_seconds()
        self._limit = limit
        self._tags: dict[str, str] = {}
        self._tls: ssl.SSLContext | None = None

    async def fetch(self, location: str) -> bytes | None:
        """Get what a location has now; redirects are not followed.

        Returns:
            Its octets; None when they are what was got before (RFC 9110, 13.1.2).

        Raises:
            RefusedError: ``trust.source``: the location may not be asked, or answers with
                something else than a file of bounded size.
            UnavailableError: ``trust.source_unavailable``: it does not answer, or not in time.
        """
        on_this_machine = _check_location(location)
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if location in self._tags:
            headers["If-None-Match"] = self._tags[location]
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx.create_ssl_context)  # slow, so once
        try:
            async with (
                asyncio.timeout(self._answer_within),
                httpx.AsyncClient(
                    verify=self._tls,
                    timeout=self._answer_within,
                    follow_redirects=False,
                    trust_env=not on_this_machine,
                ) as client,
                client.stream("GET", location, headers=headers) as answer,
            ):
                return await self._read(location, answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as cause:
            what = str(cause)[:120] or type(cause).__name__
            message = f"expected an answer from {location}, found: {what}"
            raise UnavailableError("trust.source_unavailable", message) from cause

    def forget(self, location: str) -> None:
        """Ask for the whole next time: what was got was not taken."""
        self._tags.pop(location, None)

    async def _read(self, location: str, answer: httpx.Response) -> bytes | None:
        if answer.status_code == _NOT_MODIFIED and location in self._tags:
            return None
        if answer.is_redirect or 300 <= answer.status_code < 400:  # noqa: PLR2004 - RFC 9110, 15.4
            message = f"expected a trust list at {location}, found that it is said to be elsewhere"
            raise RefusedError("trust.source", message, actor=Actor.OPERATOR)
        if answer.status_code != _OK:
            message = f"expected an answer from {location}, found status {answer.status_code}"
            raise UnavailableError("trust.source_unavailable", message)
        octets = bytearray()
        async for piece in answer.aiter_raw():
            octets += piece
            if len(octets) > self._limit:
                message = f"expected at most {self._limit} octets at {location}, found more"
                raise RefusedError("trust.source", message, actor=Actor.OPERATOR)
        tag = answer.headers.get("ETag", "")
        if tag and len(tag) <= _TAG_CHARACTERS:
            self._tags[location] = tag
        else:
            self._tags.pop(location, None)
        return bytes(octets)


def _check_location(location: str) -> bool:
    """Require ``https``, or ``http`` on this machine; returns whether it is on this machine."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    on_this_machine = host in _LOOPBACK
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and on_this_machine)):
        message = "expected an https address of a trust list, or http on this machine"
        raise RefusedError("trust.source", message, actor=Actor.OPERATOR)
    return on_this_machine
