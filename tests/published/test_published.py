"""Every published document converts, or is refused with something that a person can act on."""

from __future__ import annotations

import os

import pytest

from tests.published.page import PAGE, Outcome, build_page, list_outcomes
from tests.services import find_samples


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return list(list_outcomes(find_samples()))


def test_every_published_document_is_taken_or_refused_with_a_place(
    outcomes: list[Outcome],
) -> None:
    assert len(outcomes) > 150
    for each in outcomes:
        if each.became:
            continue
        assert each.actor == "sender", each
        assert each.findings, each
        for finding in each.findings:
            assert finding.national_path or "root element" in finding.message, each
            assert finding.message.startswith("expected "), each


def test_what_is_of_a_type_that_an_adapter_reads_is_read(outcomes: list[Outcome]) -> None:
    read = {(each.file, each.adapter): each.became for each in outcomes if each.became}
    assert read == {
        ("full.json", "aanzfta"): "CertificateIssue",
        ("bc30-ekspor.example.json", "indonesia"): "DeclarationExtract",
        ("src/test/resources/SPSCertificateContent.xml", "ephyto"): "PhytosanitaryCertificate",
    }


def test_the_page_tells_what_becomes_of_each(outcomes: list[Outcome]) -> None:
    page = build_page(outcomes)
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "SWB_WRITE_DOCS=1"
