"""What is particular to the simulated Indonesian format."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.indonesia import ADAPTER as INDONESIA
from swb_adapters.indonesia.codes import DECLARATIONS
from swb_adapters.sdk import encode_json, parse_json
from swb_adapters.sdk.testing import check_document
from swb_adapters.sdk.testing.strategies import certificates_of_origin
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse
from swb_schemas.documents.customs import Decision
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import list_samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SAMPLES = {s.name.removesuffix(".json"): s.raw for s in list_samples() if s.adapter is INDONESIA}
PLAIN = "form-d-plain"
ROOT = "CertificateOfOrigin"


def _payload(name: str = PLAIN) -> Any:  # noqa: ANN401 - a JSON object
    return parse_json(SAMPLES[name])


def _certificate(payload: Any) -> CertificateOfOrigin:  # noqa: ANN401 - a JSON object
    document = INDONESIA.to_canonical(encode_json(payload)).document
    assert isinstance(document, CertificateOfOrigin)
    return document


def _refuse(raw: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        INDONESIA.to_canonical(raw)
    return refusal.value


# --- refusals ----------------------------------------------------------------------------------


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
    refusal = _refuse(text.replace(change.before, change.after, 1).encode())
    first = refusal.findings[0]
    found = (refusal.code, first.national_path, first.path)
    assert found == (change.code, change.national_path, change.path)


@pytest.mark.parametrize("code", sorted(DECLARATIONS))
def test_refuses_a_customs_declaration_by_its_name(code: str) -> None:
    refusal = _refuse(encode_json({"kodeDokumen": code, "barang": [], "entitas": []}))
    assert refusal.code == "adapter.unsupported"
    assert DECLARATIONS[code] in refusal.message
    assert refusal.findings[0].national_path == "kodeDokumen"


def test_refuses_the_published_import_declaration(samples: Path) -> None:
    what = "an import declaration"
    refusal = _refuse((samples / "ceisa40" / "bc20-impor.example.json").read_bytes())
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
    assert _refuse(encode_json(payload)).code == code


def test_takes_one_status_at_a_time() -> None:
    payload = _payload("receipt-received")
    payload["dataStatus"] *= 2
    assert _refuse(encode_json(payload)).code == "adapter.schema"


def test_spells_a_hostile_name_so_that_it_can_be_shown() -> None:
    name = "\u202e\n" + "n" * 100_000
    payload = _payload()
    payload["ska"] |= {name: 1}
    finding = _refuse(encode_json(payload)).findings[0]
    assert finding.national_path.startswith("ska.'\\u202e\\nnnn")
    assert len(finding.national_path) < 100
    assert finding.national_path.isprintable()


def test_lists_fifty_of_very_many_faults_and_soon() -> None:
    payload = _payload()
    payload["dokumen"] = [{}] * 100_000
    began = time.perf_counter()
    refusal = _refuse(encode_json(payload))
    assert time.perf_counter() - began < 20
    assert len(refusal.findings) == 50
    assert refusal.findings[49].national_path == "dokumen[13].kodeDokumen"


# --- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read", "again"),
    [
        ("0.1", "0.1", "0.1"),
        ("999999999999999.999999", "999999999999999.999999", "999999999999999.999999"),
        ("2460.50", "2460.5", "2460.5"),
        ("1.25e3", "1250", "1250"),
        ("1E-6", "0.000001", "0.000001"),
        ("-0.0", "0", "0"),
        ("100", "100", "100"),
    ],
)
def test_reads_numbers_exactly_and_writes_them_plainly(written: str, read: str, again: str) -> None:
    raw = SAMPLES[PLAIN].replace(b'"bruto": 2460.5', f'"bruto": {written}'.encode())
    document = INDONESIA.to_canonical(raw).document
    assert isinstance(document, CertificateOfOrigin)
    measure = document.items[0].gross_measure
    assert measure is not None
    assert str(measure.value) == str(Decimal(read))
    assert f'"bruto":{again},'.encode() in INDONESIA.from_canonical(document).payload


def test_reads_a_moment_of_any_zone_and_writes_that_of_western_indonesia() -> None:
    document = INDONESIA.to_canonical(SAMPLES["response-not-given"]).document
    assert isinstance(document, CustomsResponse)
    assert document.decided_at == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert (
        b'"waktuRespon":"2026-11-22T09:30:00+07:00"' in INDONESIA.from_canonical(document).payload
    )


def test_keeps_fractions_of_a_second() -> None:
    document = INDONESIA.to_canonical(SAMPLES["receipt-error"]).document
    assert isinstance(document, CustomsReceipt)
    rendering = INDONESIA.from_canonical(document)
    assert b'"waktuStatus":"2026-11-20T09:41:07.5+07:00"' in rendering.payload
    assert rendering.losses == ()


def test_reads_what_stands_on_the_certificate() -> None:
    document = _certificate(_payload())
    assert (document.agreement, document.edition) == ("ATIGA", "2021")
    assert document.transport.departure_date == date(2026, 11, 19)
    assert document.exporter.national_names[0].lang == "id"
    assert document.items[1].origin_criterion.bases == ("RVC",)
    assert [invoice.number for invoice in document.items[1].invoices] == [
        "CFN-26/1117",
        "CFN-26/1118",
    ]


def test_writes_an_invoice_once_however_many_items_it_has() -> None:
    written = parse_json(INDONESIA.from_canonical(_certificate(_payload())).payload)
    assert [each["nomorDokumen"] for each in written["dokumen"]] == ["CFN-26/1117", "CFN-26/1118"]
    references = [[each["seriDokumen"] for each in b["barangDokumen"]] for b in written["barang"]]
    assert references == [[1], [1, 2], [2]]


def test_files_a_certificate_and_its_answers_under_one_number() -> None:
    certificate = _certificate(_payload())
    subject = {
        "issuing_country": certificate.issuing_country,
        "issuing_office": certificate.issuing_office,
        "reference_number": certificate.reference_number,
    }
    answer = CustomsReceipt.model_validate(
        {"subject": subject, "outcome": "REC", "at": datetime(2026, 11, 22, tzinfo=UTC)}
    )
    filed = parse_json(INDONESIA.from_canonical(certificate).payload)["nomorAju"]
    status = parse_json(INDONESIA.from_canonical(answer).payload)["dataStatus"][0]
    assert status["nomorAju"] == filed
    assert len(filed) == 26


# --- codes -------------------------------------------------------------------------------------


class Code(NamedTuple):
    """A code of the format's own, and what it becomes."""

    member: str
    change: Callable[[Any], None]
    read: Callable[[CertificateOfOrigin], object]
    canonical: str
    again: str


