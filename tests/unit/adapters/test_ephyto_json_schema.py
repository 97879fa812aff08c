"""What a certificate says has a place in UN/CEFACT's JSON schema of the same name (D23B).

ePhyto exchanges XML of an earlier version, so nothing reads or writes this JSON. The schema is
wider, and its code lists are whole: it judges names, codes and structure of what we carry. What it
has no place for is listed here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from jsonschema import Draft202012Validator

from swb_adapters.ephyto import ADAPTER
from swb_schemas.data_classes import list_elements
from swb_schemas.documents import PhytosanitaryCertificate
from swb_schemas.documents.sps import CertificateStatus
from tests.sps import make_sps
from tests.unit.adapters.standards import find_published

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb_schemas.documents.elements import LocalText
    from swb_schemas.documents.sps import Moment, Note, SpsCertificate, SpsParty, TradeLine

SCHEMA: Final = "uncefact/UNECE-SPSCertificate.json"
PUBLISHED: Final = "ephyto/src/test/resources/SPSCertificateContent.xml"
STATUS: Final = {
    CertificateStatus.APPROVED: "39",
    CertificateStatus.WITHDRAWN: "40",
    CertificateStatus.REJECTED: "41",
    CertificateStatus.ISSUED: "70",
}
NO_PLACE: Final = {
    "Item/Treatment/Characteristic/Description",
    "Item/Treatment/Characteristic/Measure",
    "Item/Treatment/Duration",
    "Consignor/Identifier/Scheme",
    "Consignee/Identifier/Scheme",
    "Reference/Attachment/FileName",
    "Extensions",
}
"""Elements that stand nowhere in the JSON, or only among values of another meaning."""


def content(value: object) -> dict[str, str]:
    return {"content": str(value)}


def texts(values: Iterable[LocalText]) -> list[dict[str, str]]:
    return [content(each.value) for each in values]


def instant(moment: Moment) -> str:
    """The schema's type of times is an instant; where a place tells less, midnight UTC stands."""
    return f"{moment.day}T{moment.time or '00:00:00'}{moment.offset or 'Z'}"


def without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in values.items() if each not in (None, [], {})}


def note(each: Note) -> dict[str, Any]:
    words = [content(each.content.value)] if each.content else []
    subject = content(each.subject) if each.subject else None
    return without_nothing({"subject": subject, "content": words})


def party(each: SpsParty | None) -> dict[str, Any] | None:
    if each is None:
        return None
    lines = zip(
        ("lineOne", "lineTwo", "lineThree", "lineFour", "lineFive"),
        each.address_lines,
        strict=False,
    )
    return without_nothing(
        {
            "name": [content(each.name)] if each.name else [],
            "typeCode": [content(identifier.number) for identifier in each.identifiers],
            "postalTradeAddress": {name: content(line) for name, line in lines},
        }
    )


def country(code: str, name: str | None = None) -> dict[str, Any]:
    return without_nothing({"id": [content(code)], "name": [content(name)] if name else []})


def measure(value: Any) -> list[dict[str, str]]:  # noqa: ANN401 - any measure
    return [{"content": f"{value.value:f}", "unitCode": value.unit}] if value else []


def line(each: TradeLine) -> dict[str, Any]:
    product = {
        "description": [content("\n".join(one.value for one in each.descriptions))],
        "commonName": texts(each.common_names),
        "scientificName": texts(each.scientific_names),
        "intendedUse": texts(each.intended_uses),
        "netWeight": measure(each.net_weight),
        "grossWeight": measure(each.gross_weight),
        "netVolume": measure(each.net_volume),
        "grossVolume": measure(each.gross_volume),
        "designatedProductClassification": [
            without_nothing(
                {
                    "systemName": [content(one.system_name)] if one.system_name else [],
                    "classCode": content(one.class_code) if one.class_code else None,
                }
            )
            for one in each.classifications
        ],
        "originTradeCountry": [country(one.code, one.name) for one in each.origins if one.code],
    }
    packages = [
        without_nothing(
            {
                "itemQuantity": content(f"{one.count:f}"),
                "levelCode": content(one.level_code or "1"),
                "typeCode": content(one.type_code) if one.type_code else None,
            }
        )
        for one in each.packages
    ]
    periods = [
        without_nothing(
            {
                "startDateTime": instant(one.started) if one.started else None,
                "endDateTime": instant(one.ended) if one.ended else None,
            }
        )
        for one in each.treatments
    ]
    return without_nothing(
        {
            "sequenceNumeric": [content(each.sequence_number)],
            "specifiedTradeProduct": [without_nothing(product)],
            "additionalInformationNote": [note(one) for one in each.notes],
            "physicalReferencedLogisticsPackage": packages,
            "appliedProductHandlingProcess": [
                {"completionPeriod": period} for period in periods if period
            ],
        }
    )


