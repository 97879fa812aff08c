"""Numbers, dates and instants: one lexical form, and nothing read kindly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from swb_schemas.documents.elements import Environment
from swb_schemas.documents.values import (
    Boolean,
    Date,
    Instant,
    NonNegativeDecimal,
    NonNegativeInt,
    Percentage,
    PositiveInt,
    SignedDecimal,
    format_decimal,
    format_instant,
)
from tests.strategies import decimals, instants

BANGKOK: Final = timezone(timedelta(hours=7))

READ: Final[dict[str, tuple[Any, Any, Any]]] = {
    "a decimal as text": (NonNegativeDecimal, "1200.5", Decimal("1200.5")),
    "a decimal of another shape": (NonNegativeDecimal, Decimal("1200.50"), Decimal("1200.5")),
    "a decimal with an exponent": (NonNegativeDecimal, Decimal("1.2E+3"), Decimal(1200)),
    "minus zero": (NonNegativeDecimal, Decimal("-0"), Decimal(0)),
    "a zero with a huge exponent": (NonNegativeDecimal, Decimal("0E-999999"), Decimal(0)),
    "a whole number as decimal": (NonNegativeDecimal, 12, Decimal(12)),
    "the smallest decimal": (NonNegativeDecimal, Decimal("0.000001"), Decimal("0.000001")),
    "the largest decimal": (NonNegativeDecimal, Decimal(10**15 - 1), Decimal(10**15 - 1)),
    "the largest whole number as decimal": (NonNegativeDecimal, 10**15 - 1, Decimal(10**15 - 1)),
    "below zero as text": (SignedDecimal, "-0.5", Decimal("-0.5")),
    "below zero": (SignedDecimal, Decimal("-12.50"), Decimal("-12.5")),
    "zero where it may be below": (SignedDecimal, "0", Decimal(0)),
    "above zero where it may be below": (SignedDecimal, Decimal("1.5"), Decimal("1.5")),
    "the largest count": (PositiveInt, 999_999_999, 999_999_999),
    "the largest count as text": (NonNegativeInt, "999999999", 999_999_999),
    "the smallest count": (PositiveInt, 1, 1),
    "all": (Percentage, "100", Decimal(100)),
    "a number as text": (PositiveInt, "12", 12),
    "zero where it may stand": (NonNegativeInt, "0", 0),
    "a date as text": (Date, "2024-02-29", date(2024, 2, 29)),
    "a date": (Date, date(2026, 11, 1), date(2026, 11, 1)),
    "an instant as text": (
        Instant,
        "2026-11-01T08:30:00.25Z",
        datetime(2026, 11, 1, 8, 30, 0, 250000, tzinfo=UTC),
    ),
    "an instant of another zone": (
        Instant,
        datetime(2026, 11, 1, 15, 30, tzinfo=BANGKOK),
        datetime(2026, 11, 1, 8, 30, tzinfo=UTC),
    ),
    "truth": (Boolean, "true", True),
    "a lie": (Boolean, False, False),
}

REFUSED: Final[dict[str, tuple[Any, Any]]] = {
    "a trailing zero": (NonNegativeDecimal, "1.50"),
    "a leading zero": (NonNegativeDecimal, "01"),
    "a plus sign": (NonNegativeDecimal, "+1"),
    "a minus sign": (NonNegativeDecimal, Decimal(-1)),
    "an exponent as text": (NonNegativeDecimal, "1E3"),
    "space": (NonNegativeDecimal, "1 "),
    "binary floating point": (NonNegativeDecimal, 1.5),
    "truth as a number": (NonNegativeDecimal, True),
    "no number": (NonNegativeDecimal, Decimal("NaN")),
    "infinity": (NonNegativeDecimal, Decimal("Infinity")),
    "too many digits": (NonNegativeDecimal, Decimal(10**15)),
    "too many digits of a whole number": (NonNegativeDecimal, 10**5000),
    "a huge exponent": (NonNegativeDecimal, Decimal("1E+999999")),
    "a tiny exponent": (NonNegativeDecimal, Decimal("1E-999999")),
    "too many digits of a whole number by one": (NonNegativeDecimal, 10**15),
    "no number below zero": (SignedDecimal, "-"),
    "zero below zero": (SignedDecimal, "-0"),
    "a leading zero below zero": (SignedDecimal, "-01"),
    "two signs": (SignedDecimal, "--1"),
    "ten digits as text": (NonNegativeInt, "1000000000"),
    "a count below none": (NonNegativeInt, -1),
    "seven places": (NonNegativeDecimal, Decimal("0.0000001")),
    "places that a context would round away": (
        NonNegativeDecimal,
        Decimal("1.0000000000000000000000000000000000001"),
    ),
    "more than all": (Percentage, "100.1"),
    "zero": (PositiveInt, 0),
    "ten digits": (PositiveInt, 10**9),
    "a number with a point": (PositiveInt, "1.0"),
    "digits of another script": (PositiveInt, "๑๒"),
    "truth as a count": (PositiveInt, True),
    "a float as a count": (PositiveInt, 1.0),
    "a moment as a date": (Date, datetime(2026, 11, 1, tzinfo=UTC)),
    "a moment as a date, as text": (Date, "2026-11-01T00:00:00"),
    "seconds since 1970": (Date, 1793491200),
    "a date that does not exist": (Date, "2026-02-30"),
    "a Buddhist-era leap day": (Date, "2569-02-29"),
    "an instant without a zone": (Instant, datetime(2026, 11, 1)),  # noqa: DTZ001 - the point
    "an instant with an offset, as text": (Instant, "2026-11-01T08:30:00+00:00"),
    "an instant with trailing zeros": (Instant, "2026-11-01T08:30:00.500Z"),
    "an instant before the first year of UTC": (Instant, datetime(1, 1, 1, tzinfo=BANGKOK)),
    "yes": (Boolean, "yes"),
    "one": (Boolean, 1),
    "a list": (Boolean, []),
}


@pytest.mark.parametrize(("kind", "given_", "expected"), READ.values(), ids=READ)
def test_reads(kind: Any, given_: Any, expected: Any) -> None:  # noqa: ANN401 - any of the table
    read = TypeAdapter(kind).validate_python(given_)
    assert read == expected
    assert type(read) is type(expected)
    assert str(read) == str(expected)


@pytest.mark.parametrize(("kind", "bad"), REFUSED.values(), ids=REFUSED)
def test_refuses(kind: Any, bad: Any) -> None:  # noqa: ANN401 - any of the table
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(bad)


@pytest.mark.parametrize("huge", [10**15, 10**5000, Decimal("1E+999999")], ids=["16", "5001", "E"])
def test_of_a_number_that_is_too_long_nothing_is_spelled(huge: Decimal | int) -> None:
    with pytest.raises(ValidationError, match="expected a decimal of at most 15 digits before"):
        TypeAdapter(NonNegativeDecimal).validate_python(huge)


@given(decimals())
def test_a_decimal_is_its_own_lexical_form(value: Decimal) -> None:
    read = TypeAdapter(NonNegativeDecimal).validate_python(value)
    assert read == value
    assert str(read) == format_decimal(value)
    assert TypeAdapter(NonNegativeDecimal).validate_python(str(read)) == value


@given(instants())
def test_an_instant_survives_its_lexical_form(value: datetime) -> None:
    assert TypeAdapter(Instant).validate_python(format_instant(value)) == value


@pytest.mark.parametrize(
    ("served", "taken"),
    [
        (Environment.TEST, {Environment.TEST}),
        (Environment.PARALLEL, {Environment.PARALLEL}),
        (Environment.PRODUCTION, {Environment.PRODUCTION, Environment.PARALLEL}),
    ],
)
def test_an_environment_includes_itself_and_production_parallel_exchanges_too(
    served: Environment, taken: set[Environment]
) -> None:
    assert {each for each in Environment if served.includes(each)} == taken
