"""How ASYCUDA spells dates, weights, tariff codes, traders and modes of transport.

A date is ``M/D/YY`` without leading zeros. A year of two digits means nothing by itself, so a
dialect states the hundred years that it means, as part of the format: with 2000, ``26`` is 2026
and ``99`` is 2099. No date is guessed from its neighbourhood. A year outside those hundred is
written with four digits, and four digits are always read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.building import Unreadable, attempt, refuse
from swb_adapters.sdk.dates import format_iso_date, parse_iso_date
from swb_adapters.sdk.mapping import Composed, Conversion, codes
from swb_adapters.sdk.values import fold_foreign_text, format_decimal, parse_decimal
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "DOCUMENT_TYPE",
    "FLAG",
    "MODE",
    "measure",
    "name_and_address",
    "procedure",
    "registration",
    "short_date",
    "tariff_code",
]

_SHORT_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", re.ASCII)
_CENTURY: Final = 100


def short_date(first_year: int = 2000) -> Conversion:
    """``M/D/YY``, or ``M/D/YYYY`` for a year that two digits cannot mean.

    Args:
        first_year: Of the hundred years that two digits mean.
    """

    def read(text: str) -> date:
        match = _SHORT_DATE.fullmatch(text)
        if match is None:
            raise refuse("adapter.value", f"expected M/D/YY, found {quote_value(text)}")
        month, day, year = (int(part) for part in match.groups())
        if len(match[3]) == 2:  # noqa: PLR2004 - digits
            year = first_year + (year - first_year) % _CENTURY
        return parse_iso_date(f"{year:04}-{month:02}-{day:02}")

    def write(value: date) -> str:
        if first_year <= value.year < first_year + _CENTURY:
            return f"{value.month}/{value.day}/{value.year % _CENTURY:02}"
        year, _, _ = format_iso_date(value).partition("-")
        return f"{value.month}/{value.day}/{year}"

    last_year = first_year + _CENTURY - 1
    words = f"date, M/D/YY; two digits mean {first_year} to {last_year}, other years have four"
    return Conversion(words, read, write)


FLAG: Final = codes("flag", {True: "true", False: "false"})


def _read_mode(text: str) -> str:
    return text[1:] if len(text) == 2 and text[0] == "0" else text  # noqa: PLR2004 - digits


MODE: Final = Conversion(
    "mode of transport, UN/ECE Recommendation 19; read with a leading zero too", _read_mode, str
)

_DOCUMENTS: Final = {
    "CertificateIssue": "861",
    "DeclarationExtract": "830",
    "PhytosanitaryCertificate": "851",
    "FoodSafetyCertificate": "852",
    "AnimalHealthCertificate": "853",
}
_MESSAGES: Final = {national: name for name, national in _DOCUMENTS.items()}


def _write_document(name: str) -> str:
    if name in _MESSAGES:
        message = f"expected the name of a type, found {quote_value(name)}, a code of UNTDID 1001"
        raise refuse("adapter.value", message)
    return _DOCUMENTS.get(name, name)


DOCUMENT_TYPE: Final = Conversion(
    "type of document, UNTDID 1001: "
    + ", ".join(f"{name} = {national}" for name, national in _DOCUMENTS.items())
    + "; others by their names",
    lambda code: _MESSAGES.get(code, code),
    _write_document,
)


def measure(canonical: str, value: str, unit: str) -> Composed:
    """A weight: kilograms, unless a unit stands beside it."""

    def read(texts: tuple[str, ...]) -> tuple[Any, ...]:
        amount, code = texts
        return attempt(parse_decimal, amount or None), code or "KGM"

    def write(values: tuple[Any, ...]) -> tuple[str | None, ...]:
        amount, code = values
        return format_decimal(amount), None if code == "KGM" else code

    return Composed(
        (canonical, f"{canonical}/@unit"),
        (value, unit),
        "number of kilograms, or of the unit that stands beside it (UN/ECE Recommendation 20)",
        read,
        write,
    )


def name_and_address(national: str) -> Composed:
    """A trader's name in the first line of a field, and the address in the lines below it."""

    def read(texts: tuple[str, ...]) -> tuple[Any, ...]:
        name, _, address = texts[0].partition("\n")
        return fold_foreign_text(name), fold_foreign_text(address, lines=True) or None

    def write(values: tuple[Any, ...]) -> tuple[str | None, ...]:
        name, address = values
        return (f"{name}\n{address}" if address else name,)

    words = "the name in the first line, the address in the lines below"
    return Composed(("Name", "Address"), (national,), words, read, write)


_SUBDIVIDED: Final = 8
_PRECISION: Final = re.compile(r"\d{2}", re.ASCII)


def tariff_code(default: str) -> Composed:
    """A tariff code, whose ninth and tenth digits have a place of their own.

    Args:
        default: The nomenclature that is meant where none is told.
    """

    def read(texts: tuple[str, ...]) -> tuple[Any, ...]:
        code, precision, nomenclature = texts
        return _join_code(code, precision), nomenclature or default

    def write(values: tuple[Any, ...]) -> tuple[str | None, ...]:
        code, nomenclature = values
        rest = code[_SUBDIVIDED:] or None
        return code[:_SUBDIVIDED], rest, None if nomenclature == default else nomenclature

    return Composed(
        ("CommodityCode", "CommodityCode/@nomenclature"),
        (
            "Tarification/HScode/Commodity_code",
            "Tarification/HScode/Precision_1",
            "Tarification/HScode/Nomenclature",
        ),
        f"six or eight digits, two more in Precision_1; Nomenclature where it is not {default}",
        read,
        write,
    )


def _join_code(code: str, precision: str) -> str | Unreadable | None:
    if not precision:
        return code or None
    if len(code) != _SUBDIVIDED or _PRECISION.fullmatch(precision) is None:
        found = f"{quote_value(code)} and {quote_value(precision)}"
        return Unreadable(f"expected eight digits and two of Precision_1, found {found}")
    return code + precision


_TYPE: Final = re.compile(r"([A-Z]{2})([0-9])", re.ASCII)


def procedure() -> Composed:
    """The type of a declaration and its general procedure as one code: ``EX`` and ``1``."""

    def read(texts: tuple[str, ...]) -> tuple[Any, ...]:
        return ("".join(texts),)

    def write(values: tuple[Any, ...]) -> tuple[str | None, ...]:
        match = _TYPE.fullmatch(values[0])
        return (match[1], match[2]) if match else (None, values[0])

    return Composed(
        ("Procedure",),
        (
            "Identification/Type/Type_of_declaration",
            "Identification/Type/Declaration_gen_procedure_code",
        ),
        "two letters and a digit stand apart; any other code in the second place",
        read,
        write,
    )


def registration() -> Composed:
    """The serial letter and the number of a registration, as one number."""

    def read(texts: tuple[str, ...]) -> tuple[Any, ...]:
        number, serial = texts
        return (fold_foreign_text(f"{serial} {number}".strip()),)

    def write(values: tuple[Any, ...]) -> tuple[str | None, ...]:
        return values[0], None

    return Composed(
        ("ReferenceNumber",),
        ("Identification/Registration/Number", "Identification/Registration/Serial_number"),
        "the serial letter, a space and the number; written as one in the first place",
        read,
        write,
    )
