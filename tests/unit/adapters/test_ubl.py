"""UBL certificates of origin: the contract of every adapter, and both published schemas."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.strategies import certificates_of_origin
from swb_adapters.ubl import ADAPTER
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.elements import LocalText
from swb_schemas.errors import RefusedError
from tests.unit.adapters.standards import find_published

SAMPLES = files("swb_adapters.ubl") / "samples"
PUBLISHED: Final = ("2.1", "2.4")


@cache
def load_schema(version: str) -> etree.XMLSchema:
    name = f"ubl/{version}/xsd/maindoc/UBL-CertificateOfOrigin-{version}.xsd"
    return etree.XMLSchema(etree.parse(find_published(name)))


def assert_published_schemas_accept(raw: bytes, *versions: str) -> None:
    root = etree.fromstring(raw)
    for version in versions:
        schema = load_schema(version)
        assert schema.validate(root), f"{version}: {schema.error_log}"[:2000]


class TestUbl(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    mutations = 100


# --- what others published -----------------------------------------------------------------------


@given(certificates_of_origin())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_published_schemas_accept_what_is_written(document: CertificateOfOrigin) -> None:
    assert_published_schemas_accept(ADAPTER.from_canonical(document).payload, *PUBLISHED)


@pytest.mark.parametrize(
    "name", sorted(each.name for each in SAMPLES.iterdir()), ids=lambda name: name[:-4]
)
def test_the_published_schemas_accept_the_samples(name: str) -> None:
    assert_published_schemas_accept((SAMPLES / name).read_bytes(), *PUBLISHED)


def test_another_document_of_ubl_is_refused_by_its_root() -> None:
    raw = find_published("ubl/2.4/xml/UBL-ExportCustomsDeclaration-2.3-Example.xml").read_bytes()
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw)
    assert caught.value.code == "adapter.unsupported"
    assert "ExportCustomsDeclaration" in caught.value.message


# --- faults --------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """One change of a good payload, and what must be said of it."""

    why: str
    sample: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


ROOT: Final = "CertificateOfOrigin"
OURS: Final = "ext:UBLExtensions/ext:UBLExtension(SWB)/ext:ExtensionContent/swb:FormD"
SHIPMENT: Final = "cac:CertificateOfOriginApplication/cac:Shipment"
FAULTS: Final = [
    Fault(
        "a version that is not known",
        "form-d-plain",
        "<cbc:UBLVersionID>2.1<",
        "<cbc:UBLVersionID>2.0<",
        "adapter.unsupported",
        "cbc:UBLVersionID",
    ),
    Fault(
        "another form",
        "form-d-plain",
        ">ATIGA Form D<",
        ">Form E<",
        "adapter.value",
        "cac:CertificateOfOriginApplication/cbc:CertificateType",
        f"{ROOT}/Agreement",
    ),
    Fault(
        "not approved",
        "form-d-plain",
        ">APPROVED<",
        ">REJECTED<",
        "adapter.unsupported",
        "cac:IssuerEndorsement/cbc:ApprovalStatus",
    ),
    Fault(
        "another extension than ours",
        "form-d-plain",
        "<ext:ExtensionURI>urn:swb:",
        "<ext:ExtensionURI>urn:not-swb:",
        "adapter.value",
        f"{OURS}/swb:Edition",
        f"{ROOT}/Edition",
    ),
    Fault(
        "a count that is not the items'",
        "form-d-plain",
        "<cbc:TotalGoodsItemQuantity>3<",
        "<cbc:TotalGoodsItemQuantity>2<",
        "adapter.inconsistent",
        f"{SHIPMENT}/cbc:TotalGoodsItemQuantity",
    ),
    Fault(
        "a criterion that the form does not have",
        "form-d-plain",
        "<cbc:PreferenceCriterionCode>45.5%<",
        "<cbc:PreferenceCriterionCode>PE<",
        "adapter.value",
        f"{SHIPMENT}/cac:GoodsItem[1]/cbc:PreferenceCriterionCode",
        f"{ROOT}/Item[1]/OriginCriterion",
    ),
    Fault(
        "an invoice without its day",
        "form-d-plain",
        "<cbc:IssueDate>2026-11-10</cbc:IssueDate>\n            <cbc:DocumentTypeCode>",
        "<cbc:DocumentTypeCode>",
        "adapter.value",
        f"{SHIPMENT}/cac:GoodsItem[1]/cac:Item"
        "/cac:ItemSpecificationDocumentReference(380)[1]/cbc:IssueDate",
        f"{ROOT}/Item[1]/Invoice[1]/Date",
    ),
    Fault(
        "a ticked box without its data",
        "form-d-plain",
        'exhibition="false"',
        'exhibition="true"',
        "adapter.value",
        f"{OURS}/swb:SpecialCases/swb:Exhibition/swb:Name",
        f"{ROOT}/SpecialCases/Exhibition/Name",
    ),
    Fault(
        "data of a box that is not ticked",
        "form-d-back-to-back",
        'backToBack="true"',
        'backToBack="false"',
        "adapter.inconsistent",
        f"{OURS}/swb:SpecialCases/@backToBack",
        f"{ROOT}/SpecialCases/BackToBack",
    ),
    Fault(
        "two names without a language",
        "form-d-plain",
        '<cbc:Name languageID="th">',
        "<cbc:Name>",
        "adapter.schema",
        "cac:ExporterParty/cac:PartyName",
        f"{ROOT}/Exporter",
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


# --- what is peculiar to the format --------------------------------------------------------------


def _read(name: str) -> CertificateOfOrigin:
    document = ADAPTER.to_canonical((SAMPLES / f"{name}.xml").read_bytes()).document
    assert isinstance(document, CertificateOfOrigin)
    return document


def test_a_later_version_with_another_senders_ways_is_read() -> None:
    raw = (SAMPLES / "form-d-of-another-sender.xml").read_bytes()
    reading = ADAPTER.to_canonical(raw)
    assert [each.national_path for each in reading.findings] == [
        "ext:UBLExtensions/ext:UBLExtension"
    ]
    plain = _read("form-d-plain")
    assert isinstance(reading.document, CertificateOfOrigin)
    assert reading.document.consignee.address == "12 Vi Du Street\nHa Noi\n100000"
    assert reading.document.transport == plain.transport
    assert reading.document.items == plain.items


@pytest.mark.parametrize("version", ["2.2", "2.3", ""])
def test_every_version_between_is_read(version: str) -> None:
    raw = (SAMPLES / "form-d-plain.xml").read_bytes()
    stated = f"<cbc:UBLVersionID>{version}</cbc:UBLVersionID>" if version else ""
    other = raw.replace(b"<cbc:UBLVersionID>2.1</cbc:UBLVersionID>", stated.encode())
    assert ADAPTER.to_canonical(other).document == _read("form-d-plain")


def test_nothing_of_a_form_d_is_lost() -> None:
    for entry in SAMPLES.iterdir():
        document = ADAPTER.to_canonical(entry.read_bytes()).document
        assert ADAPTER.from_canonical(document).losses == ()
    assert ADAPTER.info.messages[0].loses == ("CertificateOfOrigin/Extensions",)


def test_a_second_name_in_english_stays_a_second_name() -> None:
    plain = _read("form-d-plain")
    again = LocalText.model_validate({"lang": "en", "value": "Siam Example"})
    exporter = plain.exporter.model_copy(update={"national_names": (again,)})
    document = plain.model_copy(update={"exporter": exporter})
    assert ADAPTER.to_canonical(ADAPTER.from_canonical(document).payload).document == document


def test_a_certificate_of_another_agreement_is_refused() -> None:
    document = _read("form-d-plain").model_copy(update={"agreement": "AANZFTA"})
    with pytest.raises(RefusedError) as caught:
        ADAPTER.from_canonical(document)
    assert caught.value.code == "adapter.unsupported"
