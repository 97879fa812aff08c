"""CONTRL: what a sender is told of the syntax of an interchange."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.edifact import build_report, parse_interchange
from swb_schemas.errors import RefusedError

GOOD = "UNB+UNOC:3+S+R+261122:1000+REF1'UNH+M1+CUSRES:D:96B:UN'BGM+1'UNT+3+M1'UNZ+1+REF1'"
AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def report(raw: str, refusal: RefusedError | None) -> list[str]:
    """Segments of the report between UNH and UNT; the report itself is in order."""
    octets = build_report(raw.encode(), refusal, at=AT, reference="RPT1")
    message = parse_interchange(octets).messages[0]
    assert message.type == "CONTRL"
    return message.rows


def refusal_of(raw: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        parse_interchange(raw.encode())
    return caught.value


def test_an_interchange_in_order_is_acknowledged() -> None:
    octets = build_report(GOOD.encode(), None, at=AT, reference="RPT1")
    assert octets == (
        b"UNA:+.? '\n"
        b"UNB+UNOC:3+R+S+261122:1230+RPT1'\n"
        b"UNH+1+CONTRL:D:3:UN'\n"
        b"UCI+REF1+S+R+7'\n"
        b"UNT+3+1'\n"
        b"UNZ+1+RPT1'\n"
    )


def test_a_report_on_version_4_is_of_version_4() -> None:
    octets = build_report(GOOD.replace("C:3", "C:4").encode(), None, at=AT, reference="RPT1")
    assert b"UNB+UNOY:4::7+R+S+20261122:1230+RPT1'" in octets
    assert parse_interchange(octets).messages[0].version == "4:1:UN"


def test_a_refusal_of_the_content_leaves_the_syntax_acknowledged() -> None:
    content = refuse("adapter.value", "expected a date, found none", national_path="DTM+137/1.2")
    assert report(GOOD, content) == ["UCI+REF1+S+R+7"]


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ("UNZ+1", "UNZ+2", ["UCI+REF1+S+R+4+29+UNZ+2"]),
        ("UNZ+1+REF1", "UNZ+1+REF2", ["UCI+REF1+S+R+4+28+UNZ+3"]),
        ("UNT+3", "UNT+9", ["UCI+REF1+S+R+7", "UCM+M1+CUSRES:D:96B:UN+4+29+UNT+2"]),
        ("BGM+1'", "BGM:1+1'", ["UCI+REF1+S+R+7", "UCM+M1+CUSRES:D:96B:UN+4", "UCS+2+34"]),
        (
            "BGM+1'",
            "BGM+1+x:\n'",
            ["UCI+REF1+S+R+7", "UCM+M1+CUSRES:D:96B:UN+4", "UCS+2", "UCD+21+3:2"],
        ),
        ("UNT+3+M1'UNZ+1+REF1'", "", ["UCI+REF1+S+R+7", "UCM+M1+CUSRES:D:96B:UN+4+13+UNT"]),
    ],
)
def test_a_fault_is_told_at_its_level(before: str, after: str, rows: list[str]) -> None:
    assert before in GOOD
    raw = GOOD.replace(before, after)
    assert report(raw, refusal_of(raw)) == rows


def test_nobody_is_told_whose_header_cannot_be_read() -> None:
    with pytest.raises(RefusedError):
        build_report(b"hello", refusal_of("hello"), at=AT, reference="RPT1")
