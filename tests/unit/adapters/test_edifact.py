"""The published customs messages: the contract of every adapter, and what others published."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swb_adapters.edifact import ADAPTER
from swb_adapters.sdk.testing import check_document
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.strategies import documents_of
from swb_schemas.documents import CustomsReceipt, DeclarationExtract, Document
from swb_schemas.errors import RefusedError
from tests.unit.adapters.standards import find_published

SAMPLES = files("swb_adapters.edifact") / "samples"


class TestEdifact(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    syntax = "edifact"
    single_octets = True

    @given(data=st.data())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_carries_a_document_whole_or_says_what_it_loses(self, data: st.DataObject) -> None:
        """What is too long for the directory is refused, and never cut."""
        support = data.draw(st.sampled_from(self.adapter.info.messages))
        document = data.draw(documents_of(support.model))
        refusal = find_refusal(document)
        if refusal is None:
            assert not check_document(self.adapter, document)
        else:
            assert refusal.code == "adapter.value"
            assert all(finding.path or finding.national_path for finding in refusal.findings)


def find_refusal(document: Document) -> RefusedError | None:
    try:
        ADAPTER.from_canonical(document)
    except RefusedError as refusal:
        return refusal
    return None


def read(name: str) -> str:
    return (SAMPLES / f"{name}.edi").read_bytes().decode()


def test_a_declaration_of_another_sender_is_read() -> None:
    reading = ADAPTER.to_canonical(read("extract-of-an-export-declaration").encode())
    document = reading.document
    assert isinstance(document, DeclarationExtract)
    assert document.exporter.name == "Specimen Eksport dan Perdagangan Antarabangsa Sdn. Bhd."
    assert document.exporter.address == "99 Example Road\nPenang\n10000"
    assert str(document.gross_measure.value if document.gross_measure else "") == "3100.5"
    assert [each.national_path for each in reading.findings] == ["SG6.NAD+EX/9"]


def test_a_text_longer_than_the_directory_allows_is_refused_and_not_cut() -> None:
    raw = read("extract-of-an-export-declaration").encode()
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, DeclarationExtract)
    agent = document.declaring_agent.model_copy(update={"name": "x" * 36})
    with pytest.raises(RefusedError) as caught:
        ADAPTER.from_canonical(document.model_copy(update={"declaring_agent": agent}))
    finding = caught.value.findings[0]
    assert (finding.code, finding.path) == (
        "adapter.value",
        "DeclarationExtract/DeclaringAgent/Name",
    )


def test_more_packages_than_the_directory_allows_are_refused() -> None:
    raw = read("extract-of-an-export-declaration").encode()
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, DeclarationExtract)
    item = document.items[0]
    many = item.model_copy(update={"packages": item.packages * 11})
    with pytest.raises(RefusedError) as caught:
        ADAPTER.from_canonical(document.model_copy(update={"items": (many,)}))
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.value", "SG31.PAC")


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("BGM+830+B10-X-0002+9", "BGM+830+B10-X-0002+1", "adapter.unsupported", "BGM+830/3"),
        ("BGM+830+", "BGM+929+", "adapter.unsupported", "segment 2 BGM/1.1"),
        ("CST+1+63053310:A22", "CST+1+63053310", "adapter.value", "SG30.CST[1]/2.2"),
        ("CST+2+40169390:A22", "CST+2+40169390:122", "adapter.value", "SG30.CST[2]/2.2"),
        ("TDT+11+011E+1+", "TDT+11+011E++", "adapter.value", "SG4.TDT+11/3.1"),
        ("DTM+136:20261103:102", "DTM+136:2611030900:201", "adapter.unsupported", "DTM+136/1.3"),
        (
            "MEA+AAE+ACB+KGM:590",
            "MEA+AAE+ACB+KGM:5,90.0",
            "adapter.value",
            "SG30.CST[2]/MEA+AAE+ACB/3.2",
        ),
        ("UNS+D'\n", "", "adapter.inconsistent", "segment 43 UNT/1"),
    ],
)
def test_a_fault_names_segment_and_position(before: str, after: str, code: str, place: str) -> None:
    raw = read("extract-of-an-export-declaration")
    assert before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(before, after, 1).encode())
    found = [(finding.code, finding.national_path) for finding in caught.value.findings]
    assert (code, place) in found


def test_a_response_says_accepted_or_not_by_its_document_name() -> None:
    accepted = ADAPTER.to_canonical(read("receipt-accepted").encode()).document
    assert isinstance(accepted, CustomsReceipt)
    assert accepted.outcome == "REC"
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(read("receipt-accepted").replace("BGM+962", "BGM+961").encode())
    assert caught.value.findings[0].national_path == "BGM/1.1"


# --- what others published, faults and all -------------------------------------------------------


def test_the_published_cargo_report_is_refused_for_its_wrong_count_and_reference() -> None:
    raw = find_published("edifact/samples/cuscar_d95b_lot10.edi").read_bytes()
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    found = [(each.code, each.national_path) for each in caught.value.findings]
    assert found == [
        ("adapter.inconsistent", "segment 30 UNT/1"),
        ("adapter.inconsistent", "segment 30 UNT/2"),
    ]
    assert "expected 30" in caught.value.findings[0].message


def test_a_cargo_report_in_order_is_refused_with_what_to_send_instead() -> None:
    raw = find_published("edifact/samples/cuscar_d95b_lot10.edi").read_bytes()
    mended = raw.replace(b"UNT+313+DOCREF1234", b"UNT+30+MREF123456")
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(mended)
    assert caught.value.code == "adapter.unsupported"
    assert caught.value.findings[0].message.endswith("send the declarations of its consignments")


def test_a_cargo_report_is_held_to_its_structure_before_that() -> None:
    raw = find_published("edifact/samples/cuscar_d95b_lot10.edi").read_bytes()
    wrong = raw.replace(b"UNT+313+DOCREF1234", b"UNT+30+MREF123456").replace(b"GIS+23", b"PRI+23")
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(wrong)
    assert (caught.value.code, caught.value.findings[0].national_path) == (
        "adapter.schema",
        "segment 10 PRI",
    )


def test_the_published_fragment_is_refused_where_it_ends() -> None:
    raw = find_published("edifact/samples/cusdec_d96b_it_fragment.edi").read_bytes()
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.malformed", "segment 11 UNT")
    assert "found the end of the interchange after DTM" in finding.message
