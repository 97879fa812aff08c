"""The simulated VNACCS dialect: the contract of every adapter, and what is its own."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.sdk.choosing import find_reader
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.hostile import check_refusals
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_adapters.vietnam_vnaccs import ADAPTER
from swb_adapters.vietnam_vnaccs.layouts import LAYOUTS, SYNTAX
from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

SAMPLES = files("swb_adapters.vietnam_vnaccs") / "samples"


class TestVietnamVnaccs(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    golden = GOLDEN / "vietnam_vnaccs"
    syntax = ""


class Fault(NamedTuple):
    """One change of a good payload, of the same length, and what must be said of it."""

    why: str
    sample: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""
    line: int = 0


CERTIFICATE = "CertificateOfOrigin"
FAULTS = [
    Fault(
        "another system",
        "form-d-plain",
        "VNACCS01",
        "VNACCX01",
        "adapter.malformed",
        "HDR/SYS columns 1-6",
    ),
    Fault(
        "another version of the message",
        "form-d-plain",
        "VNACCS01",
        "VNACCS02",
        "adapter.malformed",
        "HDR/VER columns 7-8",
    ),
    Fault(
        "a length that is not the payload's",
        "form-d-plain",
        "0003901",
        "0003900",
        "adapter.inconsistent",
        "HDR/LEN columns 14-20",
    ),
    Fault(
        "a number of lines that is not the payload's",
        "form-d-plain",
        "0000049EX",
        "0000048EX",
        "adapter.inconsistent",
        "HDR/CNT columns 21-27",
    ),
    Fault(
        "a time of sending that is none",
        "response-not-given",
        "20261122091500TH",
        "20261332991500TH",
        "adapter.value",
        "HDR/SNT columns 41-54",
        line=1,
    ),
    Fault(
        "a count that is not the items'",
        "form-d-plain",
        "100002\r\n",
        "100003\r\n",
        "adapter.inconsistent",
        "CER/CNT columns 44-48",
        line=2,
    ),
    Fault(
        "another form",
        "form-d-plain",
        "CERD   ",
        "CERE   ",
        "adapter.value",
        "CER/FRM columns 4-7",
        f"{CERTIFICATE}/Agreement",
        line=2,
    ),
    Fault(
        "no such sheet",
        "form-d-plain",
        "100002\r\n",
        "400002\r\n",
        "adapter.value",
        "CER/CPY column 43",
        f"{CERTIFICATE}/CopyType",
        line=2,
    ),
    Fault(
        "no such day",
        "form-d-plain",
        "TRN20261118",
        "TRN20261318",
        "adapter.value",
        "TRN/DEP columns 4-11",
        f"{CERTIFICATE}/Transport/DepartureDate",
        line=15,
    ),
    Fault(
        "a number that is none",
        "form-d-plain",
        "0000000000000000000610KGM",
        "000000000000000000061OKGM",
        "adapter.value",
        "GDS[2]/GRW columns 110-131",
        f"{CERTIFICATE}/Item[2]/GrossMeasure",
        line=31,
    ),
    Fault(
        "a unit without its number",
        "form-d-plain",
        "0000000000000000000610KGM",
        "                      KGM",
        "adapter.value",
        "GDS[2]/GRW columns 110-131",
        f"{CERTIFICATE}/Item[2]/GrossMeasure",
        line=31,
    ),
    Fault(
        "an item without its invoice's date",
        "form-d-plain",
        "INV20261114",
        "INV        ",
        "adapter.value",
        "GDS[1]/INV[1]/DAT columns 4-11",
        f"{CERTIFICATE}/Item[1]/Invoice[1]/Date",
        line=30,
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        "BOX0000000",
        "BOX0100000",
        "adapter.value",
        "BOX/EXV/NAM columns 8-77",
        f"{CERTIFICATE}/SpecialCases/Exhibition/Name",
        line=45,
    ),
    Fault(
        "data of a box that is not ticked",
        "form-d-back-to-back",
        "BOX0000100",
        "BOX0000000",
        "adapter.inconsistent",
        "BOX/BTB column 8",
        f"{CERTIFICATE}/SpecialCases/BackToBack",
        line=41,
    ),
    Fault(
        "a mark that is none",
        "form-d-plain",
        "BOX0000000",
        "BOX000X000",
        "adapter.value",
        "BOX/DMN column 7",
        f"{CERTIFICATE}/SpecialCases/DeMinimis",
        line=45,
    ),
    Fault(
        "a record twice",
        "form-d-plain",
        "PLC 006Ha Noi                ",
        "SGN 006Ha Noi                ",
        "adapter.schema",
        "DEC/SGN columns 8-77",
        f"{CERTIFICATE}/ExporterDeclaration/SignatoryName",
        line=39,
    ),
    Fault(
        "a text that is longer than it says",
        "form-d-plain",
        "TMK 009M",
        "TMK 008M",
        "adapter.malformed",
        "line 29",
    ),
    Fault(
        "text that goes on from nothing",
        "form-d-plain",
        "TMK 009M",
        "TMK+009M",
        "adapter.malformed",
        "line 29",
    ),
    Fault(
        "a row that is none",
        "form-d-plain",
        "TMK 009M",
        "TMK?009M",
        "adapter.malformed",
        "line 29",
    ),
    Fault(
        "a language where text goes on",
        "form-d-plain",
        "ADV           /",
        "ADVvi         /",
        "adapter.malformed",
        "line 9",
    ),
    Fault(
        "a record outside of its own",
        "form-d-plain",
        "CERD   2",
        "INVD   2",
        "adapter.malformed",
        "line 2",
    ),
    Fault(
        "no code of a record",
        "form-d-plain",
        "CERD   2",
        "?ERD   2",
        "adapter.malformed",
        "line 2",
    ),
    Fault(
        "a record of another width",
        "form-d-plain",
        "CERD   2021 ",
        "RMKD   2021 ",
        "adapter.malformed",
        "line 2",
    ),
    Fault(
        "no such decision",
        "response-not-given",
        "GDS0000000012",
        "GDS0000000017",
        "adapter.value",
        "GDS[1]/RES column 13",
        "CustomsResponse/Item[1]/Decision",
        line=5,
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    raw = (SAMPLES / f"{fault.sample}.txt").read_bytes().decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(fault.before, fault.after, 1).encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )
    if fault.line:
        assert finding.message.startswith(f"line {fault.line}: "), finding.message


def test_a_kind_that_it_does_not_know_is_named() -> None:
    raw = (SAMPLES / "form-d-plain.txt").read_bytes().replace(b"01CFD ", b"01IDA ", 1)
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    assert caught.value.code == "adapter.unsupported"
    assert "IDA" in caught.value.message


def restate(text: str) -> bytes:
    """Let the header state the octets and lines that a changed payload has."""
    octets, lines = len(text.encode()), text.count("\r\n")
    return f"{text[:13]}{octets:07}{lines:07}{text[27:]}".encode()


@pytest.mark.parametrize("code", ["XYZ", "HSC", "HDR"])
def test_a_record_that_it_does_not_know_is_told_as_a_loss(code: str) -> None:
    text = (SAMPLES / "form-d-plain.txt").read_bytes().decode()
    more = restate(text.replace("INV20261114", f"{code}SOMETHING\r\nINV20261114", 1))
    reading = ADAPTER.to_canonical(more)
    assert [each.national_path for each in reading.findings] == [f"GDS[1]/record {code}"]
    assert reading.document == ADAPTER.to_canonical(text.encode()).document


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_records_in_any_order_are_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["form-d-plain", "response-not-given", "check"]))
    first, *lines = (SAMPLES / f"{name}.txt").read_bytes().decode().split("\r\n")[:-1]
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.sampled_from([*lines, "GDS", "", " ", "\u0301", f"HDR{lines[0][3:]}"]))
    column = data.draw(st.integers(0, len(lines[at]) - 1))
    letter = data.draw(st.sampled_from("0 Z+/.\u0301\u202e\t\0"))
    changes = {
        "put": [other, lines[at]],
        "replace": [other],
        "drop": [],
        "spell": [lines[at][:column] + letter + lines[at][column + 1 :]],
        "rename": [other[:3] + lines[at][3:]],
    }
    new = changes[data.draw(st.sampled_from(sorted(changes)))]
    raw = restate("".join(f"{line}\r\n" for line in [first, *lines[:at], *new, *lines[at + 1 :]]))
    assert not check_refusals(ADAPTER, raw, may_read=True), raw


def test_too_many_items_are_counted_and_not_listed() -> None:
    text = (SAMPLES / "form-d-wholly-obtained.txt").read_bytes().decode()
    goods = text[text.index("GDS") : text.index("DEC")]
    item = goods[: goods.index("GDS", 3)]
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(restate(text.replace(goods, item * 5001)))
    assert caught.value.code == "document.too_many_items"
    assert caught.value.findings[0].national_path.startswith("GDS")


def test_the_consent_of_an_exporter_is_read_and_never_written() -> None:
    reading = ADAPTER.to_canonical((SAMPLES / "extract-of-an-export-declaration.txt").read_bytes())
    assert reading.consent is True
    again = ADAPTER.to_canonical(ADAPTER.from_canonical(reading.document).payload)
    assert again.consent is None
    assert again.document == reading.document


@pytest.mark.parametrize("kind", LAYOUTS)
def test_table_and_layout_have_the_same_names(kind: str) -> None:
    assert not LAYOUTS[kind].compare(SYNTAX.header, ADAPTER.tables[kind].shape)


@pytest.mark.parametrize("model", [CertificateOfOrigin, DeclarationExtract])
def test_loses_nothing_of_a_document_but_extensions(model: type) -> None:
    support = next(each for each in ADAPTER.info.messages if each.model is model)
    assert support.loses == (f"{model.__name__}/Extensions",)


def test_the_two_dialects_of_the_state_are_told_apart() -> None:
    xml = (files("swb_adapters.vietnam") / "samples" / "form-d-plain.xml").read_bytes()
    ours = (SAMPLES / "form-d-plain.txt").read_bytes()
    both = (VIETNAM, ADAPTER)
    assert find_reader(both, xml) is VIETNAM
    assert find_reader(both, ours) is ADAPTER


def refuse(raw: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    return caught.value


def read_sample() -> str:
    return (SAMPLES / "form-d-plain.txt").read_bytes().decode()


@pytest.mark.parametrize(
    ("before", "after", "line", "place"),
    [
        ("\r\nCNE", "\r\nCNX", 10, "EXP/record CNX"),
        ("\r\nGDS0000000022", "\r\nGDX0000000022", 31, "GDS[1]/record GDX"),
    ],
)
def test_a_refusal_names_the_record_that_no_layout_knows(
    before: str, after: str, line: int, place: str
) -> None:
    text = read_sample()
    before, after = (before, after) if before in text else (before[:5], after[:5])
    at = text.rindex(before)
    refusal = refuse((text[:at] + after + text[at + len(before) :]).encode())
    told = {each.national_path: each.message for each in refusal.findings}
    assert told[place] == f"line {line}: no record of this message has the code"
    assert f"; line {line} begins with {after[2:5]}, which is no record" in refusal.message


def test_a_line_that_was_made_longer_is_told_beside_the_length_of_the_whole() -> None:
    refusal = refuse(read_sample().replace("TRN20261118", "TRN202611180", 1).encode())
    assert refusal.code == "adapter.inconsistent"
    assert [each.national_path for each in refusal.findings] == [
        "HDR/LEN columns 14-20",
        "line 15",
    ]
    assert "expected 57 characters of TRN, found 58" in refusal.message


def test_a_kind_that_it_does_not_know_has_its_columns() -> None:
    refusal = refuse(read_sample().replace("01CFD ", "01XYZ ", 1).encode())
    assert refusal.findings[0].national_path == "HDR/PRC columns 9-13"
    assert refusal.findings[0].message.startswith("expected one of CFD, EDC")


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        (b"", "line 1", "found an empty file"),
        (b"<a/>", "line 1", "found XML"),
        (b"%PDF-1.7", "line 1", "found a PDF document"),
        (b"VNACCS\r\nCER\n", "line 2", "found LF alone"),
        (b"VNACCS\r\nC\rER\r\n", "line 2", "found CR alone"),
        (b"VNACCS\r\nCER", "line 2", "found the end of the file"),
        (b"VNACCS\r\nCE\xff\r\n", "line 2, column 3", "expected UTF-8, found the octet FF"),
        (b"{}\r\n", "line 1", "expected a header of 123 characters, found JSON"),
    ],
)
def test_what_is_no_such_message_is_told_with_its_line(
    raw: bytes, place: str, message: str
) -> None:
    (finding,) = refuse(raw).findings
    assert (finding.code, finding.national_path) == ("adapter.malformed", place)
    assert message in finding.message


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("KGM", "K M", "expected a unit of UN/ECE Recommendation 20, such as KGM, found"),
        ("USD", "U1D", "expected three capital letters of ISO 4217, such as USD, found 'U1D'"),
    ],
)
def test_a_code_of_another_form_is_shown(before: str, after: str, message: str) -> None:
    refusal = refuse(read_sample().replace(before, after, 1).encode())
    assert message in refusal.findings[0].message
