"""What the simulated Indonesian format refuses, where the fault is, and by which code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from swb_adapters.indonesia.codes import DECLARATIONS
from swb_adapters.sdk import encode_json
from tests.unit.adapters.indonesian import (
    PLAIN,
    ROOT,
    SAMPLES,
    read_sample,
    refuse,
)

if TYPE_CHECKING:
    from pathlib import Path


class Change(NamedTuple):
    """A payload with one fault."""

    why: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""
    sample: str = PLAIN


CHANGES = [
    Change(
        "an unknown member",
        '"rute":',
        '"jalan":',
        "adapter.schema",
        "ska.jalan",
        ROOT,
    ),
    Change(
        "a number in text",
        '"bruto": 2460.5',
        '"bruto": "2460.5"',
        "adapter.schema",
        "barang[1].bruto",
        f"{ROOT}/Item[1]/GrossMeasure",
    ),
    Change(
        "a truth for a number",
        '"jumlahKemasan": 60',
        '"jumlahKemasan": true',
        "adapter.schema",
        "barang[1].barangKemasan[1].jumlahKemasan",
        f"{ROOT}/Item[1]/Package[1]/Count",
    ),
    Change(
        "a package code of three letters",
        '"kodeJenisKemasan": "PX"',
        '"kodeJenisKemasan": "PAL"',
        "adapter.schema",
        "barang[1].barangKemasan[2].kodeJenisKemasan",
        f"{ROOT}/Item[1]/Package[2]/TypeCode",
    ),
    Change(
        "null for nothing",
        '"rute": "Tanjung Priok to Laem Chabang, direct"',
        '"rute": null',
        "adapter.schema",
        "ska.rute",
    ),
    Change(
        "a preference of another agreement",
        '"kodeFasilitas": "06"',
        '"kodeFasilitas": "54"',
        "adapter.schema",
        "kodeFasilitas",
        f"{ROOT}/Agreement",
    ),
    Change(
        "a flag that is neither yes nor no",
        '"flagAkumulasi": "T"',
        '"flagAkumulasi": "N"',
        "adapter.schema",
        "ska.flagAkumulasi",
        f"{ROOT}/SpecialCases/Accumulation",
    ),
    Change(
        "a day that no calendar has",
        '"tanggalDokumen": "2026-11-16"',
        '"tanggalDokumen": "2026-11-31"',
        "adapter.value",
        "dokumen[1].tanggalDokumen",
    ),
    Change(
        "a date with its day first",
        '"tanggalEkspor": "2026-11-19"',
        '"tanggalEkspor": "19-11-2026"',
        "adapter.value",
        "tanggalEkspor",
        f"{ROOT}/Transport/DepartureDate",
    ),
    Change(
        "a negative mass",
        '"bruto": 2460.5',
        '"bruto": -2460.5',
        "adapter.value",
        "barang[1].bruto",
        f"{ROOT}/Item[1]/GrossMeasure",
    ),
    Change(
        "seven decimal places",
        '"bruto": 2460.5',
        '"bruto": 2460.0000001',
        "adapter.value",
        "barang[1].bruto",
        f"{ROOT}/Item[1]/GrossMeasure",
    ),
    Change(
        "a part of a package",
        '"jumlahKemasan": 60',
        '"jumlahKemasan": 60.5',
        "adapter.value",
        "barang[1].barangKemasan[1].jumlahKemasan",
        f"{ROOT}/Item[1]/Package[1]/Count",
    ),
    Change(
        "a bidirectional override",
        "Teak dining",
        "Teak\\u202e dining",
        "adapter.value",
        "barang[1].uraian",
        f"{ROOT}/Item[1]/Description",
    ),
    Change(
        "NUL in a name",
        "PT Contoh Furnitur",
        "PT\\u0000Contoh Furnitur",
        "adapter.value",
        "entitas[1].namaEntitas",
        f"{ROOT}/Exporter/Name",
    ),
    Change(
        "a unit without a quantity",
        '"jumlahSatuan": 60,',
        "",
        "adapter.value",
        "barang[1].jumlahSatuan",
        f"{ROOT}/Item[1]/Quantity",
    ),
    Change(
        "a port's code without its name",
        '"namaPelMuat": "Tanjung Priok",',
        "",
        "adapter.value",
        "namaPelMuat",
        f"{ROOT}/Transport/LoadingPort/Name",
    ),
    Change(
        "a share with a criterion that has none",
        '"RVC"',
        '"CTH"',
        "adapter.value",
        "barang[2].kriteriaAsal",
        f"{ROOT}/Item[2]/OriginCriterion",
    ),
    Change(
        "no consignee",
        '"kodeEntitas": "8"',
        '"kodeEntitas": "6"',
        "adapter.value",
        "entitas",
        f"{ROOT}/Consignee",
    ),
    Change(
        "two exporters",
        '"kodeEntitas": "8"',
        '"kodeEntitas": "2"',
        "adapter.inconsistent",
        "entitas[2].kodeEntitas",
        f"{ROOT}/Exporter",
    ),
    Change(
        "a document's number twice",
        '"seriDokumen": 2,\n      "kodeDokumen"',
        '"seriDokumen": 1,\n      "kodeDokumen"',
        "adapter.inconsistent",
        "dokumen[1].seriDokumen",
    ),
    Change(
        "a reference to no document",
        '"seriDokumen": 1\n        },\n        {\n          "seriDokumen": 2',
        '"seriDokumen": 1\n        },\n        {\n          "seriDokumen": 3',
        "adapter.inconsistent",
        "barang[2].barangDokumen[2].seriDokumen",
        f"{ROOT}/Item[2]/Invoice[2]",
    ),
    Change(
        "a reference to a packing list",
        '"kodeDokumen": "380",\n      "nomorDokumen": "CFN-26/1118"',
        '"kodeDokumen": "217",\n      "nomorDokumen": "CFN-26/1118"',
        "adapter.inconsistent",
        "barang[2].barangDokumen[2].seriDokumen",
        f"{ROOT}/Item[2]/Invoice[2]",
    ),
    Change(
        "a ticked box without its data",
        '"flagPameran": "T"',
        '"flagPameran": "Y"',
        "adapter.inconsistent",
        "ska.flagPameran",
        f"{ROOT}/SpecialCases/Exhibition",
    ),
    Change(
        "data of a box that is not ticked",
        '"flagBackToBack": "Y"',
        '"flagBackToBack": "T"',
        "adapter.inconsistent",
        "ska.flagBackToBack",
        f"{ROOT}/SpecialCases/BackToBack",
        "form-d-back-to-back",
    ),
    Change(
        "a time without a zone",
        "08:15:30+07:00",
        "08:15:30",
        "adapter.value",
        "dataStatus[1].waktuStatus",
        "CustomsReceipt/At",
        "receipt-received",
    ),
    Change(
        "an error without a reason",
        '"kodeStatus": "105"',
        '"kodeStatus": "190"',
        "adapter.value",
        "dataStatus[1].keterangan",
        "CustomsReceipt/Reason",
        "receipt-received",
    ),
    Change(
        "a status of a declaration",
        '"kodeStatus": "105"',
        '"kodeStatus": "700"',
        "adapter.schema",
        "dataStatus[1].kodeStatus",
        "CustomsReceipt/Outcome",
        "receipt-received",
    ),
    Change(
        "a result that is not the items' rolled up",
        '"kodeRespon": "8603",\n      "waktuRespon"',
        '"kodeRespon": "8601",\n      "waktuRespon"',
        "adapter.value",
        "dataRespon[1].kodeRespon",
        "CustomsResponse/Decision",
        "response-pending",
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=[change.why for change in CHANGES])
def test_refuses(change: Change) -> None:
    text = SAMPLES[change.sample].decode()
    assert change.before in text
    refusal = refuse(text.replace(change.before, change.after, 1).encode())
    first = refusal.findings[0]
    found = (refusal.code, first.national_path, first.path)
    assert found == (change.code, change.national_path, change.path)


@pytest.mark.parametrize("code", sorted(DECLARATIONS))
def test_refuses_a_customs_declaration_by_its_name(code: str) -> None:
    refusal = refuse(encode_json({"kodeDokumen": code, "barang": [], "entitas": []}))
    assert refusal.code == "adapter.unsupported"
    assert DECLARATIONS[code] in refusal.message
    assert refusal.findings[0].national_path == "kodeDokumen"


def test_refuses_the_published_import_declaration(samples: Path) -> None:
    what = "an import declaration"
    refusal = refuse((samples / "ceisa40" / "bc20-impor.example.json").read_bytes())
    assert refusal.code == "adapter.unsupported"
    assert f"{what}, which nobody exchanges" in refusal.message


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"kodeDokumen": "861", "ska": {}}, "adapter.unsupported"),
        ({"kodeDokumen": "860"}, "adapter.schema"),
        ({"ska": {}}, "adapter.schema"),
        ({"kodeDokumen": 860}, "adapter.schema"),
        ({"dataStatus": [], "dataRespon": []}, "adapter.schema"),
        ({"dataStatus": []}, "adapter.schema"),
        ({"status": "Failed", "message": "Data Tidak Ditemukan"}, "adapter.malformed"),
        ([], "adapter.malformed"),
    ],
    ids=str,
)
def test_refuses_another_kind_of_payload(payload: object, code: str) -> None:
    assert refuse(encode_json(payload)).code == code


def test_takes_one_status_at_a_time() -> None:
    payload = read_sample("receipt-received")
    payload["dataStatus"] *= 2
    assert refuse(encode_json(payload)).code == "adapter.schema"


def test_spells_a_hostile_name_so_that_it_can_be_shown() -> None:
    name = "\u202e\n" + "n" * 100_000
    payload = read_sample()
    payload["ska"] |= {name: 1}
    finding = refuse(encode_json(payload)).findings[0]
    assert finding.national_path.startswith("ska.'\\u202e\\nnnn")
    assert len(finding.national_path) < 100
    assert finding.national_path.isprintable()


def test_lists_fifty_of_very_many_faults() -> None:
    """Soon: where each is compared with all of the others, the test's time limit ends it."""
    payload = read_sample()
    payload["dokumen"] = [{}] * 100_000
    refusal = refuse(encode_json(payload))
    assert len(refusal.findings) == 50
    assert refusal.findings[49].national_path == "dokumen[13].kodeDokumen"
