"""Values as the simulated Indonesian format writes them, as types of its model.

Each type says what JSON holds (for the published schema) and turns it into the value that a
canonical document takes, so that a fault is found where it stands. A value of the wrong JSON type
is a fault of the schema; one that cannot be understood, or that no canonical document may hold,
is a fault of the value (see `swb_adapters.sdk.check_json`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from swb_adapters.sdk import (
    fold_foreign_text,
    format_decimal,
    parse_decimal,
    parse_iso_date,
    parse_iso_instant,
)
from swb_schemas.documents.text import check_lines, check_text
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "TYPE_FAULT",
    "Aju",
    "Cacah",
    "Desimal",
    "Kode",
    "KodeHs",
    "KodeInstansi",
    "KodeKemasan",
    "KodePelabuhan",
    "KodeSatuan",
    "KodeValuta",
    "Negara",
    "Nomor",
    "Paragraf",
    "Tanda",
    "Tanggal",
    "Teks",
    "Waktu",
]

TYPE_FAULT: Final = "json_type"
"""Kind of a fault of the schema that pydantic does not find by itself."""

_LARGEST_COUNT: Final = 999_999_999
ValueT = TypeVar("ValueT")


def _understand(parse: Callable[[str], ValueT], text: str) -> ValueT:
    try:
        return parse(text)
    except RefusedError as refusal:
        raise ValueError(refusal.message) from refusal


def _require(value: object, *types: type, expected: str) -> None:
    if isinstance(value, bool) or not isinstance(value, types):
        raise PydanticCustomError(TYPE_FAULT, "expected {expected}", {"expected": expected})


def _read_line(text: str) -> str:
    return check_text(fold_foreign_text(text))


def _read_lines(text: str) -> str:
    return check_lines(fold_foreign_text(text, lines=True))


def _read_decimal(value: Any) -> Decimal:  # noqa: ANN401 - any JSON value
    _require(value, int, Decimal, expected="a number")
    if not value:
        return Decimal(0)
    return _understand(parse_decimal, format_decimal(Decimal(value)))


def _read_count(value: Any) -> int:  # noqa: ANN401 - any JSON value
    _require(value, int, Decimal, expected="a whole number")
    if value != int(value) or not 1 <= value <= _LARGEST_COUNT:
        message = f"expected a whole number from 1 to {_LARGEST_COUNT}"
        raise ValueError(message)
    return int(value)


def _read_date(value: Any) -> date:  # noqa: ANN401 - any JSON value
    _require(value, str, expected="a date in text")
    return _understand(parse_iso_date, value)


def _read_instant(value: Any) -> datetime:  # noqa: ANN401 - any JSON value
    _require(value, str, expected="a moment in text")
    return _understand(parse_iso_instant, value)


# --- text and codes ----------------------------------------------------------------------------

Teks = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_read_line)]
"""One line of text."""
Paragraf = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_read_lines)]
"""Text in lines, parted by line feeds."""
Nomor = Annotated[str, Field(min_length=1, max_length=35), AfterValidator(_read_line)]
"""A number as whoever gave it spells it."""
Aju = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{26}$")]
"""The 26 characters under which a document was filed."""
Kode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,34}$")]
"""A code from an open list."""
KodeInstansi = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
"""An issuing office."""
Negara = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, and a few older codes."""
KodeValuta = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
KodeSatuan = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]
"""Recommendation 20, and ``PCE``."""
KodeKemasan = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
"""Recommendation 21, and ``KR``."""
KodePelabuhan = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
"""UN/LOCODE."""
KodeHs = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{2}){0,2}$")]
"""Digits of a tariff number, without points."""
Tanda = Literal["Y", "T"]
"""*Ya* or *tidak*."""

# --- numbers and times -------------------------------------------------------------------------

Desimal = Annotated[
    Decimal,
    PlainValidator(_read_decimal),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 10**15}),
]
"""A JSON number, read exactly: at most 15 digits before and 6 after the point."""
Cacah = Annotated[
    int,
    PlainValidator(_read_count),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _LARGEST_COUNT}),
]
"""A whole number from 1."""
Tanggal = Annotated[
    date, PlainValidator(_read_date), WithJsonSchema({"type": "string", "format": "date"})
]
"""``yyyy-MM-dd``, from 1900 to 2199."""
Waktu = Annotated[
    datetime,
    PlainValidator(_read_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""``yyyy-MM-ddTHH:mm:ss`` with a zone, at most microseconds."""
