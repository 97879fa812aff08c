"""Codes of the forms: words where people choose, international codes elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.mapping import codes
from swb_adapters.sdk.sheets import cell_code, cell_moment

__all__ = [
    "CODE",
    "COUNTRY",
    "CURRENCY",
    "LANGUAGE",
    "MODE",
    "NO",
    "OFFICE",
    "PACKAGE_TYPE",
    "PORT_CODE",
    "SHEET",
    "TIME",
    "UNIT",
    "YES",
]

YES: Final = "Yes"
NO: Final = "No"

COUNTRY: Final = cell_code("two capital letters of ISO 3166-1, such as BN", r"[A-Z]{2}")
CURRENCY: Final = cell_code("three capital letters of ISO 4217, such as BND", r"[A-Z]{3}")
UNIT: Final = cell_code("a unit of UN/ECE Recommendation 20, such as KGM", r"[A-Z0-9]{2,3}")
PACKAGE_TYPE: Final = cell_code("a type of UN/ECE Recommendation 21, such as CT", r"[A-Z0-9]{2}")
PORT_CODE: Final = cell_code("a UN/LOCODE, such as BNMUA", r"[A-Z]{2}[A-Z2-9]{3}")
MODE: Final = cell_code(
    "one digit: 1 sea, 2 rail, 3 road, 4 air, 5 post, 8 inland water", r"[1-9]", digits=True
)
LANGUAGE: Final = cell_code(
    "a language code, such as ms", r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
)
CODE: Final = cell_code(
    "a code of at most 35 letters, digits, points and hyphens", r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}"
)
OFFICE: Final = cell_code(
    "the code of an office, at most 32 letters, digits, points and hyphens",
    r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}",
)
SHEET: Final = codes(
    "sheet of the set",
    {"ORIGINAL": "Original", "DUPLICATE": "Duplicate", "TRIPLICATE": "Triplicate"},
)
TIME: Final = cell_moment(timedelta(hours=8))
