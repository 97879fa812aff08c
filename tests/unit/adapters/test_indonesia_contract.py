"""The simulated Indonesian format: the contract of every adapter, and published declarations."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

import pytest

from swb_adapters.indonesia import ADAPTER
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_schemas.documents import DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

PUBLISHED = Path(os.environ.get("SWB_SAMPLES", "/nowhere")) / "ceisa40"
NEEDS_PUBLISHED = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="SWB_SAMPLES names no folder with ceisa40"
)
EXTRACT = files("swb_adapters.indonesia") / "samples" / "extract-of-an-export-declaration.json"


class TestIndonesia(AdapterContract):
    adapter = ADAPTER
    samples = files("swb_adapters.indonesia") / "samples"
    golden = GOLDEN / "indonesia"
    syntax = "json"


@NEEDS_PUBLISHED
def test_a_published_export_declaration_is_an_extract() -> None:
    raw = (PUBLISHED / "bc30-ekspor.example.json").read_bytes()
    told = json.loads(raw)
    reading = ADAPTER.to_canonical(raw)
    document = reading.document
    assert isinstance(document, DeclarationExtract)
    assert document.reference_number == told["nomorAju"]
    assert document.importing_country == told["kodeNegaraTujuan"]
    assert document.exporter.name == told["entitas"][0]["namaEntitas"]
    assert document.declaring_agent.name == document.exporter.name
    assert document.transport.discharge_port.code == told["kodePelBongkar"]
    assert [item.commodity_code.value for item in document.items] == [
        item["posTarif"] for item in told["barang"]
    ]
    lost = {finding.national_path for finding in reading.findings}
    assert {"kodeIncoterm", "bankDevisa", "barang[1].hargaSatuan", "entitas(lain)"} <= lost
    again = ADAPTER.to_canonical(ADAPTER.from_canonical(document).payload).document
    assert again == document


@NEEDS_PUBLISHED
def test_a_published_import_declaration_is_refused_by_name() -> None:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical((PUBLISHED / "bc20-impor.example.json").read_bytes())
    assert caught.value.code == "adapter.unsupported"
    assert "BC 2.0, an import declaration" in caught.value.message


def test_a_document_of_the_list_that_no_item_needs_is_told() -> None:
    payload = json.loads(EXTRACT.read_bytes())
    invoice = payload["dokumen"][0]
    for more in (invoice, {**invoice, "seriDokumen": 7}):
        payload["dokumen"] = [invoice, more]
        reading = ADAPTER.to_canonical(json.dumps(payload).encode())
        assert [each.national_path for each in reading.findings] == ["dokumen(lain)"]


def test_two_documents_of_one_number_that_differ_are_refused() -> None:
    payload = json.loads(EXTRACT.read_bytes())
    invoice = payload["dokumen"][0]
    payload["dokumen"] = [invoice, {**invoice, "nomorDokumen": "INV-2026/0002"}]
    with pytest.raises(RefusedError, match="each number of a document once, found 1 again") as told:
        ADAPTER.to_canonical(json.dumps(payload).encode())
    assert told.value.code == "adapter.inconsistent"
    assert told.value.findings[0].national_path == "dokumen[2].seriDokumen"


def test_items_share_an_invoice_by_its_number_in_the_list() -> None:
    payload = json.loads(EXTRACT.read_bytes())
    payload["barang"].append({**payload["barang"][0], "seriBarang": 2})
    document = ADAPTER.to_canonical(json.dumps(payload).encode()).document
    assert isinstance(document, DeclarationExtract)
    assert document.items[0].invoices == document.items[1].invoices != ()
    written = json.loads(ADAPTER.from_canonical(document).payload)
    assert len(written["dokumen"]) == 1
    assert [item["barangDokumen"] for item in written["barang"]] == [[{"seriDokumen": 1}]] * 2


@pytest.mark.parametrize(
    ("change", "national_path", "path"),
    [
        ({"tanggalEkspor": "2026-13-01"}, "tanggalEkspor", "Transport/DepartureDate"),
        ({"kodePelBongkar": ""}, "namaPelBongkar", "Transport/DischargePort/Name"),
        ({"entitas": []}, "entitas(2).nomorIdentitas", "Exporter/Identifier"),
    ],
    ids=["no such day", "no port", "no exporter"],
)
def test_a_fault_is_told_with_both_places(
    change: dict[str, object], national_path: str, path: str
) -> None:
    payload = json.loads(EXTRACT.read_bytes())
    if "kodePelBongkar" in change:
        del payload["namaPelBongkar"]
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(json.dumps({**payload, **change}).encode())
    found = {(each.national_path, each.path) for each in caught.value.findings}
    assert any(
        national.startswith(national_path) and path in canonical for national, canonical in found
    ), found
