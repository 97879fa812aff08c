"""One cell of a sheet: what a spreadsheet program does to it, and what keeps it from doing so.

Two dangers, met with one mark. A program runs a cell that begins with ``=``, ``+``, ``-`` or ``@``
(formula injection), and it turns a text of digits into a number and loses its zeros. Such a text is
written with an apostrophe before it, which makes it text in every program; reading takes exactly
that apostrophe away again, so the text is the same. A program that expects another separator breaks
cells at it, and reads quotation marks otherwise then, so a text is marked behind separators and
line breaks as well.

What a program has made of a cell all the same is kept as the kind of the cell: a conversion that
wants text says so instead of taking a number whose zeros are gone.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "REMARK",
    "DayCell",
    "MeantCell",
    "NumberCell",
    "is_mangled",
    "is_remark",
    "protect_text",
    "restore_text",
    "show_text",
]

REMARK: Final = "#"
"""What a remark for people begins with."""
_STARTS: Final = "=+\\-@\t\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with, in the full-width forms of East Asian programs too. A carriage return
is another beginning, unless it ends a line: readers take such a pair for one character."""
_OPENING: Final = re.compile(f"((?:^|[;,|\t\r\n])[ \"]*)('*)(?=[{_STARTS}]|\r(?!\n))")
_MARKED: Final = re.compile(f"((?:^|[;,|\t\r\n])[ \"]*)'('*)(?=[{_STARTS}\r])")
_NUMERIC: Final = re.compile(
    r"0[0-9]+"  # zeros that would be lost
    r"|[0-9]{12,}"  # would be shown as 1.2E+11
    r"|[0-9]{10,}\.[0-9]+"  # has more digits than a program keeps
    r"|[0-9]+(?:[.,][0-9]+)?[Ee][+-]?[0-9]+",  # would be read as a power of ten
    re.ASCII,
)
_SHOWN: Final = re.compile(f"'+{REMARK}")
_MANGLED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}", re.ASCII)


class NumberCell(str):
    """A cell that holds a number and not text: zeros before it are gone."""

    __slots__ = ()


class DayCell(str):
    """A cell that holds a day of the calendar, spelled ``yyyy-MM-dd``, perhaps with a time."""

    __slots__ = ()


class MeantCell(str):
    """A text whose apostrophe says that it is as it was meant."""

    __slots__ = ()


def protect_text(text: str) -> str:
    """Mark a text that a spreadsheet program would run or change; `restore_text` undoes it."""
    if _is_numeric(text):
        return f"'{text}"
    return _OPENING.sub(r"\1'\2", text)


def restore_text(text: str) -> str:
    """Take away what `protect_text` has put there, and nothing else."""
    if "'" not in text:
        return text
    if text[0] == "'" and _is_numeric(text[1:]):
        return MeantCell(text[1:])
    restored = _MARKED.sub(r"\1\2", text)
    # A mark before ``#`` says that it begins no remark.
    return MeantCell(restored[1:]) if _SHOWN.match(restored) else restored


def show_text(text: str) -> str:
    """Mark a text that would be taken for a remark; `restore_text` undoes it."""
    return f"'{text}" if text.startswith(REMARK) or _SHOWN.match(text) else text


def is_remark(cell: str) -> bool:
    """Tell whether a cell is a remark for people."""
    return cell.startswith(REMARK) and not isinstance(cell, MeantCell)


def _is_numeric(text: str) -> bool:
    digits = text.lstrip("'")
    return digits[:1].isdigit() and _NUMERIC.fullmatch(digits) is not None


def is_mangled(text: str) -> bool:
    """Tell whether a text is what a program makes of a long number, such as ``1.2E+10``."""
    return not isinstance(text, MeantCell) and _MANGLED.fullmatch(text) is not None
