"""Messages of fixed width: layouts, both arrangements, text in rows, and what is refused."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.sdk.fixed_width import (
    Columns,
    Field,
    FieldLines,
    FixedWidthSyntax,
    Header,
    Layout,
    Record,
)
from swb_adapters.sdk.fixed_width.rows import BEGINS, GOES_ON, NEXT_LINE, cut_text, join_rows
from swb_adapters.sdk.limits import AdapterLimits
from swb_adapters.sdk.mapping import TEXT, Shape
from swb_schemas.errors import RefusedError

HEADER = Header(
    Field("SYS", 4),
    Field("KIND", 3),
    Field("LEN", 6, number=True),
    Field("CNT", 6, number=True),
    Field("REF", 8),
    constants={"SYS": "TEST"},
    kind="KIND",
    octets="LEN",
    lines="CNT",
)
LAYOUT = Layout(
    Record("ONE", Field("NAM", 6), Field("NUM", 5, number=True)),
    Record(
        "MNY",
        Field("COD", 2),
        Record("TXT", text=10),
        Record("LNG", Field("TAG", 3), text=10, many=True),
        Record("SUB", Field("COD", 2), many=True),
        many=True,
    ),
)
COLUMNS = FixedWidthSyntax(HEADER, {"ABC": LAYOUT}, Columns())
LINES = FixedWidthSyntax(HEADER, {"ABC": LAYOUT}, FieldLines())
BOTH = pytest.mark.parametrize("syntax", [COLUMNS, LINES], ids=["columns", "field lines"])
BURMESE = "မြန်မာနိုင်ငံ ကုန်သွယ်ရေး"
VIETNAMESE = "Công ty Cổ phần Thương mại Ví Dụ"
TREE: dict[str, Any] = {
    "HDR": {"REF": "R/1 မြ"},
    "ONE": {"NAM": "Ví Dụ", "NUM": "0.5"},
    "MNY": [
        {
            "COD": "A",
            "TXT": f"{VIETNAMESE}\n{BURMESE}",
            "LNG": [{"TAG": "my", TEXT: BURMESE}, {"TAG": "vi", TEXT: "Ví Dụ"}],
            "SUB": [{"COD": "1"}, {"COD": "2"}],
        },
        {},
    ],
}


def _read(syntax: FixedWidthSyntax, raw: bytes) -> dict[str, Any]:
    kind, parsed = syntax.recognise(raw)
    assert kind == "ABC"
    return syntax.read(kind, parsed, Shape())


def _write(syntax: FixedWidthSyntax, tree: dict[str, Any]) -> bytes:
    return syntax.write("ABC", tree, Shape())


@BOTH
def test_what_is_written_is_read(syntax: FixedWidthSyntax) -> None:
    assert _read(syntax, _write(syntax, TREE)) == TREE


def test_records_stand_in_columns_of_characters() -> None:
    lines = _write(COLUMNS, TREE).decode().split("\r\n")
    assert lines[0].startswith("TESTABC")
    assert lines[1] == "ONEVí Dụ 000.5"
    assert lines[2] == "MNYA "
    assert lines[3] == "TXT 010Công ty Cổ"
    assert {len(line) for line in lines if line.startswith("TXT")} == {17}
    assert {len(line) for line in lines if line.startswith("LNG")} == {20}
    assert lines[-2:] == ["MNY  ", ""]


def test_fields_stand_in_lines() -> None:
    lines = _write(LINES, TREE).decode().split("\r\n")
    assert lines[1:6] == ["ONE0001", "Ví Dụ", "0.5", "MNY0002", "A"]
    assert lines[6:8] == ["TXT0001", "0007"]
    assert lines[-5:] == ["", "TXT0000", "LNG0000", "SUB0000", ""]


@BOTH
def test_the_header_counts_octets_and_lines(syntax: FixedWidthSyntax) -> None:
    raw = _write(syntax, TREE)
    assert raw[7:13] == f"{len(raw):06}".encode()
    assert raw[13:19] == f"{raw.count(bytes([10])):06}".encode()
    assert len(raw) > len(raw.decode())


@BOTH
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_text_comes_back_as_it_was(syntax: FixedWidthSyntax, data: st.DataObject) -> None:
    letters = st.sampled_from("aA  b" + BURMESE + VIETNAMESE + "e\u0301\u0323\u200d🚢")
    line = st.text(letters, min_size=1, max_size=40).map(str.strip).filter(bool)
    text = data.draw(st.lists(line, min_size=1, max_size=4).map("\n".join))
    tree = {"HDR": {}, "MNY": [{"TXT": text, "LNG": [{"TAG": "x", TEXT: text}]}]}
    assert _read(syntax, _write(syntax, tree)) == tree


@pytest.mark.parametrize(
    "text", [BURMESE * 4, VIETNAMESE * 4, unicodedata.normalize("NFD", VIETNAMESE)]
)
@pytest.mark.parametrize("width", [5, 7, 10])
def test_a_row_never_parts_a_character_from_its_marks(text: str, width: int) -> None:
    rows = cut_text(text, width)
    assert join_rows(rows) == text
    for (_, before), (mark, row) in pairwise(rows):
        assert mark == GOES_ON
        assert not unicodedata.category(row[0]).startswith("M")
        assert before[-1] not in "\u1039\u200d"


def test_marks_without_end_are_cut_all_the_same() -> None:
    text = "e" + "\u0323" * 4000
    rows = cut_text(text, 70)
    assert join_rows(rows) == text
    assert max(len(row) for _, row in rows) == 70
    assert len(rows) < 80


def test_spaces_at_the_end_of_a_row_are_kept() -> None:
    text = "nine char     and more"
    assert cut_text(text, 10)[0] == (BEGINS, "nine char ")
    tree = {"HDR": {}, "MNY": [{"TXT": text}]}
    assert _read(COLUMNS, _write(COLUMNS, tree)) == tree
    assert cut_text("a\nb", 10) == [(BEGINS, "a"), (NEXT_LINE, "b")]


@BOTH
def test_a_value_wider_than_its_field_is_refused_and_not_cut(syntax: FixedWidthSyntax) -> None:
    with pytest.raises(RefusedError) as caught:
        _write(syntax, {"ONE": {"NAM": "seven77"}})
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.value", "ONE/NAM")
    with pytest.raises(RefusedError, match="one line"):
        _write(syntax, {"ONE": {"NAM": "a\nb"}})


@BOTH
def test_a_payload_larger_than_the_limit_is_neither_read_nor_written(
    syntax: FixedWidthSyntax,
) -> None:
    arrangement = Columns() if syntax is COLUMNS else FieldLines()
    small = FixedWidthSyntax(HEADER, {"ABC": LAYOUT}, arrangement, limits=AdapterLimits(octets=100))
    raw = _write(syntax, TREE)
    for use in (lambda: small.recognise(raw), lambda: _write(small, TREE)):
        with pytest.raises(RefusedError) as caught:
            use()
        assert caught.value.code == "adapter.too_large"


@BOTH
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw.replace(b"\r\n", b"\n"), id="a line feed alone"),
        pytest.param(lambda raw: raw.replace(b"\r\n", b"\r", 1), id="a carriage return alone"),
        pytest.param(lambda raw: raw[:-2], id="no end of the last line"),
        pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a byte order mark"),
        pytest.param(lambda raw: raw.replace("í".encode(), b"\xc3", 1), id="half a character"),
        pytest.param(lambda raw: b"\r\n" * len(raw), id="nothing but line ends"),
    ],
)
def test_what_is_no_such_message_is_malformed(syntax: FixedWidthSyntax, change: Any) -> None:  # noqa: ANN401 - a function
    with pytest.raises(RefusedError) as caught:
        syntax.recognise(change(_write(syntax, TREE)))
    assert caught.value.code == "adapter.malformed"


@BOTH
def test_a_million_lines_are_too_many(syntax: FixedWidthSyntax) -> None:
    with pytest.raises(RefusedError) as caught:
        syntax.recognise(b"\r\n" * 1_000_001)
    assert caught.value.code == "adapter.too_large"


def test_more_blocks_than_can_be_counted_are_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        _write(LINES, {"MNY": [{}] * 10_000})
    assert caught.value.findings[0].national_path == "MNY"


@BOTH
def test_a_single_record_that_comes_over_and_over_costs_no_more_than_others(
    syntax: FixedWidthSyntax,
) -> None:
    many = [{"NAM": "x"}] * 9_999
    assert _read(syntax, _write(syntax, {"ONE": many})) == {"HDR": {}, "ONE": many}


@BOTH
def test_lines_of_records_can_be_told(syntax: FixedWidthSyntax) -> None:
    _, parsed = syntax.recognise(_write(syntax, TREE))
    places: dict[str, int] = {}
    syntax.read_body("ABC", parsed, places)
    lines = _write(syntax, TREE).decode().split("\r\n")
    second = places["MNY[1]/SUB[2]"]
    assert lines[second - 1] in {"SUB2 ", "2"}


def test_paths_are_spelled_with_columns_or_fields() -> None:
    columns, lines = COLUMNS.spelling("ABC"), LINES.spelling("ABC")
    assert columns("MNY[2]/TXT") == "MNY[2]/TXT columns 8-17"
    assert columns("MNY[*]/LNG[*]/TAG") == "MNY[*]/LNG[*]/TAG columns 4-6"
    assert columns("ONE/NUM") == "ONE/NUM columns 10-14"
    assert columns("HDR/REF") == "HDR/REF columns 20-27"
    assert columns("MNY[2]") == "MNY[2]"
    assert columns("MNY[2]/XYZ") == "MNY[2]/XYZ"
    assert lines("ONE/NUM") == "ONE/NUM field 2"
    assert lines("HDR/REF") == "HDR/REF columns 20-27"


def test_a_layout_tells_where_a_table_differs() -> None:
    shape = Shape()
    for path in (
        "HDR/REF",
        "ONE/NAM",
        "MNY/COD",
        "MNY/TXT",
        "MNY/LNG[*]/TAG",
        "MNY/SUB[*]/COD",
        "NEW",
    ):
        shape.reach(path)
    assert LAYOUT.compare(HEADER, shape) == [
        "MNY repeats in one of both",
        "the layout has ONE/NUM, the table has not",
        "the table has NEW, the layout has not",
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Record("ABC"),
        lambda: Record("ABC", Field("A", 1), Field("A", 1)),
        lambda: Record("ABC", Record("SUB", text=1), text=1),
        lambda: Record("ABC", text=1000),
        lambda: FixedWidthSyntax(
            Header(Field("A", 1), constants={}, kind="A", octets="B", lines="C"), {}, Columns()
        ),
    ],
    ids=[
        "nothing",
        "a name twice",
        "records below text",
        "rows too wide",
        "a header without its fields",
    ],
)
def test_a_layout_that_cannot_be_is_an_error_of_its_author(make: Any) -> None:  # noqa: ANN401 - a function
    with pytest.raises(ValueError, match=r"expected (fields|rows)"):
        make()
