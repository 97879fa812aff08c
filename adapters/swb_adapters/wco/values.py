"""How values are spelled in the declaration XML: what its schema has room for."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.dates import parse_iso_date
from swb_adapters.sdk.mapping import Conversion, codes, decimal, line
from swb_adapters.sdk.values import fold_foreign_text
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "ADDRESS",
    "AMOUNT",
    "DAY",
    "DOCUMENT",
    "MASS",
    "PROCEDURE_CODE",
    "STATEMENTS",
    "TEXT_IN_LINES",
]

_MOMENT: Final = re.compile(r"(\d{8})(\d{6}(?:Z|[-+]\d\d))?", re.ASCII)
_STATEMENT: Final = 512
_LINE_SEPARATOR: Final = "\u2028"
_ROOM: Final = (70, 35, 9)


def _parse_day(text: str) -> date:
    match = _MOMENT.fullmatch(text)
    if match is None:
        message = f"expected yyyyMMdd, perhaps with HHmmss and a zone, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    day = match[1]
    return parse_iso_date(f"{day[:4]}-{day[4:6]}-{day[6:]}")


def _format_day(value: date) -> str:
    if value.year // 100 != 20:  # noqa: PLR2004 - as the schema's pattern has it
        raise refuse("adapter.value", f"expected a year from 2000 to 2099, found {value.year}")
    return value.strftime("%Y%m%d")


def _tell_time(text: str) -> str:
    return "of a time, an extract has the day" if len(text) > 8 else ""  # noqa: PLR2004 - a day


DAY: Final = Conversion("date, yyyyMMdd (102)", _parse_day, _format_day, leaves=_tell_time)


def _join_lines(texts: list[str]) -> str:
    return "\n".join(fold_foreign_text(text) for text in texts if text.strip())


def _split_lines(text: str) -> list[str]:
    found = text.split("\n")
    longest = max(len(each) for each in found)
    if longest > _STATEMENT:
        message = f"expected lines of at most {_STATEMENT} characters, found {longest}"
        raise refuse("adapter.value", message)
    return found


def _split_address(text: str) -> list[str]:
    found = text.split("\n")
    fits = all(len(each) <= most for each, most in zip(found, _ROOM, strict=False))
    if len(found) > len(_ROOM) or not fits:
        message = "expected a line of 70 characters, a city of 35 and a postcode of 9, found more"
        raise refuse("adapter.value", message)
    return found


STATEMENTS: Final = Conversion("one statement for each line of text", _join_lines, _split_lines)
ADDRESS: Final = Conversion("line, city and postcode, as lines", _join_lines, _split_address)


def _format_text(text: str) -> str:
    if len(text) > _STATEMENT:
        raise refuse(
            "adapter.value", f"expected at most {_STATEMENT} characters, found {len(text)}"
        )
    return text.replace("\n", _LINE_SEPARATOR)


TEXT_IN_LINES: Final = Conversion(
    f"lines of text, parted by U+2028, at most {_STATEMENT} characters",
    partial(fold_foreign_text, lines=True),
    _format_text,
)
"""The schema's pattern has no room for a line feed; LINE SEPARATOR says the same."""
MASS: Final = decimal(15, 6, digits=16)
AMOUNT: Final = decimal(15, 3, digits=16)
PROCEDURE_CODE: Final = line(7)
DOCUMENT: Final = codes(
    "document (UNTDID 1001)",
    {
        "CertificateIssue": "861",
        "PhytosanitaryCertificate": "851",
        "FoodSafetyCertificate": "852",
        "AnimalHealthCertificate": "853",
    },
)
