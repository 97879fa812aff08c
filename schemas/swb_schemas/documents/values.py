"""Numbers, dates and instants: one lexical form for each value.

A model takes a value of the right Python type, or its one lexical form as text; nothing is
guessed. So ``"01"``, ``"+1"``, ``"1.50"``, ``1.5`` (binary floating point), ``True`` and
``"2026-11-01T00:00:00"`` are refused where they would have to be read kindly.

* A decimal is never negative, and has no exponent, no leading and no trailing zero: at most 15
  digits before and 6 after the point. A `Decimal` of another shape is brought into this one.
* An instant is in UTC and ends in ``Z``, with at most microseconds and no trailing zero.
* A business date has no zone.

The patterns are the facets of ``xsd/common.xsd``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import PlainValidator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

__all__ = [
    "Boolean",
    "Date",
    "ElementError",
    "Instant",
    "Lexical",
    "NonNegativeDecimal",
    "NonNegativeInt",
    "Percentage",
    "PositiveInt",
    "SignedDecimal",
    "format_decimal",
    "format_instant",
    "locate_fault",
    "require_numbered_once",
]


@dataclass(frozen=True, slots=True)
class Lexical:
    """Marks a type with the pattern of its lexical form.

    Attributes:
        pattern: The XSD type's pattern facet.
        maximum: Its ``maxInclusive`` facet, where it has one.
    """

    pattern: str
    maximum: int | None = None


_DECIMAL: Final = Lexical(r"(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?")
_SIGNED_DECIMAL: Final = Lexical(
    r"(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?"
    r"|-([1-9][0-9]{0,14}(\.[0-9]{0,5}[1-9])?|0\.[0-9]{0,5}[1-9])"
)
_PERCENTAGE: Final = Lexical(_DECIMAL.pattern, maximum=100)
_POSITIVE_INT: Final = Lexical("[1-9][0-9]{0,8}")
_NON_NEGATIVE_INT: Final = Lexical("0|[1-9][0-9]{0,8}")
_DATE: Final = Lexical("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = Lexical(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{0,5}[1-9])?Z"
)
_BOOLEAN: Final = Lexical("true|false")

_match_decimal: Final = re.compile(_DECIMAL.pattern).fullmatch
_match_non_negative_int: Final = re.compile(_NON_NEGATIVE_INT.pattern).fullmatch
_match_date: Final = re.compile(_DATE.pattern).fullmatch
_match_instant: Final = re.compile(_INSTANT.pattern).fullmatch

_DIGITS_BEFORE_POINT: Final = 15
_DIGITS_AFTER_POINT: Final = 6
_LARGEST_INT: Final = 999_999_999


class ElementError(ValueError):
    """What a validator of a whole model finds wrong with one element in it.

    Args:
        message: What was expected and what was found.
        at: Names of elements and positions from 0, from the model to the element.
    """

    def __init__(self, message: str, *at: int | str) -> None:
        super().__init__(message)
        self.at = at


def locate_fault(fault: ErrorDetails) -> tuple[int | str, ...]:
    """Tell where a fault is: at the element that a `ElementError` names, or at its model.

    Args:
        fault: One entry of `pydantic.ValidationError.errors`, with context.
    """
    error = fault.get("ctx", {}).get("error")
    return (*fault["loc"], *error.at) if isinstance(error, ElementError) else fault["loc"]


def require_numbered_once(numbers: Iterable[int]) -> None:
    """Require that no number stands twice; for validators of models with items.

    Raises:
        ElementError: One does; the first that stands again is named.
    """
    seen: set[int] = set()
    for position, number in enumerate(numbers):
        if number in seen:
            msg = f"expected each item number once, found {number} again"
            raise ElementError(msg, "Item", position, "SequenceNumber")
        seen.add(number)


def format_decimal(value: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def format_instant(value: datetime) -> str:
    """Write an instant in UTC with ``Z``, without trailing zeros of the second."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _read_decimal(value: object) -> Decimal:
    text = value
    if isinstance(value, Decimal):
        text = _spell(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value) if abs(value) < 10**_DIGITS_BEFORE_POINT else None
    if not isinstance(text, str) or not _match_decimal(text):
        msg = (
            "expected a decimal of at most 15 digits before and 6 after the point, not negative, "
            "without exponent, leading or trailing zeros"
        )
        raise ValueError(msg)
    return Decimal(text)


