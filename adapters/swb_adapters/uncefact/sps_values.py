"""How an SPSCertificate in JSON spells times, codes and measures."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import Conversion
from swb_adapters.sdk.values import format_decimal, parse_decimal
from swb_schemas.documents.sps import CertificateStatus
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = [
    "DAY_OR_INSTANT",
    "EXACT_TIME",
    "INSTANT",
    "LANGUAGE",
    "SIGNED",
    "STATUS",
    "UNDETERMINED",
    "approximate",
    "listed",
]

UNDETERMINED: Final = "und"
"""Language of a text whose language was not named (ISO 639-2)."""

_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))?)?"
    r"(Z|[+-](?:0\d|1[0-4]):(?:00|15|30|45))?",
    re.ASCII,
)


def _parse_moment(text: str) -> dict[str, Any]:
    match = _MOMENT.fullmatch(text)
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if match is None or day is None:
        message = f"expected a time such as 2026-11-01T08:30:00+07:00, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    found: dict[str, Any] = {"Day": day}
    if match[2]:
        fraction = (match[3] or "").rstrip("0")
        found["Time"] = f"{match[2]}.{fraction}" if fraction else match[2]
    if match[4]:
        found["Offset"] = "Z" if match[4][1:] == "00:00" else match[4]
    return found


def _format_moment(moment: dict[str, Any]) -> str:
    time = moment.get("Time")
    return f"{moment['Day'].isoformat()}{f'T{time}' if time else ''}{moment.get('Offset') or ''}"


def _format_instant(moment: dict[str, Any]) -> str:
    if not moment.get("Time") or not moment.get("Offset"):
        raise refuse("adapter.value", "expected a time with its zone, found less")
    return _format_moment(moment)


def approximate(text: str) -> str:
    """Spell an exact time that tells less than an instant as one: midnight, UTC."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return text
    fraction = f".{match[3]}" if match[3] else ""
    return f"{match[1]}T{match[2] or '00:00:00'}{fraction}{match[4] or 'Z'}"


def _format_day_or_instant(moment: dict[str, Any]) -> str:
    alone = not moment.get("Time") and not moment.get("Offset")
    return moment["Day"].isoformat() if alone else _format_instant(moment)


DAY_OR_INSTANT: Final = Conversion(
    "day, or time with zone, ISO 8601", _parse_moment, _format_day_or_instant
)
INSTANT: Final = Conversion("time with zone, ISO 8601", _parse_moment, _format_instant)
EXACT_TIME: Final = Conversion(
    "day, local time or time with zone, ISO 8601", _parse_moment, _format_moment
)

_STATUSES: Final = {
    "39": CertificateStatus.APPROVED,
    "40": CertificateStatus.WITHDRAWN,
    "41": CertificateStatus.REJECTED,
    "70": CertificateStatus.ISSUED,
}


def _read_status(code: str) -> CertificateStatus:
    found = _STATUSES.get(code)
    if found is None:
        message = f"expected one of {', '.join(_STATUSES)}, found {quote_value(code)}"
        raise refuse("adapter.value", message)
    return found


def _write_status(status: CertificateStatus) -> str:
    if status is CertificateStatus.ISSUED:
        message = "expected a status that the standard's list has, found ISSUED"
        raise refuse("adapter.value", message)
    return next(code for code, each in _STATUSES.items() if each is status)


STATUS: Final = Conversion(
    "status: APPROVED = 39, WITHDRAWN = 40, REJECTED = 41; ISSUED = 70 is read, and not written",
    _read_status,
    _write_status,
)
"""UNTDID 1373 ends before ePhyto's 70."""


def _read_language(text: str) -> str:
    return text.lower()


def _write_language(tag: str) -> str | None:
    if tag == UNDETERMINED:
        return None
    if len(tag) != 2:  # noqa: PLR2004 - letters of ISO 639-1
        raise refuse("adapter.value", f"expected a language of two letters, found {tag!r}")
    return tag


LANGUAGE: Final = Conversion(
    "language of two letters; none for und", _read_language, _write_language
)


def _check_pattern(code: str, *, pattern: re.Pattern[str], words: str) -> str:
    if pattern.fullmatch(code) is None:
        raise refuse("adapter.value", f"expected {words}, found {quote_value(code)}")
    return code


def listed(words: str, pattern: str) -> Conversion:
    """A code that looks like those of the standard's list; any code is read.

    Args:
        words: Whose list.
        pattern: How its codes look.
    """
    compiled = re.compile(pattern, re.ASCII)
    return Conversion(words, str, partial(_check_pattern, pattern=compiled, words=words))


def _parse_signed(text: str) -> Decimal:
    value: Decimal = parse_decimal(text.removeprefix("-"))
    return -value if text.startswith("-") and value else value


SIGNED: Final = Conversion("number, which may be below zero", _parse_signed, format_decimal)
