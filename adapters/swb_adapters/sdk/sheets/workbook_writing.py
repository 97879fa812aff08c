"""Writes a small workbook (.xlsx) for people to fill in: text cells, choices and remarks.

Every cell is formatted as text, so that what people type stays as they typed it. The same rows
always give the same octets.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from swb_adapters.sdk.sheets.cells import REMARK, protect_text
from swb_adapters.sdk.sheets.rows import name_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Choice", "Sheet", "write_workbook"]

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES_OPENING: Final = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_MOST_OF_CHOICES: Final = 255
_TEXT, _STRONG, _REMARK = 1, 2, 3
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><i/><sz val="10"/><color rgb="FF707070"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + "".join(
        f'<xf numFmtId="49" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        for font in range(3)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What people may choose in some cells.

    Attributes:
        cells: Such as ``B7`` or ``B7:B20``.
        values: Without commas, at most 255 characters together; empty for a prompt alone.
        prompt: Shown beside the cell, at most 255 characters.
    """

    cells: str
    values: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet.

    Attributes:
        name: Of its tab.
        rows: Text of its cells.
        widths: Of columns, in characters; further ones have the last.
        choices: In its cells.
        strong: Numbers of rows in bold.
    """

    name: str
    rows: Sequence[Sequence[str]]
    widths: tuple[int, ...] = (30,)
    choices: tuple[Choice, ...] = ()
    strong: frozenset[int] = frozenset()


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets as the octets of a workbook.

    Raises:
        ValueError: Choices that a program does not take: a comma in one, or too long a list.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _list_parts(sheets):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), _HEAD + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _list_parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    yield "[Content_Types].xml", _TYPES_OPENING + parts + "</Types>"
    yield "_rels/.rels", _relate([("rId1", "officeDocument", "xl/workbook.xml")])
    tabs = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{tabs}</sheets></workbook>'
    yield "xl/workbook.xml", book
    related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    styles = (f"rId{len(sheets) + 1}", "styles", "styles.xml")
    yield "xl/_rels/workbook.xml.rels", _relate([*related, styles])
    yield "xl/styles.xml", _STYLES
    for n, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", "".join(_write_sheet(sheet))


def _relate(targets: Iterable[tuple[str, str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _write_sheet(sheet: Sheet) -> Iterator[str]:
    yield f'<worksheet xmlns="{_MAIN}"><cols>'
    for number, width in enumerate(sheet.widths, start=1):
        last = number if number < len(sheet.widths) else 100
        yield f'<col min="{number}" max="{last}" width="{width}" style="{_TEXT}" customWidth="1"/>'
    yield "</cols><sheetData>"
    for number, row in enumerate(sheet.rows, start=1):
        if any(row):
            yield f'<row r="{number}">'
            yield from _write_cells(number, row, strong=number in sheet.strong)
            yield "</row>"
    yield "</sheetData>"
    if sheet.choices:
        yield f'<dataValidations count="{len(sheet.choices)}">'
        yield from map(_write_choice, sheet.choices)
        yield "</dataValidations>"
    yield "</worksheet>"


def _write_cells(number: int, row: Sequence[str], *, strong: bool) -> Iterator[str]:
    remark = row[0].startswith(REMARK)
    for column, text in enumerate(row, start=1):
        if text:
            style = _REMARK if remark or text.startswith(REMARK) else _STRONG if strong else _TEXT
            yield (
                f'<c r="{name_column(column)}{number}" s="{style}" t="inlineStr">'
                f'<is><t xml:space="preserve">{escape(protect_text(text))}</t></is></c>'
            )


def _write_choice(choice: Choice) -> str:
    listed = ",".join(choice.values)
    if len(listed) > _MOST_OF_CHOICES or any("," in value for value in choice.values):
        msg = f"expected choices without commas, at most {_MOST_OF_CHOICES} characters, in {choice}"
        raise ValueError(msg)
    kind = ' type="list"' if choice.values else ""
    shown = f' showInputMessage="1" prompt={quoteattr(choice.prompt)}' if choice.prompt else ""
    formula = f'<formula1>"{escape(listed)}"</formula1>' if choice.values else ""
    return (
        f'<dataValidation{kind} allowBlank="1" showErrorMessage="1"{shown} '
        f'sqref="{choice.cells}">{formula}</dataValidation>'
    )
