"""Problems (RFC 9457): how every failure is told, with the code that is told everywhere."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from swb.api.models import Problem, tell_finding
from swb.core.printing import printable
from swb_schemas.error_codes import find_error_code
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["PROBLEM", "add_handlers", "answer_problem", "documented", "find_status"]

_log = structlog.get_logger("swb.api")

PROBLEM: Final = "application/problem+json"
_REALM: Final = 'Bearer realm="swb"'
_SOON: Final = 5
"""Seconds after which it is worth trying again, where nobody knows better."""
_FINDINGS: Final = 1000
"""So many findings are told; a payload may have tens of thousands."""
_VALUES: Final = 10
_NAMED: Final = 100

_STATUS: Final[Mapping[str, int]] = {
    "access.unauthenticated": 401,
    "access.expired": 401,
    "access.revoked": 401,
    "access.session_over": 401,
    "access.sign_in": 401,
    "access.denied": 403,
    "access.foreign_state": 403,
    "access.too_many_attempts": 429,
    "access.unknown": 404,
    "api.cross_origin": 403,
    "api.encoding": 415,
    "api.host": 421,
    "api.invalid": 400,
    "api.key_in_use": 409,
    "api.key_malformed": 400,
    "api.method": 405,
    "api.no_evidence": 404,
    "api.no_legal_basis": 403,
    "api.not_found": 404,
    "api.not_pulled": 404,
    "api.too_large": 413,
    "api.too_many_entitlements": 409,
    "api.too_many_requests": 429,
    "api.too_many_streams": 429,
    "api.too_slow": 408,
    "certificate_key.malformed": 400,
    "document.too_large": 413,
    "inbox.lease_lost": 409,
    "reference.unknown": 404,
    "submission.certificate_exists": 409,
    "submission.response_exists": 409,
}
"""By code; what is not here is told by its family."""
_PHRASES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Names of statuses by RFC 9110 (section 15.5) that Python has of an older RFC, before 3.13."""
_OF_HTTP: Final = {404: "api.not_found", 405: "api.method"}


def find_status(error: SwbError) -> int:
    """Find the status of a failure."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    if isinstance(error, (UndeterminedError, UnavailableError)):
        return 503
    return 422 if isinstance(error, RefusedError) else 500


def answer_problem(error: SwbError) -> Response:
    """Tell a failure."""
    status = find_status(error)
    known = find_error_code(error.code)
    problem = Problem(
        type=f"/v1/problems/{error.code}",
        title=known.meaning if known else _phrase_of(status),
        status=status,
        detail=error.message,
        code=error.code,
        actor=error.actor,
        final=error.final,
        advice=known.advice if known else "",
        findings=[tell_finding(each) for each in error.findings[:_FINDINGS]],
        findings_left_out=max(0, len(error.findings) - _FINDINGS),
    )
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        shown = error.code not in {"access.unauthenticated", "access.sign_in"}
        headers["WWW-Authenticate"] = _REALM + (', error="invalid_token"' if shown else "")
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE} or not error.final:
        headers["Retry-After"] = str(_find_wait(error))
    return JSONResponse(
        problem.model_dump(mode="json"), status_code=status, headers=headers, media_type=PROBLEM
    )


def add_handlers(application: FastAPI, find_methods: Callable[[str], Sequence[str]]) -> None:
    """Have every failure of the application told as a problem.

    Args:
        application: Whose.
        find_methods: Finds the methods that an address knows.
    """

    async def tell(request: Request, error: Exception) -> Response:
        response = answer_problem(_translate(error))
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(find_methods(request.url.path))
        return response

    for kind in (SwbError, HTTPException, RequestValidationError, Exception):
        application.add_exception_handler(kind, tell)


def _phrase_of(status: int) -> str:
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with."""
    return {
        status: {
            "description": _phrase_of(status),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": _RETRY_AFTER} if status in {429, 503} else {}),
        }
        for status in sorted(statuses)
    }


_RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Seconds after which it is worth trying again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


def _find_wait(error: SwbError) -> int:
    asked = error.retry_after if isinstance(error, UnavailableError) else None
    return max(1, math.ceil(asked.total_seconds())) if asked is not None else _SOON


def _translate(error: Exception) -> SwbError:
    """Bring any failure into ours."""
    if isinstance(error, SwbError):
        return error
    if isinstance(error, RequestValidationError):
        return RefusedError("api.invalid", _spell_faults(error))
    if isinstance(error, HTTPException) and error.status_code in _OF_HTTP:
        message = "expected an address and a method that GET /v1/openapi.json names, found others"
        return RefusedError(_OF_HTTP[error.status_code], message)
    if isinstance(error, HTTPException):
        return RefusedError("api.invalid", "expected a request as the document describes it")
    _log.error("request_faulted", exc_info=error)
    message = "it could not be answered, for a fault of ours that the gateway's log tells"
    fault = SwbError("internal.fault", message, actor=Actor.DEVELOPER)
    fault.__cause__ = error
    return fault


def _spell_faults(error: RequestValidationError) -> str:
    """Say what is wrong with a request; never what was found, which may be a secret."""
    told = [
        f"{'.'.join(map(str, fault['loc']))[:_NAMED]}: {fault['msg']}"
        for fault in error.errors()[:_VALUES]
    ]
    return printable(f"expected a request as the document describes it; {'; '.join(told)}")
