"""Cases of what differs by state, of goods' production and of the language of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.rulebook.case import case

if TYPE_CHECKING:
    from tests.rulebook.case import Case

__all__ = ["CASES", "FURTHER"]

PRODUCED: Final = ("rule.produced_elsewhere", "ExporterDeclaration/CountryOfProduction")
NOT_WHOLE: Final = ("rule.partial_share_not_whole", "Item[1]/OriginCriterion/Percentage")
ENGLISH: Final = ("rule.description_not_english", "Item[2]/Description")


def partial(state: str, share: str, *findings: tuple[str, str]) -> Case:
    """Partial cumulation as a state writes it, in trade that asks for no FOB price of others."""
    changes: dict[str, Any] = {
        "items__0__origin_criterion": {"bases": ["PC"], "percentage": share},
        "special_cases__partial_cumulation": {},
    }
    return case(*findings, issuing_country=state, **changes)


CASES: Final[dict[str, Case]] = {
    "produced in a party": case(exporter_declaration__country_of_production="MY"),
    "produced in a state that is no party": case(
        PRODUCED, exporter_declaration__country_of_production="CN"
    ),
    "produced in a party of another agreement": case(
        PRODUCED, exporter_declaration__country_of_production="AU"
    ),
    "a whole share of Singapore": partial("SG", "39"),
    "a share of Singapore that was not rounded": partial("SG", "33.3", NOT_WHOLE),
    "a share of Thailand that was not rounded": partial("TH", "33.3"),
    "a description with letters of Viet Nam": case(items__1__description="Cà phê, roasted, 5 °C"),
    "a description in Thai": case(ENGLISH, items__1__description="ถุงพลาสติกสาน"),
}

FURTHER: Final[dict[str, Case]] = {
    "a share of Singapore beside another criterion, which need not be whole": case(
        issuing_country="SG",
        items__0__origin_criterion={"bases": ["CTH", "RVC"], "percentage": "45.5"},
    ),
}
"""Cases that no vector shows."""
