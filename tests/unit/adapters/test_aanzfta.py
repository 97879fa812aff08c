"""The AANZFTA certificate: what is read where, what is refused, what is lost, what is written."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from swb_adapters.aanzfta import ADAPTER
from swb_adapters.aanzfta.payload import Certificate
from swb_adapters.sdk import build_json_schema
from swb_adapters.sdk.testing import check_between, check_payload
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from tests.certificates import make_certificate
from tests.unit.adapters.standards import Sample, find_published, load_published

WINE: Final = json.loads(Sample(ADAPTER, "certificate-wine.json").raw)
LINES: Final = json.loads(Sample(ADAPTER, "credential-several-lines.json").raw)
CONSIGNMENT: Final = "supplyChainConsignment"
LINE: Final = f"{CONSIGNMENT}.includedConsignmentItems[1].tradeLineItems[1]"
PUBLISHED: Final = "aanzfta/full.json"
SCHEMA: Final = "aanzfta/schemas/full/schema.json"


def _step(target: Any, name: str) -> Any:  # noqa: ANN401 - any JSON value
    return target[int(name)] if name.isdigit() else target[name]


def changed(path: str, value: object, *, payload: dict[str, Any] = WINE) -> bytes:
    """The sample with one member changed; the value None takes the member away."""
    copied = copy.deepcopy(payload)
    target: Any = copied
    *steps, last = path.split(".")
    for step in steps:
        target = _step(target, step)
    if value is None:
        del target[last]
    else:
        target[int(last) if last.isdigit() else last] = value
    return json.dumps(copied).encode()


def read(raw: bytes) -> CertificateOfOrigin:
    document = ADAPTER.to_canonical(raw).document
    assert isinstance(document, CertificateOfOrigin)
    return document


PARENT: Final = f"{CONSIGNMENT}.includedConsignmentItems.0"
FIRST: Final = f"{PARENT}.tradeLineItems.0"


class Refused(NamedTuple):
    """A member changed, and where the refusal says that it is."""

    path: str
    value: Any
    code: str
    national: str
    canonical: str


REFUSED: Final = {
    "no number": Refused("iD", None, "adapter.value", "iD", "ReferenceNumber"),
    "no signature": Refused(
        "firstSignatoryAuthentication",
        None,
        "adapter.schema",
        "firstSignatoryAuthentication",
        "ExporterDeclaration",
    ),
    "null for a text": Refused("iD", [None], "adapter.schema", "iD", "ReferenceNumber"),
    "a number for a text": Refused(
        f"{CONSIGNMENT}.consignor.name",
        42,
        "adapter.schema",
        f"{CONSIGNMENT}.consignor.name",
        "Exporter/Name",
    ),
    "text for a number": Refused(
        f"{FIRST}.sequenceNumber",
        "1",
        "adapter.schema",
        f"{LINE}.sequenceNumber",
        "Item[1]/SequenceNumber",
    ),
    "a part of an item": Refused(
        f"{FIRST}.sequenceNumber",
        1.5,
        "adapter.value",
        f"{LINE}.sequenceNumber",
        "Item[1]/SequenceNumber",
    ),
    "a country that is no party": Refused(
        f"{CONSIGNMENT}.importCountry.name",
        "Japan",
        "adapter.value",
        f"{CONSIGNMENT}.importCountry.name",
        "ExporterDeclaration/ImportingCountry",
    ),
    "a criterion of nobody's": Refused(
        f"{PARENT}.crossBorderRegulatoryProcedure.originCriteriaText",
        "made here",
        "adapter.value",
        f"{CONSIGNMENT}.includedConsignmentItems[1].crossBorderRegulatoryProcedure"
        ".originCriteriaText",
        "Item[1]/OriginCriterion",
    ),
    "a criterion of ATIGA's": Refused(
        f"{PARENT}.crossBorderRegulatoryProcedure.originCriteriaText",
        "PC 25%",
        "adapter.value",
        f"{CONSIGNMENT}.includedConsignmentItems[1].crossBorderRegulatoryProcedure"
        ".originCriteriaText",
        "Item[1]/OriginCriterion",
    ),
    "a tariff code of four digits": Refused(
        f"{FIRST}.tradeProduct.harmonisedTariffCode.classCode",
        "2204",
        "adapter.value",
        f"{LINE}.tradeProduct.harmonisedTariffCode.classCode",
        "Item[1]/CommodityCode",
    ),
    "a weight without its unit": Refused(
        f"{FIRST}.transportPackages.1.grossWeight",
        "450",
        "adapter.value",
        f"{LINE}.transportPackages[2].grossWeight",
        "Item[1]/Package[2]/GrossMeasure",
    ),
    "a weight with a comma": Refused(
        f"{FIRST}.transportPackages.1.grossWeight",
        "1,450 Kg",
        "adapter.value",
        f"{LINE}.transportPackages[2].grossWeight",
        "Item[1]/Package[2]/GrossMeasure",
    ),
    "a moment without its zone": Refused(
        f"{FIRST}.invoiceReference.issueDateTime",
        "2026-11-02T03:15:00",
        "adapter.value",
        f"{LINE}.invoiceReference.issueDateTime",
        "Item[1]/Invoice[1]/Date",
    ),
    "a day that does not exist": Refused(
        "issueDateTime",
        "2026-02-30T00:00:00Z",
        "adapter.value",
        "issueDateTime",
        "Certification/Date",
    ),
    "an invoice number that is too long": Refused(
        f"{FIRST}.invoiceReference.iD",
        "I" * 36,
        "adapter.value",
        f"{LINE}.invoiceReference.iD",
        "Item[1]/Invoice[1]/Number",
    ),
    "a bidirectional override in a name": Refused(
        f"{CONSIGNMENT}.consignor.name",
        "Example \u202e Ltd",
        "adapter.value",
        f"{CONSIGNMENT}.consignor.name",
        "Exporter/Name",
    ),
    "an address of nothing": Refused(
        f"{CONSIGNMENT}.consignee.postalAddress",
        {"line1": "", "cityName": "", "postcode": "", "countryCode": "SG"},
        "adapter.value",
        f"{CONSIGNMENT}.consignee.postalAddress.line1",
        "Consignee/Address",
    ),
}


def test_a_payload_without_a_consignment_lacks_the_certificate_not_its_agreement() -> None:
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(b"{}")
    told = {each.national_path: each.path for each in refusal.value.findings}
    assert told["supplyChainConsignment"] == "CertificateOfOrigin"


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_refuses_and_names_both_places(case: Refused) -> None:
    value = [] if case.value == [None] else case.value
    raw = changed(case.path, value)
    if case.value == [None]:
        raw = raw.replace(b'"iD": []', b'"iD": null', 1)
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(raw)
    assert refusal.value.code == case.code
    finding = refusal.value.findings[0]
    assert finding.national_path == case.national
    assert finding.path == f"CertificateOfOrigin/{case.canonical}"


def test_names_places_inside_a_credential() -> None:
    path = f"credentialSubject.{CONSIGNMENT}.includedConsignmentItems.0.tradeLineItems.1"
    raw = changed(f"{path}.invoiceReference.iD", "", payload=LINES)
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(raw)
    finding = refusal.value.findings[0]
    assert finding.message == "expected a value, found none"
    assert finding.path == "CertificateOfOrigin/Item[2]/Invoice[1]/Number"
    assert finding.national_path == (
        f"credentialSubject.{CONSIGNMENT}.includedConsignmentItems[1].tradeLineItems[2]"
        ".invoiceReference.iD"
    )


def test_refuses_goods_of_two_countries_of_origin() -> None:
    lines = copy.deepcopy(LINES)
    items = lines["credentialSubject"][CONSIGNMENT]["includedConsignmentItems"]
    items[1]["tradeLineItems"][0]["tradeProduct"]["originCountry"]["code"] = "AU"
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.to_canonical(json.dumps(lines).encode())
    assert refusal.value.code == "adapter.unsupported"


def test_names_what_has_no_place_even_where_the_schema_does_not_know_it() -> None:
    raw = changed(f"{CONSIGNMENT}.insurance", {"policy": ["A-1"], "empty": ""})
    found = {each.national_path for each in ADAPTER.to_canonical(raw).findings}
    assert f"{CONSIGNMENT}.insurance" in found
    raw = changed(f"{CONSIGNMENT}.insurance", {"policy": [], "empty": ""})
    found = {each.national_path for each in ADAPTER.to_canonical(raw).findings}
    assert f"{CONSIGNMENT}.insurance" not in found


DAYS: Final = {
    "midnight in UTC": ("2026-11-04T00:00:00Z", False),
    "midnight with a fraction": ("2026-11-04T00:00:00.000Z", False),
    "midnight elsewhere": ("2026-11-04T00:00:00+11:00", True),
    "the evening in a zone whose day it is": ("2026-11-04T23:30:00+11:00", True),
}


@pytest.mark.parametrize(("moment", "lost"), DAYS.values(), ids=list(DAYS))
def test_reads_the_day_that_a_moment_has_in_its_own_zone(moment: str, *, lost: bool) -> None:
    reading = ADAPTER.to_canonical(changed("issueDateTime", moment))
    assert isinstance(reading.document, CertificateOfOrigin)
    assert reading.document.certification.date == date(2026, 11, 4)
    assert ("issueDateTime" in {each.national_path for each in reading.findings}) is lost


ADDRESSES: Final = {
    "street, city, postcode": ("1 Sample Road\nMelbourne, 3000", "3000"),
    "with a part of the country": ("1 Sample Road\nMelbourne, VIC, 3000", "3000"),
    "with two lines of street": ("1 Sample Road\nBuilding B\nMelbourne, VIC, 3000", "3000"),
    "one line": ("1 Sample Road, Melbourne, 3000", ""),
    "no comma before the postcode": ("99 Rama IV Road\nBangkok 10110", ""),
    "a ward that is no postcode": ("1 Sample Street\nHo Chi Minh City, Ward 7", ""),
}


@pytest.mark.parametrize(("address", "postcode"), ADDRESSES.values(), ids=list(ADDRESSES))
def test_writes_an_address_so_that_it_is_read_again(address: str, postcode: str) -> None:
    document = read(Sample(ADAPTER, "certificate-wine.json").raw)
    exporter = document.exporter.model_copy(update={"address": address})
    payload = ADAPTER.from_canonical(document.model_copy(update={"exporter": exporter})).payload
    assert read(payload).exporter.address == address
    written = json.loads(payload)[CONSIGNMENT]["consignor"]["postalAddress"]
    assert written["postcode"] == postcode


def test_reads_marks_measures_and_their_sum() -> None:
    (item,) = read(Sample(ADAPTER, "certificate-wine.json").raw).items
    assert item.marks_and_numbers == (
        "gs1.org:sscc:000000000000000017\ngs1.org:sscc:000000000000000024"
    )
    assert [each.count for each in item.packages] == [1, 1]
    assert [each.gross_measure and each.gross_measure.value for each in item.packages] == [
        Decimal(450),
        Decimal("462.5"),
    ]
    assert item.gross_measure is not None
    assert (item.gross_measure.unit, item.gross_measure.value) == ("KGM", Decimal("912.5"))
    assert item.commodity_code.value == "220421"


def test_adds_up_no_weights_in_different_units() -> None:
    document = read(json.dumps(LINES).encode())
    assert document.items[2].gross_measure is None
    assert [each.gross_measure and each.gross_measure.unit for each in document.items[2].packages]
    assert document.certification.date == date(2026, 10, 20)
    assert (document.issuing_country, document.exporter_declaration.importing_country) == (
        "NZ",
        "VN",
    )


def test_a_form_d_turned_into_aanzfta_says_all_that_it_loses() -> None:
    document = make_certificate(
        agreement="AANZFTA", items__0__origin_criterion={"bases": ["CTH"]}, issuing_country="TH"
    )
    rendering = ADAPTER.from_canonical(document)
    assert {each.path.removeprefix("CertificateOfOrigin/") for each in rendering.losses} == {
        "Edition",
        "IssuingOffice",
        "Exporter/NationalName[1]",
        "Consignee/NationalName[1]",
        "Transport/Mode",
        "Item[1]/MarksAndNumbers",
        "Item[1]/Package[1]",
        "Item[1]/NationalDescription[1]",
        "Item[1]/Quantity",
        "Item[1]/CommodityCode/@nomenclature",
        "Item[1]/TrademarkName",
        "Item[1]/GrossMeasure",
        "Item[1]/FobAmount",
        "ExporterDeclaration/Place",
        "ExporterDeclaration/SignatoryName",
        "Certification/AuthorityName",
        "Certification/Place",
        "Certification/SignatoryName",
    }


def test_refuses_to_write_without_the_shipment_date_that_the_form_must_have() -> None:
    document = read(Sample(ADAPTER, "certificate-wine.json").raw)
    transport = document.transport.model_copy(update={"departure_date": None})
    with pytest.raises(RefusedError) as refusal:
        ADAPTER.from_canonical(document.model_copy(update={"transport": transport}))
    assert refusal.value.code == "adapter.mandatory_loss"
    assert [each.path for each in refusal.value.findings] == [
        "CertificateOfOrigin/Transport/DepartureDate"
    ]


# --- what others published ---------------------------------------------------------------------


def faults(payload: bytes) -> list[str]:
    """What the published schema has against a payload."""
    validator = Draft202012Validator(load_published(SCHEMA), format_checker=FormatChecker())
    return [
        f"{each.json_path}: {each.message}" for each in validator.iter_errors(json.loads(payload))
    ]


@pytest.mark.parametrize("name", ["certificate-wine.json", "credential-several-lines.json"])
def test_writes_what_the_published_schema_accepts(name: str) -> None:
    document = read(Sample(ADAPTER, name).raw)
    assert faults(ADAPTER.from_canonical(document).payload) == []


def test_reads_the_published_certificate_and_writes_it_again() -> None:
    raw = find_published(PUBLISHED).read_bytes()
    assert not check_payload(ADAPTER, raw)
    assert not check_between(ADAPTER, VIETNAM, raw)
    document = read(raw)
    assert str(document.key) == "AU:AANZFTA:23343"
    assert document.exporter_declaration.importing_country == "SG"
    assert [item.origin_criterion.bases for item in document.items] == [("WP",), ("PSR",)]
    rendering = ADAPTER.from_canonical(document)
    assert rendering.losses == ()
    assert faults(rendering.payload) == []


def test_says_that_images_of_signatures_have_no_place() -> None:
    reading = ADAPTER.to_canonical(find_published(PUBLISHED).read_bytes())
    lost = {each.national_path for each in reading.findings if each.code == "adapter.loss"}
    assert {
        "credentialSubject.firstSignatoryAuthentication.signature",
        "credentialSubject.secondSignatoryAuthentication.signature",
    } <= lost
    assert not any(each.path for each in reading.findings)


def test_the_own_schema_says_of_the_published_certificate_what_the_published_one_says() -> None:
    schema = build_json_schema(Certificate)
    subject = load_published(PUBLISHED)["credentialSubject"]
    for validator in (Draft202012Validator(schema), Draft202012Validator(load_published(SCHEMA))):
        assert list(validator.iter_errors(subject)) == []
        for member in ("supplyChainConsignment", "firstSignatoryAuthentication"):
            without = {name: value for name, value in subject.items() if name != member}
            assert len(list(validator.iter_errors(without))) == 1
