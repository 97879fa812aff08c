"""Members of a request as values: octets, moments, texts, lists."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MalformedRequestError",
    "read_moment",
    "read_object",
    "read_octets",
    "read_octets_list",
    "read_text",
    "spell_octets",
]


class MalformedRequestError(Exception):
    """A request lacks a member, or has it in another form."""


def read_octets(request: Mapping[str, Any], name: str) -> bytes:
    """Read octets in base64."""
    return _decode(request.get(name), name)


def read_octets_list(request: Mapping[str, Any], name: str) -> tuple[bytes, ...]:
    """Read a list of octets, each in base64; none where there is no such member."""
    value = request.get(name, [])
    if not isinstance(value, list):
        raise MalformedRequestError(f"expected {name}: a list of octets in base64")
    return tuple(_decode(each, name) for each in value)


def read_text(request: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Read a text; without a default it must be there."""
    value = request.get(name, default)
    if not isinstance(value, str):
        raise MalformedRequestError(f"expected {name}: a text")
    return value


def read_moment(request: Mapping[str, Any], name: str = "at") -> datetime:
    """Read an instant in UTC."""
    try:
        moment = datetime.fromisoformat(read_text(request, name))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedRequestError(f"expected {name}: an instant such as 2026-03-02T03:05:00Z")
    return moment.astimezone(UTC)


def read_object(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Read an object."""
    value = request.get(name)
    if not isinstance(value, dict):
        raise MalformedRequestError(f"expected {name}: an object")
    return value


def spell_octets(raw: bytes) -> str:
    """Spell octets in base64, with padding."""
    return base64.b64encode(raw).decode("ascii")


def _decode(value: object, name: str) -> bytes:
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise MalformedRequestError(f"expected {name} in base64")
