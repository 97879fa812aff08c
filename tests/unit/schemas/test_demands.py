"""What a destination demands holds on the days that its line names, both included."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from swb_schemas.demands import find_demands, load_demands, parse_demands
from swb_schemas.errors import RefusedError

LINE: Final = """
[[demand]]
to = "KE"
hs = "85"
document = "CertificateOfConformity"
from = 2026-03-01
until = 2026-03-31
sure = "stated"
source = "a notice"
"""
FOUND: Final = {
    "the day before": ("KE", "851660", date(2026, 2, 28), 0),
    "the first day": ("KE", "851660", date(2026, 3, 1), 1),
    "the last day": ("KE", "851660", date(2026, 3, 31), 1),
    "the day after": ("KE", "851660", date(2026, 4, 1), 0),
    "other goods": ("KE", "950300", date(2026, 3, 1), 0),
    "another destination": ("UG", "851660", date(2026, 3, 1), 0),
}


@pytest.mark.parametrize(("destination", "commodity", "day", "count"), FOUND.values(), ids=FOUND)
def test_finds_what_is_demanded_of_goods_on_a_day(
    destination: str, commodity: str, day: date, count: int
) -> None:
    found = find_demands(
        destination=destination, commodity=commodity, on=day, demands=parse_demands(LINE.encode())
    )
    assert len(found) == count


def test_a_line_without_a_last_day_has_no_end() -> None:
    demands = parse_demands(LINE.replace("until = 2026-03-31\n", "").encode())
    found = find_demands(destination="KE", commodity="851660", on=date.max, demands=demands)
    assert len(found) == 1


def test_a_line_of_one_day_is_a_line_and_one_that_ends_before_it_begins_is_none() -> None:
    one_day = LINE.replace("until = 2026-03-31", "until = 2026-03-01")
    assert len(parse_demands(one_day.encode())) == 1
    with pytest.raises(RefusedError) as failure:
        parse_demands(LINE.replace("until = 2026-03-31", "until = 2026-02-28").encode())
    assert failure.value.code == "demands.malformed"


def test_the_lines_of_this_version_hold_from_their_first_day() -> None:
    """Before Kenya's programme began nothing was demanded, and Nigeria's two lines meet."""
    demands = load_demands()
    days = {
        ("KE", "851660", date(2005, 9, 28)): 0,
        ("KE", "851660", date(2005, 9, 29)): 1,
        ("NG", "100630", date(2005, 12, 31)): 1,
        ("NG", "100630", date(2006, 1, 1)): 1,
    }
    for (to, commodity, day), count in days.items():
        found = find_demands(destination=to, commodity=commodity, on=day, demands=demands)
        assert len(found) == count
