"""``swb check`` and ``swb rules list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb_schemas.rulebook import RULES
from tests.certificates import make_certificate
from tests.cli_reference import documented_members
from tests.pages import quoted_lines, run_page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

DAY = ("--at", "2026-11-22")
NATIONAL = "Envelope/Body/FormD"


@pytest.fixture
def late(thai_form_d: Path) -> bytes:
    """A Form D for a ship that left before it was issued, and that does not say so."""
    text = thai_form_d.read_text(encoding="utf-8")
    old = text.partition("<DepartureDate>")[2].partition("<")[0]
    return text.replace(old, "01/11/2569", 1).encode()


def test_a_certificate_that_only_warns_is_done(swb: Program, thai_form_d: Path) -> None:
    ran = swb("check", "--from", "thailand", thai_form_d, *DAY)
    assert ran.status == 0
    assert b"judged by the issuer on 2026-11-22: 0 fault(s), 1 warning(s)" in ran.stdout
    assert f"warning: {NATIONAL}/GoodsItem[1]/Fob (CertificateOfOrigin/Item[1]/" in ran.stderr
    assert "[ATIGA Annex 7, overleaf note 10; Annex 8 Rule 25] <rule.fob_not_asked>" in ran.stderr


def test_a_fault_is_told_in_the_sender_s_own_terms(swb: Program, late: bytes) -> None:
    ran = swb("check", "--from", "thailand", "-", *DAY, stdin=late)
    assert ran.status == 1
    (line,) = (each for each in ran.stderr.splitlines() if each.startswith("fault:"))
    assert line.startswith(f"fault: {NATIONAL}/")
    assert "(CertificateOfOrigin/SpecialCases/IssuedRetroactively)" in line
    assert line.endswith("[ATIGA Annex 8 Rule 10(2)] <rule.retroactive_not_ticked>")
    assert "swb: refused: submission.rule_broken: 1 finding(s)" in ran.stderr


def test_a_payload_that_refuses_consent_is_a_fault(swb: Program, thai_form_d: Path) -> None:
    raw = (thai_form_d.parent / "extract-of-an-export-declaration.xml").read_bytes()
    mark = b"</DocumentControl>"
    for answer, status in ((b"N", 1), (b"Y", 0)):
        said = mark + b"<ExporterConsent>%s</ExporterConsent>" % answer
        ran = swb("check", "--from", "thailand", "-", *DAY, "--json", stdin=raw.replace(mark, said))
        assert ran.status == status, ran.stderr
        codes = [each["code"] for each in ran.value["findings"]]
        assert ("consent.missing" in codes) is (status == 1)


def test_json_says_the_same(swb: Program, late: bytes) -> None:
    ran = swb("check", "--from", "thailand", "-", *DAY, "--json", stdin=late)
    assert (ran.status, ran.stderr) == (1, "")
    value = ran.failure
    assert (value["code"], value["refuses"], value["place"]) == (
        "submission.rule_broken",
        1,
        "issuer",
    )
    assert value["at"] == "2026-11-22"
    (fault,) = (each for each in value["findings"] if each["severity"] == "refuse")
    assert fault["code"] == "rule.retroactive_not_ticked"
    assert fault["national_path"].startswith(NATIONAL)


def test_the_importing_side_is_advised_and_refuses_nothing(swb: Program, late: bytes) -> None:
    ran = swb("check", "--from", "thailand", "-", *DAY, "--place", "importer", "--json", stdin=late)
    assert ran.status == 0
    assert ran.value["refuses"] == 0
    assert "rule.retroactive_not_ticked" in {each["code"] for each in ran.value["findings"]}


def test_the_importing_side_reads_advice_and_no_fault(swb: Program, late: bytes) -> None:
    ran = swb("check", "--from", "thailand", "-", *DAY, "--place", "importer", stdin=late)
    assert ran.status == 0
    assert b"judged by the importer on 2026-11-22: 1 advice, 1 warning(s)" in ran.stdout
    (line,) = (each for each in ran.stderr.splitlines() if each.startswith("advice:"))
    assert line.endswith("<rule.retroactive_not_ticked>")
    assert "fault" not in ran.stdout.decode() + ran.stderr


@pytest.mark.parametrize(("day", "late"), [("2027-10-01", False), ("2028-01-01", True)])
def test_judges_as_of_the_day_that_is_asked_for(
    swb: Program, thai_form_d: Path, day: str, late: bool
) -> None:
    asked = ("check", "--from", "thailand", thai_form_d, "--place", "importer", "--at", day)
    found = {each["code"] for each in swb(*asked, "--json").value["findings"]}
    assert ("rule.presented_late" in found) is late


def test_checks_canonical_documents(swb: Program) -> None:
    from swb_schemas.xml import encode  # noqa: PLC0415 - for this one alone

    original = {
        "issuing_country": "MY",
        "reference_number": "1",
        "issue_date": "2025-01-01",
    }
    document = make_certificate(special_cases__back_to_back={"originals": [original]})
    ran = swb("check", "--from", "canonical", "-", *DAY, "--json", stdin=encode(document))
    assert ran.status == 1
    assert ran.value["place"] == "intermediate-issuer"
    codes = {each["code"] for each in ran.value["findings"]}
    assert codes == {"rule.original_expired", "rule.fob_not_asked"}


def test_a_receipt_is_checked_too(swb: Program, thai_form_d: Path) -> None:
    ran = swb("check", "--from", "thailand", thai_form_d.parent / "receipt-accepted.xml", "--json")
    assert ran.status == 0
    assert ran.value["certificate_key"] == "VN:09:VN-TH%2026%2F09%2F00006"
    assert ran.value["findings"] == []


def test_a_payload_that_is_none_is_refused_as_such(swb: Program) -> None:
    ran = swb("check", "--from", "thailand", "-", "--json", stdin=b"<a/>")
    assert ran.status == 1
    assert ran.failure["code"].startswith(("adapter.", "xml."))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "thailand"),
        ("{file}",),
        ("--from", "thailand", "{file}", "--at", "20/11/2569"),
        ("--from", "thailand", "{file}", "--at", "2026-11-22T00:00:00Z"),
        ("--from", "thailand", "{file}", "--place", "region"),
        ("--from", "atlantis", "{file}"),
    ],
)
def test_wrong_usage_is_usage(swb: Program, thai_form_d: Path, arguments: tuple[str, ...]) -> None:
    ran = swb("check", *(each.format(file=thai_form_d) for each in arguments), "--json")
    assert ran.status == 2


def test_lists_every_rule_with_its_meaning(swb: Program) -> None:
    listed = swb("rules", "list", "--json").rows
    assert [each["id"] for each in listed] == [rule.id for rule in RULES]
    for each in listed:
        assert each["severity"] in {"refuse", "warn"}
        assert each["evaluated_at"]
        assert each["code"] == each["id"].partition(":")[0]
        assert each["meaning"].endswith(".")
    text = swb("rules", "list").stdout.decode()
    assert "rule.retroactive_not_ticked:2021  refuse  [ATIGA Annex 8 Rule 10(2)]\n" in text
    assert "    CertificateOfOrigin; ATIGA; until 2021-09-07\n" in text
    assert "issued by SG; at the intermediate-issuer, issuer\n" in text


def test_names_every_member_of_the_json_values(swb: Program, thai_form_d: Path) -> None:
    checked = swb("check", "--from", "thailand", thai_form_d, "--json").value
    assert set(checked) == documented_members("swb check")
    (first, *_) = swb("rules", "list", "--json").rows
    assert set(first) == documented_members("swb rules list")


def test_the_page_on_checking_works(tmp_path: Path) -> None:
    printed = run_page("docs/how-to/check-a-certificate.md", tmp_path)
    assert "<rule.retroactive_not_ticked>" in printed
    assert "<rule.presented_late>" in printed
    assert "1 refusing: " in printed
    quoted = quoted_lines("docs/how-to/check-a-certificate.md")
    assert len(quoted) == 3
    assert [line for line in quoted if line not in printed.splitlines()] == []
