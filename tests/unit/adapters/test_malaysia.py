"""The simulated Malaysian format: the contract of every adapter, and what is its own."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import pytest

from swb_adapters.malaysia import ADAPTER
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

SAMPLES = files("swb_adapters.malaysia") / "samples"


class TestMalaysia(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    golden = GOLDEN / "malaysia"
    syntax = "edifact"
    single_octets = True


class Fault(NamedTuple):
    """One change of a good payload, and what must be said of it."""

    why: str
    sample: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


CERTIFICATE = "CertificateOfOrigin"
FAULTS = [
    Fault(
        "a segment count that is wrong",
        "form-d-plain",
        "UNT+75+1'",
        "UNT+74+1'",
        "adapter.inconsistent",
        "segment 75 UNT/1",
    ),
    Fault(
        "another message reference at the end",
        "form-d-plain",
        "UNT+75+1'",
        "UNT+75+2'",
        "adapter.inconsistent",
        "segment 75 UNT/2",
    ),
    Fault(
        "another interchange reference at the end",
        "form-d-plain",
        "UNZ+1+",
        "UNZ+1+X",
        "adapter.inconsistent",
        "UNZ/2",
    ),
    Fault(
        "a message count that is wrong",
        "form-d-plain",
        "UNZ+1+",
        "UNZ+2+",
        "adapter.inconsistent",
        "UNZ/1",
    ),
    Fault(
        "a segment that is not of the message",
        "form-d-plain",
        "FTX+TRA",
        "PRI+AAA",
        "adapter.schema",
        "segment 19 PRI",
    ),
    Fault(
        "a segment that is not at its place",
        "form-d-plain",
        "LOC+35+MY+HQ01'\nLOC+27+MY'",
        "DTM+36:20260101:102'\nLOC+27+MY'",
        "adapter.schema",
        "segment 4 LOC",
    ),
    Fault(
        "a number of items that is not the items'",
        "form-d-plain",
        "CNT+5:3'",
        "CNT+5:4'",
        "adapter.inconsistent",
        "CNT+5/1.2",
    ),
    Fault(
        "another sector",
        "form-d-plain",
        "UNS+D'",
        "UNS+S'",
        "adapter.schema",
        "segment 37 UNS",
    ),
    Fault(
        "a text that goes on with none",
        "form-d-plain",
        "FTX+AAA+++Stoneware",
        "FTX+AAA+LIN++Stoneware",
        "adapter.schema",
        "segment 53 FTX/2",
    ),
    Fault(
        "another kind of document",
        "form-d-plain",
        "BGM+861+",
        "BGM+862+",
        "adapter.unsupported",
        "segment 2 BGM/1.1",
    ),
    Fault(
        "another directory",
        "form-d-plain",
        "CUSDEC:D:96B:UN:SWBMY1",
        "CUSDEC:D:03A:UN:SWBMY1",
        "adapter.unsupported",
        "segment 1 UNH/2.2",
    ),
    Fault(
        "another message",
        "form-d-plain",
        "CUSDEC:D",
        "INVOIC:D",
        "adapter.unsupported",
        "segment 1 UNH/2.1",
    ),
    Fault(
        "no such day",
        "form-d-plain",
        "DTM+133:20261120",
        "DTM+133:20261320",
        "adapter.value",
        "DTM+133/1.2",
        f"{CERTIFICATE}/Transport/DepartureDate",
    ),
    Fault(
        "another format of a date",
        "form-d-plain",
        "DTM+133:20261120:102",
        "DTM+133:20261120:203",
        "adapter.unsupported",
        "DTM+133/1.3",
    ),
    Fault(
        "a wrong code of the second item",
        "form-d-plain",
        "CST+2+69120000+",
        "CST+2+6912000+",
        "adapter.value",
        "SG30.CST[2]/2.1",
        f"{CERTIFICATE}/Item[2]/CommodityCode",
    ),
    Fault(
        "no exporter's name",
        "form-d-plain",
        "++Specimen Seramik Sdn. Bhd.+++++MY",
        "+++++++MY",
        "adapter.value",
        "SG6.NAD+EX/4.1",
        f"{CERTIFICATE}/Exporter/Name",
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        "GIS+EXH:::N",
        "GIS+EXH:::Y",
        "adapter.value",
        "SG6.NAD+EXH/4.1",
        f"{CERTIFICATE}/SpecialCases/Exhibition/Name",
    ),
    Fault(
        "data of a box that is not ticked",
        "form-d-back-to-back",
        "GIS+BTB:::Y",
        "GIS+BTB:::N",
        "adapter.inconsistent",
        "GIS+BTB/1.4",
        f"{CERTIFICATE}/SpecialCases/BackToBack",
    ),
    Fault(
        "the same place twice",
        "form-d-plain",
        "LOC+27+MY'\nLOC+36+VN'",
        "LOC+27+MY'\nLOC+27+MY'",
        "adapter.schema",
        "LOC+27",
    ),
    Fault(
        "no certificate that is spoken of",
        "response-given",
        "DOC+ZZZ+VN-MY 26/09/00006",
        "DOC+ZZZ",
        "adapter.value",
        "SG6.DOC+ZZZ/2.1",
        "CustomsResponse/Subject/ReferenceNumber",
    ),
    Fault(
        "a decision that is none",
        "response-given",
        "CST+2+GIV",
        "CST+2+XXX",
        "adapter.value",
        "SG6.DOC+ZZZ/SG10.CST[2]/2.1",
        "CustomsResponse/Item[2]/Decision",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    raw = (SAMPLES / f"{fault.sample}.edi").read_bytes().decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(fault.before, fault.after, 1).encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )


def read(name: str) -> str:
    return (SAMPLES / f"{name}.edi").read_bytes().decode()


def test_what_the_format_does_not_know_is_told_as_a_loss() -> None:
    raw = read("form-d-plain")
    more = raw.replace("GIS+CPY", "GIS+ZZ1'\nGIS+CPY").replace("UNT+75", "UNT+76")
    reading = ADAPTER.to_canonical(more.encode())
    assert [each.national_path for each in reading.findings] == ["GIS+ZZ1"]
    assert reading.document == ADAPTER.to_canonical(raw.encode()).document


def test_a_group_of_another_qualifier_is_told_as_a_loss() -> None:
    raw = read("form-d-plain")
    more = raw.replace("NAD+DCL", "NAD+CA+++Specimen Carrier'\nCTA+IC+:Nobody'\nNAD+DCL")
    reading = ADAPTER.to_canonical(more.replace("UNT+75", "UNT+77").encode())
    assert [each.national_path for each in reading.findings] == ["SG6.NAD+CA"]
    assert reading.document == ADAPTER.to_canonical(raw.encode()).document


def test_latin_text_is_level_c_and_other_text_is_utf_8() -> None:
    assert read("form-d-plain").startswith("UNA:+.? '\nUNB+UNOC:3+")
    assert read("form-d-back-to-back").startswith("UNA:+.?*'\nUNB+UNOY:4::7+")


def test_service_characters_of_a_text_are_released() -> None:
    document = ADAPTER.to_canonical(read("form-d-plain").encode()).document
    assert isinstance(document, CertificateOfOrigin)
    odd = document.model_copy(update={"remarks": "a+b:c'd?e*f\ng ? +"})
    payload = ADAPTER.from_canonical(odd).payload
    assert b"FTX+AAI+++a?+b?:c?'d??e*f'" in payload
    assert ADAPTER.to_canonical(payload).document == odd


def test_a_line_of_any_length_stands_in_pieces_of_512() -> None:
    document = ADAPTER.to_canonical(read("form-d-plain").encode()).document
    assert isinstance(document, CertificateOfOrigin)
    long = document.model_copy(update={"remarks": "x" * 3500 + "\ny y"})
    payload = ADAPTER.from_canonical(long).payload.decode()
    rows = [row for row in payload.split("\n") if row.startswith("FTX+AAI")]
    assert [row[:14] for row in rows] == ["FTX+AAI+++xxxx", "FTX+AAI+CON++x", "FTX+AAI+LIN++y"]
    assert ADAPTER.to_canonical(payload.encode()).document == long


def test_a_text_without_end_is_refused_before_it_is_whole() -> None:
    raw = read("form-d-plain")
    more = "FTX+AAI+LIN++" + "x" * 512 + "'\n"
    before, mark, after = raw.partition("RFF+AGR")
    raw = (before + more * 9000 + mark + after).replace("UNT+75", "UNT+9075")
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path[-6:]) == ("adapter.value", " FTX/4")


def test_the_consent_of_the_exporter_is_read_and_not_written() -> None:
    reading = ADAPTER.to_canonical(read("extract-of-an-export-declaration").encode())
    assert reading.consent is True
    assert isinstance(reading.document, DeclarationExtract)
    assert b"GIS+CNS" not in ADAPTER.from_canonical(reading.document).payload


def refuse_changed(before: bytes, after: bytes) -> RefusedError:
    raw = (SAMPLES / "form-d-plain.edi").read_bytes()
    assert before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(before, after))
    return caught.value


def test_a_segment_of_an_unknown_qualifier_is_told_beside_what_is_missing() -> None:
    refusal = refuse_changed(b"NAD+EX+", b"NAD+XX+")
    places = [each.national_path for each in refusal.findings]
    assert places[0].startswith("SG6.NAD+EX")
    assert any(place.startswith("SG6.NAD+XX") for place in places)


def test_a_message_of_another_type_is_named() -> None:
    refusal = refuse_changed(b"CUSDEC:D", b"CUSCAR:D")
    assert "found 'CUSCAR'" in refusal.message