def _spell(value: Decimal) -> str | None:
    """Write a decimal, unless it is so large or so small that it would be long."""
    if not value:
        return "0"
    if not value.is_finite() or not -_DIGITS_AFTER_POINT <= value.adjusted() < _DIGITS_BEFORE_POINT:
        return None
    return format_decimal(value)


def _read_signed_decimal(value: object) -> Decimal:
    if isinstance(value, str) and value.startswith("-"):
        read = -_read_decimal(value[1:])
    elif isinstance(value, Decimal) and value < 0:
        read = -_read_decimal(-value)
    else:
        return _read_decimal(value)
    if not read:
        msg = "expected 0 without a sign"
        raise ValueError(msg)
    return read


def _read_percentage(value: object) -> Decimal:
    read = _read_decimal(value)
    if read > 100:  # noqa: PLR2004 - per cent
        msg = f"expected at most 100 per cent, found {format_decimal(read)}"
        raise ValueError(msg)
    return read


def _read_non_negative_int(value: object) -> int:
    if isinstance(value, str) and _match_non_negative_int(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_INT:
        return value
    msg = f"expected a whole number of at most {_LARGEST_INT}, not negative, without leading zeros"
    raise ValueError(msg)


def _read_positive_int(value: object) -> int:
    read = _read_non_negative_int(value)
    if read == 0:
        msg = f"expected a whole number from 1 to {_LARGEST_INT}, found 0"
        raise ValueError(msg)
    return read


def _read_date(value: object) -> date:
    if isinstance(value, str) and _match_date(value):
        try:
            return date.fromisoformat(value)
        except ValueError as cause:
            msg = f"expected a day that the calendar has, such as 2026-11-01, found {value}"
            raise ValueError(msg) from cause
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    msg = "expected a date such as 2026-11-01"
    raise ValueError(msg)


def _read_instant(value: object) -> datetime:
    if isinstance(value, str) and _match_instant(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError as cause:
            msg = f"expected an instant that there is, such as 2026-11-01T08:30:00Z, found {value}"
            raise ValueError(msg) from cause
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError as cause:
            msg = "expected an instant within the years 1 to 9999 of UTC"
            raise ValueError(msg) from cause
    msg = "expected an instant in UTC such as 2026-11-01T08:30:00Z"
    raise ValueError(msg)


def _read_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    msg = "expected true or false"
    raise ValueError(msg)


NonNegativeDecimal = Annotated[Decimal, PlainValidator(_read_decimal), _DECIMAL]
"""Money, mass and other quantities."""
SignedDecimal = Annotated[Decimal, PlainValidator(_read_signed_decimal), _SIGNED_DECIMAL]
"""A quantity that may be below zero, such as a temperature."""
Percentage = Annotated[Decimal, PlainValidator(_read_percentage), _PERCENTAGE]
"""From 0 to 100."""
NonNegativeInt = Annotated[int, PlainValidator(_read_non_negative_int), _NON_NEGATIVE_INT]
"""From 0 to 999,999,999."""
PositiveInt = Annotated[int, PlainValidator(_read_positive_int), _POSITIVE_INT]
"""From 1 to 999,999,999."""
Date = Annotated[date, PlainValidator(_read_date), _DATE]
"""A day as its place counts it."""
Instant = Annotated[datetime, PlainValidator(_read_instant), _INSTANT]
"""A moment in UTC."""
Boolean = Annotated[bool, PlainValidator(_read_boolean), _BOOLEAN]
"""``true`` or ``false``."""
