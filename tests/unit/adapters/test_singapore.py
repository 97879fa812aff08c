"""The simulated Singaporean format: the contract of every adapter, and what is its own."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import pytest

from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.singapore import ADAPTER
from swb_schemas.errors import RefusedError
from tests.unit.adapters.first_party import GOLDEN

SAMPLES = files("swb_adapters.singapore") / "samples"


class TestSingapore(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    golden = GOLDEN / "singapore"


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
        "another certificate",
        "form-d-plain",
        "<CertificateType>ATIGA-FORM-D<",
        "<CertificateType>FORM-E<",
        "adapter.unsupported",
        "Header/CertificateType",
    ),
    Fault(
        "a count that is not the items'",
        "form-d-plain",
        "<ItemCount>3<",
        "<ItemCount>2<",
        "adapter.inconsistent",
        "Header/ItemCount",
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        'exhibition="N"',
        'exhibition="Y"',
        "adapter.value",
        "Box13/ExhibitionVenue/Name",
        f"{CERTIFICATE}/SpecialCases/Exhibition/Name",
    ),
    Fault(
        "data of a box that is not ticked",
        "form-d-back-to-back",
        'backToBack="Y"',
        'backToBack="N"',
        "adapter.inconsistent",
        "Box13/@backToBack",
        f"{CERTIFICATE}/SpecialCases/BackToBack",
    ),
    Fault(
        "a mark that is none",
        "form-d-plain",
        'deMinimis="N"',
        'deMinimis="X"',
        "adapter.value",
        "Box13/@deMinimis",
        f"{CERTIFICATE}/SpecialCases/DeMinimis",
    ),
    Fault(
        "no such day",
        "form-d-plain",
        "<DepartureDate>2026-11-",
        "<DepartureDate>2026-13-",
        "adapter.value",
        "Shipment/DepartureDate",
        f"{CERTIFICATE}/Transport/DepartureDate",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    raw = (SAMPLES / f"{fault.sample}.xml").read_bytes().decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(fault.before, fault.after, 1).encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )


def test_what_the_format_does_not_know_is_told_as_a_loss() -> None:
    raw = (SAMPLES / "form-d-plain.xml").read_bytes()
    more = raw.replace(b"</Shipment>", b"<Tonnage>12</Tonnage></Shipment>")
    reading = ADAPTER.to_canonical(more)
    assert [each.national_path for each in reading.findings] == ["Shipment/Tonnage"]
    assert reading.document == ADAPTER.to_canonical(raw).document
