"""Rows of a sheet, as CSV spells them (RFC 4180), and what is common to every kind of sheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.sheets.cells import protect_text, restore_text
from swb_schemas.recognition import describe_octets, describe_position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "DEFAULT_SHEET_LIMITS",
    "SheetLimits",
    "SheetRow",
    "check_cells",
    "name_column",
    "read_csv",
    "write_csv",
]

_MARK: Final = "\ufeff"
_BLANK: Final = " \t\r\n\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLimits:
    """Named limits of one sheet.

    Attributes:
        octets: Size of the payload as it arrives, compressed or not.
        unpacked: Octets that may be unpacked from a workbook in all.
        parts: Files in a workbook.
        elements: XML elements in one of them.
        rows: Rows, blank ones included.
        columns: Cells of a row.
        cell: Characters of a cell; spreadsheet programs end there too.
    """

    octets: int = DEFAULT_LIMITS.octets
    unpacked: int = 40_000_000
    parts: int = 200
    elements: int = 500_000
    rows: int = 200_000
    columns: int = 100
    cell: int = 32_767


DEFAULT_SHEET_LIMITS: Final = SheetLimits()


class SheetRow(NamedTuple):
    """One row.

    Attributes:
        number: As a spreadsheet program counts it, from 1.
        cells: Their text, without space around it; empty cells are empty.
    """

    number: int
    cells: Sequence[str]


def name_column(column: int) -> str:
    """Name a column, from 1, as spreadsheet programs do: A, B, ..., Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def check_cells(number: int, cells: Sequence[str], limits: SheetLimits) -> None:
    """Require a row to keep the limits.

    Raises:
        RefusedError: ``adapter.too_large``, with the row.
    """
    if number > limits.rows:
        message = f"expected at most {limits.rows:,} rows, found more"
        raise refuse("adapter.too_large", message, national_path=f"row {number}")
    if len(cells) > limits.columns:
        message = f"expected at most {limits.columns} columns, found {len(cells):,}"
        raise refuse("adapter.too_large", message, national_path=f"row {number}")
    for cell in cells:
        if len(cell) > limits.cell:
            message = f"expected at most {limits.cell:,} characters in a cell, found {len(cell):,}"
            raise refuse("adapter.too_large", message, national_path=f"row {number}")


def _decode(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as cause:
        found = describe_octets(raw)
        if found == "other text":
            found = f"the octet {raw[cause.start]:02X}, which is none there"
        message = (
            f"expected a workbook (.xlsx) or CSV in UTF-8, found {found}; "
            "a spreadsheet program saves it so as 'CSV UTF-8 (comma delimited)'"
        )
        place = describe_position(raw, cause.start)
        raise refuse("adapter.malformed", message, national_path=place) from cause
    zero = raw.find(b"\0")
    if zero >= 0:
        message = "expected text, found an octet of zero"
        raise refuse("adapter.malformed", message, national_path=describe_position(raw, zero))
    return text.removeprefix(_MARK)


def read_csv(
    raw: bytes, *, heading: str, limits: SheetLimits = DEFAULT_SHEET_LIMITS
) -> list[SheetRow]:
    """Read CSV in UTF-8, with or without byte order mark.

    Args:
        raw: The payload; its size is checked by the caller.
        heading: First cell of the first row that is no comment; what follows it there, a comma or
            a semicolon, is the separator of the whole file.
        limits: Of rows, columns and cells.

    Raises:
        RefusedError: ``adapter.malformed``, ``adapter.too_large``.
    """
    text = _decode(raw)
    start = re.search(
        rf'^[ \t]*"?{re.escape(heading)}[ \t:*]*"?[ \t]*([,;])', text, re.MULTILINE | re.IGNORECASE
    )
    if start is None:
        message = (
            f"expected a sheet that begins with the cell {heading!r}, then a comma or a semicolon, "
            f"found {describe_octets(raw)}"
        )
        raise refuse("adapter.malformed", message, national_path="row 1")
    rows: list[SheetRow] = []
    number = began = 0
    source = io.StringIO(text, newline="")
    try:
        for number, found in enumerate(
            csv.reader(source, delimiter=start[1], strict=True), start=1
        ):
            check_cells(number, found, limits)
            rows.append(SheetRow(number, [_restore(cell) for cell in found]))
            began = source.tell()
    except csv.Error as cause:
        message = (
            "expected cells with line breaks or quotation marks in quotation marks, found others"
        )
        most = min(limits.cell, csv.field_size_limit())
        if any(found > most for found in _measure_cells(text[began:], start[1])):
            message = f"expected at most {most:,} characters in a cell, found more"
            raise refuse("adapter.too_large", message, national_path=f"row {number + 1}") from cause
        raise refuse("adapter.malformed", message, national_path=f"row {number + 1}") from cause
    return rows


def _measure_cells(text: str, separator: str) -> Iterator[int]:
    """Count the characters of each cell of a first row, as far as they can be told apart.

    The library has a limit of its own, one for the whole process, and says only in words whether
    that or the spelling made it give up.
    """
    spelled = re.compile(rf'"([^"]*(?:""[^"]*)*)"?|[^{separator}\r\n]*')
    place = 0
    while (cell := spelled.match(text, place)) is not None:
        yield len(cell[0] if cell[1] is None else cell[1].replace('""', '"'))
        place = cell.end() + 1
        if text[cell.end() : place] != separator:
            return


def _restore(cell: str) -> str:
    text = cell.strip(_BLANK)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return restore_text(text)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write CSV so that no cell is one that a spreadsheet program would run or change.

    The separator is a comma, lines end in CR LF, and the octets begin with a byte order mark, by
    which programs tell UTF-8.
    """
    out = io.StringIO(newline="")
    out.write(_MARK)
    csv.writer(out, lineterminator="\r\n").writerows(
        [protect_text(cell) if cell else cell for cell in row] for row in rows
    )
    return out.getvalue().encode()
