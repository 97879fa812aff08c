"""What keeps other sites out of the console: headers of every answer, and proof of origin.

No page runs a script, so the Content-Security-Policy (W3C, level 3) forbids all of them; styles,
pictures and forms are the console's own. What is about a person is kept by nobody (RFC 9111,
``no-store``). Whoever changes something proves that the form came from here: by what the browser
says of the request (Fetch Metadata, RFC 6454) and by a token that only this session's pages hold.
"""

from __future__ import annotations

import hmac
from math import ceil
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from swb_schemas.errors import SwbError

__all__ = [
    "DEVICE",
    "LANGUAGE",
    "SESSION",
    "VISIT",
    "Protected",
    "ask_to_wait",
    "check_form",
    "check_origin",
    "set_cookie",
]

SESSION: Final = "__Host-swb-session"
"""Cookie that holds the secret of a session."""
DEVICE: Final = "__Host-swb-device"
"""What a browser keeps of the last time that somebody signed in with it."""
VISIT: Final = "__Host-swb-visit"
"""Cookie of who has not signed in yet, so that nobody is signed in by a foreign form."""
LANGUAGE: Final = "__Host-swb-language"
"""Cookie with the language that was chosen."""

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_STRICT: Final = "max-age=31536000"
"""Seconds in which a browser asks by TLS alone, once it was answered so (RFC 6797)."""
_OWN: Final = frozenset({"same-origin", "none"})
"""Where a request may come from (Fetch Metadata): a page of ours, or the person alone."""


class Protected:
    """Puts the headers on every answer.

    Args:
        app: Whose answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, see ASGI."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _STRICT)
            await send(message)

        await self._app(scope, receive, send_protected)


def check_form(expected: str, token: str) -> None:
    """Require the token that forms of this session carry.

    Raises:
        RefusedError: ``console.form_foreign``.
    """
    if not expected or not hmac.compare_digest(expected.encode(), token.encode()):
        message = "expected a form of this session, found one without its token"
        raise RefusedError("console.form_foreign", message)


def check_origin(request: Request) -> None:
    """Require that what changes something was sent by a page of this console.

    Raises:
        RefusedError: ``console.form_foreign``.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "")
    if site not in _OWN or (origin and origin.partition("://")[2] != host):
        message = "expected a form of this console, found one of another site"
        raise RefusedError("console.form_foreign", message)


def ask_to_wait(response: Response, error: SwbError) -> Response:
    """Have an answer say how many seconds to wait, where its failure does (RFC 9110, 10.2.3)."""
    if isinstance(error, UnavailableError) and error.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(error.retry_after.total_seconds()))
    return response


def set_cookie(response: Response, name: str, value: str, *, lasts_for: int | None = None) -> None:
    """Set a cookie that only this host gets back, and no script reads (RFC 6265bis, 4.1.3).

    Args:
        response: With which it goes.
        name: Begins with ``__Host-``.
        value: Empty removes it.
        lasts_for: Seconds; None is until the browser ends.
    """
    response.set_cookie(
        name,
        value,
        max_age=lasts_for if value else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