def spell(certificate: SpsCertificate) -> dict[str, Any]:
    """Spell a certificate by the names of the schema."""
    document = {
        "id": content(certificate.reference_number),
        "typeCode": content(certificate.type_code),
        "statusCode": content(STATUS[certificate.status]),
        "issueDateTime": instant(certificate.issued),
        "includedNote": [note(each) for each in certificate.notes],
        "issuer": {"name": [content(certificate.issuer_name)]} if certificate.issuer_name else None,
    }
    consignment = {
        "consignor": party(certificate.consignor),
        "consignee": party(certificate.consignee),
        "exportTradeCountry": country(certificate.export_country.code),
        "importTradeCountry": country(certificate.import_country.code),
        "transitTradeCountry": [country(each.code) for each in certificate.transit_countries],
        "mainCarriageLogisticsTransportMovement": [
            without_nothing({"modeCode": content(each.mode) if each.mode else None})
            for each in certificate.carriage
        ],
        "includedConsignmentItem": [
            {"includedTradeLineItem": [line(each) for each in certificate.items]}
        ],
    }
    return {
        "exchangedDocument": without_nothing(document),
        "specifiedConsignment": [without_nothing(consignment)],
    }


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(find_published(SCHEMA).read_text(encoding="utf-8")))


def faults(schema: Draft202012Validator, certificate: SpsCertificate) -> list[str]:
    return [
        "/".join(map(str, best.absolute_path))
        for each in schema.iter_errors(spell(certificate))
        for best in [min(each.context or [each], key=lambda one: -len(one.absolute_path))]
    ]


@pytest.mark.parametrize("status", list(CertificateStatus))
def test_our_certificate_and_its_codes_hold_by_the_schema_but_for_the_status_of_ephyto(
    schema: Draft202012Validator, status: CertificateStatus
) -> None:
    """UNTDID 1373 of D23B ends at 51; ePhyto's code for what is issued, 70, is not in it."""
    expected = ["exchangedDocument/statusCode/content"] if STATUS[status] == "70" else []
    assert faults(schema, make_sps(status=status.value)) == expected


def test_the_published_certificate_holds_by_the_schema(schema: Draft202012Validator) -> None:
    document = ADAPTER.to_canonical(find_published(PUBLISHED).read_bytes()).document
    assert isinstance(document, PhytosanitaryCertificate)
    assert document.status is CertificateStatus.ISSUED
    assert faults(schema, document) == ["exchangedDocument/statusCode/content"]


WRONG: Final[dict[str, dict[str, Any]]] = {
    "a type that no list has": {"type_code": "99999"},
    "a country that no list has": {"import_country": {"code": "QQ"}},
    "a package that no list has": {"items__0__packages": [{"type_code": "zz", "count": "1"}]},
    "a unit that no list has": {"items__0__net_weight": {"unit": "QQQ", "value": "1"}},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_the_schema_notices_a_wrong_code(
    schema: Draft202012Validator, changes: dict[str, Any]
) -> None:
    assert faults(schema, make_sps(status="WITHDRAWN", **changes)) != []


def test_what_has_no_place_is_an_element_of_ours() -> None:
    elements = {each.partition("/")[2] for each in list_elements(PhytosanitaryCertificate)}
    assert elements >= NO_PLACE
