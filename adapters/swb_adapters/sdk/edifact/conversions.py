"""Values as UN/EDIFACT spells them: numbers with either mark, text in components of fixed width."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import LINES, Conversion, decimal
from swb_adapters.sdk.values import fold_foreign_text

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["NUMERIC", "lined", "numeric", "within", "wrapped"]


def numeric(whole: int = 15, places: int = 6) -> Conversion:
    """A number; its decimal mark is a point, and read is a comma as well (ISO 9735, 10.1).

    Args:
        whole: Digits before the mark at most.
        places: Digits after it at most.
    """
    plain = decimal(whole, places)

    def read(text: str) -> Decimal:
        number: Decimal = plain.read(text.replace(",", "."))
        return number

    return Conversion(f"{plain.words}, decimal mark point or comma", read, plain.write)


NUMERIC: Final = numeric()


def within(conversion: Conversion, most: int) -> Conversion:
    """The same, where a data element has room for so many characters."""

    def write(value: Any) -> str:  # noqa: ANN401 - a value of any type
        text = str(conversion.write(value))
        if len(text) > most:
            raise refuse("adapter.value", f"expected at most {most} characters, found {len(text)}")
        return text

    return replace(conversion, words=f"{conversion.words}, at most {most} characters", write=write)


def lined(width: int, most: int) -> Conversion:
    """Text in lines, each of which is a component.

    Args:
        width: Characters of a component at most.
        most: Lines at most.
    """
    return Conversion(
        f"lines of text, at most {most} of {width} characters",
        LINES.read,
        partial(_check_lines, width=width, most=most),
    )


def _check_lines(text: str, *, width: int, most: int) -> str:
    rows = text.split("\n")
    longest = max(len(row) for row in rows)
    if len(rows) > most or longest > width:
        message = (
            f"expected at most {most} line(s) of {width} characters, "
            f"found {len(rows)}, the longest of {longest}"
        )
        raise refuse("adapter.value", message)
    return text


def wrapped(width: int, most: int) -> Conversion:
    """One line of text in several components, parted where it has a space.

    Args:
        width: Characters of a component at most.
        most: Components at most.
    """
    return Conversion(
        f"text in at most {most} parts of {width} characters, parted at spaces",
        _unwrap,
        partial(_wrap, width=width, most=most),
    )


def _unwrap(text: str) -> str:
    return fold_foreign_text(text.replace("\n", " "))


def _wrap(text: str, *, width: int, most: int) -> str:
    parts: list[str] = []
    for word in text.split(" "):
        if parts and len(parts[-1]) + 1 + len(word) <= width:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    if len(parts) > most or any(not part or len(part) > width for part in parts):
        message = (
            f"expected text that at most {most} parts of {width} characters hold, parted at "
            f"spaces, found {len(text)} characters"
        )
        raise refuse("adapter.value", message)
    return "\n".join(parts)
