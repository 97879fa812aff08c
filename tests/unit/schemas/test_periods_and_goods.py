"""A year after a day, and which subheadings may be the same goods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from swb_schemas.documents.elements import CommodityCode
from swb_schemas.rulebook.periods import one_year_after
from swb_schemas.rulebook.quantities import Goods, find_excess, goods_of, list_kin
from tests.rulebook.case import plain

EDITIONS = [
    goods_of(CommodityCode(nomenclature=f"AHTN-{year}", value="03051000")).edition
    for year in (2017, 2022)
]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 3, 1), date(2027, 3, 1)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(9998, 12, 30), date(9999, 12, 30)),
        (date(9999, 1, 1), date.max),
    ],
)
def test_a_year_ends_on_the_same_day_or_on_the_last_of_february(day: date, last: date) -> None:
    assert one_year_after(day) == last


@pytest.mark.parametrize(
    ("nomenclature", "told"),
    [
        ("AHTN-2017", EDITIONS[0]),
        ("AHTN2022", EDITIONS[1]),
        ("HS-2022", EDITIONS[1]),
        ("HS-2012", None),
        ("TARIC-2022", None),
        ("HS-20222", None),
    ],
)
def test_goods_are_six_digits_of_an_edition(nomenclature: str, told: object) -> None:
    code = CommodityCode(nomenclature=nomenclature, value="0305100012")
    assert goods_of(code) == Goods(told, "030510")  # type: ignore[arg-type]  # as it was told


def test_goods_stand_under_their_own_digits_and_those_of_the_other_edition() -> None:
    older, later = EDITIONS
    assert older is not later
    assert list_kin(Goods(older, "030510")) == {
        Goods(older, "030510"),
        Goods(None, "030510"),
        Goods(later, "030910"),
    }
    assert Goods(older, "030510") in list_kin(Goods(later, "030910"))
    assert list_kin(Goods(older, "999999")) == {
        Goods(each, "999999") for each in (older, None, later)
    }
    assert list_kin(Goods(None, "030510")) == {
        Goods(each, "030510") for each in (older, None, later)
    }


def test_what_is_covered_by_nothing_or_in_another_unit_alone_exceeds_nothing() -> None:
    (item, *_) = plain().items
    goods = goods_of(item.commodity_code)
    ten = {(goods, "KGM"): Decimal(10)}
    assert list(find_excess(ten, {})) == []
    assert list(find_excess(ten, {(goods, "TNE"): Decimal(1)})) == []
    assert list(find_excess(ten, ten)) == []
    (excess,) = find_excess(ten, {(goods, "KGM"): Decimal(9)})
    assert excess.claimed == excess.covering == {goods}
    assert (excess.unit, excess.found, excess.most) == ("KGM", Decimal(10), Decimal(9))


def test_goods_that_share_what_covers_them_are_held_together_against_it() -> None:
    older, later = EDITIONS
    heirs = [Goods(later, "020890"), Goods(later, "041010")]
    covering = {(Goods(older, "020890"), "KGM"): Decimal(10)}
    within = {(each, "KGM"): Decimal(5) for each in heirs}
    beyond = {**within, (heirs[0], "KGM"): Decimal(6)}
    alone = {**within, (heirs[0], "KGM"): Decimal(11)}
    assert list(find_excess(within, covering)) == []
    (together,) = find_excess(beyond, covering)
    assert together.claimed == {*heirs}
    assert (together.found, together.most) == (Decimal(11), Decimal(10))
    (one,) = find_excess(alone, covering)
    assert one.claimed == {heirs[0]}
    assert one.found == Decimal(11)
