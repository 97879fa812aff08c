"""Rows of a workbook (.xlsx, ECMA-376 part 1), transitional or strict.

Only values that somebody typed are read. A formula is refused: what it came to was worked out by
the sender's program, perhaps before something else was changed. Numbers and days are told from
text by their kind of cell, see `swb_adapters.sdk.sheets.cells`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.sheets.archive import Archive
from swb_adapters.sdk.sheets.rows import DEFAULT_SHEET_LIMITS, SheetLimits, SheetRow
from swb_adapters.sdk.sheets.workbook_cells import WorkbookCells, read_shared_text

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["read_workbook"]

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_DAY_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_PATTERN: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_workbook(
    raw: bytes, *, sheet: str, limits: SheetLimits = DEFAULT_SHEET_LIMITS
) -> list[SheetRow]:
    """Read one sheet of a workbook.

    Args:
        raw: The payload; its size is checked by the caller.
        sheet: Name of the sheet, whatever its case; not looked at where there is only one.
        limits: Of what is unpacked, and of rows, columns and cells.

    Raises:
        RefusedError: ``adapter.malformed``, ``adapter.too_large``, ``adapter.unsupported``
            (formulas, macros), ``adapter.value`` (a cell with an error), ``xml.*``.
    """
    archive = Archive(raw, limits)
    book = archive.parse(_WORKBOOK)
    relations = list(archive.parse(_RELATIONS).iterchildren("{*}Relationship"))
    targets = {
        each.get("Type", "").rpartition("/")[2]: _resolve(each.get("Target", ""))
        for each in relations
    }
    properties = book.find("{*}workbookPr")
    cells = WorkbookCells(
        _read_shared(archive, targets.get("sharedStrings", "")),
        _find_day_styles(archive, targets.get("styles", "")),
        limits,
        since_1904=properties is not None and properties.get("date1904") in {"1", "true"},
    )
    return list(cells.read(archive.parse(_find_sheet(book, relations, sheet))))


def _resolve(target: str) -> str:
    path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
    return posixpath.normpath(path)


def _find_sheet(book: etree._Element, relations: list[etree._Element], name: str) -> str:
    sheets = list(book.iterfind("{*}sheets/{*}sheet"))
    chosen = [each for each in sheets if each.get("name", "").strip().casefold() == name.casefold()]
    if len(sheets) == 1:
        chosen = sheets
    if len(chosen) != 1:
        message = f"expected a sheet with the name {name!r}, found {len(sheets)} with other names"
        raise refuse("adapter.malformed", message)
    wanted = next((v for k, v in chosen[0].attrib.items() if str(k).endswith("}id")), "")
    for each in relations:
        if each.get("Id") == wanted and each.get("TargetMode") != "External":
            return _resolve(each.get("Target", ""))
    raise refuse("adapter.malformed", "expected the sheet's file in the workbook, found none")


def _read_shared(archive: Archive, part: str) -> list[str]:
    if part not in archive:
        return []
    return [read_shared_text(each) for each in archive.parse(part).iterchildren("{*}si")]


def _find_day_styles(archive: Archive, part: str) -> list[bool]:
    """Tell of each style whether its numbers are days or times."""
    if part not in archive:
        return []
    styles = archive.parse(part)
    days = set()
    for each in styles.iterfind("{*}numFmts/{*}numFmt"):
        pattern = _NO_PATTERN.sub("", each.get("formatCode", "")).lower()
        if pattern.strip("_ ") != "general" and any(letter in pattern for letter in "dmyhs"):
            days.add(each.get("numFmtId", ""))
    days |= {str(number) for number in _DAY_FORMATS}
    return [each.get("numFmtId", "0") in days for each in styles.iterfind("{*}cellXfs/{*}xf")]
