"""WCO declarations: the contract of every adapter, the published schema, and 145 real ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from swb_adapters.sdk.testing import check_document, check_refusals
from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.sdk.testing.strategies import declaration_extracts
from swb_adapters.wco import ADAPTER
from swb_schemas.documents import DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.standards import find_published

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = files("swb_adapters.wco") / "samples"
HEAD: Final = "Declaration"
SHIPMENT: Final = "Declaration/GoodsShipment"
ITEM: Final = f"{SHIPMENT}/GovernmentAgencyGoodsItem[1]"
NAMESPACES: Final = {
    "md": "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2",
    "d": "urn:wco:datamodel:WCO:DEC-DMS:2",
    "p1": "urn:wco:datamodel:WCO:Declaration_DS:DMS:2",
}


@cache
def load_schema() -> etree.XMLSchema:
    folder = find_published("wco/xsd/declaration")
    around = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        f'<xs:import namespace="{NAMESPACES["md"]}" schemaLocation="DocumentMetaData_2_DMS.xsd"/>'
        f'<xs:import namespace="{NAMESPACES["d"]}" schemaLocation="WCO_DEC_2_DMS.xsd"/>'
        "</xs:schema>"
    )
    root = etree.fromstring(around, base_url=(folder / "around.xsd").as_uri())
    return etree.XMLSchema(root)


def assert_published_schema_accepts(raw: bytes) -> None:
    schema = load_schema()
    assert schema.validate(etree.fromstring(raw)), str(schema.error_log)[:2000]


_LONGEST: Final[dict[str, int]] = {"Number": 17, "IssuingOffice": 17, "Procedure": 7}


def _narrow(value: Any, name: str = "") -> Any:  # noqa: ANN401, PLR0911 - any value of a dumped document
    """Bring a generated value within what the published schema has room for."""
    if isinstance(value, dict):
        return {key: _narrow(each, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_narrow(each, name) for each in value]
    if isinstance(value, date):
        return date(2000 + value.year % 100, value.month, min(value.day, 28))
    if isinstance(value, Decimal):
        return Decimal(int(value * 1000) % 10**16) / 1000
    if isinstance(value, int) and name == "Count":
        return value % 10**8 or 1
    if isinstance(value, int) and name == "SequenceNumber":
        return min(value, 99999)
    if isinstance(value, str) and name in _LONGEST:
        return value[: _LONGEST[name]].strip()
    return value


def narrow(document: DeclarationExtract) -> DeclarationExtract:
    dumped = document.model_dump(by_alias=True, exclude_none=True)
    return DeclarationExtract.model_validate(_narrow(dumped))


class TestWco(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES

    @given(data=st.data())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_carries_a_document_whole_or_says_what_it_loses(self, data: st.DataObject) -> None:
        document = narrow(data.draw(declaration_extracts()))
        assert not check_document(ADAPTER, document)

    @given(declaration_extracts())
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    def test_refuses_what_the_schema_has_no_room_for(self, document: DeclarationExtract) -> None:
        refusal = None
        try:
            ADAPTER.from_canonical(document)
        except RefusedError as caught:
            refusal = caught
        if refusal is not None:
            assert refusal.code == "adapter.value"
            assert all(each.path.startswith("DeclarationExtract/") for each in refusal.findings)


# --- what others published -----------------------------------------------------------------------


@given(declaration_extracts())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_published_schema_accepts_what_is_written(document: DeclarationExtract) -> None:
    assert_published_schema_accepts(ADAPTER.from_canonical(narrow(document)).payload)


@pytest.mark.parametrize(
    "name", sorted(each.name for each in SAMPLES.iterdir()), ids=lambda name: name[:-4]
)
def test_the_published_schema_accepts_the_samples(name: str) -> None:
    assert_published_schema_accepts((SAMPLES / name).read_bytes())


def list_declarations() -> list[Path]:
    folder = find_published("wco/declarations")
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".xml")


def test_every_real_declaration_is_refused_for_a_reason_to_act_upon() -> None:
    """None of the 145 has what an extract must have; each refusal says which and where."""
    declarations = list_declarations()
    kinds: dict[str, int] = {}
    for file in declarations:
        with pytest.raises(RefusedError) as caught:
            ADAPTER.to_canonical(file.read_bytes())
        findings = caught.value.findings
        assert findings, file.name
        assert not check_refusals(ADAPTER, file.read_bytes())
        for each in findings:
            assert each.national_path.startswith(HEAD), each
            assert each.message.startswith("expected "), each
        if caught.value.code == "adapter.value":
            assert all(each.path.startswith("DeclarationExtract/") for each in findings)
            kinds["lacks parameters"] = kinds.get("lacks parameters", 0) + 1
        else:
            assert caught.value.code == "adapter.unsupported"
            kinds[findings[0].national_path] = kinds.get(findings[0].national_path, 0) + 1
    assert kinds == {
        "lacks parameters": 28,
        "Declaration/TypeCode": 106,
        "Declaration/FunctionCode": 11,
    }


_ADDED: Final = {
    "Declaration/ID": "26SPECIMEN0000001",
    "Declaration/DeclarationOfficeID": "GB000001",
    "Declaration/Exporter/Name": "Specimen Exporter",
    "Declaration/Exporter/ID": "GB000000000000",
    "Declaration/Declarant/Name": "Specimen Agent",
    "Declaration/AdditionalInformation(SWB-UNLOAD-NAME)": "Specimen Port",
    f"{SHIPMENT}/ExitDateTime/p1:DateTimeString": "20261123",
    f"{SHIPMENT}/Destination/CountryCode": "JP",
    f"{SHIPMENT}/Consignee/Name": "Specimen Consignee",
    f"{SHIPMENT}/Consignee/Address/Line": "1 Specimen Road",
}
_ADDED_TO_ITEMS: Final = {
    "Commodity/GoodsMeasure/TariffQuantity": "12",
    "Commodity/GoodsMeasure/TariffQuantity/@unitCode": "NMB",
    "Origin(1)/CountryCode": "GB",
    "Commodity/Classification(HS)/ID": "420222",
    "Commodity/Classification(HS)/ID/@schemeID": "HS-2022",
}


def _add(root: etree._Element, path: str, text: str) -> None:
    """Put a text where a finding says that it is missing."""
    node = root
    for step in path.split("/"):
        if step.startswith("@"):
            node.set(step[1:], text)
            return
        name, _, position = step.rstrip("]").partition("[")
        name, _, code = name.rstrip(")").partition("(")
        spelled = name if ":" in name else f"d:{name}"
        prefix, _, local = spelled.partition(":")
        found = node.findall(spelled, NAMESPACES)
        if code or not found:
            new = etree.SubElement(node, f"{{{NAMESPACES[prefix]}}}{local}")
            within = {"AdditionalInformation": ("StatementCode", "StatementDescription")}
            if code and local in within:
                for each, value in zip(within[local], (code, text), strict=True):
                    etree.SubElement(new, f"{{{NAMESPACES['d']}}}{each}").text = value
                return
            if code:
                tells = "TypeCode" if local == "Origin" else "IdentificationTypeCode"
                same = [
                    each for each in found if each.findtext(f"d:{tells}", None, NAMESPACES) == code
                ]
                if same:
                    node.remove(new)
                    new = same[0]
                else:
                    etree.SubElement(new, f"{{{NAMESPACES['d']}}}{tells}").text = code
            node = new
        else:
            node = found[int(position or 1) - 1]
    node.text = text


def test_a_real_declaration_converts_once_what_was_missing_is_added_where_it_was_said() -> None:
    converted = 0
    for file in list_declarations():
        try:
            ADAPTER.to_canonical(file.read_bytes())
        except RefusedError as refusal:
            if refusal.code != "adapter.value":
                continue
            root = etree.fromstring(file.read_bytes())
            for each in refusal.findings:
                path = each.national_path
                text = _ADDED.get(path) or _ADDED_TO_ITEMS[path.partition("]/")[2]]
                _add(root, path, text)
        reading = ADAPTER.to_canonical(etree.tostring(root))
        assert all(each.national_path for each in reading.findings)
        assert_published_schema_accepts(ADAPTER.from_canonical(reading.document).payload)
        assert not check_document(ADAPTER, reading.document)
        converted += 1
    assert converted == 28


# --- faults --------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """One change of a good payload, and what must be said of it."""

    why: str
    before: str
    after: str
    code: str
    national_path: str
    path: str = ""


ROOT: Final = "DeclarationExtract"
FAULTS: Final = [
    Fault(
        "an import",
        "<TypeCode>830<",
        "<TypeCode>IMA<",
        "adapter.unsupported",
        "Declaration/TypeCode",
    ),
    Fault(
        "an amendment",
        "<FunctionCode>9<",
        "<FunctionCode>13<",
        "adapter.unsupported",
        "Declaration/FunctionCode",
    ),
    Fault(
        "another version of the model",
        "VersionCode>3.6<",
        "VersionCode>4.0<",
        "adapter.unsupported",
        "md:WCODataModelVersionCode",
    ),
    Fault(
        "a count that is not the items'",
        "<GoodsItemQuantity>1<",
        "<GoodsItemQuantity>2<",
        "adapter.inconsistent",
        "Declaration/GoodsItemQuantity",
    ),
    Fault(
        "no such day",
        ">20261103<",
        ">20261131<",
        "adapter.value",
        f"{SHIPMENT}/ExitDateTime/p1:DateTimeString",
        f"{ROOT}/Transport/DepartureDate",
    ),
    Fault(
        "a quantity without its unit",
        '<TariffQuantity unitCode="KGM">',
        "<TariffQuantity>",
        "adapter.value",
        f"{ITEM}/Commodity/GoodsMeasure/TariffQuantity/@unitCode",
        f"{ROOT}/Item[1]/Quantity/@unit",
    ),
    Fault(
        "no origin",
        "<TypeCode>1</TypeCode>",
        "<TypeCode>2</TypeCode>",
        "adapter.value",
        f"{ITEM}/Origin(1)/CountryCode",
        f"{ROOT}/Item[1]/OriginCountry",
    ),
    Fault(
        "no name of the agent",
        "<Name>Example Agent</Name>",
        "",
        "adapter.value",
        "Declaration/Declarant/Name",
        f"{ROOT}/DeclaringAgent/Name",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.why for fault in FAULTS])
def test_a_fault_is_told_with_both_places(fault: Fault) -> None:
    raw = (SAMPLES / "extract-by-sea.xml").read_bytes().decode()
    assert fault.before in raw
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(raw.replace(fault.before, fault.after, 1).encode())
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (
        fault.code,
        fault.national_path,
        fault.path,
    )


def test_a_response_is_no_declaration() -> None:
    raw = (SAMPLES / "extract-by-sea.xml").read_bytes()
    other = raw.replace(b"<Declaration>", b"<Response>").replace(b"</Declaration>", b"</Response>")
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(other)
    assert caught.value.code == "adapter.unsupported"


# --- what is peculiar to the format --------------------------------------------------------------


def _read(name: str) -> DeclarationExtract:
    document = ADAPTER.to_canonical((SAMPLES / name).read_bytes()).document
    assert isinstance(document, DeclarationExtract)
    return document


def test_a_national_declaration_is_read_with_what_it_says_beyond_an_extract_as_losses() -> None:
    reading = ADAPTER.to_canonical(
        (SAMPLES / "declaration-with-more-than-an-extract.xml").read_bytes()
    )
    assert [each.national_path for each in reading.findings] == [
        "Declaration/AcceptanceDateTime/p1:DateTimeString",
        "Declaration/Agent",
        f"{ITEM}/GovernmentProcedure(further)",
    ]
    document = reading.document
    assert isinstance(document, DeclarationExtract)
    assert document.acceptance_date == date(2026, 11, 2)
    assert document.procedure == "1000"
    assert document.items[0].commodity_code.nomenclature == "CN"
    gross = document.items[0].gross_measure
    assert gross is not None
    assert gross.unit == "KGM"


def test_an_address_that_fits_stands_in_its_own_place_and_any_other_in_statements() -> None:
    short = ADAPTER.from_canonical(_read("extract-by-sea.xml")).payload
    assert b"<CityName>Ho Chi Minh City</CityName>" in short
    assert b"SWB-CNE-ADDRESS" not in short
    long = ADAPTER.from_canonical(_read("extract-of-two-items-by-air.xml")).payload
    assert long.count(b"SWB-CNE-ADDRESS") == 4
    assert b"SWB-EXP-NAME" in long


def test_a_procedure_that_is_not_that_of_all_items_is_a_loss() -> None:
    raw = (SAMPLES / "extract-of-two-items-by-air.xml").read_bytes()
    changed = raw.replace(b"<CurrentCode>10<", b"<CurrentCode>31<", 1)
    reading = ADAPTER.to_canonical(changed)
    assert isinstance(reading.document, DeclarationExtract)
    assert reading.document.procedure is None
    assert len(reading.findings) == 2


def test_the_exporters_consent_is_read_and_never_written() -> None:
    raw = (SAMPLES / "extract-by-sea.xml").read_bytes()
    said = (
        b"<AdditionalInformation><StatementCode>SWB-CONSENT</StatementCode>"
        b"<StatementDescription>N</StatementDescription></AdditionalInformation>"
    )
    reading = ADAPTER.to_canonical(
        raw.replace(b"<BorderTransportMeans>", said + b"<BorderTransportMeans>")
    )
    assert reading.consent is False
    assert b"SWB-CONSENT" not in ADAPTER.from_canonical(reading.document).payload


def test_an_invoice_without_its_day_is_a_loss_and_no_fault() -> None:
    raw = (SAMPLES / "extract-by-sea.xml").read_bytes().decode()
    start, end = raw.index("<EffectiveDateTime>"), raw.index("</EffectiveDateTime>")
    reading = ADAPTER.to_canonical((raw[:start] + raw[end + 20 :]).encode())
    assert [each.national_path for each in reading.findings] == [f"{ITEM}/AdditionalDocument"]


def test_a_thousand_items_have_no_room() -> None:
    document = _read("extract-by-sea.xml")
    item = document.items[0]
    items = [item.model_copy(update={"sequence_number": n}) for n in range(1, 1001)]
    with pytest.raises(RefusedError) as caught:
        ADAPTER.from_canonical(document.model_copy(update={"items": tuple(items)}))
    assert caught.value.findings[0].path == f"{ROOT}/Item"


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        ("101", "20261103", "expected 102 or 304 as formatCode, found '101'"),
        ("203", "20261103", "expected 102 or 304 as formatCode, found '203'"),
        ("304", "20261103", "expected yyyyMMddHHmmss and a zone with formatCode 304"),
        ("102", "20261103081500Z", "expected yyyyMMdd with formatCode 102"),
    ],
)
def test_a_time_that_is_not_of_the_format_it_tells_is_refused(
    code: str, text: str, message: str
) -> None:
    raw = (SAMPLES / "extract-of-two-items-by-air.xml").read_text()
    good = '<p1:DateTimeString formatCode="102">20261103<'
    assert good in raw
    changed = raw.replace(good, f'<p1:DateTimeString formatCode="{code}">{text}<', 1)
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(changed.encode())
    finding = caught.value.findings[0]
    assert finding.message.startswith(message)
    assert finding.national_path == f"{SHIPMENT}/ExitDateTime/p1:DateTimeString"


def test_a_time_that_tells_no_format_is_told_by_its_length() -> None:
    raw = (SAMPLES / "extract-of-two-items-by-air.xml").read_bytes()
    plain = raw.replace(b' formatCode="102"', b"")
    assert ADAPTER.to_canonical(plain).document == ADAPTER.to_canonical(raw).document
