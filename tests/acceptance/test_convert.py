"""``swb convert``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program


@pytest.fixture
def canonical(swb: Program, thai_form_d: Path) -> bytes:
    """The canonical document of a Thai Form D."""
    return swb("convert", "--from", "thailand", "--to", "canonical", thai_form_d).stdout


def test_gives_the_payload_octet_for_octet_and_losses_beside_it(
    swb: Program, thai_form_d: Path
) -> None:
    ran = swb("convert", "--from", "thailand", "--to", "canonical", thai_form_d)
    assert ran.status == 0
    assert ran.stdout.startswith(b'<CertificateOfOrigin xmlns="urn:swb:certificate-of-origin:1"')
    assert ran.stdout.endswith(b"</CertificateOfOrigin>")
    assert "loss: Envelope/Body/FormD/DocumentControl/ExchangeRate: " in ran.stderr


def test_json_holds_payload_losses_and_findings(swb: Program, thai_form_d: Path) -> None:
    ran = swb("convert", "--from", "thailand", "--to", "vietnam", thai_form_d, "--json")
    assert (ran.status, ran.stderr) == (0, "")
    value = ran.value
    assert value["payload"].startswith("<?xml")
    assert value["message_type"] == "CertificateIssue"
    assert value["findings"] == []
    names = {
        each["path"]: each["national_path"]
        for each in value["losses"]
        if each["severity"] == "loss" and each["path"]
    }
    # Where the loss lies in the document, and where its sender finds it.
    assert names["CertificateOfOrigin/Exporter/NationalName[1]"].endswith("Exporter/Name/Thai")


def test_the_road_over_the_other_format_loses_only_what_it_says(
    swb: Program, canonical: bytes
) -> None:
    there = swb("convert", "--from", "canonical", "--to", "vietnam", "-", stdin=canonical)
    lost = swb("convert", "--from", "canonical", "--to", "vietnam", "-", "--json", stdin=canonical)
    back = swb("convert", "--from", "vietnam", "--to", "canonical", "-", stdin=there.stdout)
    assert (there.status, back.status) == (0, 0)
    paths = {each["path"].rpartition("/")[2].partition("[")[0] for each in lost.value["losses"]}
    assert paths == {"NationalName", "NationalAddress", "NationalDescription"}
    assert back.stdout != canonical
    assert b"Siam Example Ceramics" in back.stdout


def test_canonical_to_canonical_changes_nothing(swb: Program, canonical: bytes) -> None:
    ran = swb("convert", "--from", "canonical", "--to", "canonical", "-", stdin=canonical)
    assert (ran.status, ran.stdout, ran.stderr) == (0, canonical, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</CertificateOfOrigin>", b"</CertificateOfOrigin>\n"),
        (b"<CertificateOfOrigin", b'<?xml version="1.0"?><CertificateOfOrigin'),
        (b"<SpecialCases></SpecialCases>", b"<SpecialCases/>"),
        (b"<Agreement>", b" <Agreement>"),
    ],
    ids=["final line feed", "declaration", "empty element", "white space"],
)
def test_refuses_a_canonical_document_in_another_spelling(
    swb: Program, canonical: bytes, old: bytes, new: bytes
) -> None:
    assert old in canonical
    other = canonical.replace(old, new, 1)
    ran = swb("convert", "--from", "canonical", "--to", "thailand", "-", "--json", stdin=other)
    assert ran.status == 1
    assert ran.failure["code"] == "xml.not_canonical"


def test_a_refusal_names_the_place_in_the_sender_s_own_format(
    swb: Program, thai_form_d: Path
) -> None:
    bad = thai_form_d.read_bytes().replace(b"1250.5", b"1250,5", 1)
    convert = ("convert", "--from", "thailand", "--to", "canonical", "-")
    ran = swb(*convert, "--json", stdin=bad)
    assert ran.status == 1
    failure = ran.failure
    assert failure["code"].startswith("adapter.")
    assert failure["actor"] == "sender"
    assert any("GoodsItem[1]" in each["national_path"] for each in failure["findings"])

    told = swb(*convert, stdin=bad)
    assert (told.status, told.stdout) == (1, b"")
    assert f"swb: refused: {failure['code']}: " in told.stderr
    assert "GoodsItem[1]" in told.stderr
    assert "who must act: sender" in told.stderr


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "xml.malformed"),
        (b"\xff\xfe\x00", "adapter.malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml.doctype"),
        (b"<other/>", "adapter.unsupported"),
    ],
    ids=["nothing", "no XML", "entity", "another document"],
)
def test_refuses_what_is_no_document(swb: Program, raw: bytes, code: str) -> None:
    canonical = raw.replace(b"<other/>", b"<other></other>")
    ran = swb("convert", "--from", "canonical", "--to", "canonical", "-", "--json", stdin=canonical)
    assert (ran.status, ran.failure["code"]) == (1, code)


def test_names_the_adapters_that_there_are(swb: Program, thai_form_d: Path) -> None:
    ran = swb("convert", "--from", "atlantis", "--to", "canonical", thai_form_d, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "adapter.unknown")
    assert "thailand" in ran.failure["message"]


@pytest.mark.parametrize("missing", ["--from", "--to", "FILE"])
def test_needs_all_of_its_arguments(swb: Program, thai_form_d: Path, missing: str) -> None:
    arguments: dict[str, list[str | Path]] = {
        "--from": ["--from", "thailand"],
        "--to": ["--to", "canonical"],
        "FILE": [thai_form_d],
    }
    given = [part for name, parts in arguments.items() if name != missing for part in parts]
    ran = swb("convert", *given, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
    assert missing in ran.failure["message"]
