"""The rule book: each rule fires where it should, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse, Document
from swb_schemas.findings import Severity
from swb_schemas.rulebook import RULES, Context, Place, check_document
from tests.certificates import make_certificate
from tests.strategies import aggregates

TODAY: Final = date(2026, 11, 22)
SUBJECT: Final = {
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "reference_number": "D2026-0000001",
}


def receipt(**subject: str) -> CustomsReceipt:
    values = {
        "subject": {**SUBJECT, **subject},
        "outcome": "REC",
        "at": "2026-11-05T02:00:00Z",
    }
    return CustomsReceipt.model_validate(values)


def response(unit: str = "KGM", **subject: str) -> CustomsResponse:
    used = {"unit": unit, "value": "1"}
    values = {
        "subject": {**SUBJECT, **subject},
        "response_number": 1,
        "decision": "GIVEN",
        "decided_at": "2026-11-05T02:00:00Z",
        "office": "Cat Lai",
        "items": [{"sequence_number": 1, "decision": "GIVEN", "utilised_quantity": used}],
    }
    return CustomsResponse.model_validate(values)


class Case(NamedTuple):
    """A document, and the findings it has by code and path."""

    document: Document
    findings: tuple[tuple[str, str], ...] = ()


def changed(**changes: Any) -> Document:  # noqa: ANN401 - whatever a field takes
    return make_certificate(items=2, **changes)


ORIGINAL: Final = {
    "issuing_country": "ID",
    "reference_number": "0001/KOX/2026",
    "issue_date": "2026-09-01",
}
ONLY_PC: Final = {"bases": ["PC"], "percentage": "25"}

CASES: Final = {
    "a plain certificate": Case(changed()),
    "every box with a country": Case(
        changed(
            special_cases__third_country_invoicing={
                "company_name": "Example KK",
                "company_country": "JP",
            },
            special_cases__back_to_back={"originals": [ORIGINAL]},
        )
    ),
    "an issuing country that is none": Case(
        changed(issuing_country="XX"), (("rule.country_not_listed", "IssuingCountry"),)
    ),
    "a trader's country that is none": Case(
        changed(exporter__country="UK", consignee__country="ZZ"),
        (
            ("rule.country_not_listed", "Exporter/Country"),
            ("rule.country_not_listed", "Consignee/Country"),
        ),
    ),
    "declared countries that are none": Case(
        changed(
            exporter_declaration__country_of_production="EU",
            exporter_declaration__importing_country="QQ",
        ),
        (
            ("rule.country_not_listed", "ExporterDeclaration/CountryOfProduction"),
            ("rule.country_not_listed", "ExporterDeclaration/ImportingCountry"),
        ),
    ),
    "countries of box 13 that are none": Case(
        changed(
            special_cases__third_country_invoicing={
                "company_name": "Example KK",
                "company_country": "XX",
            },
            special_cases__back_to_back={
                "originals": [ORIGINAL, {**ORIGINAL, "issuing_country": "XX"}]
            },
        ),
        (
            ("rule.country_not_listed", "SpecialCases/ThirdCountryInvoicing/CompanyCountry"),
            ("rule.country_not_listed", "SpecialCases/BackToBack/Original[2]/IssuingCountry"),
        ),
    ),
    "a country that is no more": Case(
        changed(exporter__country="TP"), (("rule.country_not_listed", "Exporter/Country"),)
    ),
    "a country that still was on the day of issue": Case(
        changed(exporter__country="TP", certification__date="2002-01-31")
    ),
    "a currency that is none": Case(
        changed(items__1__fob_amount__currency="RMB"),
        (("rule.currency_not_listed", "Item[2]/FobAmount/@currency"),),
    ),
    "no amount": Case(changed(items__1__fob_amount=None)),
    "units that are none": Case(
        changed(items__0__quantity__unit="KG", items__1__gross_measure__unit="XXX"),
        (
            ("rule.unit_not_listed", "Item[1]/Quantity/@unit"),
            ("rule.unit_not_listed", "Item[2]/GrossMeasure/@unit"),
        ),
    ),
    "no quantity": Case(changed(items__0__quantity=None)),
    "a package that is none": Case(
        changed(
            items__1__packages=[{"count": 1, "type_code": "CT"}, {"count": 1, "type_code": "00"}]
        ),
        (("rule.package_not_listed", "Item[2]/Package[2]/TypeCode"),),
    ),
    "places that are not known": Case(
        changed(transport__loading_port__code="THXXX", transport__discharge_port__code="VNXXX"),
        (
            ("rule.place_not_listed", "Transport/LoadingPort/Code"),
            ("rule.place_not_listed", "Transport/DischargePort/Code"),
        ),
    ),
    "places without codes": Case(
        changed(transport__loading_port={"name": "Bangkok"}, transport__discharge_port=None)
    ),
    "an agreement that is not known": Case(
        changed(agreement="MARS"), (("rule.agreement_not_known", "Agreement"),)
    ),
    "PE, which ATIGA does not have": Case(
        changed(items__1__origin_criterion={"bases": ["PE"]}),
        (("rule.criterion_not_of_agreement", "Item[2]/OriginCriterion"),),
    ),
    "a combination that the form cannot spell": Case(
        changed(items__0__origin_criterion={"bases": ["WO", "CTH"]}),
        (("rule.criterion_not_of_agreement", "Item[1]/OriginCriterion"),),
    ),
    "a box that the agreement demands, empty": Case(
        changed(items__1__marks_and_numbers=None),
        (("rule.box_missing", "Item[2]/MarksAndNumbers"),),
    ),
    "criteria that differ between items": Case(
        changed(items__0__origin_criterion={"bases": ["WO"]})
    ),
    "issued by the importing country": Case(
        changed(exporter_declaration__importing_country="TH"),
        (("rule.issuing_is_importing", "ExporterDeclaration/ImportingCountry"),),
    ),
    "partial cumulation with its tick": Case(
        changed(items__0__origin_criterion=ONLY_PC, special_cases__partial_cumulation={})
    ),
    "partial cumulation without its tick": Case(
        changed(items__1__origin_criterion=ONLY_PC),
        (("rule.partial_cumulation_not_ticked", "Item[2]/OriginCriterion"),),
    ),
    "the tick without partial cumulation": Case(
        changed(special_cases__partial_cumulation={}),
        (("rule.partial_cumulation_not_ticked", "SpecialCases/PartialCumulation"),),
    ),
    "a plain receipt": Case(receipt()),
    "a receipt for no country": Case(
        receipt(issuing_country="XX"), (("rule.country_not_listed", "Subject/IssuingCountry"),)
    ),
    "a plain response": Case(response()),
    "a response for no country": Case(
        response(issuing_country="XX"), (("rule.country_not_listed", "Subject/IssuingCountry"),)
    ),
    "a response in no unit": Case(
        response(unit="KG"), (("rule.unit_not_listed", "Item[1]/UtilisedQuantity/@unit"),)
    ),
}


@pytest.mark.parametrize(("document", "expected"), CASES.values(), ids=CASES)
def test_finds_exactly(document: Document, expected: tuple[tuple[str, str], ...]) -> None:
    root = type(document).__name__
    found = check_document(document, at=TODAY)
    assert [(each.code, each.path) for each in found] == [
        (code, f"{root}/{path}") for code, path in expected
    ]
    assert check_document(document, at=TODAY, place=Place.IMPORTER) == found


def test_every_rule_fires_in_a_case_and_holds_in_another() -> None:
    fired = {code for case in CASES.values() for code, _ in case.findings}
    assert fired == {rule.code for rule in RULES}
    for rule in RULES:
        about = [case for case in CASES.values() if isinstance(case.document, rule.model)]
        codes = [{code for code, _ in case.findings} for case in about]
        assert any(rule.code in each for each in codes)
        assert any(rule.code not in each for each in codes)


def test_only_codes_of_lists_that_are_not_whole_are_let_pass() -> None:
    severities = {rule.code: rule.severity for rule in RULES}
    assert {code for code, each in severities.items() if each is not Severity.REFUSE} == {
        "rule.place_not_listed",
        "rule.unit_not_listed",
        "rule.package_not_listed",
    }


def test_a_finding_says_what_was_expected_and_by_which_clause() -> None:
    (finding,) = check_document(changed(items__1__fob_amount__currency="RMB"), at=TODAY)
    assert finding.clause == "ISO 4217"
    assert finding.message == ("expected a code of ISO 4217 that holds on 2026-11-02, found 'RMB'")


def test_a_rule_applies_between_its_dates_at_its_places_under_its_agreements() -> None:
    rule = replace(
        RULES[0],
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        places=frozenset({Place.ISSUER}),
        agreements=frozenset({"ATIGA"}),
    )
    certificate = make_certificate()

    def applies(day: date, place: Place = Place.ISSUER, agreement: str = "ATIGA") -> bool:
        document = certificate.model_copy(update={"agreement": agreement})
        return rule.applies_to(document, Context(at=TODAY, issued_on=day, place=place))

    assert applies(date(2026, 1, 1))
    assert applies(date(2026, 12, 31))
    assert not applies(date(2025, 12, 31))
    assert not applies(date(2027, 1, 1))
    assert not applies(date(2026, 6, 1), place=Place.IMPORTER)
    assert not applies(date(2026, 6, 1), agreement="AANZFTA")
    assert not rule.applies_to(receipt(), Context.of(receipt(), at=TODAY, place=Place.ISSUER))


def test_a_certificate_is_judged_by_its_day_of_issue_and_others_by_the_day_of_judgement() -> None:
    certificate = Context.of(make_certificate(), at=TODAY, place=Place.IMPORTER)
    assert certificate.issued_on == date(2026, 11, 2)
    assert Context.of(receipt(), at=TODAY, place=Place.IMPORTER).issued_on == TODAY


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(aggregates(CertificateOfOrigin), st.sampled_from(Place))
def test_never_raises_whatever_the_certificate_says(
    certificate: CertificateOfOrigin, place: Place
) -> None:
    known = {rule.code for rule in RULES}
    for finding in check_document(certificate, at=TODAY, place=place):
        assert finding.code in known
        assert finding.path.startswith("CertificateOfOrigin/")
