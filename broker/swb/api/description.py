"""The API's description as OpenAPI 3.1: what FastAPI finds, and what holds for every route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

from swb.api.guard import find_right
from swb.api.models import Problem
from swb.api.problems import documented

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastapi import FastAPI
    from fastapi.routing import APIRoute

    from swb.core.access import Right

__all__ = ["RIGHT", "describe", "list_rights"]

RIGHT: Final = "x-swb-right"
"""Member of an operation: the right that it needs."""
VERSION: Final = "1.0.0"
"""Of the API; its first number stands in every path."""
_ABOUT: Final = """\
The HTTP API of one state's gateway: submit national payloads, follow them, pull what came, and
acknowledge it. Every failure is a problem (RFC 9457) with a stable code; `type` leads to its
explanation. Instants are in UTC.
"""
_EVERYWHERE: Final = (400, 403, 408, 413, 415, 421, 429, 503)
"""Problems that any route may answer with: what stands before all of them refuses."""
_SIGNED: Final = [
    {
        "name": name,
        "in": "header",
        "required": True,
        "description": said,
        "schema": {"type": "string"},
    }
    for name, said in (
        ("Idempotency-Key", "Names what is posted, the same on every attempt."),
        ("Content-Digest", "Of the content (RFC 9530)."),
        ("Signature-Input", "What is signed, when, and with which secret (RFC 9421)."),
        ("Signature", "hmac-sha256 with the shared secret."),
    )
]
_DELIVERY: Final = {
    "post": {
        "operationId": "delivery",
        "summary": "A document is handed to the national system",
        "description": 'What a gateway with `[national] kind = "webhook"` posts, one request for '
        "each document, signed (RFC 9421) and tried until it is answered.",
        "parameters": _SIGNED,
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["delivery", "payload"],
                        "properties": {
                            "delivery": {"type": "object", "description": "What it is."},
                            "advice": {"type": "object", "description": "Findings, if any."},
                            "payload": {"type": "string", "format": "binary"},
                        },
                    }
                }
            },
        },
        "responses": {
            "2XX": {"description": "The national system holds the document durably."},
            "409": {"description": "It held it before."},
            "4XX": {"description": "This document is refused for good; it waits for a person."},
            "5XX": {"description": "It is tried again, not before Retry-After."},
        },
    }
}
_REFERENCE: Final = {
    "post": {
        "operationId": "referenceChanged",
        "summary": "A subscriber is told where a reference stands",
        "description": "What a gateway with `[api.webhooks.NAME]` posts to that subscriber: where "
        "each of its references stands, and each change, one request each, signed (RFC 9421) and "
        "tried until it is answered. It sees what its stream of events would show.",
        "parameters": _SIGNED,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Reference"}}},
        },
        "responses": {
            "2XX": {"description": "The subscriber has it."},
            "409": {"description": "It had it before."},
            "4XX": {"description": "It is tried again, not before Retry-After."},
            "5XX": {"description": "Likewise."},
        },
    }
}
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
_VALIDATION: Final = ("HTTPValidationError", "ValidationError")
_SECURITY: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `swb tokens create`, or of a session.",
    },
    "mutualTls": {
        "type": "mutualTLS",
        "description": "A client certificate that `swb tokens create --certificate` registered.",
    },
}


def describe(application: FastAPI, rights: Mapping[tuple[str, str], Right]) -> dict[str, Any]:
    """Describe an application.

    Args:
        application: With its routes.
        rights: Which right an operation needs, by method and path.
    """
    document = get_openapi(
        title="Single-Window Broker",
        version=VERSION,
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=application.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for name in _VALIDATION:
        schemas.pop(name, None)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["components"]["securitySchemes"] = _SECURITY
    document["webhooks"] = {"delivery": _DELIVERY, "reference": _REFERENCE}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                _complete(operation, rights.get((method, path)))
    return document


def list_rights(routes: Iterable[APIRoute], prefix: str) -> dict[tuple[str, str], Right]:
    """List the rights that routes require, by method and path."""
    found = {}
    for route in routes:
        for each in route.dependant.dependencies:
            right = find_right(each.call)
            if right is not None:
                methods = route.methods or ()
                found.update({(method.lower(), prefix + route.path): right for method in methods})
    return found


def _complete(operation: dict[str, Any], right: Right | None) -> None:
    """Say of an operation what holds for all, and what it needs."""
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422", "")):
        del responses["422"]
    common = documented(*_EVERYWHERE, 401) if right else documented(*_EVERYWHERE)
    if operation["operationId"] == "signIn":
        common = documented(*_EVERYWHERE, 401)
    for status, response in common.items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))
    if right is not None:
        operation["security"] = [{"bearer": []}, {"mutualTls": []}]
        operation[RIGHT] = str(right)
    else:
        operation["security"] = []
