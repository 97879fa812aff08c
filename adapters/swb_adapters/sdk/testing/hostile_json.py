"""What is hostile in JSON only, and well-formed JSON with one value changed."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.json import encode_json
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.testing.nasty import NASTY_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hostile_json", "reshape_json"]

_NUMBER: Final = re.compile(rb"(?<=[:\[,])\s*-?[0-9]+(?:\.[0-9]+)?(?=\s*[,\]}])")
_TEXT: Final = re.compile(rb'(?<=:)\s*"')
_NO_NUMBERS: Final = {
    "NaN for a number": b"NaN",
    "Infinity for a number": b"Infinity",
    "-Infinity for a number": b"-Infinity",
    "a number with a huge exponent": b"1e999999999",
    "a number with a tiny exponent": b"1e-999999999",
    "a number whose exponent has no bounds": b"1e1000000000000000000",
    "a number of 5,000 digits": b"1" * 5000,
    "a number with 5,000 decimal places": b"0." + b"1" * 5000,
    "a number with a leading zero": b"01",
    "a number with a plus": b"+1",
    "a hexadecimal number": b"0x1F",
}


def hostile_json(sample: bytes) -> Iterator[tuple[str, bytes]]:
    """Make JSON payloads that must be refused, each with a name.

    Args:
        sample: A good payload: an object with a text or a number somewhere in it.
    """
    first, _, rest = sample.partition(b"{")
    name, value = next(iter(json.loads(sample).items()))
    member = f"{json.dumps(name)}: {json.dumps(value)}".encode()
    yield "a name twice in one object", first + b"{" + member + b", " + rest
    yield "a name with half of a surrogate pair", first + b'{"\\udfff": 1, ' + rest
    yield "a comment", b"/* before */" + sample
    yield "a comma too many", sample.rstrip()[:-1] + b",}"
    yield "in an array", b"[" + sample + b"]"
    yield "in text", json.dumps(sample.decode()).encode()
    yield "a byte order mark", b"\xef\xbb\xbf" + sample
    yield "nothing at all", b"null"
    yield "an empty object", b"{}"
    yield "deep nesting", b"[" * 100_000
    yield "deep nesting, closed", b'{"a":' * 5000 + b"1" + b"}" * 5000
    yield "many values", b"[" + b"0," * DEFAULT_LIMITS.elements + b"0]"
    yield "half of a surrogate pair", _TEXT.sub(rb'"\\ud800', sample, count=1)
    if _NUMBER.search(sample) is not None:
        for what, digits in _NO_NUMBERS.items():
            yield what, _NUMBER.sub(digits, sample, count=1)


_NASTY_VALUES: Final[tuple[Any, ...]] = (
    *NASTY_TEXTS,
    None,
    True,
    [],
    {},
    [[]],
    {"": ""},
    0,
    -1,
    Decimal("-0.0"),
    Decimal("0.0000001"),
    Decimal("1e15"),
    10**30,
)


def reshape_json(sample: bytes, *, every: int = 1) -> Iterator[bytes]:
    """Change the values of a good JSON payload: leave one out, double it, put a nasty one there.

    Args:
        sample: The good payload.
        every: Make only every n-th of them.
    """
    changes = len(_NASTY_VALUES) + 2
    count = sum(1 for _ in _list_places(json.loads(sample)))
    for number in range(0, count * changes, every):
        value = json.loads(sample, parse_float=Decimal)
        parent, at = list(_list_places(value))[number // changes]
        change = number % changes
        if change < len(_NASTY_VALUES):
            parent[at] = _NASTY_VALUES[change]
        elif change == len(_NASTY_VALUES):
            del parent[at]
        elif isinstance(parent, list):
            parent.insert(at, parent[at])
        else:
            parent[f"{at}2"] = parent[at]
        yield encode_json(value)


def _list_places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any JSON value
    """List all members and entries as (parent, name or position)."""
    places = value.items() if isinstance(value, dict) else enumerate(value)
    for at, child in places:
        yield value, at
        if isinstance(child, dict | list):
            yield from _list_places(child)
