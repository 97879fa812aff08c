"""What holds for every request before any route sees it: host, origin, size, patience.

A request's content is read whole here, within its bounds, so that no route waits for a slow sender
and none is surprised by a large one. Content that is compressed is refused: what it would grow to
is nobody's word. Whoever sends more than a little proves first who it is. Answers are not to be
kept by anybody on the way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request

from swb.api.guard import authenticate
from swb.api.problems import answer_problem
from swb_schemas.errors import RefusedError, SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from swb.api.gateway import Gateway

__all__ = ["Limits"]

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STRICT: Final = "max-age=31536000"
_FROM_ANYBODY: Final = 65_536
"""Octets of content that are read of somebody unknown."""


class Limits:
    """Stands before an application.

    Args:
        application: What answers.
        gateway: Whose names, sizes and times hold, and who knows who asks.
    """

    def __init__(self, application: ASGIApp, gateway: Gateway) -> None:
        self._application = application
        self._gateway = gateway
        self._section = gateway.parts.section
        self._hosts = frozenset(host.lower() for host in self._section.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return
        is_secure = scope["scheme"] == "https"

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if is_secure:
                    headers.setdefault("Strict-Transport-Security", _STRICT)
            await send(message)

        try:
            self._check(Headers(scope=scope))
            content = await self._read(Request(scope), receive)
        except SwbError as error:
            response = answer_problem(error)
            response.headers["Connection"] = "close"
            await response(scope, receive, send_guarded)
            return
        except _GoneError:
            return
        await self._application(scope, _replay(content, receive), send_guarded)

    def _check(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        name = hosts[0].lower() if len(hosts) == 1 else ""
        if self._hosts and _without_port(name) not in self._hosts:
            message = "expected a Host that this gateway answers to, found another one"
            raise RefusedError("api.host", message)
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            message = "expected a program, found a page in a browser"
            raise RefusedError("api.cross_origin", message)
        if any(coding.lower() != "identity" for coding in headers.getlist("content-encoding")):
            message = "expected content as it is, found it compressed"
            raise RefusedError("api.encoding", message)

    async def _read(self, request: Request, receive: Receive) -> bytes:
        most = self._section.payload_octets
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
            raise _too_large(most)
        parts: list[bytes] = []
        size, is_known = 0, False
        try:
            async with asyncio.timeout(self._section.request_seconds):
                async for part in _parts_of(receive):
                    size += len(part)
                    if size > most:
                        raise _too_large(most)
                    if size > _FROM_ANYBODY and not is_known:
                        await authenticate(request, self._gateway)
                        is_known = True
                    parts.append(part)
        except TimeoutError as cause:
            message = (
                f"expected the whole request within {self._section.request_seconds:g} s, "
                f"found {size} octets"
            )
            raise RefusedError("api.too_slow", message) from cause
        return b"".join(parts)


class _GoneError(Exception):
    """Whoever asked went away before the request was whole."""


async def _parts_of(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _replay(content: bytes, receive: Receive) -> Receive:
    """Give the content once, then what comes behind it."""
    left: Iterator[Message] = iter([{"type": "http.request", "body": content, "more_body": False}])

    async def replay() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return replay


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _too_large(most: int) -> RefusedError:
    return RefusedError("api.too_large", f"expected at most {most} octets, found more")
