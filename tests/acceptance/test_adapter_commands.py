"""``swb adapters test``, ``docs`` and ``diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cli_reference import documented_members
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

EXAMPLES: Final = ("--examples", "3")


def test_an_adapter_is_tested_and_measured(swb: Program) -> None:
    ran = swb("adapters", "test", "singapore-of-tests", *EXAMPLES)
    assert (ran.status, "adapter.unknown" in ran.stderr) == (2, True)
    value = swb("adapters", "test", "uncefact", *EXAMPLES, "--json").value
    assert set(value) == documented_members("swb adapters test")
    assert (value["adapter"], value["broken"]) == ("uncefact", 0)
    assert {each["check"] for each in value["checks"]} >= {
        "description",
        "sample is carried",
        "touches nothing else",
        "refuses hostile payloads",
        "reads or refuses damaged payloads",
        "keeps its limit of octets",
    }
    measured = {each["message_type"]: each["reads_per_second"] for each in value["speed"]}
    assert {"CertificateIssue", "PhytosanitaryCertificate"} <= set(measured)
    assert min(measured.values()) > 0


def test_an_adapter_that_breaks_the_contract_is_told_so(swb: Program, tmp_path: Path) -> None:
    sample = ROOT / "adapters" / "swb_adapters" / "thailand" / "samples" / "form-d-plain.xml"
    (tmp_path / "bad.xml").write_bytes(sample.read_bytes().replace(b"1250.5", b"1250,5", 1))
    options = ("--samples", tmp_path, *EXAMPLES)
    ran = swb("adapters", "test", "thailand", *options, "--json")
    assert (ran.status, ran.failure["code"]) == (1, "adapter.contract_broken")
    broken = [each for each in ran.value["checks"] if each["problems"]]
    assert {each["check"] for each in broken} >= {"sample is carried", "a sample of every type"}
    told = swb("adapters", "test", "thailand", *options)
    assert "wrong   sample is carried, bad.xml" in told.stdout.decode()


def test_an_adapter_without_samples_is_not_tested(swb: Program, tmp_path: Path) -> None:
    ran = swb("adapters", "test", "canonical", "--samples", tmp_path, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "adapter.no_samples")


@pytest.mark.parametrize("name", ["thailand", "aanzfta", "canonical"])
def test_a_mapping_page_is_written(swb: Program, name: str) -> None:
    value = swb("adapters", "docs", name, "--json").value
    assert set(value) == documented_members("swb adapters docs")
    page = value["page"]
    assert page.startswith(f"# {name}\n")
    assert swb("adapters", "docs", name).stdout.decode() == page
    assert "## CertificateIssue" in page


def test_what_a_second_format_changes_is_listed(swb: Program, thai_form_d: Path) -> None:
    value = swb("adapters", "diff", "thailand", "vietnam", thai_form_d, "--json").value
    assert set(value) == documented_members("swb adapters diff")
    assert {each["declared"] for each in value["changes"]} == {True}
    first = value["changes"][0]
    assert first["path"] == "CertificateOfOrigin/Exporter/NationalName[1]"
    assert first["before"] == "บริษัท สยามตัวอย่างเซรามิก จำกัด"
    assert first["first_path"].startswith("Envelope/Body/FormD/Exporter/Name")
    told = swb("adapters", "diff", "thailand", "vietnam", thai_form_d)
    assert told.status == 0
    assert "thailand to vietnam: 5 declared loss(es), 0 in silence" in told.stdout.decode()
    same = swb("adapters", "diff", "thailand", "canonical", thai_form_d, "--json").value
    assert same["changes"] == []
