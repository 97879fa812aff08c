"""The published AANZFTA certificate by the rules of its own agreement, and taken for a Form D."""

from __future__ import annotations

from typing import Final

import pytest

from swb_adapters.aanzfta import ADAPTER
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.rulebook import RULES, check_document
from tests.services import find_samples

BOXES: Final = [
    *(f"Item[{item}]/Package[{package}]/TypeCode" for item in (1, 2) for package in (1, 2)),
    "ExporterDeclaration/Place",
    "ExporterDeclaration/SignatoryName",
    "Certification/AuthorityName",
    "Certification/Place",
    "Certification/SignatoryName",
]
AS_A_FORM_D: Final = [
    *(("rule.box_missing", path) for path in BOXES),
    *(("rule.criterion_not_of_agreement", f"Item[{item}]/OriginCriterion") for item in (1, 2)),
    ("rule.state_not_a_party", "IssuingCountry"),
    ("rule.produced_elsewhere", "ExporterDeclaration/CountryOfProduction"),
    *(("rule.commodity_code_not_ahtn", f"Item[{item}]/CommodityCode") for item in (1, 2)),
]
"""Boxes that only the Form D has, codes of box 8 and the tariff that are the other agreement's."""


@pytest.fixture(scope="module")
def published() -> CertificateOfOrigin:
    raw = (find_samples() / "aanzfta" / "full.json").read_bytes()
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, CertificateOfOrigin)
    return document


def test_passes_the_rules_of_its_own_agreement(published: CertificateOfOrigin) -> None:
    assert any("AANZFTA" in rule.agreements for rule in RULES)
    assert check_document(published, at=published.certification.date) == ()


def test_fails_with_the_right_findings_as_a_form_d(published: CertificateOfOrigin) -> None:
    taken = published.model_copy(update={"agreement": "ATIGA"})
    found = check_document(taken, at=published.certification.date)
    assert [(each.code, each.path.removeprefix("CertificateOfOrigin/")) for each in found] == (
        AS_A_FORM_D
    )
