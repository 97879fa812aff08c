"""Dates and instants as national systems write them, with the Buddhist era done once.

The Thai solar calendar counts years from the Buddhist era: BE = CE + 543, with the same months,
days and leap years. It holds so since 1 January 1941 (BE 2484); until then the Thai year began in
April, so an older Buddhist year does not name one year of the Common Era and is refused.

Ambiguity, decided here once:

1. A format states the era of each of its fields, and that decides. A field may be parsed with
   ``era=None`` only where the format really leaves it open.
2. The plausible years of the two eras do not touch: 1900 to 2199 of the Common Era, 2484 to 2742
   of the Buddhist era. With ``era=None`` the range tells the era; a year outside both is refused.
3. A year that is implausible in its stated era is refused, never corrected: 2026 in a field of
   the Buddhist era is a fault of the sender's, not the year 1483.
4. A year of two digits is refused here: 69 may be BE 2569, BE 2469, CE 1969 or CE 2069. Only a
   format that states the hundred years it means may have such years, and reads them itself
   (`swb_adapters.sdk.asycuda`).

The same ranges hold in writing, so whatever is written can be read.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from swb_adapters.sdk.building import refuse
from swb_schemas.recognition import quote_value

__all__ = [
    "BUDDHIST_OFFSET",
    "Era",
    "format_day_as_instant",
    "format_day_first_date",
    "format_iso_date",
    "format_iso_instant",
    "format_local_time",
    "parse_day_first_date",
    "parse_day_of_instant",
    "parse_iso_date",
    "parse_iso_instant",
    "parse_local_time",
    "tells_day_only",
]

BUDDHIST_OFFSET: Final = 543
"""BE = CE + 543."""


class Era(StrEnum):
    """What years are counted from."""

    COMMON = "CE"
    BUDDHIST = "BE"


_FIRST_YEAR: Final = {Era.COMMON: 1900, Era.BUDDHIST: 1941}
_LAST_YEAR: Final = 2199
_DAY_FIRST: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_ISO_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_MIDNIGHT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T00:00:00(\.0{1,6})?Z", re.ASCII)
_LOCAL_TIME: Final = re.compile(r"(\d{4})-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def _common_year(year: int, era: Era | None) -> int:
    """Year of the Common Era.

    Raises:
        RefusedError: ``adapter.value``: implausible in its era, or in both.
    """
    candidates = (era,) if era is not None else tuple(Era)
    for candidate in candidates:
        common = year - BUDDHIST_OFFSET if candidate is Era.BUDDHIST else year
        if _FIRST_YEAR[candidate] <= common <= _LAST_YEAR:
            return common
    spans = " or ".join(
        f"{_era_year(_FIRST_YEAR[c], c)} to {_era_year(_LAST_YEAR, c)} {c.value}"
        for c in candidates
    )
    message = f"expected a year from {spans}, found {year}"
    raise refuse("adapter.value", message)


def _era_year(common: int, era: Era) -> int:
    return common + BUDDHIST_OFFSET if era is Era.BUDDHIST else common


def _check_writable(value: date, era: Era, path: str) -> None:
    if not _FIRST_YEAR[era] <= value.year <= _LAST_YEAR:
        message = f"expected a year from {_FIRST_YEAR[era]} to {_LAST_YEAR}, found {value.year}"
        raise refuse("adapter.value", message, path=path)


def _make_date(year: int, month: int, day: int, era: Era | None) -> date:
    common = _common_year(year, era)
    try:
        return date(common, month, day)
    except ValueError as cause:
        message = f"expected a day of the calendar, found {day:02}/{month:02} of {year}"
        raise refuse("adapter.value", message) from cause


def parse_day_first_date(text: str, *, era: Era | None = Era.COMMON) -> date:
    """Read ``dd/MM/yyyy``.

    Args:
        text: The date.
        era: What its year is counted from; None where the format leaves it open (rule 2).

    Raises:
        RefusedError: ``adapter.value``.
    """
    match = _DAY_FIRST.fullmatch(text)
    if match is None:
        message = f"expected dd/MM/yyyy, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    day, month, year = (int(part) for part in match.groups())
    return _make_date(year, month, day, era)


def format_day_first_date(value: date, *, era: Era = Era.COMMON, path: str = "") -> str:
    """Write ``dd/MM/yyyy``; the inverse of `parse_day_first_date`.

    Raises:
        RefusedError: ``adapter.value`` at `path`: a year outside the era's range.
    """
    _check_writable(value, era, path)
    return f"{value.day:02}/{value.month:02}/{_era_year(value.year, era):04}"


def parse_iso_date(text: str, *, era: Era | None = Era.COMMON) -> date:
    """Read ``yyyy-MM-dd``; see `parse_day_first_date`.

    Raises:
        RefusedError: ``adapter.value``.
    """
    match = _ISO_DATE.fullmatch(text)
    if match is None:
        message = f"expected yyyy-MM-dd, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    year, month, day = (int(part) for part in match.groups())
    return _make_date(year, month, day, era)


def format_iso_date(value: date, *, era: Era = Era.COMMON, path: str = "") -> str:
    """Write ``yyyy-MM-dd``; see `format_day_first_date`.

    Raises:
        RefusedError: ``adapter.value`` at `path`: a year outside the era's range.
    """
    _check_writable(value, era, path)
    return f"{_era_year(value.year, era):04}-{value.month:02}-{value.day:02}"


def parse_iso_instant(text: str) -> datetime:
    """Read an instant of the Common Era with its zone, at most microseconds.

    Returns:
        The instant in UTC.

    Raises:
        RefusedError: ``adapter.value``.
    """
    if _ISO_INSTANT.fullmatch(text) is None:
        message = f"expected yyyy-MM-ddTHH:mm:ss with a zone, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    _common_year(int(text[:4]), Era.COMMON)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as cause:
        message = f"expected a time of the calendar, found {quote_value(text)}"
        raise refuse("adapter.value", message) from cause


def format_iso_instant(value: datetime, *, offset: timedelta, path: str = "") -> str:
    """Write an instant as a local time with its zone, exactly; `parse_iso_instant` reads it."""
    local = _local(value, offset, path)
    text = local.isoformat()
    head, point, tail = text.partition(".")
    if not point:
        return text
    return f"{head}.{tail[:6].rstrip('0')}{tail[6:]}"


def _local(value: datetime, offset: timedelta, path: str) -> datetime:
    """Local time, whose year is the one that stands in the payload.

    Raises:
        RefusedError: ``adapter.value`` at `path`.
    """
    _check_writable(value, Era.COMMON, path)
    local = value.astimezone(timezone(offset))
    _check_writable(local, Era.COMMON, path)
    return local


def parse_day_of_instant(text: str) -> date:
    """Read the day of an instant, as the instant's own zone counts it.

    For formats that have a moment where a canonical document has a day. Where `tells_day_only`
    denies, the time of the day is a loss of reading.

    Raises:
        RefusedError: ``adapter.value``.
    """
    parse_iso_instant(text)
    return date.fromisoformat(text[:10])


def format_day_as_instant(value: date, *, path: str = "") -> str:
    """Write a day as its midnight in UTC, which says that the time of the day is not told.

    Raises:
        RefusedError: ``adapter.value`` at `path`.
    """
    return f"{format_iso_date(value, path=path)}T00:00:00Z"


def tells_day_only(text: str) -> bool:
    """Whether an instant is one that `format_day_as_instant` writes, or spells it with zeros."""
    return _MIDNIGHT.fullmatch(text) is not None


def parse_local_time(text: str, *, offset: timedelta) -> datetime:
    """Read ``yyyy-MM-dd HH:mm:ss`` of the Common Era, without zone.

    Args:
        text: The time.
        offset: Of the zone that the format's times are in.

    Returns:
        The instant in UTC.

    Raises:
        RefusedError: ``adapter.value``.
    """
    match = _LOCAL_TIME.fullmatch(text)
    if match is None:
        message = f"expected yyyy-MM-dd HH:mm:ss, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    _common_year(int(match[1]), Era.COMMON)
    try:
        local = datetime.fromisoformat(text)
    except ValueError as cause:
        message = f"expected a time of the calendar, found {quote_value(text)}"
        raise refuse("adapter.value", message) from cause
    return local.replace(tzinfo=timezone(offset)).astimezone(UTC)


def format_local_time(value: datetime, *, offset: timedelta, path: str = "") -> str:
    """Write ``yyyy-MM-dd HH:mm:ss``, cutting off fractions of a second.

    The caller declares that with `Losses.coarsen` where there is one.

    Raises:
        RefusedError: ``adapter.value`` at `path`.
    """
    local = _local(value, offset, path).replace(tzinfo=None, microsecond=0)
    return local.isoformat(sep=" ")
