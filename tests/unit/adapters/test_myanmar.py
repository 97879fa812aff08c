"""The simulated Burmese format: the contract of every adapter, and what is its own."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.myanmar import ADAPTER
from swb_adapters.myanmar.layouts import LAYOUTS, SYNTAX
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.hostile import check_refusals
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

SAMPLES = files("swb_adapters.myanmar") / "samples"


class TestMyanmar(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    golden = GOLDEN / "myanmar"
    syntax = ""


def restate(text: str) -> bytes:
    """Let the header state the lines and octets that a changed payload has."""
    first, end, rest = text.partition("\r\n")
    lines, octets = text.count("\r\n"), len(text.encode())
    return f"{first[:-14]}{lines:07}{octets:07}{end}{rest}".encode()


class Fault(NamedTuple):
    """One change of a good payload, whose header is made to fit, and what must be said of it."""

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
        "MACCS001",
        "MACCX001",
        "adapter.malformed",
        "HDR/SYSTEM columns 1-5",
    ),
    Fault(
        "another edition of the message",
        "form-d-plain",
        "MACCS001",
        "MACCS009",
        "adapter.malformed",
        "HDR/EDITION columns 6-8",
    ),
    Fault(
        "a header of another width",
        "form-d-plain",
        "MACCS001",
        "MACCS001 ",
        "adapter.malformed",
        "line 1",
    ),
    Fault(
        "a count that is not the items'",
        "form-d-plain",
        "\r\nO\r\n3\r\n",
        "\r\nO\r\n4\r\n",
        "adapter.inconsistent",
        "CERTIFICATE/ITEMS field 4",
        line=6,
    ),
    Fault(
        "another form",
        "form-d-plain",
        "CERTIFICATE0001\r\nD\r\n",
        "CERTIFICATE0001\r\nE\r\n",
        "adapter.value",
        "CERTIFICATE/FORM field 1",
        f"{CERTIFICATE}/Agreement",
        line=3,
    ),
    Fault(
        "no such sheet",
        "form-d-plain",
        "\r\nO\r\n3\r\n",
        "\r\nQ\r\n3\r\n",
        "adapter.value",
        "CERTIFICATE/SHEET field 3",
        f"{CERTIFICATE}/CopyType",
        line=5,
    ),
    Fault(
        "no such day",
        "form-d-plain",
        "\r\n20261120\r\n",
        "\r\n20261320\r\n",
        "adapter.value",
        "TRANSPORT/DEPARTURE field 1",
        f"{CERTIFICATE}/Transport/DepartureDate",
        line=33,
    ),
    Fault(
        "a number that is none",
        "form-d-plain",
        "\r\n1250.5\r\n",
        "\r\n1250,5\r\n",
        "adapter.value",
        "GOODS[1]/GROSS field 6",
        f"{CERTIFICATE}/Item[1]/GrossMeasure",
        line=50,
    ),
    Fault(
        "a unit without its number",
        "form-d-plain",
        "\r\n1250.5\r\n",
        "\r\n\r\n",
        "adapter.value",
        "GOODS[1]/GROSS field 6",
        f"{CERTIFICATE}/Item[1]/GrossMeasure",
        line=45,
    ),
    Fault(
        "a value that is wider than its field",
        "form-d-plain",
        "\r\n69111000\r\n",
        "\r\n69111000000\r\n",
        "adapter.malformed",
        "line 47",
    ),
    Fault(
        "a field too many",
        "form-d-plain",
        "\r\n69111000\r\n",
        "\r\n69111000\r\n\r\n",
        "adapter.malformed",
        "line 51",
    ),
    Fault(
        "a field too few",
        "form-d-plain",
        "\r\n69111000\r\n",
        "\r\n",
        "adapter.malformed",
        "line 49",
    ),
    Fault(
        "more blocks than there are",
        "form-d-plain",
        "GOODS0003",
        "GOODS0004",
        "adapter.malformed",
        "line 153",
    ),
    Fault(
        "fewer blocks than there are",
        "form-d-plain",
        "GOODS0003",
        "GOODS0002",
        "adapter.malformed",
        "line 121",
    ),
    Fault(
        "a count that is none",
        "form-d-plain",
        "GOODS0003",
        "GOODS 3",
        "adapter.malformed",
        "line 44",
    ),
    Fault(
        "a single block twice",
        "receipt-error",
        "WHY0001\r\n",
        "WHY0002\r\nE502\r\nREASON0000\r\n",
        "adapter.schema",
        "WHY",
        "CustomsReceipt/Reason",
        line=9,
    ),
    Fault(
        "a row without a mark",
        "form-d-plain",
        "\r\n/C/NO. 1-120",
        "\r\nC/NO. 1-120",
        "adapter.malformed",
        "line 61",
    ),
    Fault(
        "a row that goes on from nothing",
        "form-d-plain",
        "\r\n HSVD",
        "\r\n+HSVD",
        "adapter.malformed",
        "line 60",
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        "SPECIAL0001\r\nN\r\nN\r\n",
        "SPECIAL0001\r\nN\r\nY\r\n",
        "adapter.value",
        "SPECIAL/VENUE/NAME field 1",
        f"{CERTIFICATE}/SpecialCases/Exhibition/Name",
        line=166,
    ),
    Fault(
        "no such decision",
        "response-not-given",
        "\r\nGOODS0003\r\n1\r\nA\r\n",
        "\r\nGOODS0003\r\n1\r\nB\r\n",
        "adapter.value",
        "GOODS[1]/RESULT field 2",
        "CustomsResponse/Item[1]/Decision",
        line=12,
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    text = (SAMPLES / f"{fault.sample}.txt").read_bytes().decode()
    assert fault.before in text
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(restate(text.replace(fault.before, fault.after, 1)))
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )
    if fault.line:
        assert finding.message.startswith(f"line {fault.line}: "), finding.message


@pytest.mark.parametrize("field", ["HDR/LINES columns 126-132", "HDR/LENGTH columns 133-139"])
def test_what_the_header_counts_must_be_there(field: str) -> None:
    raw = (SAMPLES / "form-d-plain.txt").read_bytes()
    last = int(field.rpartition("-")[2])
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw[: last - 1] + b"9" + raw[last:])
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.inconsistent", field)


def test_only_burmese_stands_beside_english() -> None:
    document = ADAPTER.to_canonical((SAMPLES / "form-d-plain.txt").read_bytes()).document
    values = document.model_dump(by_alias=True)
    names = values["Exporter"]["NationalName"]
    language = next(key for key in names[0] if key != "Value")
    values["Exporter"]["NationalName"] = [{language: "shn", "Value": "လိၵ်ႈ"}, *names]
    rendering = ADAPTER.from_canonical(type(document).model_validate(values))
    assert [loss.path for loss in rendering.losses] == [f"{CERTIFICATE}/Exporter/NationalName[1]"]
    assert ADAPTER.to_canonical(rendering.payload).document == document


def test_the_consent_of_an_exporter_is_read_and_never_written() -> None:
    reading = ADAPTER.to_canonical((SAMPLES / "extract-of-an-export-declaration.txt").read_bytes())
    assert reading.consent is True
    again = ADAPTER.to_canonical(ADAPTER.from_canonical(reading.document).payload)
    assert again.consent is None
    assert again.document == reading.document


def test_times_are_those_of_myanmar() -> None:
    raw = (SAMPLES / "receipt-accepted.txt").read_bytes()
    assert b"\r\n20261121090005\r\n" in raw
    reading = ADAPTER.to_canonical(raw)
    assert reading.document.made_at.isoformat() == "2026-11-21T02:30:05+00:00"  # type: ignore[attr-defined]  # of a certificate


@pytest.mark.parametrize("kind", LAYOUTS)
def test_table_and_layout_have_the_same_names(kind: str) -> None:
    assert not LAYOUTS[kind].compare(SYNTAX.header, ADAPTER.tables[kind].shape)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_lines_in_any_order_are_read_or_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["form-d-plain", "response-not-given", "check"]))
    first, *lines = (SAMPLES / f"{name}.txt").read_bytes().decode().split("\r\n")[:-1]
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.sampled_from([*lines, "9999", "GOODS9999", "", " ", "\u1039"]))
    change = data.draw(st.sampled_from(["put", "replace", "drop"]))
    kept = lines[at + 1 :] if change != "put" else lines[at:]
    new = [] if change == "drop" else [other]
    raw = restate("".join(f"{line}\r\n" for line in [first, *lines[:at], *new, *kept]))
    assert not check_refusals(ADAPTER, raw, may_read=True), raw
