"""Years of two eras, and times of a zone, without guessing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_adapters.sdk import (
    Era,
    format_day_first_date,
    format_iso_date,
    format_iso_instant,
    format_local_time,
    parse_day_first_date,
    parse_iso_date,
    parse_iso_instant,
    parse_local_time,
)
from swb_adapters.sdk.testing.strategies import instants
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

INDOCHINA = timedelta(hours=7)


class Read(NamedTuple):
    why: str
    text: str
    era: Era | None
    expected: date


READ = [
    Read("a Buddhist year", "22/11/2569", Era.BUDDHIST, date(2026, 11, 22)),
    Read("a year of the Common Era", "22/11/2026", Era.COMMON, date(2026, 11, 22)),
    Read("a leap day of the Buddhist era", "29/02/2567", Era.BUDDHIST, date(2024, 2, 29)),
    Read("an open era, Buddhist", "22/11/2569", None, date(2026, 11, 22)),
    Read("an open era, common", "22/11/2026", None, date(2026, 11, 22)),
    Read("the first Buddhist year that began in January", "01/01/2484", None, date(1941, 1, 1)),
    Read("the last plausible year", "31/12/2742", Era.BUDDHIST, date(2199, 12, 31)),
]


@pytest.mark.parametrize("case", READ, ids=[case.why for case in READ])
def test_reads(case: Read) -> None:
    assert parse_day_first_date(case.text, era=case.era) == case.expected


class Refused(NamedTuple):
    why: str
    text: str
    era: Era | None


REFUSED = [
    Refused("a common year in a Buddhist field", "22/11/2026", Era.BUDDHIST),
    Refused("a Buddhist year in a common field", "22/11/2569", Era.COMMON),
    Refused("a year that is plausible in neither era", "22/11/2300", None),
    Refused("a Buddhist year that began in April", "22/11/2483", Era.BUDDHIST),
    Refused("a year of two digits", "22/11/69", Era.BUDDHIST),
    Refused("a leap day in a common year", "29/02/2569", Era.BUDDHIST),
    Refused("a month that is none", "22/13/2569", Era.BUDDHIST),
    Refused("Thai digits", "๒๒/๑๑/๒๕๖๙", Era.BUDDHIST),
    Refused("ISO order", "2569-11-22", Era.BUDDHIST),
    Refused("a final line feed", "22/11/2569\n", Era.BUDDHIST),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case.why for case in REFUSED])
def test_refuses(case: Refused) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_day_first_date(case.text, era=case.era)
    assert refusal.value.code == "adapter.value"


@given(day=st.dates(date(1941, 1, 1), date(2199, 12, 31)), era=st.sampled_from(Era))
def test_reads_again_what_it_writes(day: date, era: Era) -> None:
    assert parse_day_first_date(format_day_first_date(day, era=era), era=era) == day
    assert parse_iso_date(format_iso_date(day, era=era), era=era) == day
    assert parse_day_first_date(format_day_first_date(day, era=era), era=None) == day


@given(moment=instants())
def test_reads_an_instant_again_exactly(moment: datetime) -> None:
    text = format_iso_instant(moment, offset=INDOCHINA)
    assert parse_iso_instant(text) == moment
    assert text.endswith("+07:00")


@given(moment=instants())
def test_reads_a_local_time_again_to_the_second(moment: datetime) -> None:
    text = format_local_time(moment, offset=INDOCHINA)
    assert parse_local_time(text, offset=INDOCHINA) == moment.replace(microsecond=0)


@pytest.mark.parametrize("write", [format_local_time, format_iso_instant])
def test_writes_no_local_year_that_it_would_not_read(write: Callable[..., str]) -> None:
    new_year_in_hanoi = datetime(2199, 12, 31, 23, 30, tzinfo=UTC)
    with pytest.raises(RefusedError, match="found 2200"):
        write(new_year_in_hanoi, offset=INDOCHINA)


def test_changes_the_day_where_the_zone_does() -> None:
    midnight_in_hanoi = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert format_local_time(midnight_in_hanoi, offset=INDOCHINA) == "2026-11-22 00:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:59:60Z",
        "2026-11-21T10:00:00",
        "2026-11-21T10:00:00.1234567Z",
        "2569-11-21T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-11-21T10:00:00+25:00",
    ],
)
def test_refuses_an_instant_that_would_have_to_be_guessed(text: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_iso_instant(text)
    assert refusal.value.code == "adapter.value"


@pytest.mark.parametrize("day", [date(1940, 12, 31), date(2200, 1, 1)])
def test_writes_no_date_that_it_would_not_read(day: date) -> None:
    with pytest.raises(RefusedError) as refusal:
        format_day_first_date(day, era=Era.BUDDHIST, path="CustomsResponse/DeclarationDate")
    (finding,) = refusal.value.findings
    assert finding.path == "CustomsResponse/DeclarationDate"
