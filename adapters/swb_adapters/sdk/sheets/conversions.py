"""How values stand in cells, with refusals in words that help who filled in a sheet.

Each tells what a spreadsheet program has done where it has: zeros that are gone, a day that became
a number, a long number that became a power of ten.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.dates import (
    format_iso_date,
    format_iso_instant,
    parse_iso_date,
    parse_iso_instant,
)
from swb_adapters.sdk.mapping.conversions import Conversion, criterion
from swb_adapters.sdk.sheets.cells import DayCell, NumberCell, is_mangled
from swb_adapters.sdk.values import (
    fold_foreign_text,
    format_decimal,
    parse_decimal,
    parse_whole_number,
)
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from swb_schemas.errors import RefusedError

__all__ = [
    "CELL",
    "CELL_CRITERION",
    "CELL_DATE",
    "CELL_DECIMAL",
    "CELL_HS_CODE",
    "CELL_LINES",
    "CELL_LIST",
    "CELL_NUMBER",
    "cell_code",
    "cell_moment",
]

_AS_TEXT: Final = "format the cell as text and type it again"
_SERIAL: Final = re.compile(r"[0-9]{5}(\.[0-9]+)?", re.ASCII)
_LOCAL_DAY: Final = re.compile(
    r"[0-9]{1,4}([/. -])([0-9]{1,2}|[A-Za-z]{3,9})\1[0-9]{1,4}( .*)?", re.ASCII
)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[,. '\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?", re.ASCII)


def _refuse(expected: str, found: str) -> RefusedError:
    return refuse("adapter.value", f"expected {expected}, found {found}")


def _check_text(text: str) -> str:
    """Require text, and that no spreadsheet program has changed it.

    Returns:
        The same, as plain text.
    """
    if isinstance(text, NumberCell):
        raise _refuse("text", f"a number, whose leading zeros would be gone: {_AS_TEXT}")
    if isinstance(text, DayCell):
        raise _refuse("text", f"a day, which a spreadsheet program may have made of it: {_AS_TEXT}")
    if is_mangled(text):
        found = f"{text!r}, which a spreadsheet program made of a long number: {_AS_TEXT}"
        raise _refuse("text", found)
    return str(text)


def _read_line(text: str) -> str:
    return fold_foreign_text(_check_text(text))


def _read_lines(text: str) -> str:
    return fold_foreign_text(_check_text(text), lines=True)


def _same(value: Any) -> Any:  # noqa: ANN401 - a value of any type
    return value


CELL: Final = Conversion("text", _read_line, _same)
CELL_LINES: Final = Conversion(
    "text, in lines within its cell where it has several", _read_lines, _same
)


def _read_list(text: str) -> list[str]:
    return [fold_foreign_text(each) for each in _check_text(text).split("\n") if each.strip()]


CELL_LIST: Final = Conversion("one in each line of its cell", _read_list, "\n".join)

# --- codes -------------------------------------------------------------------------------------


def cell_code(words: str, pattern: str, *, digits: bool = False) -> Conversion:
    """A code of a known form.

    Args:
        words: The form, as in "expected two capital letters, such as BN".
        pattern: Of the whole code.
        digits: Whether it is of digits without leading zeros, so that a number will do.
    """
    expression = re.compile(pattern, re.ASCII)
    return Conversion(
        words, partial(_read_code, words=words, expression=expression, digits=digits), str
    )


def _read_code(text: str, *, words: str, expression: re.Pattern[str], digits: bool) -> str:
    code = str(text) if digits and isinstance(text, NumberCell) else _check_text(text)
    if expression.fullmatch(code) is None:
        raise _refuse(words, quote_value(code))
    return code


def _read_hs_code(text: str) -> str:
    if is_mangled(text) or isinstance(text, DayCell):
        _check_text(text)
    code = str(text)
    if re.fullmatch(r"[0-9]{6}([0-9]{2}){0,2}", code, re.ASCII):
        return code
    if re.fullmatch(r"[0-9]+", code, re.ASCII):
        lost = f"; a leading zero may be gone: {_AS_TEXT}" if len(code) % 2 else ""
        raise _refuse("6, 8 or 10 digits", f"{len(code)}{lost}")
    raise _refuse("6, 8 or 10 digits without dots or spaces", quote_value(code))


CELL_HS_CODE: Final = Conversion("6, 8 or 10 digits without dots", _read_hs_code, str)

# --- numbers -----------------------------------------------------------------------------------


def _check_number(text: str, example: str) -> str:
    if isinstance(text, DayCell):
        raise _refuse(
            "a number", f"a day, which a spreadsheet program may have made of it: {_AS_TEXT}"
        )
    if is_mangled(text):
        raise _refuse("a number in full", f"{text!r}, as a spreadsheet program shortens long ones")
    if _GROUPED.fullmatch(text):
        raise _refuse(f"a number such as {example}", f"{text!r} with separators between thousands")
    if re.fullmatch(r"[0-9]+,[0-9]+", text, re.ASCII):
        raise _refuse(f"a number with a point, such as {example}", f"{text!r} with a comma")
    return str(text)


def _read_decimal(text: str) -> Any:  # noqa: ANN401 - what the parser returns
    # A point before three digits is the number's own: 1.200 is little more than one.
    if not re.fullmatch(r"[0-9]+\.[0-9]+", text, re.ASCII):
        text = _check_number(text, "1200.5")
    return parse_decimal(str(text))


CELL_NUMBER: Final = Conversion(
    "whole number", lambda text: parse_whole_number(_check_number(text, "1200")), str
)
CELL_DECIMAL: Final = Conversion(
    "number with a point, no separators between thousands", _read_decimal, format_decimal
)

# --- days and times ----------------------------------------------------------------------------

_DAY: Final = "a date such as 2026-11-22 (year, month, day)"


def _read_date(text: str) -> date:
    if isinstance(text, DayCell) and " " in text:
        raise _refuse(_DAY, "a day with a time")
    if isinstance(text, NumberCell) or _SERIAL.fullmatch(text):
        raise _refuse(_DAY, f"the number {text!s}, by which a spreadsheet program counts days")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) and _LOCAL_DAY.fullmatch(
        text
    ):
        found = (
            f"{quote_value(str(text))}, of which a reader cannot be sure what is day and what is "
            f"month: {_AS_TEXT}"
        )
        raise _refuse(_DAY, found)
    return parse_iso_date(str(text))


CELL_DATE: Final = Conversion("date, such as 2026-11-22", _read_date, format_iso_date)


def cell_moment(offset: timedelta) -> Conversion:
    """An instant with its zone.

    Args:
        offset: Of the zone in which it is written; read is every zone.
    """
    example = "2026-11-22T14:30:00+08:00"
    return Conversion(
        f"time with its zone, such as {example}",
        partial(_read_moment, example=example),
        partial(format_iso_instant, offset=offset),
    )


def _read_moment(text: str, *, example: str) -> datetime:
    if isinstance(text, NumberCell | DayCell) or _LOCAL_DAY.fullmatch(text):
        raise _refuse(f"a time with its zone, such as {example}", f"one without: {_AS_TEXT}")
    return parse_iso_instant(str(text))


# --- box 8 -------------------------------------------------------------------------------------


def _read_criterion(text: str) -> Any:  # noqa: ANN401 - what the form's own conversion returns
    if isinstance(text, NumberCell):
        raise _refuse("what box 8 says, such as 40%", f"a number: {_AS_TEXT}")
    return _CRITERION.read(_check_text(text))


_CRITERION: Final = criterion()
CELL_CRITERION: Final = Conversion(
    "box 8 as the form has it, such as WO, 40% or CTH", _read_criterion, _CRITERION.write
)
