"""What is particular to the simulated Indonesian format."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.indonesia import ADAPTER as INDONESIA
from swb_adapters.sdk import encode_json, parse_json
from swb_adapters.sdk.testing import check_document
from swb_adapters.sdk.testing.strategies import certificates_of_origin
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse
from swb_schemas.documents.customs import Decision
from tests.unit.adapters.indonesian import (
    PLAIN,
    ROOT,
    SAMPLES,
    read_certificate,
    read_sample,
    refuse,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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
    document = read_certificate(read_sample())
    assert (document.agreement, document.edition) == ("ATIGA", "2021")
    assert document.transport.departure_date == date(2026, 11, 19)
    assert document.exporter.national_names[0].lang == "id"
    assert document.items[1].origin_criterion.bases == ("RVC",)
    assert [invoice.number for invoice in document.items[1].invoices] == [
        "CFN-26/1117",
        "CFN-26/1118",
    ]


def test_writes_an_invoice_once_however_many_items_it_has() -> None:
    written = parse_json(INDONESIA.from_canonical(read_certificate(read_sample())).payload)
    assert [each["nomorDokumen"] for each in written["dokumen"]] == ["CFN-26/1117", "CFN-26/1118"]
    references = [[each["seriDokumen"] for each in b["barangDokumen"]] for b in written["barang"]]
    assert references == [[1], [1, 2], [2]]


def test_files_a_certificate_and_its_answers_under_one_number() -> None:
    certificate = read_certificate(read_sample())
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
    payload = read_sample()
    code.change(payload)
    document = read_certificate(payload)
    assert code.read(document) == code.canonical
    written = INDONESIA.from_canonical(document)
    assert f'"{code.member}":"{code.again}"'.encode() in written.payload
    assert written.losses == ()


def test_says_that_a_code_means_something_else_in_the_format() -> None:
    document = read_certificate(read_sample())
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
    payload = read_sample()
    invoice = {**payload["dokumen"][0], "seriDokumen": 3, "nomorDokumen": "CFN-26/1119"}
    payload["dokumen"].append(invoice)
    (finding,) = INDONESIA.to_canonical(encode_json(payload)).findings
    assert finding.national_path == "dokumen[3]"


def test_names_a_party_by_where_it_stands() -> None:
    reading = INDONESIA.to_canonical(SAMPLES["form-d-exhibition-issued-retroactively"])
    assert reading.paths.find_national(f"{ROOT}/Exporter/Country") == "entitas[2].kodeNegara"
    assert reading.paths.find_national(f"{ROOT}/Consignee/Name") == "entitas[1].namaEntitas"
    raw = SAMPLES["form-d-exhibition-issued-retroactively"]
    finding = refuse(raw.replace(b'"kodeNegara": "ID"', b'"kodeNegara": "IDN"')).findings[0]
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
    document = read_certificate(read_sample("form-aanz-plain"))
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
    document = read_certificate(read_sample())
    assert json.loads(INDONESIA.from_canonical(document).payload)["barang"][1]["fob"] == 10800.5
