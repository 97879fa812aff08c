"""Sheets: CSV and workbooks as the syntax of a national format that people fill in.

See `swb_adapters.sdk.sheets.layout` for the form that every document has there, and
``docs/adr/spreadsheets.md`` for how workbooks are read.
"""

from swb_adapters.sdk.sheets.cells import REMARK, DayCell, NumberCell, protect_text, restore_text
from swb_adapters.sdk.sheets.conversions import (
    CELL,
    CELL_CRITERION,
    CELL_DATE,
    CELL_DECIMAL,
    CELL_HS_CODE,
    CELL_LINES,
    CELL_LIST,
    CELL_NUMBER,
    cell_code,
    cell_moment,
)
from swb_adapters.sdk.sheets.layout import END, FORM, Layout
from swb_adapters.sdk.sheets.rows import (
    DEFAULT_SHEET_LIMITS,
    SheetLimits,
    SheetRow,
    read_csv,
    write_csv,
)
from swb_adapters.sdk.sheets.syntax import SheetSyntax
from swb_adapters.sdk.sheets.template import Template
from swb_adapters.sdk.sheets.workbook import read_workbook
from swb_adapters.sdk.sheets.workbook_writing import Choice, Sheet, write_workbook

__all__ = [
    "CELL",
    "CELL_CRITERION",
    "CELL_DATE",
    "CELL_DECIMAL",
    "CELL_HS_CODE",
    "CELL_LINES",
    "CELL_LIST",
    "CELL_NUMBER",
    "DEFAULT_SHEET_LIMITS",
    "END",
    "FORM",
    "REMARK",
    "Choice",
    "DayCell",
    "Layout",
    "NumberCell",
    "Sheet",
    "SheetLimits",
    "SheetRow",
    "SheetSyntax",
    "Template",
    "cell_code",
    "cell_moment",
    "protect_text",
    "read_csv",
    "read_workbook",
    "restore_text",
    "write_csv",
    "write_workbook",
]
