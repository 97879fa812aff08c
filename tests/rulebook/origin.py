"""Cases of criteria and goods: shares, shifts, tariff codes, FOB prices."""

from __future__ import annotations

from typing import Any, Final

from tests.rulebook.case import Case, case

__all__ = ["CASES", "FURTHER"]

SHARE: Final = "Item[1]/OriginCriterion/Percentage"
CODE: Final = "Item[1]/CommodityCode"
FOB: Final = "Item[1]/FobAmount"
DE_MINIMIS: Final = ("rule.de_minimis_without_shift", "SpecialCases/DeMinimis")
WHOLLY: Final = {"bases": ["WO"]}
NO_FOB: Final[dict[str, Any]] = {"items__0__fob_amount": None, "items__1__fob_amount": None}


WHOLLY_FIRST: Final[dict[str, Any]] = {
    "items__0__origin_criterion": WHOLLY,
    "items__0__fob_amount": None,
}
"""The first item is wholly obtained, and tells no price."""


def with_share(share: str, *bases: str) -> dict[str, Any]:
    """A share of the first item, beside other bases or alone."""
    return {"items__0__origin_criterion": {"bases": [*bases, "RVC"], "percentage": share}}


def partial(share: str) -> dict[str, Any]:
    """A share of partial cumulation of the first item, ticked."""
    return {
        "items__0__origin_criterion": {"bases": ["PC"], "percentage": share},
        "special_cases__partial_cumulation": {},
    }


def between(issuing: str, importing: str) -> dict[str, Any]:
    """Issuing and importing country."""
    return {
        "issuing_country": issuing,
        "exporter_declaration__importing_country": importing,
    }


def code(value: str, nomenclature: str = "AHTN-2022") -> dict[str, Any]:
    """A tariff code of the first item."""
    return {"items__0__commodity_code": {"nomenclature": nomenclature, "value": value}}


CASES: Final[dict[str, Case]] = {
    "40 per cent": case(**with_share("40")),
    "a little less than 40 per cent": case(
        ("rule.share_below_threshold", SHARE), **with_share("39.99")
    ),
    "35 per cent with a shift": case(**with_share("35", "CTH")),
    "35 per cent, spelled before the shift": case(
        ("rule.criterion_not_of_agreement", "Item[1]/OriginCriterion"),
        items__0__origin_criterion={"bases": ["RVC", "CTH"], "percentage": "35"},
    ),
    "less than 35 per cent with a process": case(
        ("rule.share_below_threshold", SHARE), **with_share("34.5", "SP")
    ),
    "20 per cent of partial cumulation": case(**partial("20")),
    "less than 20 per cent of partial cumulation": case(
        ("rule.partial_cumulation_share", SHARE), **partial("19.9")
    ),
    "nearly 40 per cent of partial cumulation": case(**partial("39.999999")),
    "40 per cent of partial cumulation": case(
        ("rule.partial_cumulation_share", SHARE), **partial("40")
    ),
    "de minimis with a shift": case(special_cases__de_minimis={}),
    "de minimis without a shift": case(
        DE_MINIMIS,
        special_cases__de_minimis={},
        items__0__origin_criterion=WHOLLY,
        items__1__origin_criterion={"bases": ["SP"]},
        **NO_FOB,
    ),
    "a tariff code of six digits": case(("rule.commodity_code_not_ahtn", CODE), **code("630533")),
    "a tariff code of ten digits": case(
        ("rule.commodity_code_not_ahtn", CODE), **code("6305331000")
    ),
    "a tariff code of another nomenclature": case(
        ("rule.commodity_code_not_ahtn", CODE), **code("63053310", "HS-2022")
    ),
    "a tariff code of an AHTN that there never was": case(
        ("rule.commodity_code_not_ahtn", CODE), **code("63053310", "AHTN-1902")
    ),
    "a tariff code of what begins like the AHTN": case(
        ("rule.commodity_code_not_ahtn", CODE), **code("63053310", "AHTNFOO")
    ),
    "six digits that no edition has": case(("rule.subheading_not_known", CODE), **code("63059910")),
    "six digits that only the edition before has": case(
        ("rule.subheading_not_known", CODE), **code("03051000")
    ),
    "six digits of the edition before": case(**code("03051000", "AHTN-2017")),
    "six digits of an edition that is not kept": case(**code("63059910", "AHTN-2012")),
    "a tariff code of the AHTN before": case(**code("63053310", "AHTN-2017")),
    "six digits under AANZFTA": case(agreement="AANZFTA", **code("630533", "HS-2017")),
    "the last chapter": case(**code("97052100")),
    "chapter 77, which is kept for later": case(
        ("rule.chapter_not_known", CODE), **code("77010010")
    ),
    "chapter 98, which is a state's own": case(
        ("rule.chapter_not_known", CODE), **code("98020010")
    ),
    "chapter 00": case(("rule.chapter_not_known", CODE), **code("00010010")),
    "no FOB price where Indonesia imports": case(
        ("rule.fob_missing", FOB), items__0__fob_amount=None
    ),
    "a FOB price of nothing where Indonesia imports": case(
        ("rule.fob_missing", FOB), items__0__fob_amount__value="0"
    ),
    "no FOB price where Cambodia exports": case(
        ("rule.fob_missing", FOB),
        ("rule.fob_missing", "Item[2]/FobAmount"),
        **between("KH", "VN"),
        **NO_FOB,
    ),
    "no FOB price of what is wholly obtained": case(
        items__0__origin_criterion=WHOLLY, items__0__fob_amount=None
    ),
    "no FOB price of partial cumulation": case(**partial("25"), items__0__fob_amount=None),
    "no FOB price between states that do not ask": case(**between("TH", "VN"), **NO_FOB),
    "no FOB price before the form of 2020": case(
        items__0__fob_amount=None,
        certification__date="2020-12-20",
        transport__departure_date="2020-12-20",
    ),
    "no FOB price on the first day of the form of 2020": case(
        ("rule.fob_missing", FOB),
        items__0__fob_amount=None,
        certification__date="2020-12-21",
        transport__departure_date="2020-12-21",
    ),
    "a FOB price of what is wholly obtained": case(
        ("rule.fob_not_asked", FOB), items__0__origin_criterion=WHOLLY
    ),
    "FOB prices between states that do not ask": case(
        ("rule.fob_not_asked", FOB),
        ("rule.fob_not_asked", "Item[2]/FobAmount"),
        **between("TH", "VN"),
    ),
    "a FOB price of partial cumulation between states that do not ask": case(
        **between("TH", "VN"), **partial("25"), items__1__fob_amount=None
    ),
}

FURTHER: Final[dict[str, Case]] = {
    "less than 40 per cent, behind an item without a share": case(
        ("rule.share_below_threshold", "Item[2]/OriginCriterion/Percentage"),
        **WHOLLY_FIRST,
        items__1__origin_criterion={"bases": ["RVC"], "percentage": "39.99"},
    ),
    "no FOB price behind an item that needs none": case(
        ("rule.fob_missing", "Item[2]/FobAmount"), **WHOLLY_FIRST, items__1__fob_amount=None
    ),
    "a FOB price of what is wholly obtained, behind an item without one": case(
        ("rule.fob_not_asked", "Item[2]/FobAmount"),
        **WHOLLY_FIRST,
        items__1__origin_criterion=WHOLLY,
    ),
}
"""Cases that no vector shows."""
