"""Reading JSON payloads: one meaning for every octet, or a refusal.

RFC 8259 leaves open what several members of one name mean, how precise a number is and how deep
values may nest; parsers differ, so such payloads are refused here or read exactly.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["parse_json"]

_DIGITS: int = 40
"""Digits of one number; what a canonical document can hold has 21."""


def parse_json(raw: bytes, *, limits: AdapterLimits = DEFAULT_LIMITS) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON payload in UTF-8; numbers with a point or an exponent become `Decimal`.

    Raises:
        RefusedError: ``adapter.too_large``; ``adapter.malformed``: not JSON, not UTF-8, a name
            twice in one object, a number of more than 40 digits, nested too deep, or too many
            values.
    """
    if len(raw) > limits.octets:
        message = f"expected at most {limits.octets} octets, found {len(raw)}"
        raise refuse("adapter.too_large", message)
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_read_object,
            parse_int=_read_int,
            parse_float=_read_decimal,
            parse_constant=_refuse_constant,
        )
    except RecursionError as cause:
        message = f"expected at most {limits.depth} levels of nesting"
        raise refuse("adapter.malformed", message) from cause
    except ValueError as cause:
        kind = "UTF-8" if isinstance(cause, UnicodeDecodeError) else "JSON"
        raise refuse("adapter.malformed", f"expected {kind}, found {str(cause)[:200]}") from cause
    _check_shape(value, limits)
    return value


def _read_object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        double = next(name for name in names if names.count(name) > 1)
        message = f"expected each name once in an object, found {double[:60]!r} again"
        raise refuse("adapter.malformed", message)
    return found


def _read_int(text: str) -> int:
    _check_digits(text)
    return int(text)


def _read_decimal(text: str) -> Decimal:
    _check_digits(text)
    return Decimal(text)


def _check_digits(text: str) -> None:
    if len(text) > _DIGITS:
        raise refuse("adapter.malformed", f"expected at most {_DIGITS} digits, found {len(text)}")


def _refuse_constant(name: str) -> NoReturn:
    raise refuse("adapter.malformed", f"expected JSON, which has no {name}")


def _check_shape(value: object, limits: AdapterLimits) -> None:
    level: list[object] = [value]
    depth = count = 0
    while level:
        depth += 1
        count += len(level)
        if depth > limits.depth:
            message = f"expected at most {limits.depth} levels of nesting"
            raise refuse("adapter.malformed", message)
        if count > limits.elements:
            raise refuse("adapter.malformed", f"expected at most {limits.elements} values")
        level = [each for parent in level for each in _list_children(parent)]


def _list_children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
