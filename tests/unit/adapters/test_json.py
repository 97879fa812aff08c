"""JSON payloads have one meaning, or are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_adapters.sdk import AdapterLimits, encode_json, parse_json
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
        b"1e41",
        b"1e-41",
        b"1e1000000000000000000",
        b"-1e-1000000000000000000",
        b'"\\ud800"',
        b'{"\\udfff": 1}',
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


@pytest.mark.parametrize(
    ("raw", "column"), [(b'{"a": 1, }', 8), (b'{"a": 1,}', 8), (b'["a" ,\t]', 6), (b"[[1,],2]", 4)]
)
def test_names_the_comma_too_many_by_every_version_of_python(raw: bytes, column: int) -> None:
    with pytest.raises(RefusedError, match="found a comma too many") as refusal:
        parse_json(raw)
    assert refusal.value.findings[0].national_path == f"line 1, column {column}"


@pytest.mark.parametrize("raw", [b"[1,,]", b"{,}", b"[,]", b"[1,,2]"])
def test_a_comma_without_a_value_before_it_is_none_too_many(raw: bytes) -> None:
    with pytest.raises(RefusedError, match=r"found no (value|name)"):
        parse_json(raw)


def test_keeps_its_limits() -> None:
    limits = AdapterLimits(octets=20, elements=5)
    with pytest.raises(RefusedError) as refusal:
        parse_json(b" " * 21, limits=limits)
    assert refusal.value.code == "adapter.too_large"
    with pytest.raises(RefusedError) as refusal:
        parse_json(b"[1,2,3,4,5]", limits=limits)
    assert refusal.value.code == "adapter.malformed"
    assert parse_json(b"[1,2,3,4]", limits=limits) == [1, 2, 3, 4]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.decimals(-(10**15), 10**15, places=6)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\\é'), inner),
    max_leaves=20,
)


@given(value=VALUES)
def test_reads_again_what_it_writes(value: object) -> None:
    assert parse_json(encode_json(value)) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+3", b"1000\n"),
        ("0.10", b"0.1\n"),
        ("1E-6", b"0.000001\n"),
        ("12345678901234567.5", b"12345678901234567.5\n"),
    ],
)
def test_writes_a_decimal_without_exponent_and_with_all_its_digits(
    number: str, text: bytes
) -> None:
    assert encode_json(Decimal(number)) == text


def test_writes_text_as_it_is() -> None:
    assert encode_json({"nama": "Café “ខ្មែរ”\n"}) == '{"nama":"Café “ខ្មែរ”\\n"}\n'.encode()


def test_writes_no_binary_floating_point() -> None:
    with pytest.raises(TypeError, match="found float"):
        encode_json([0.1])