def _set(*path: str | int, value: str) -> Callable[[Any], None]:
    def change(payload: Any) -> None:  # noqa: ANN401 - a JSON object
        for step in path[:-1]:
            payload = payload[step]
        payload[path[-1]] = value

    return change


CODES = [
    Code(
        "kodeSatuanBarang",
        _set("barang", 2, "kodeSatuanBarang", value="PCE"),
        lambda d: d.items[2].quantity and d.items[2].quantity.unit,
        "H87",
        "PCE",
    ),
    Code(
        "kodeJenisKemasan",
        _set("barang", 2, "barangKemasan", 0, "kodeJenisKemasan", value="KR"),
        lambda d: d.items[2].packages[0].type_code,
        "SA",
        "SA",
    ),
    Code(
        "kodeNegara",
        _set("entitas", 1, "kodeNegara", value="TP"),
        lambda d: d.consignee.country,
        "TL",
        "TL",
    ),
    Code(
        "kodeCaraAngkut",
        _set("pengangkut", 0, "kodeCaraAngkut", value="11"),
        lambda d: d.transport.mode,
        "7",
        "7",
    ),
]


@pytest.mark.parametrize("code", CODES, ids=[code.member for code in CODES])
def test_reads_and_writes_a_code_of_its_own(code: Code) -> None:
    payload = _payload()
    code.change(payload)
    document = _certificate(payload)
    assert code.read(document) == code.canonical
    written = INDONESIA.from_canonical(document)
    assert f'"{code.member}":"{code.again}"'.encode() in written.payload
    assert written.losses == ()


def test_says_that_a_code_means_something_else_in_the_format() -> None:
    document = _certificate(_payload())
    item = document.items[0]
    assert item.quantity is not None
    unlisted = item.quantity.model_copy(update={"unit": "PCE"})
    items = (item.model_copy(update={"quantity": unlisted}), *document.items[1:])
    changed = document.model_copy(update={"items": items})
    (loss,) = INDONESIA.from_canonical(changed).losses
    assert loss.path == f"{ROOT}/Item[1]/Quantity/@unit"
    assert not check_document(INDONESIA, changed)


# --- what one format has and the other has not -------------------------------------------------


def test_says_what_a_certificate_has_no_place_for() -> None:
    findings = INDONESIA.to_canonical(SAMPLES["form-d-more-than-a-certificate"]).findings
    assert [finding.national_path for finding in findings] == [
        "ndpbm",
        "jabatanTtd",
        "entitas[2]",
        "kontainer[1]",
        "pengangkut[1].kodeBendera",
        "pengangkut[2]",
        "dokumen[2]",
        "barang[1].netto",
    ]
    assert "(found 2 times)" in findings[2].message


