"""Who holds a document, how charts are drawn, and what of a day is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from swb.console.charts import draw_columns, share_bars
from swb.console.figures import gather_lines
from swb.console.language import ENGLISH
from swb.console.pages import link, spell_span
from swb.core.holding import Station, find_holder
from swb.core.lifecycle import Fact
from swb.services.state_day import Counted


@pytest.mark.parametrize(
    ("facts", "holder"),
    [
        ((), None),
        ((Fact.ALIKE,), None),
        ((Fact.AS1,), Station.EXPORTING_GATEWAY),
        ((Fact.AS1, Fact.RELAYED), Station.REGION),
        ((Fact.RELAYED, Fact.AS2), Station.IMPORTING_GATEWAY),
        ((Fact.AS3,), Station.SINGLE_WINDOW),
        ((Fact.AS3, Fact.RES_NOT), Station.SINGLE_WINDOW),
        ((Fact.RES_REC, Fact.AS1), Station.CUSTOMS),
        ((Fact.GIVEN,), Station.CUSTOMS),
        ((Fact.AS1, Fact.REFUSED), Station.EXPORTING_GATEWAY),
    ],
)
def test_the_last_station_that_had_it_holds_it(
    facts: tuple[Fact, ...], holder: Station | None
) -> None:
    """Facts come in any order, and a later one says that the earlier stations had it."""
    assert find_holder(facts) is holder
    assert find_holder(facts[::-1]) is holder


@pytest.mark.parametrize("largest", [0, 1, 3, 9, 10, 11, 99, 1234, 1_000_000])
def test_columns_stay_below_a_round_figure_of_the_scale(largest: int) -> None:
    chart = draw_columns([(largest, largest // 2), (0, 0)])
    values = [value for value, _ in chart.lines]
    assert values[0] == 0
    assert values[-1] >= max(1, largest)
    assert 2 <= len(values) <= 7
    assert {str(each)[0] for each in values[1:2]} <= {"1", "2", "5"}
    for bar in chart.bars:
        assert bar.y >= 0
        assert bar.y + bar.height == pytest.approx(chart.height)
        assert 0 <= bar.x < bar.x + bar.width <= 50


def test_bars_of_a_row_stand_behind_each_other() -> None:
    row = share_bars((3, 1), 8)
    assert [(bar.x, bar.width) for bar in row.bars] == [(0.0, 37.5), (37.5, 12.5)]
    assert share_bars((0, 0), 0).bars == []


def test_lines_have_what_is_shown_and_the_largest_is_first() -> None:
    counted = [
        Counted(direction="out", name=Fact.AS1, of="VN", count=2),
        Counted(direction="out", name=Fact.AS2, of="VN", count=9),
        Counted(direction="in", name=Fact.AS2, of="ID", count=5),
        Counted(direction="in", name=Fact.GIVEN, of="ID", count=1),
        Counted(direction="out", name=Fact.REFUSED, of="VN", count=1),
    ]
    (first, indonesia), (second, vietnam) = gather_lines(counted)
    assert (first, second) == ("ID", "VN")
    assert (indonesia.sent, indonesia.received, indonesia.given) == (0, 5, 1)
    assert (vietnam.sent, vietnam.received, vietnam.refused) == (2, 0, 1)


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (None, "\u2013"),
        (timedelta(0), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(hours=1), "1 h"),
        (timedelta(minutes=61, seconds=1), "1 h 1 min"),
        (timedelta(days=2, minutes=5), "2 d 5 min"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_spans_are_told_in_two_units(span: timedelta | None, told: str) -> None:
    assert spell_span(span, ENGLISH) == told


def test_addresses_are_escaped() -> None:
    assert link("/parked/sha-256:0/..", kind="", code='a&b="<') == (
        "/console/parked/sha-256%3A0/..?code=a%26b%3D%22%3C"
    )
