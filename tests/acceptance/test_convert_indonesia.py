"""``swb convert`` with the Indonesian format, on our samples and on documents that others wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

FOLDER = ROOT / "adapters" / "swb_adapters" / "indonesia"
PLAIN = FOLDER / "samples" / "form-d-plain.json"
SCHEMA = FOLDER / "schema" / "indonesia-1.schema.json"


@pytest.mark.parametrize("target", ["canonical", "thailand", "vietnam", "indonesia"])
def test_converts_a_form_d_and_says_what_is_lost(swb: Program, target: str) -> None:
    ran = swb("convert", "--from", "indonesia", "--to", target, PLAIN, "--json")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.value["message_type"] == "CertificateIssue"
    lost = {each["national_path"] for each in ran.value["losses"]}
    if target in {"canonical", "indonesia"}:
        assert lost == set()
    else:
        assert lost >= {"entitas[1].namaEntitasId", "barang[1].uraianId"}


def test_takes_a_published_export_declaration_as_an_extract(swb: Program, samples: Path) -> None:
    file = samples / "ceisa40" / "bc30-ekspor.example.json"
    value = swb("convert", "--from", "indonesia", "--to", "canonical", file, "--json").value
    assert value["message_type"] == "DeclarationExtract"


def test_refuses_a_published_import_declaration_because_it_is_no_certificate(
    swb: Program, samples: Path
) -> None:
    file = samples / "ceisa40" / "bc20-impor.example.json"
    convert = ("convert", "--from", "indonesia", "--to", "canonical", file)
    ran = swb(*convert, "--json")
    assert ran.status == 1
    assert ran.failure["code"] == "adapter.unsupported"
    assert ran.failure["findings"][0]["national_path"] == "kodeDokumen"
    told = swb(*convert)
    assert (told.status, told.stdout) == (1, b"")
    assert "an import declaration, which nobody exchanges" in told.stderr
    assert "who must act: sender" in told.stderr


def test_a_refusal_names_the_member(swb: Program) -> None:
    payload = json.loads(PLAIN.read_bytes())
    payload["barang"][1]["barangKemasan"][0]["kodeJenisKemasan"] = "CTN"
    raw = json.dumps(payload).encode()
    ran = swb("convert", "--from", "indonesia", "--to", "canonical", "-", "--json", stdin=raw)
    (finding,) = ran.failure["findings"]
    assert finding["national_path"] == "barang[2].barangKemasan[1].kodeJenisKemasan"
    assert finding["path"] == "CertificateOfOrigin/Item[2]/Package[1]/TypeCode"


def test_writes_the_published_certificate_of_another_agreement(swb: Program, samples: Path) -> None:
    file = samples / "aanzfta" / "full.json"
    ran = swb("convert", "--from", "aanzfta", "--to", "indonesia", file)
    assert ran.status == 0
    payload = json.loads(ran.stdout)
    Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(payload)
    assert payload["kodeFasilitas"] == "58"
    assert "kodeJenisKemasan" not in payload["barang"][0]["barangKemasan"][0]
    there = swb("convert", "--from", "aanzfta", "--to", "canonical", file)
    back = swb("convert", "--from", "indonesia", "--to", "canonical", "-", stdin=ran.stdout)
    assert back.stdout == there.stdout
