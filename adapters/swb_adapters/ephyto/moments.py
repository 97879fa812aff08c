"""Dates and times as ePhyto spells them: a day, a local time, or a time with its offset."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from swb_schemas.documents.sps import Moment
from swb_schemas.errors import RefusedError
from swb_schemas.recognition import quote_value

__all__ = ["format_moment", "parse_moment"]

_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00(?=(?:\.0+)?(?:[Z+-]|$)))"
    r"(?:\.(\d{1,6})\d*)?)?"
    r"(Z|[+-](?:0\d|1[0-4]):(?:00|15|30|45))?",
    re.ASCII,
)
_END_OF_DAY: Final = "24:00:00"


def parse_moment(text: str) -> Moment:
    """Read a point in time, exactly as its place counts it.

    The end of a day is the beginning of the next (XML Schema, part 2: ``24:00:00``).

    Raises:
        RefusedError: ``adapter.value``.
    """
    match = _MOMENT.fullmatch(text)
    try:
        day = date.fromisoformat(match[1]) if match else None
        if day is not None and match is not None and match[2] == _END_OF_DAY:
            day += timedelta(days=1)
    except (ValueError, OverflowError):
        day = None
    if match is None or day is None:
        message = f"expected a time such as 2026-11-01T08:30:00+07:00, found {quote_value(text)}"
        raise RefusedError("adapter.value", message)
    fraction = (match[3] or "").rstrip("0")
    begun = "00:00:00" if match[2] == _END_OF_DAY else match[2]
    time = f"{begun}.{fraction}" if fraction else begun
    offset = match[4]
    if offset and offset[1:] == "00:00":
        offset = "Z"
    return Moment(day=day, time=time, offset=offset)


def format_moment(moment: Moment) -> str:
    """Write a point in time; an offset without a time says nothing and is left out."""
    text = moment.day.isoformat()
    return f"{text}T{moment.time}{moment.offset or ''}" if moment.time else text