def test_says_that_an_invoice_belongs_to_no_item() -> None:
    payload = _payload()
    invoice = {**payload["dokumen"][0], "seriDokumen": 3, "nomorDokumen": "CFN-26/1119"}
    payload["dokumen"].append(invoice)
    (finding,) = INDONESIA.to_canonical(encode_json(payload)).findings
    assert finding.national_path == "dokumen[3]"


def test_names_a_party_by_where_it_stands() -> None:
    reading = INDONESIA.to_canonical(SAMPLES["form-d-exhibition-issued-retroactively"])
    assert reading.paths.find_national(f"{ROOT}/Exporter/Country") == "entitas[2].kodeNegara"
    assert reading.paths.find_national(f"{ROOT}/Consignee/Name") == "entitas[1].namaEntitas"
    raw = SAMPLES["form-d-exhibition-issued-retroactively"]
    finding = _refuse(raw.replace(b'"kodeNegara": "ID"', b'"kodeNegara": "IDN"')).findings[0]
    assert finding.path == f"{ROOT}/Exporter/Country"


def test_names_the_members_that_rules_speak_of() -> None:
    paths = INDONESIA.to_canonical(SAMPLES[PLAIN]).paths
    for canonical, national in {
        f"{ROOT}/Item[2]/Package[1]/TypeCode": "barang[2].barangKemasan[1].kodeJenisKemasan",
        f"{ROOT}/Item[2]/Quantity/@unit": "barang[2].kodeSatuanBarang",
        f"{ROOT}/Item[2]/Invoice[1]/Date": "barang[2].barangDokumen[1]",
        f"{ROOT}/Item[3]/OriginCriterion": "barang[3].kriteriaAsal",
        f"{ROOT}/SpecialCases/BackToBack/Original[2]/IssueDate": "ska.skaAsal[2].tanggalTerbit",
        f"{ROOT}/Certification/Date": "ska.tanggalTerbit",
    }.items():
        assert paths.find_national(canonical) == national


@st.composite
def _sparse_certificates(draw: st.DrawFn) -> CertificateOfOrigin:
    """Certificates under AANZFTA, of which any optional element may be missing."""
    document = draw(certificates_of_origin())
    keep = draw(st.booleans())
    items = []
    for item in document.items:
        packages = tuple(
            each.model_copy(update={} if draw(st.booleans()) else {"type_code": None})
            for each in item.packages
        )
        without = {
            "packages": packages if draw(st.booleans()) else (),
            "marks_and_numbers": item.marks_and_numbers if draw(st.booleans()) else None,
            "gross_measure": item.gross_measure if draw(st.booleans()) else None,
        }
        items.append(item.model_copy(update=without))
    nobody = {"place": None, "signatory_name": None}
    return document.model_copy(
        update={
            "agreement": "AANZFTA",
            "items": tuple(items),
            "exporter_declaration": document.exporter_declaration
            if keep
            else document.exporter_declaration.model_copy(update={**nobody, "date": None}),
            "certification": document.certification
            if keep
            else document.certification.model_copy(update={**nobody, "authority_name": None}),
        }
    )


@given(document=_sparse_certificates())
@settings(max_examples=25, deadline=None)
def test_carries_a_certificate_with_no_more_than_its_agreement_asks_for(
    document: CertificateOfOrigin,
) -> None:
    assert not check_document(INDONESIA, document)


def test_writes_nothing_where_nothing_is() -> None:
    document = _certificate(_payload("form-aanz-plain"))
    written = parse_json(INDONESIA.from_canonical(document).payload)
    assert written["kodeFasilitas"] == "58"
    assert "merkKemasan" not in written["barang"][0]
    assert "kodeJenisKemasan" not in written["barang"][0]["barangKemasan"][0]
    assert written["barang"][0]["barangKemasan"][0]["volume"] == Decimal("12.6")
    assert "kodePelBongkar" not in written


def test_reads_an_answer_item_by_item() -> None:
    document = INDONESIA.to_canonical(SAMPLES["response-not-given"]).document
    assert isinstance(document, CustomsResponse)
    assert [item.decision for item in document.items] == [Decision.GIVEN, Decision.NOT_GIVEN]
    assert [reason.code for reason in document.items[1].reasons] == ["R-08", None]


def test_writes_a_payload_that_any_reader_of_json_understands() -> None:
    document = _certificate(_payload())
    assert json.loads(INDONESIA.from_canonical(document).payload)["barang"][1]["fob"] == 10800.5
