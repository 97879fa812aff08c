"""Boxes that an agreement's form must have filled: each fires where it is empty, and only there."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from swb_schemas.findings import Severity
from swb_schemas.rulebook import Place, check_document
from swb_schemas.rulebook.boxes import BOXES, RULES
from tests.certificates import make_certificate
from tests.rulebook.case import plain

TODAY: Final = date(2026, 11, 22)
CODE: Final = "rule.box_missing"

EMPTY_UNDER_ATIGA: Final[dict[str, tuple[dict[str, Any], tuple[str, ...], str]]] = {
    "no marks": ({"items__1__marks_and_numbers": None}, ("Item[2]/MarksAndNumbers",), "box 6"),
    "no packages": ({"items__0__packages": []}, ("Item[1]/Package",), "box 7"),
    "packages of no type": (
        {"items__1__packages": [{"count": 1, "type_code": "CT"}, {"count": 2}]},
        ("Item[2]/Package[2]/TypeCode",),
        "box 7",
    ),
    "no gross weight": ({"items__0__gross_measure": None}, ("Item[1]/GrossMeasure",), "box 9"),
    "an empty declaration": (
        {
            "exporter_declaration__place": None,
            "exporter_declaration__date": None,
            "exporter_declaration__signatory_name": None,
        },
        (
            "ExporterDeclaration/Place",
            "ExporterDeclaration/Date",
            "ExporterDeclaration/SignatoryName",
        ),
        "box 11",
    ),
    "an empty certification": (
        {
            "certification__authority_name": None,
            "certification__place": None,
            "certification__signatory_name": None,
        },
        ("Certification/AuthorityName", "Certification/Place", "Certification/SignatoryName"),
        "box 12",
    ),
}
"""What is left out, where it is missed, and the box that the clause names."""


def missing(**changes: Any) -> list[tuple[str, str, Severity]]:  # noqa: ANN401 - as make_certificate
    found = check_document(make_certificate(items=2, **changes), at=TODAY)
    return [
        (each.path.removeprefix("CertificateOfOrigin/"), each.clause, each.severity)
        for each in found
        if each.code == CODE
    ]


@pytest.mark.parametrize(
    ("changes", "paths", "box"), EMPTY_UNDER_ATIGA.values(), ids=list(EMPTY_UNDER_ATIGA)
)
def test_a_form_d_must_have(changes: dict[str, Any], paths: tuple[str, ...], box: str) -> None:
    found = missing(**changes)
    assert tuple(path for path, _, _ in found) == paths
    assert all(box in clause and clause.startswith("ATIGA") for _, clause, _ in found)
    assert {severity for _, _, severity in found} == {Severity.REFUSE}


@pytest.mark.parametrize(
    "changes", [each[0] for each in EMPTY_UNDER_ATIGA.values()], ids=list(EMPTY_UNDER_ATIGA)
)
def test_the_same_is_no_fault_under_an_agreement_that_does_not_ask(changes: dict[str, Any]) -> None:
    psr = {"bases": ["PSR"]}
    under = {"agreement": "AANZFTA", "items__0__origin_criterion": psr}
    assert missing(**under, **changes) == []


def test_a_form_aanz_must_have_its_shipment_date() -> None:
    (found,) = missing(agreement="AANZFTA", transport__departure_date=None)
    assert found[0] == "Transport/DepartureDate"
    assert missing(agreement="ATIGA", transport__departure_date=None) == []


def test_every_box_of_the_table_is_tried_here() -> None:
    assert len(BOXES["ATIGA"]) == len(EMPTY_UNDER_ATIGA)
    assert len(BOXES["AANZFTA"]) == 1
    assert {rule.code for rule in RULES} == {CODE, "rule.description_not_english"}


def test_the_importing_side_is_advised_of_the_same() -> None:
    certificate = plain(items__0__marks_and_numbers=None)
    found = check_document(certificate, at=TODAY, place=Place.IMPORTER)
    assert [each.code for each in found] == [CODE]
