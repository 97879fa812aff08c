"""Codes and spellings of the AANZFTA certificate and what they mean in canonical documents."""

from __future__ import annotations

import re
from typing import Final

from swb_adapters.sdk import format_decimal, parse_decimal, refuse
from swb_schemas.documents.elements import Measure
from swb_schemas.recognition import quote_value

__all__ = [
    "AGREEMENT",
    "COUNTRIES",
    "EDITION",
    "NAMES",
    "NOMENCLATURE",
    "OFFICE",
    "format_commodity_code",
    "format_country",
    "format_locode",
    "format_measure",
    "parse_commodity_code",
    "parse_country",
    "parse_measure",
    "read_locode",
]

AGREEMENT: Final = "AANZFTA"
OFFICE: Final = "AANZFTA"
"""The form names no issuing office; all its numbers of one state are taken for one series."""
EDITION: Final = "unstated"
"""Nor does it say under which text of the agreement it was issued."""
NOMENCLATURE: Final = "HS"
"""Nor of which year its tariff codes are."""

NAMES: Final = {
    "AU": "Australia",
    "BN": "Brunei Darussalam",
    "ID": "Indonesia",
    "KH": "Cambodia",
    "LA": "Lao PDR",
    "MM": "Myanmar",
    "MY": "Malaysia",
    "NZ": "New Zealand",
    "PH": "Philippines",
    "SG": "Singapore",
    "TH": "Thailand",
    "VN": "Vietnam",
}
"""The twelve parties, as the published schema for partial certificates spells them."""
COUNTRIES: Final = {
    **{name.casefold(): code for code, name in NAMES.items()},
    "brunei": "BN",
    "laos": "LA",
    "lao people's democratic republic": "LA",
    "viet nam": "VN",
}
"""What is read, without regard to case: also the names of ISO 3166-1 where they differ."""

_LOCODE: Final = re.compile(r"(?:unece\.un\.org:locode:)?([A-Z]{2}[A-Z2-9]{3})")
_LOCODE_SCHEME: Final = "unece.un.org:locode:"
_COMMODITY: Final = re.compile(r"[0-9]{4}(?:\.?[0-9]{2}){1,3}")
_MEASURE: Final = re.compile(r"([0-9.]+) ?([A-Za-z0-9]{1,10})")
_UNIT_CODE: Final = re.compile(r"[A-Z0-9]{2,3}")

_UNITS: Final = {
    "kg": "KGM",
    "kgs": "KGM",
    "g": "GRM",
    "t": "TNE",
    "m3": "MTQ",
    "cbm": "MTQ",
    "l": "LTR",
}
"""Symbols that are read, without regard to case, to Recommendation 20."""
_SYMBOLS: Final = {"KGM": "Kg", "MTQ": "m3"}
"""Units that the published certificate writes so; every other is written by its code."""


def parse_country(text: str) -> str:
    """Read a party's name.

    Raises:
        RefusedError: ``adapter.value``.
    """
    code = COUNTRIES.get(" ".join(text.split()).casefold())
    if code is None:
        message = f"expected the name of a party to AANZFTA, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    return code


def format_country(code: str, *, path: str) -> str:
    """Write a party's name.

    Raises:
        RefusedError: ``adapter.value`` at `path`: no party.
    """
    if code not in NAMES:
        message = f"expected a party to AANZFTA, found {code!r}"
        raise refuse("adapter.value", message, path=path)
    return NAMES[code]


def read_locode(text: str) -> str | None:
    """Read a UN/LOCODE with or without its scheme; None for any other identifier."""
    match = _LOCODE.fullmatch(text)
    return match[1] if match else None


def format_locode(code: str) -> str:
    """Write a UN/LOCODE with its scheme."""
    return f"{_LOCODE_SCHEME}{code}"


def parse_commodity_code(text: str) -> str:
    """Read a tariff code that is printed with points.

    Raises:
        RefusedError: ``adapter.value``.
    """
    if _COMMODITY.fullmatch(text) is None:
        message = f"expected a tariff code of 6, 8 or 10 digits, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    return text.replace(".", "")


def format_commodity_code(digits: str) -> str:
    """Write a tariff code with points: 4 digits, then pairs."""
    pairs = (digits[at : at + 2] for at in range(4, len(digits), 2))
    return ".".join((digits[:4], *pairs))


def parse_measure(text: str) -> Measure:
    """Read a number and its unit, such as ``450 Kg``.

    Raises:
        RefusedError: ``adapter.value``.
    """
    match = _MEASURE.fullmatch(text)
    unit = match and (_UNITS.get(match[2].casefold()) or _UNIT_CODE.fullmatch(match[2]))
    if match is None or not unit:
        message = f"expected a number and a unit such as '450 Kg', found {quote_value(text)}"
        raise refuse("adapter.value", message)
    return Measure(unit=unit if isinstance(unit, str) else unit[0], value=parse_decimal(match[1]))


def format_measure(measure: Measure, *, path: str) -> str:
    """Write a number and its unit; `parse_measure` gives the same again.

    Raises:
        RefusedError: ``adapter.value`` at `path`: a unit that would be read as another one.
    """
    text = f"{format_decimal(measure.value)} {_SYMBOLS.get(measure.unit, measure.unit)}"
    if parse_measure(text).unit != measure.unit:
        message = f"expected a unit that the form can spell, found {measure.unit!r}"
        raise refuse("adapter.value", message, path=path)
    return text
