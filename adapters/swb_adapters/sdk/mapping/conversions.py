"""How one value is spelled in a national format: a pair of functions, and words for the page.

A `Conversion` never guesses. What it cannot read is a refusal, and so is what it cannot spell; a
text that is too long for its field is refused and not cut (``docs/adr/adapter-losses.md``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.dates import (
    Era,
    format_day_first_date,
    format_iso_date,
    format_iso_instant,
    parse_day_first_date,
    parse_iso_date,
    parse_iso_instant,
)
from swb_adapters.sdk.mapping.shape import Form
from swb_adapters.sdk.values import (
    fold_foreign_text,
    format_decimal,
    format_exact_criterion,
    parse_decimal,
    parse_whole_number,
    read_criterion,
)
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "BOOLEANS",
    "CODE",
    "COMPACT_DATE",
    "DECIMAL",
    "ISO_DATE",
    "LINE",
    "LINES",
    "NUMBER",
    "Conversion",
    "codes",
    "criterion",
    "day_first_date",
    "decimal",
    "instant",
    "line",
    "lines",
    "moment",
    "number",
]

BOOLEANS: Final = frozenset({"true", "false"})
"""The two words that are no text in a syntax that tells types apart."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """One way to spell a value.

    Attributes:
        words: For the mapping page, such as ``date, yyyyMMdd``.
        read: National text to a canonical value. Raises `RefusedError` for what it cannot read.
        write: Canonical value to national text. Raises `RefusedError` for what the format has no
            spelling for.
        coarsens: What the spelling leaves out, such as parts of a second; empty where reading
            what was written always gives the same value.
        form: What the text is, for a syntax that tells types apart.
        leaves: Tells what reading leaves out of a text, such as its time of day; empty where it
            leaves nothing. None where it never does.
    """

    words: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    coarsens: str = ""
    form: Form = Form.TEXT
    leaves: Callable[[Any], str] | None = None


def _same(value: Any) -> Any:  # noqa: ANN401 - a value of any type
    return value


def _check_length(text: str, most: int) -> str:
    if len(text) > most:
        raise refuse("adapter.value", f"expected at most {most} characters, found {len(text)}")
    return text


def line(most: int = 0) -> Conversion:
    """One line of text.

    Args:
        most: Characters that its field has room for; 0 where it sets no limit of its own.
    """
    write = partial(_check_length, most=most) if most else _same
    words = f"text of at most {most}" if most else "text"
    return Conversion(words, fold_foreign_text, write)


def lines(most: int = 0) -> Conversion:
    """Text in lines; see `line`."""
    write = partial(_check_length, most=most) if most else _same
    words = f"lines of text, at most {most} characters" if most else "lines of text"
    return Conversion(words, partial(fold_foreign_text, lines=True), write)


LINE: Final = line()
LINES: Final = lines()
CODE: Final = Conversion("the code itself", _same, str)


def codes(words: str, table: Mapping[Any, str]) -> Conversion:
    """Translate codes.

    Args:
        words: What is coded.
        table: Canonical code to national one, each once.
    """
    back = {national: canonical for canonical, national in table.items()}
    if len(back) != len(table):
        msg = f"expected each national code of {words} once"
        raise ValueError(msg)
    spelled = ", ".join(f"{c} = {n}" for c, n in table.items())
    return Conversion(
        f"{words}: {spelled}",
        partial(_look_up, table=back, words=words),
        partial(_look_up, table=dict(table), words=words),
        form=Form.BOOLEAN if back.keys() == BOOLEANS else Form.TEXT,
    )


def _look_up(code: Any, *, table: Mapping[Any, Any], words: str) -> Any:  # noqa: ANN401 - a value of any type
    found = table.get(code)
    if found is None:
        known = ", ".join(str(each) for each in table)
        message = f"expected {words} ({known}), found {quote_value(str(code))}"
        raise refuse("adapter.value", message)
    return found


def number(digits: int = 0, *, most: int = 0) -> Conversion:
    """A whole number.

    Args:
        digits: To how many it is filled with zeros; 0 where it is not.
        most: How many there may be where it is not filled; 0 for any number.
    """
    if most and not digits:
        write = partial(_format_whole, most=most)
        words = f"whole number of at most {most} digits"
        return Conversion(words, parse_whole_number, write, form=Form.NUMBER)
    return Conversion(
        f"whole number of {digits} digits" if digits else "whole number",
        parse_whole_number,
        partial(_format_number, digits=digits) if digits else str,
        form=Form.TEXT if digits else Form.NUMBER,
    )


def _format_whole(value: int, *, most: int) -> str:
    text = str(value)
    if len(text) > most:
        raise refuse("adapter.value", f"expected at most {most} digits, found {len(text)}")
    return text


def _format_number(value: int, *, digits: int) -> str:
    text = f"{value:0{digits}d}"
    if len(text) > digits:
        raise refuse("adapter.value", f"expected at most {digits} digits, found {len(text)}")
    return text


def decimal(whole: int = 15, places: int = 6, *, at_least: int = 0, digits: int = 0) -> Conversion:
    """An exact number.

    Args:
        whole: Digits before the point at most.
        places: Digits after it at most.
        at_least: Digits after it that are always written.
        digits: Digits at most, before and after it; 0 where that is not bounded.
    """
    bounded = whole < 15 or places < 6 or digits > 0  # noqa: PLR2004 - what canonical documents hold
    write: Callable[[Any], str] = partial(format_decimal, places=at_least)
    if bounded:
        most = digits or whole + places
        write = partial(_format_bounded, whole=whole, places=places, at_least=at_least, digits=most)
    words = f"number, at most {whole} digits and {places} after the point" if bounded else "number"
    if digits:
        words += f", {digits} in all"
    return Conversion(words, parse_decimal, write, form=Form.TEXT if at_least else Form.NUMBER)


def _format_bounded(
    value: Any,  # noqa: ANN401 - a value of any type
    *,
    whole: int,
    places: int,
    at_least: int,
    digits: int,
) -> str:
    text = format_decimal(value, places=at_least)
    before, _, after = text.partition(".")
    if len(before) > whole or len(after) > places or len(before) + len(after) > digits:
        message = f"expected at most {whole} digits and {places} after the point, found {text}"
        raise refuse("adapter.value", message)
    return text


NUMBER: Final = number()
DECIMAL: Final = decimal()

ISO_DATE: Final = Conversion("date, yyyy-MM-dd", parse_iso_date, format_iso_date)


def day_first_date(era: Era = Era.COMMON) -> Conversion:
    """``dd/MM/yyyy``."""
    return Conversion(
        f"date, dd/MM/yyyy, {era.value}",
        partial(parse_day_first_date, era=era),
        partial(format_day_first_date, era=era),
    )


_COMPACT: Final = re.compile(r"\d{8}", re.ASCII)


def _parse_compact_date(text: str) -> date:
    if _COMPACT.fullmatch(text) is None:
        raise refuse("adapter.value", f"expected yyyyMMdd, found {quote_value(text)}")
    return parse_iso_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _format_compact_date(value: date) -> str:
    return format_iso_date(value).replace("-", "")


COMPACT_DATE: Final = Conversion("date, yyyyMMdd", _parse_compact_date, _format_compact_date)


def instant(offset: timedelta = timedelta(0)) -> Conversion:
    """An instant with its zone, ISO 8601, to the microsecond.

    Args:
        offset: The zone in which it is written; read is every zone.
    """
    return Conversion(
        "time with zone, ISO 8601", parse_iso_instant, partial(format_iso_instant, offset=offset)
    )


_MOMENT: Final = re.compile(r"\d{14}", re.ASCII)


def moment(offset: timedelta) -> Conversion:
    """A local time in whole seconds, ``yyyyMMddHHmmss``.

    Args:
        offset: Of the state's own time from UTC.
    """
    hours = offset / timedelta(hours=1)
    return Conversion(
        f"time, yyyyMMddHHmmss, UTC{hours:+g}",
        partial(_parse_moment, offset=offset),
        partial(_format_moment, offset=offset),
        coarsens="the format has whole seconds",
    )


def _parse_moment(text: str, *, offset: timedelta) -> datetime:
    if _MOMENT.fullmatch(text) is None:
        raise refuse("adapter.value", f"expected yyyyMMddHHmmss, found {quote_value(text)}")
    day = _parse_compact_date(text[:8])
    clock = f"{text[8:10]}:{text[10:12]}:{text[12:]}"
    return parse_iso_instant(f"{day.isoformat()}T{clock}Z") - offset


def _format_moment(value: datetime, *, offset: timedelta) -> str:
    local = value.astimezone(UTC) + offset
    return f"{format_iso_date(local.date())}{local:%H%M%S}".replace("-", "")


def criterion(agreement: str = "ATIGA") -> Conversion:
    """Box 8 as an agreement's form spells it, for the whole element ``OriginCriterion``."""
    return Conversion(
        f"box 8 as the form of {agreement} spells it",
        partial(_read_criterion, agreement=agreement),
        partial(_write_criterion, agreement=agreement),
    )


def _read_criterion(text: str, *, agreement: str) -> OriginCriterion:
    return read_criterion(fold_foreign_text(text), agreement=agreement)


def _write_criterion(value: Mapping[str, Any], *, agreement: str) -> str:
    return format_exact_criterion(OriginCriterion.model_validate(value), agreement=agreement)
