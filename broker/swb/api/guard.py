"""Who asks, and whether it may: what every route that is not public depends on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request

from swb.api.gateway import Gateway, get_gateway
from swb.core.access import Principal, Right, require_right
from swb.serving import PEER_CERTIFICATE
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Served", "allow", "authenticate", "find_address", "find_bearer", "find_right"]

Served = Annotated[Gateway, Depends(get_gateway)]
"""The gateway that a route serves."""

_LONGEST_TOKEN: Final = 200
_SESSION: Final = re.compile(r"[0-9a-f]{64}")
"""A session's secret: `SECRET_OCTETS` octets of chance."""
_RIGHT: Final = "swb_right"


def allow(right: Right) -> Any:  # noqa: ANN401 - a marker, as FastAPI types it
    """Let only those pass who have a right; what a route annotates the principal with."""

    async def require(request: Request, gateway: Served) -> Principal:
        principal = await authenticate(request, gateway)
        waits = gateway.pace.ask(principal.owner)
        if waits > 0:
            message = "expected fewer requests; try again later"
            raise UnavailableError(
                "api.too_many_requests",
                message,
                actor=Actor.SENDER,
                retry_after=timedelta(seconds=waits),
            )
        require_right(principal, right, gateway.state)
        return principal

    setattr(require, _RIGHT, right)
    return Depends(require)


def find_right(call: Callable[..., Any] | None) -> Right | None:
    """Find the right that a dependency of a route requires; None where it is another one."""
    return getattr(call, _RIGHT, None)


async def authenticate(request: Request, gateway: Gateway) -> Principal:
    """Find who asks.

    Raises:
        RefusedError: ``access.unauthenticated``, ``access.expired``, ``access.revoked``,
            ``access.session_over``.
        UnavailableError: ``access.too_many_attempts``, ``access.unavailable``.
    """
    try:
        return await _authenticate(request, gateway)
    except RefusedError:
        waits = gateway.failures.ask(find_address(request))
        if waits > 0:
            message = "expected fewer tokens that are none; try again later"
            raise UnavailableError(
                "access.too_many_attempts", message, retry_after=timedelta(seconds=waits)
            ) from None
        raise


def find_address(request: Request) -> str:
    """Find where a request came from; behind a proxy that is not trusted, that is the proxy."""
    return request.client.host if request.client else ""


def find_bearer(request: Request) -> str | None:
    """Find the bearer token of a request (RFC 6750, 2.1); None where it shows none.

    Raises:
        RefusedError: ``access.unauthenticated``: there is a header that shows none.
    """
    headers = request.headers.getlist("authorization")
    if not headers:
        return None
    scheme, _, token = headers[0].partition(" ")
    if len(headers) != 1 or scheme.lower() != "bearer" or len(token) > _LONGEST_TOKEN:
        message = "expected one header Authorization: Bearer TOKEN, found another one"
        raise RefusedError("access.unauthenticated", message)
    return token


async def _authenticate(request: Request, gateway: Gateway) -> Principal:
    token = find_bearer(request)
    service = gateway.access.service
    if token is not None and _SESSION.fullmatch(token):
        return (await service.authenticate_session(token)).principal
    if token is not None:  # what is neither is a token that was mistyped: systems have no session
        return await service.authenticate_token(token)
    certificate = getattr(request.state, PEER_CERTIFICATE, None)
    if certificate is not None:
        return await service.authenticate_certificate(certificate)
    message = "expected a token or a client certificate, found neither"
    raise RefusedError("access.unauthenticated", message)
