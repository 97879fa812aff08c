"""JSON payloads: read with one meaning for every octet or refused, and written exactly.

RFC 8259 leaves open what several members of one name mean, how precise a number is, how deep
values may nest and what an escaped half of a surrogate pair is; parsers differ, so such payloads
are refused here or read exactly.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.json_models import spell_member
from swb_adapters.sdk.limits import DEFAULT_LIMITS, AdapterLimits
from swb_adapters.sdk.values import format_decimal
from swb_schemas.recognition import describe_octets, describe_position

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["decode_utf8", "encode_json", "parse_json"]

_DIGITS: Final = 40
"""Digits of one number; what a canonical document can hold has 21."""


_text: Final = json.JSONEncoder(ensure_ascii=False).encode
"""Writes text, and leaves what is no ASCII as it is."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in a parsed payload where something has no meaning, until its path is known."""

    message: str


def parse_json(raw: bytes, *, limits: AdapterLimits = DEFAULT_LIMITS) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON payload in UTF-8; numbers with a point or an exponent become `Decimal`.

    Raises:
        RefusedError: ``adapter.too_large``; ``adapter.malformed``: not JSON, not UTF-8, a name
            twice in one object, a number of more than 40 digits however it is written, half of a
            surrogate pair, nested too deep, or too many values. The finding names the line and
            column, or the path in the payload.
    """
    if len(raw) > limits.octets:
        # Who reads stops behind its own limit, so this may be only the beginning.
        message = f"expected at most {limits.octets:,} octets, found {len(raw):,} or more"
        raise refuse("adapter.too_large", message)
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in _BEGINNINGS:
        raise refuse("adapter.malformed", f"expected JSON, found {describe_octets(raw)}")
    if raw.startswith(b"\xef\xbb\xbf"):
        message = "expected JSON without a byte order mark, found one"
        raise refuse("adapter.malformed", message, national_path="line 1, column 1")
    text = decode_utf8(raw)
    hooks = _Hooks()
    try:
        value = hooks.load(text)
    except RecursionError as cause:
        message = f"expected at most {limits.depth} levels of nesting"
        raise refuse("adapter.malformed", message) from cause
    except json.JSONDecodeError as cause:
        if cause.pos == 0 and text[0].isalpha():
            message = f"expected JSON, found {describe_octets(raw)}"
            raise refuse("adapter.malformed", message) from cause
        found = _find_comma_too_many(cause) or cause
        place = f"line {found.lineno}, column {found.colno}"
        message = f"expected JSON, found {_REASONS.get(found.msg, found.msg.lower())}"
        raise refuse("adapter.malformed", message, national_path=place) from cause
    _check_shape(value, limits)
    if hooks.faults:
        path, message = next(_find_faults(value, ""), ("", hooks.faults[0]))
        raise refuse("adapter.malformed", message, national_path=path)
    if b"\\u" in raw:
        _check_characters(value)
    return value


_BEGINNINGS: Final = frozenset(bytes([each]) for each in b'{["-0123456789tfnNI/')
"""First octets of a JSON value, and of what people take for one."""


def decode_utf8(raw: bytes) -> str:
    """Decode a payload in UTF-8.

    Raises:
        RefusedError: ``adapter.malformed``, with line and column.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as cause:
        message = f"expected UTF-8, found the octet {raw[cause.start]:02X}, which is none there"
        place = describe_position(raw, cause.start)
        raise refuse("adapter.malformed", message, national_path=place) from cause


_TRAILING: Final = "Illegal trailing comma before end of object"
_REASONS: Final = {
    "Expecting value": "no value where one belongs",
    "Expecting property name enclosed in double quotes": "no name in double quotes",
    _TRAILING: "a comma too many",
    "Illegal trailing comma before end of array": "a comma too many",
    "Expecting ',' delimiter": "no comma where one belongs",
    "Expecting ':' delimiter": "no colon where one belongs",
    "Extra data": "something behind the end of the payload",
    "Unterminated string starting at": "a text that does not end",
    "Invalid control character at": "a control character",
    "Invalid \\escape": "an escape that JSON does not have",
    "Invalid \\uXXXX escape": "an escape that JSON does not have",
}
"""What Python's parser says in words that only programmers understand."""


def _find_comma_too_many(cause: json.JSONDecodeError) -> json.JSONDecodeError | None:
    """Tell a comma before the end as Python 3.13 does; older ones tell of what follows it."""
    before = cause.doc[: cause.pos].rstrip(" \t\r\n")
    if cause.doc[cause.pos : cause.pos + 1] in {"}", "]"} and before.endswith(","):
        return json.JSONDecodeError(_TRAILING, cause.doc, len(before) - 1)
    return None


class _Hooks:
    """Reads one payload; what has no meaning becomes a `_Fault`, whose place is looked for later.

    Attributes:
        faults: What is wrong, in the order of reading.
    """

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults: list[str] = []

    def load(self, text: str) -> Any:  # noqa: ANN401 - any JSON value
        return json.loads(
            text,
            object_pairs_hook=self._object,
            parse_int=self._int,
            parse_float=self._decimal,
            parse_constant=self._constant,
        )

    def _fault(self, message: str) -> _Fault:
        self.faults.append(message)
        return _Fault(message)

    def _object(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(members)
        if len(found) != len(members):
            counts = Counter(name for name, _ in members)
            double = next(name for name, count in counts.items() if count > 1)
            found[double] = self._fault("expected each name once in an object, found it again")
        return found

    def _int(self, text: str) -> int | _Fault:
        return self._check_digits(text) or int(text)

    def _decimal(self, text: str) -> Decimal | _Fault:
        fault = self._check_digits(text)
        if fault:
            return fault
        try:
            value = Decimal(text)
        except InvalidOperation:
            return self._refuse_size(text)
        return self._refuse_size(text) if abs(value.adjusted()) > _DIGITS else value

    def _constant(self, name: str) -> _Fault:
        return self._fault(f"expected JSON, which has no {name}")

    def _check_digits(self, text: str) -> _Fault | None:
        if len(text) <= _DIGITS:
            return None
        return self._fault(f"expected at most {_DIGITS} digits, found {len(text):,}")

    def _refuse_size(self, text: str) -> _Fault:
        digits = f"a number of at most {_DIGITS} digits when written out"
        return self._fault(f"expected {digits}, found {text!r}")


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


def _find_faults(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Name the places of faults; the value is known not to be nested deep."""
    if isinstance(value, _Fault):
        yield path, value.message
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _find_faults(child, spell_member(path, (name[:60],)))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _find_faults(child, spell_member(path, (place,)))


def _check_characters(value: object) -> None:
    """Refuse half of a surrogate pair, which only an escape can smuggle into UTF-8."""
    try:
        _spell(value).encode()
    except UnicodeEncodeError as cause:
        message = "expected text of Unicode characters, found half of a surrogate pair"
        place = next(_find_halves(value, ""), "")
        raise refuse("adapter.malformed", message, national_path=place) from cause


def _find_halves(value: object, path: str) -> Iterator[str]:
    """Name the places of halves of surrogate pairs; of a name, the object that has it."""
    if isinstance(value, str):
        if _HALF.search(value):
            yield path
    elif isinstance(value, dict):
        for name, child in value.items():
            if _HALF.search(name):
                yield path
            else:
                yield from _find_halves(child, spell_member(path, (name[:60],)))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _find_halves(child, spell_member(path, (place,)))


_HALF: Final = re.compile("[\ud800-\udfff]")


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
            raise refuse("adapter.malformed", f"expected at most {limits.elements:,} values")
        level = [each for parent in level for each in _list_children(parent)]


def _list_children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
