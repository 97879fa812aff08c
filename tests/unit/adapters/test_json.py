"""JSON payloads have one meaning, or are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from swb_adapters.sdk import AdapterLimits, parse_json
from swb_schemas.errors import RefusedError


def test_reads_numbers_exactly() -> None:
    assert parse_json(b'{"a": 0.1, "b": 12, "c": 1e2}') == {
        "a": Decimal("0.1"),
        "b": 12,
        "c": Decimal("1e2"),
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "a": 1}}',
        b"NaN",
        b"-Infinity",
        b"1" * 5000,
        b"0." + b"1" * 5000,
        b'"\xff"',
        b'\xef\xbb\xbf"a"',
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b"[" * 25 + b"]" * 25,
    ],
)
def test_refuses_what_parsers_read_differently(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_json(raw)
    assert refusal.value.code == "adapter.malformed"


def test_keeps_its_limits() -> None:
    limits = AdapterLimits(octets=20, elements=5)
    with pytest.raises(RefusedError) as refusal:
        parse_json(b" " * 21, limits=limits)
    assert refusal.value.code == "adapter.too_large"
    with pytest.raises(RefusedError) as refusal:
        parse_json(b"[1,2,3,4,5]", limits=limits)
    assert refusal.value.code == "adapter.malformed"
    assert parse_json(b"[1,2,3,4]", limits=limits) == [1, 2, 3, 4]
