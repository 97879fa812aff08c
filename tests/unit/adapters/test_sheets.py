"""Sheets: cells, rows, layouts and workbooks, without any state's form."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from swb_adapters.sdk.mapping import Conversion, Shape
from swb_adapters.sdk.sheets import (
    CELL,
    CELL_DATE,
    CELL_DECIMAL,
    CELL_HS_CODE,
    CELL_LIST,
    CELL_NUMBER,
    Choice,
    DayCell,
    Layout,
    NumberCell,
    Sheet,
    SheetLimits,
    cell_code,
    protect_text,
    read_csv,
    read_workbook,
    restore_text,
    write_csv,
    write_workbook,
)
from swb_schemas.errors import RefusedError

WORKBOOKS = Path(__file__).parent / "workbooks"
NASTY = st.text(st.sampled_from("=+-@'\t\r\n;,|0123456789E.aé\uff1d \""), max_size=12)


# --- cells -------------------------------------------------------------------------------------


@given(text=NASTY)
@settings(max_examples=400, deadline=None)
def test_a_protected_text_is_restored_exactly(text: str) -> None:
    assert restore_text(protect_text(text)) == text


@given(text=NASTY)
@settings(max_examples=400, deadline=None)
def test_no_part_of_a_protected_text_begins_like_a_formula(text: str) -> None:
    whole = protect_text(text)
    for separator in ";,|\t\r\n":
        for part in whole.split(separator):
            assert not part.startswith(("=", "+", "-", "@", "\uff1d"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("- 5 C", "'- 5 C"),
        ("\t=1", "'\t'=1"),
        ("'=1", "''=1"),
        ("a;=1", "a;'=1"),
        ('a;"=1"', 'a;"\'=1"'),
        ("a, -1", "a, '-1"),
        ("one\n-two", "one\n'-two"),
        ("00123", "'00123"),
        ("0990000000017", "'0990000000017"),
        ("123456789012", "'123456789012"),
        ("12E4", "'12E4"),
        ("'s-Gravenhage", "'s-Gravenhage"),
        ("A-1", "A-1"),
        ("12345678901", "12345678901"),
        ("0.5", "0.5"),
        ("2026-11-22", "2026-11-22"),
    ],
)
def test_only_what_a_program_would_change_is_marked(text: str, written: str) -> None:
    assert protect_text(text) == written
    assert restore_text(written) == text


# --- conversions -------------------------------------------------------------------------------

_UNIT = cell_code("a unit", "[A-Z]{2,3}")


@pytest.mark.parametrize(
    ("conversion", "cell", "message"),
    [
        (CELL, NumberCell("123"), "expected text, found a number"),
        (CELL, DayCell("2026-02-01"), "expected text, found a day"),
        (CELL, "1.2E+10", "made of a long number"),
        (CELL_HS_CODE, NumberCell("9012120"), "found 7; a leading zero may be gone"),
        (CELL_HS_CODE, "8.5E+07", "made of a long number"),
        (CELL_HS_CODE, "", "6, 8 or 10 digits"),
        (CELL_DATE, NumberCell("46348"), "counts days"),
        (CELL_DATE, "46348", "counts days"),
        (CELL_DATE, "22/11/2026", "cannot be sure"),
        (CELL_DATE, "22-Nov-26", "cannot be sure"),
        (CELL_DATE, "11/22/2026 0:00", "cannot be sure"),
        (CELL_DATE, "2026-02-30", "expected a day of the calendar"),
        (CELL_DATE, DayCell("2026-11-22 10:00:00"), "found a day with a time"),
        (CELL_NUMBER, "1,200", "separators between thousands"),
        (CELL_NUMBER, "1.200", "separators between thousands"),
        (CELL_NUMBER, "3.5", "expected digits"),
        (CELL_NUMBER, DayCell("2026-01-02"), "found a day"),
        (CELL_DECIMAL, "1 200.5", "separators between thousands"),
        (CELL_DECIMAL, "1.200.000", "separators between thousands"),
        (CELL_DECIMAL, "1,200.50", "separators between thousands"),
        (CELL_DECIMAL, "12,5", "with a comma"),
        (CELL_DECIMAL, "-3", "expected digits"),
        (CELL_DECIMAL, "1.2E+10", "expected a number in full"),
        (_UNIT, NumberCell("12"), "expected text, found a number"),
        (_UNIT, "kg", "expected a unit, found 'kg'"),
    ],
)
def test_what_a_program_did_to_a_cell_is_told(
    conversion: Conversion, cell: str, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        conversion.read(cell)


def test_cells_that_are_right_are_read_as_plain_values() -> None:
    assert type(CELL.read(restore_text("'00123"))) is str
    assert CELL.read(restore_text("'1.2E+10")) == "1.2E+10"
    assert CELL_HS_CODE.read(NumberCell("69120000")) == "69120000"
    assert str(CELL_DECIMAL.read(NumberCell("1200.1"))) == "1200.1"
    assert str(CELL_DECIMAL.read("1.200")) == "1.200"
    assert CELL_DATE.read(DayCell("2026-11-22")).isoformat() == "2026-11-22"
    assert CELL_LIST.read("S1\nS2") == ["S1", "S2"]


# --- CSV ---------------------------------------------------------------------------------------


def test_csv_is_read_with_either_separator_with_mark_remarks_and_sep_line() -> None:
    for raw in (
        b'\xef\xbb\xbf# a remark, with a comma\r\nForm,X\r\nA,"1, 2"\r\n',
        b"sep=;\r\nform;X\r\nA;1, 2\r\n",
    ):
        rows = [list(row.cells) for row in read_csv(raw, heading="Form")]
        assert ["A", "1, 2"] in rows


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b"", "adapter.malformed", "an empty file"),
        (b"%PDF-1.7", "adapter.malformed", "a PDF document"),
        (b"Form,X\r\nA,caf\xe9\r\n", "adapter.malformed", "CSV UTF-8"),
        ("Form,X\r\n".encode("utf-16"), "adapter.malformed", "text in UTF-16"),
        (b"Form,X\r\nA,\0\r\n", "adapter.malformed", "an octet of zero"),
        (b'Form,X\r\nA,"b"c\r\n', "adapter.malformed", "in quotation marks"),
        (b'Form,X\r\nA,"b\r\n', "adapter.malformed", "in quotation marks"),
        (b"Form,X\r\n" + b"A\r\n" * 20, "adapter.too_large", "at most 10 rows"),
        (b"Form,X\r\n" + b"," * 20, "adapter.too_large", "at most 5 columns"),
        (b"Form,X\r\nA," + b"x" * 200, "adapter.too_large", "at most 100 characters"),
        (b"Form,X\r\nA," + b"x" * 200_000, "adapter.too_large", "at most 100 characters"),
    ],
)
def test_csv_that_is_not_right_is_refused(raw: bytes, code: str, message: str) -> None:
    limits = SheetLimits(rows=10, columns=5, cell=100)
    with pytest.raises(RefusedError, match=message) as caught:
        read_csv(raw, heading="Form", limits=limits)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (b"A," + b"x" * 60, "adapter.too_large", "at most 50 characters"),
        (b'"A","' + b'b ""c"" ' * 10 + b'"', "adapter.too_large", "at most 50 characters"),
        (b"A," + b"x" * 40 + b',"b"c', "adapter.malformed", "in quotation marks"),
    ],
)
def test_a_limit_that_csv_has_for_the_whole_process_is_told_from_a_wrong_spelling(
    row: bytes, code: str, message: str
) -> None:
    before = csv.field_size_limit(50)
    try:
        with pytest.raises(RefusedError, match=message) as caught:
            read_csv(b'Form,X\r\nA,"1, 2"\r\n' + row, heading="Form", limits=SheetLimits(cell=100))
    finally:
        csv.field_size_limit(before)
    assert caught.value.code == code
    assert caught.value.findings[0].national_path == "row 3"


@given(rows=st.lists(st.lists(NASTY.map(str.strip), min_size=1, max_size=4), max_size=5))
@example(rows=[["|\r\n0"], ["|'\r\n0"], ["|\r\r\n0"], ["|'\r\r\n0"], ["|\r0"], ["a\r\n=1"]])
@settings(max_examples=100, deadline=None)
def test_csv_that_was_written_is_read_as_the_same(rows: list[list[str]]) -> None:
    expected = [["Form", "X"], *([c.replace("\r\n", "\n") for c in row] for row in rows)]
    found = read_csv(write_csv([["Form", "X"], *rows]), heading="Form")
    assert [list(row.cells) for row in found] == expected


# --- layout ------------------------------------------------------------------------------------


def make_shape(*paths: str) -> Shape:
    shape = Shape()
    for path in paths:
        shape.reach(path)
    return shape


@pytest.mark.parametrize(
    "paths",
    [
        ("A/B",),
        ("T[*]/A/B",),
        ("T[*]/A", "T[*]/G[*]/A"),
        ("T[*]/A", "T[*]/G[*]"),
    ],
)
def test_a_shape_that_no_sheet_has_room_for_is_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Layout(make_shape(*paths))


def test_an_alias_means_one_name() -> None:
    with pytest.raises(ValueError, match="to mean one name"):
        Layout(make_shape("A", "B"), {"A": "B"})


# --- workbooks ---------------------------------------------------------------------------------

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def make_workbook(cells: str, **parts: str | bytes) -> bytes:
    """A workbook with one row of cells, and further parts by name; dots stand for slashes."""
    plain = write_workbook([Sheet(name="Form", rows=[["Form", "X"]])])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            octets: str | bytes = before.read(name)
            if name.endswith("sheet1.xml"):
                octets = f"<worksheet {_NS}><sheetData>{cells}</sheetData></worksheet>"
            after.writestr(name, parts.pop(name, octets))
        for name, octets in parts.items():
            after.writestr(name, octets)
    return out.getvalue()


def row(*cells: str) -> str:
    return f'<row r="3">{"".join(cells)}</row>'


@pytest.mark.parametrize(
    ("cells", "code", "message"),
    [
        (row('<c r="C3"><f>1+1</f><v>2</v></c>'), "adapter.unsupported", "found a formula"),
        (row('<c r="C3" t="str"><f t="shared" si="0"/></c>'), "adapter.unsupported", "a formula"),
        (row('<c r="C3" t="e"><v>#REF!</v></c>'), "adapter.value", "a cell with an error"),
        (row('<c r="C3" t="s"><v>7</v></c>'), "adapter.malformed", "shared text"),
        (row('<c r="C3"><v>1e999</v></c>'), "adapter.malformed", "expected a number"),
        (row('<c r="C3"><v>nan</v></c>'), "adapter.malformed", "expected a number"),
        (row('<c r="B3"/><c r="A3"/>'), "adapter.malformed", "cells in order"),
        (row('<c r="A4"/>'), "adapter.malformed", "cells in order"),
        (row() + row(), "adapter.malformed", "rows in order"),
        ('<row r="-1"/>', "adapter.malformed", "rows in order"),
        ('<row r="200001"><c><v>1</v></c></row>', "adapter.too_large", "at most 200,000 rows"),
        (row('<c r="XFD3"><v>1</v></c>'), "adapter.too_large", "at most 100 columns"),
        ("</nothing>", "xml.malformed", "expected"),
    ],
)
def test_a_workbook_that_is_not_right_is_refused(cells: str, code: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as caught:
        read_workbook(make_workbook(cells), sheet="Form")
    assert caught.value.code == code


def merge(*ranges: str) -> str:
    return f"<mergeCells>{''.join(f'<mergeCell ref={each!r}/>' for each in ranges)}</mergeCells>"


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def make_merged(cells: str, *ranges: str) -> bytes:
    """A workbook whose sheet has merged cells behind its rows."""
    return make_workbook(f"{row(cells)}</sheetData>{merge(*ranges)}<sheetData>")


@pytest.mark.parametrize(
    ("cells", "merged", "column"),
    [
        (text_cell("B3", "N/M"), "B3:B4", "B"),
        (text_cell("B3", "80") + text_cell("D3", "CT"), "B3:C3", "B"),
        (text_cell("A3", "Route"), "A3:A9", "A"),
    ],
)
def test_a_value_in_merged_cells_is_refused(cells: str, merged: str, column: str) -> None:
    with pytest.raises(RefusedError, match="expected each value in a cell of its own") as caught:
        read_workbook(make_merged(cells, "A1:B1", merged), sheet="Form")
    assert caught.value.code == "adapter.unsupported"
    assert caught.value.findings[0].national_path == f'row 3, column "{column}"'


@pytest.mark.parametrize(
    ("cells", "merged"),
    [
        (text_cell("A3", "Items"), "A3:F3"),
        (text_cell("A3", "# a remark"), "A3:F5"),
        (text_cell("A3", "Route") + text_cell("B3", "by sea"), "B3:D3"),
        (text_cell("A3", "Route") + text_cell("C3", "# box 3"), "A3:B3"),
        (text_cell("A3", "Route"), "B3:C8"),
        (text_cell("A3", "Route"), "A30:C80"),
    ],
)
def test_merged_cells_that_hide_nothing_are_read(cells: str, merged: str) -> None:
    assert len(read_workbook(make_merged(cells, merged), sheet="Form")) == 1


def test_a_merge_that_is_none_is_refused() -> None:
    with pytest.raises(RefusedError, match="expected merged cells such as A1:B2"):
        read_workbook(make_merged(text_cell("A3", "Route"), "A3"), sheet="Form")


def test_a_formula_is_told_by_row_and_column() -> None:
    with pytest.raises(RefusedError) as caught:
        read_workbook(make_workbook(row('<c r="C3"><f>1</f></c>')), sheet="Form")
    assert caught.value.findings[0].national_path == 'row 3, column "C"'


@pytest.mark.parametrize(
    ("part", "octets", "code"),
    [
        ("xl/vbaProject.bin", b"\0", "adapter.unsupported"),
        ("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml.doctype"),
        ("xl/workbook.xml", "<a/>", "adapter.malformed"),
        ("xl/worksheets/sheet1.xml", b"\xff", "xml.malformed"),
    ],
)
def test_a_workbook_with_a_hostile_part_is_refused(
    part: str, octets: str | bytes, code: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        read_workbook(make_workbook("", **{part: octets}), sheet="Form")
    assert caught.value.code == code


def test_an_archive_that_unpacks_to_too_much_is_refused_early() -> None:
    bomb = make_workbook("<row/>" * 2_000_000)
    assert len(bomb) < 100_000
    limits = SheetLimits(unpacked=1_000_000)
    with pytest.raises(RefusedError, match="1,000,000 octets unpacked") as caught:
        read_workbook(bomb, sheet="Form", limits=limits)
    assert caught.value.code == "adapter.too_large"


def test_an_archive_of_too_many_files_or_of_one_twice_is_refused() -> None:
    with pytest.raises(RefusedError, match="at most 200 files"):
        read_workbook(make_workbook("", **{f"x{n}": b"" for n in range(300)}), sheet="Form")
    out = io.BytesIO(make_workbook(""))
    with (
        zipfile.ZipFile(out, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(RefusedError, match="a file twice"):
        read_workbook(out.getvalue(), sheet="Form")


def test_the_sheet_is_found_by_its_name_or_is_the_only_one() -> None:
    other, form = Sheet(name="Notes", rows=[["n"]]), Sheet(name="FORM", rows=[["f"]])
    assert read_workbook(write_workbook([other, form]), sheet="Form")[0].cells == ["f"]
    assert read_workbook(write_workbook([other]), sheet="Form")[0].cells == ["n"]
    with pytest.raises(RefusedError, match="expected a sheet with the name 'Form', found 2"):
        read_workbook(write_workbook([other, Sheet(name="More", rows=[])]), sheet="Form")


def test_kinds_of_cells_that_another_program_wrote() -> None:
    raw = (WORKBOOKS / "kinds-of-cells-by-xlsxwriter.xlsx").read_bytes()
    found = {
        each.number: (type(each.cells[-1]), str(each.cells[-1]))
        for each in read_workbook(raw, sheet="Form")
    }
    assert found == {
        1: (str, "Form D"),
        2: (DayCell, "2026-11-22"),
        3: (DayCell, "2026-11-22 14:30:00"),
        4: (NumberCell, "1200.1"),
        5: (NumberCell, "0.3"),
        6: (NumberCell, "12345678901"),
        7: (NumberCell, "1000000000000000000000"),
        8: (str, "=1+1"),
        9: (str, "TRUE"),
        10: (NumberCell, "1234.5"),
        11: (str, "plain bold end"),
        12: (str, "x_x000D_y\n z"),
    }


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    book = (
        f'<workbook {_NS} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><workbookPr date1904="1"/><sheets><sheet name="Form" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    )
    styles = f'<styleSheet {_NS}><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    cells = row('<c r="A3" s="0"><v>44886</v></c>')
    parts = {"xl/workbook.xml": book, "xl/styles.xml": styles}
    (found,) = read_workbook(make_workbook(cells, **parts), sheet="Form")
    assert found.cells == ["2026-11-22"]
    with pytest.raises(RefusedError, match="29 February 1900"):
        read_workbook(
            make_workbook(row('<c s="0"><v>59</v></c>'), **{"xl/styles.xml": styles}), sheet="Form"
        )


def test_choices_that_no_program_takes_are_refused() -> None:
    for values in (("a,b",), ("x" * 300,)):
        with pytest.raises(ValueError, match="expected choices"):
            write_workbook([Sheet(name="F", rows=[], choices=(Choice(cells="A1", values=values),))])


@given(texts=st.lists(NASTY, min_size=1, max_size=4), delimiter=st.sampled_from(",;\t|"))
@settings(max_examples=300, deadline=None)
def test_no_cell_begins_like_a_formula_whatever_separator_a_program_expects(
    texts: list[str], delimiter: str
) -> None:
    written = write_csv([texts]).decode("utf-8-sig")
    for found in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
        for cell in found:
            assert not cell.startswith(("=", "+", "-", "@", "\uff1d"))
