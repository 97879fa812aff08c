"""JSON payloads: read with one meaning for every octet or refused, and written exactly.

RFC 8259 leaves open what several members of one name mean, how precise a number is, how deep
values may nest and what an escaped half of a surrogate pair is; parsers differ, so such payloads
are refused here or read exactly.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NoReturn

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits
from swb_adapters.sdk.values import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.errors import RefusedError

__all__ = ["encode_json", "parse_json"]

_DIGITS: Final = 40
"""Digits of one number; what a canonical document can hold has 21."""


_text: Final = json.JSONEncoder(ensure_ascii=False).encode
"""Writes text, and leaves what is no ASCII as it is."""


def parse_json(raw: bytes, *, limits: AdapterLimits = DEFAULT_LIMITS) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON payload in UTF-8; numbers with a point or an exponent become `Decimal`.

    Raises:
        RefusedError: ``adapter.too_large``; ``adapter.malformed``: not JSON, not UTF-8, a name
            twice in one object, a number of more than 40 digits however it is written, half of a
            surrogate pair, nested too deep, or too many values.
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
    if b"\\u" in raw:
        _check_characters(value)
    return value


def encode_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Write a JSON payload in UTF-8, on one line; `parse_json` gives the same value again.

    Members stand in the order of the dictionary. A `Decimal` becomes a number with all its
    digits, without exponent and without needless zeros.

    Args:
        value: Dictionaries, lists, text, whole numbers, decimals, booleans and None; no binary
            floating point, which could not be exact.

    Raises:
        TypeError: A value of another type; a fault of the adapter's.
    """
    return f"{_spell(value)}\n".encode()


def _spell(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{_text(k)}:{_spell(v)}" for k, v in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_spell(each) for each in value]) + "]"
    if isinstance(value, Decimal):
        return format_decimal(value)
    if value is None or isinstance(value, int):
        return json.dumps(value)
    msg = f"expected a JSON value without binary floating point, found {type(value).__name__}"
    raise TypeError(msg)


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
    try:
        value = Decimal(text)
    except InvalidOperation as cause:
        raise _refuse_size(text) from cause
    if abs(value.adjusted()) > _DIGITS:
        raise _refuse_size(text)
    return value


def _check_digits(text: str) -> None:
    if len(text) > _DIGITS:
        raise refuse("adapter.malformed", f"expected at most {_DIGITS} digits, found {len(text)}")


def _refuse_size(text: str) -> RefusedError:
    message = f"expected a number of at most {_DIGITS} digits when written out, found {text!r}"
    return refuse("adapter.malformed", message)


def _refuse_constant(name: str) -> NoReturn:
    raise refuse("adapter.malformed", f"expected JSON, which has no {name}")


def _check_characters(value: object) -> None:
    """Refuse half of a surrogate pair, which only an escape can smuggle into UTF-8."""
    try:
        _spell(value).encode()
    except UnicodeEncodeError as cause:
        message = "expected text of Unicode characters, found half of a surrogate pair"
        raise refuse("adapter.malformed", message) from cause


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
