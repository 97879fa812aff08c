"""Cells of one sheet of a workbook, by kind: text, number, day (ECMA-376 part 1, 18.3.1.4)."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.sheets.cells import DayCell, NumberCell, is_remark, restore_text
from swb_adapters.sdk.sheets.rows import SheetLimits, SheetRow, check_cells, name_column
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

__all__ = ["WorkbookCells", "read_shared_text"]

_BLANK: Final = " \t\r\n\u00a0"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_RANGE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_INDEX: Final = re.compile(r"[0-9]{1,7}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]{1,3})?", re.ASCII)
_SIGNIFICANT: Final = 15
"""Digits of a number that spreadsheet programs show and keep; further ones are binary noise."""
_FIRST_DAY: Final = {
    False: datetime(1899, 12, 30),  # noqa: DTZ001 - cells have no zone
    True: datetime(1904, 1, 1),  # noqa: DTZ001 - as above
}
_FIRST_SURE: Final = {False: 61, True: 0}
"""Before it, the calendar from 1900 counts a 29 February 1900 that never was."""


def read_shared_text(element: etree._Element) -> str:
    """Read one of the texts that cells share."""
    return _clean(_read_text(element))


def _read_text(element: etree._Element) -> str:
    """Join the runs of a text; how it is pronounced is no part of it."""
    if len(element) == 1 and not len(element[0]):
        return _unescape(element[0].text or "")
    runs = [
        run.text or ""
        for run in element.iter("{*}t")
        if str(getattr(run.getparent(), "tag", "")).rpartition("}")[2] != "rPh"
    ]
    return _unescape("".join(runs))


def _unescape(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


class WorkbookCells:
    """Reads the cells of sheets.

    Args:
        texts: Shared by all cells.
        days: By style, whether numbers are days.
        limits: Of rows, columns and cells.
        since_1904: Whether days are counted from 1904.
    """

    def __init__(
        self,
        texts: list[str],
        days: list[bool],
        limits: SheetLimits,
        *,
        since_1904: bool,
    ) -> None:
        self._texts = texts
        self._days = days
        self._limits = limits
        self._since_1904 = since_1904
        self._cell = self._formula = self._value = self._inline = ""

    def read(self, root: etree._Element) -> Iterator[SheetRow]:
        """Read the rows of a sheet that hold anything.

        Raises:
            RefusedError: With the row, and the column where it is known: ``adapter.malformed``;
                ``adapter.too_large``: more rows, columns or characters than the limits allow;
                ``adapter.unsupported``: a formula; ``adapter.value``: a cell that cannot be read.
        """
        space, brace, _ = str(root.tag).rpartition("}")
        self._cell, self._formula, self._value, self._inline = (
            f"{space}{brace}{name}" for name in ("c", "f", "v", "is")
        )
        number = 0
        merged = _find_merged(root)
        for row in root.iterfind("{*}sheetData/{*}row"):
            number = self._count_row(row, number)
            cells: list[str] = []
            column = 0
            for cell in row.iterchildren(self._cell):
                column = self._count_column(cell, number, column)
                try:
                    text = self._read_cell(cell)
                except RefusedError as refusal:
                    place = f'row {number}, column "{name_column(column)}"'
                    message = refusal.message
                    raise refuse(refusal.code, message, national_path=place) from refusal
                if text and column <= self._limits.columns:
                    cells.extend([""] * (column - 1 - len(cells)))
                    cells.append(text)
                elif text:
                    message = f"expected at most {self._limits.columns} columns, found more"
                    raise refuse("adapter.too_large", message, national_path=f"row {number}")
            if cells:
                check_cells(number, cells, self._limits)
                for first, last, below in merged.get(number, ()):
                    _check_merged(number, cells, first, last, below)
                yield SheetRow(number, cells)

    def _count_row(self, row: etree._Element, before: int) -> int:
        told = row.get("r")
        number = before + 1 if told is None else _read_index(told)
        if number <= before:
            message = "expected rows in order, found others"
            raise refuse("adapter.malformed", message, national_path=f"row {before}")
        return number

    def _count_column(self, cell: etree._Element, row: int, before: int) -> int:
        told = cell.get("r")
        if told is None:
            return before + 1
        match = _REFERENCE.fullmatch(told)
        column = _count_letters(match[1]) if match else 0
        if match is None or int(match[2]) != row or column <= before:
            message = "expected cells in order, found others"
            raise refuse("adapter.malformed", message, national_path=f"row {row}")
        return column

    def _read_cell(self, cell: etree._Element) -> str:
        value, inline = "", ""
        for child in cell:
            name = child.tag
            if name == self._formula:
                message = "expected a value, found a formula: copy it and paste the value only"
                raise refuse("adapter.unsupported", message)
            if name == self._value:
                value = child.text or ""
            elif name == self._inline:
                inline = _clean(_read_text(child))
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return inline
        return self._read_value(kind, value, cell.get("s", "0")) if value else ""

    def _read_value(self, kind: str, value: str, style: str) -> str:
        match kind:
            case "s":
                number = _read_index(value)
                if 0 <= number < len(self._texts):
                    return self._texts[number]
                message = "expected the number of a shared text, found another"
                raise refuse("adapter.malformed", message)
            case "n":
                return self._read_number(value, style)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "d":
                return DayCell(value.removesuffix("T00:00:00").replace("T", " "))
            case "str":
                return _clean(value)
        raise refuse("adapter.value", "expected a value, found a cell with an error")

    def _read_number(self, value: str, style: str) -> str:
        number = float(value) if _NUMBER.fullmatch(value) else math.nan
        if not math.isfinite(number):
            message = "expected a number in a cell of numbers, found something else"
            raise refuse("adapter.malformed", message)
        index = _read_index(style)
        if 0 <= index < len(self._days) and self._days[index]:
            return self._read_day(number)
        text = f"{Decimal(f'{number:.{_SIGNIFICANT}g}'):f}"
        return NumberCell(text.rstrip("0").rstrip(".") if "." in text else text)

    def _read_day(self, number: float) -> str:
        whole = math.floor(number)
        try:
            day = _FIRST_DAY[self._since_1904] + timedelta(days=whole)
            moment = day + timedelta(seconds=round((number - whole) * 86_400))
        except OverflowError as cause:
            message = "expected a day of the calendar, found another number"
            raise refuse("adapter.value", message) from cause
        if whole < _FIRST_SURE[self._since_1904]:
            message = "expected a day after 29 February 1900, found an earlier one"
            raise refuse("adapter.value", message)
        return DayCell(moment.isoformat(sep=" ").removesuffix(" 00:00:00"))


def _find_merged(root: etree._Element) -> dict[int, list[tuple[int, int, int]]]:
    """Find merged cells: by their first row, first and last column and the last row."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for each in root.iterfind("{*}mergeCells/{*}mergeCell"):
        match = _RANGE.fullmatch(each.get("ref", ""))
        if match is None:
            message = "expected merged cells such as A1:B2, found others"
            raise refuse("adapter.malformed", message)
        first, last = _count_letters(match[1]), _count_letters(match[3])
        found.setdefault(int(match[2]), []).append((first, last, int(match[4])))
    return found


def _check_merged(row: int, cells: list[str], first: int, last: int, below: int) -> None:
    """Refuse a value that is merged over others' places; a program keeps it in the first alone.

    Titles and remarks may be, and a value over columns behind which nothing stands.
    """
    text = cells[first - 1] if first <= len(cells) else ""
    if not text or is_remark(text):
        return
    beside = any(each and not is_remark(each) for each in cells[last:])
    if below > row or (last > first and beside):
        ends = f"{name_column(last)}{below}"
        message = (
            f"expected each value in a cell of its own, found one in cells merged up to {ends}: "
            "take the cells apart and write the value wherever it is meant"
        )
        place = f'row {row}, column "{name_column(first)}"'
        raise refuse("adapter.unsupported", message, national_path=place)


def _count_letters(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _read_index(text: str) -> int:
    """Read a small whole number; -1 where it is none."""
    return int(text) if _INDEX.fullmatch(text) else -1


def _clean(text: str) -> str:
    stripped = text.strip(_BLANK)
    return restore_text(stripped.replace("\r\n", "\n") if "\r" in stripped else stripped)
