"""Words for octets that are not what was expected, and for values that nobody understood."""

from __future__ import annotations

import pytest

from swb_schemas.recognition import describe_octets, describe_position, quote_value


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "an empty file"),
        (b" \r\n", "white space only"),
        (b"\xef\xbb\xbf", "white space only"),
        (b"%PDF-1.4", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive, as documents of an office program are"),
        (b"\xff\xfe<\0", "text in UTF-16"),
        (b"\n<!DOCTYPE HTML>", "an HTML page"),
        (b"<a/>", "XML"),
        (b'\xef\xbb\xbf{"a": 1}', "JSON"),
        (b"\0\0", "no text"),
        (b"a;b", "other text"),
    ],
)
def test_names_what_octets_look_like(raw: bytes, words: str) -> None:
    assert describe_octets(raw) == words


def test_counts_lines_and_characters_from_one() -> None:
    text = "one\nบริษัท!"
    raw = text.encode()
    assert describe_position(raw, 0) == "line 1, column 1"
    assert describe_position(raw, raw.index(b"!")) == "line 2, column 7"


@pytest.mark.parametrize("value", ["NaN", "-5", "1.234,56", "2026-02-30", "RVC 101%", "30/02/26"])
def test_quotes_what_was_meant_for_a_number_a_date_or_a_code(value: str) -> None:
    assert quote_value(value) == repr(value)


@pytest.mark.parametrize(
    "value", ["EXAMPLE TRADING LTD", "EXPORT CLERK 15", "LE VAN AN", "Exporter", "บริษัท", "9" * 41]
)
def test_tells_only_the_length_of_what_may_be_a_name(value: str) -> None:
    assert quote_value(value) == f"text of {len(value)} characters"


def test_says_that_nothing_was_there() -> None:
    assert quote_value("") == "nothing"
