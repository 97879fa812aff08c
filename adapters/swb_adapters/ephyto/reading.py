"""Reading an SPSCertificate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.ephyto.codes import STATUSES, UNDETERMINED
from swb_adapters.ephyto.moments import parse_moment
from swb_adapters.ephyto.paths import paths_of
from swb_adapters.ephyto.tree import read_tree
from swb_adapters.sdk import (
    Reading,
    Unreadable,
    attempt,
    build_document,
    fold_foreign_text,
    parse_decimal,
    parse_payload,
    parse_whole_number,
    refuse,
)
from swb_schemas.errors import RefusedError
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from swb_adapters.ephyto.tree import Node
    from swb_adapters.sdk import MessageSupport
    from swb_schemas.documents.sps import CertificateStatus, SpsCertificate

__all__ = ["read_payload"]

_Values = dict[str, Any]
_LINES: Final = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")


def read_payload(
    raw: bytes, supports: dict[str, tuple[MessageSupport, type[SpsCertificate]]]
) -> Reading:
    """Read one payload.

    Args:
        raw: The payload.
        supports: What is read, by type code.

    Raises:
        RefusedError: See `swb_adapters.sdk.Adapter`.
    """
    tree, findings = read_tree(parse_payload(raw))
    code = tree.spell("SPSExchangedDocument", "TypeCode") or ""
    if code not in supports:
        message = f"expected a certificate of type {' or '.join(supports)}, found {code[:8]!r}"
        raise refuse("adapter.unsupported", message, national_path=f"{_DOCUMENT}/TypeCode", path="")
    support, model = supports[code]
    values, lines = _certificate(tree)
    paths = paths_of(model.__name__, lines)
    return Reading(
        message_type=support.message_type,
        document=build_document(model, values, paths=paths),
        findings=tuple(findings),
        paths=paths,
    )


_DOCUMENT: Final = "SPSCertificate/SPSExchangedDocument"


def _certificate(tree: Node) -> tuple[_Values, tuple[int, ...]]:
    """Collect the values, and how many lines each consignment item has."""
    values: _Values = {}
    head = tree.one("SPSExchangedDocument")
    if head is not None:
        values |= {
            "Name": head.spell("Name"),
            "ReferenceNumber": head.spell("ID"),
            "TypeCode": head.spell("TypeCode"),
            "Status": attempt(_parse_status, head.spell("StatusCode")),
            "Issued": _moment(head, "IssueDateTime"),
            "IssuerName": head.spell("IssuerSPSParty", "Name"),
            "Note": _filled(_note(each) for each in head.all("IncludedSPSNote")),
            "Reference": _filled(map(_reference, head.all("ReferenceSPSReferencedDocument"))),
            "Authentication": _authentication(head.one("SignatorySPSAuthentication")),
        }
    goods = tree.one("SPSConsignment")
    if goods is None:
        return values, ()
    lines = [each.all("IncludedSPSTradeLineItem") for each in _items(goods)]
    values |= {
        "Consignor": _party(goods.one("ConsignorSPSParty")),
        "Consignee": _party(goods.one("ConsigneeSPSParty")),
        "ExportCountry": _country(goods.one("ExportSPSCountry")),
        "ImportCountry": _country(goods.one("ImportSPSCountry")),
        "TransitCountry": _filled(map(_country, goods.all("TransitSPSCountry"))),
        "PortOfEntry": _country(goods.one("UnloadingBaseportSPSLocation")),
        "ExaminationPlace": goods.spell("ExaminationSPSEvent", "OccurrenceSPSLocation", "Name"),
        "Carriage": _filled(map(_movement, goods.all("MainCarriageSPSTransportMovement"))),
        "Equipment": _equipment(goods.one("UtilizedSPSTransportEquipment")),
        "Item": [
            _line(line, number, item.spell("NatureIdentificationSPSCargo", "TypeCode"))
            for number, (item, of_item) in enumerate(zip(_items(goods), lines, strict=True), 1)
            for line in of_item
        ],
    }
    return values, tuple(len(each) for each in lines)


def _items(goods: Node) -> list[Node]:
    return goods.all("IncludedSPSConsignmentItem")


def _parse_status(code: str) -> CertificateStatus:
    found = STATUSES.get(code)
    if found is None:
        message = f"expected one of {', '.join(STATUSES)}, found {quote_value(code)}"
        raise RefusedError("adapter.value", message)
    return found


def _moment(parent: Node, tag: str) -> object:
    """Read a time, which stands in an element of its own or directly in this one."""
    found = parent.spell(tag, "DateTimeString") or parent.spell(tag)
    return attempt(parse_moment, found)


def _some(values: _Values) -> _Values | None:
    """Values that say something, or none."""
    return values if any(value not in (None, []) for value in values.values()) else None


def _filled(entries: Iterable[_Values | None]) -> list[_Values]:
    """Entries that say something: an empty element is none, and would not be written again."""
    return [each for each in entries if each is not None and _some(each) is not None]


def _text(node: Node | None) -> _Values | None:
    if node is None:
        return None
    text = fold_foreign_text(node.text, lines=True)
    if not text:
        return None
    return {_LANG: node.attributes.get("languageID") or UNDETERMINED, "Value": text}


_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def _texts(parent: Node, tag: str) -> list[_Values]:
    return [text for each in parent.all(tag) if (text := _text(each))]


def _measure(node: Node | None) -> _Values | None:
    if node is None:
        return None
    text = node.text.strip()
    bare = text if text.startswith("-+") else text.removeprefix("-")
    value: object = attempt(_parse_decimal, bare)
    if text.startswith("-") and not isinstance(value, Unreadable):
        value = -value if value else value  # type: ignore[operator]  # a Decimal
    return {"unit": node.attributes.get("unitCode"), "Value": value}


def _parse_decimal(text: str) -> Decimal:
    """Read a number as XML Schema spells one: ``+5``, ``.5`` and ``5.`` are numbers too."""
    if match := _DECIMAL.fullmatch(text):
        text = f"{match[1] or '0'}.{match[2]}" if match[2] else match[1] or text
    return parse_decimal(text)


_DECIMAL: Final = re.compile(r"\+?([0-9]*)(?:\.([0-9]*))?")


def _note(node: Node) -> _Values:
    return {"Subject": node.spell("Subject"), "Content": _text(node.one("Content"))}


def _notes(line: Node) -> list[_Values]:
    """A note of a line for each of its contents; those of a process stand behind."""
    found = [*line.all(_NOTE)]
    for process in line.all("AppliedSPSProcess"):
        found += process.all(_NOTE)
    return _filled(
        {"Subject": note.spell("Subject"), "Content": content}
        for note in found
        for content in (*_texts(note, "Content"),) or (None,)
    )


_NOTE: Final = "AdditionalInformationSPSNote"


def _reference(node: Node) -> _Values:
    attachment = node.one("AttachmentBinaryObject")
    return {
        "Issued": _moment(node, "IssueDateTime"),
        "TypeCode": node.spell("TypeCode"),
        "RelationshipCode": node.spell("RelationshipTypeCode"),
        "ReferenceNumber": node.spell("ID"),
        "Information": _text(node.one("Information")),
        "Attachment": attachment
        and {
            "FileName": fold_foreign_text(attachment.attributes.get("filename", "")) or None,
            "Content": "".join(attachment.text.split()),
        },
    }


def _authentication(node: Node | None) -> _Values | None:
    return (
        None
        if node is None
        else _some(
            {
                "Signed": _moment(node, "ActualDateTime"),
                "Place": node.spell("IssueSPSLocation", "Name"),
                "AuthorityName": node.spell("ProviderSPSParty", "Name"),
                "SignatoryName": node.spell("ProviderSPSParty", "SpecifiedSPSPerson", "Name"),
                "Clause": _filled(
                    {
                        "Number": attempt(parse_whole_number, each.spell("ID")),
                        "Content": fold_foreign_text(content.text, lines=True)
                        if (content := each.one("Content"))
                        else None,
                    }
                    for each in node.all("IncludedSPSClause")
                ),
            }
        )
    )


def _party(node: Node | None) -> _Values | None:
    return (
        None
        if node is None
        else _some(
            {
                "Name": node.spell("Name"),
                "Identifier": [
                    {
                        "Scheme": fold_foreign_text(each.attributes.get("listName", "")) or None,
                        "Number": fold_foreign_text(each.text),
                    }
                    for each in node.all("TypeCode")
                ],
                "AddressLine": [
                    line for name in _LINES if (line := node.spell("SpecifiedSPSAddress", name))
                ],
            }
        )
    )


def _country(node: Node | None) -> _Values | None:
    return None if node is None else _some({"Code": node.spell("ID"), "Name": node.spell("Name")})


def _movement(node: Node) -> _Values:
    return {
        "JourneyNumber": node.spell("ID"),
        "Mode": node.spell("ModeCode"),
        "MeansName": node.spell("UsedSPSTransportMeans", "Name"),
    }


def _equipment(node: Node | None) -> _Values | None:
    return (
        None
        if node is None
        else _some({"Number": node.spell("ID"), "SealNumber": node.spell("AffixedSPSSeal", "ID")})
    )


def _line(node: Node, consignment_item: int, cargo: str | None) -> _Values:
    return {
        "SequenceNumber": attempt(parse_whole_number, node.spell("SequenceNumeric")),
        "ConsignmentItem": consignment_item,
        "CargoTypeCode": cargo,
        "Description": _texts(node, "Description"),
        "CommonName": _texts(node, "CommonName"),
        "ScientificName": _texts(node, "ScientificName"),
        "IntendedUse": _texts(node, "IntendedUse"),
        "NetWeight": _measure(node.one("NetWeightMeasure")),
        "GrossWeight": _measure(node.one("GrossWeightMeasure")),
        "NetVolume": _measure(node.one("NetVolumeMeasure")),
        "GrossVolume": _measure(node.one("GrossVolumeMeasure")),
        "Note": _notes(node),
        "Classification": _filled(
            {
                "SystemName": each.spell("SystemName"),
                "ClassCode": each.spell("ClassCode"),
                "ClassName": _texts(each, "ClassName"),
            }
            for each in node.all("ApplicableSPSClassification")
        ),
        "Package": _filled(
            {
                "LevelCode": each.spell("LevelCode"),
                "TypeCode": each.spell("TypeCode"),
                "Count": attempt(_parse_decimal, each.spell("ItemQuantity")),
            }
            for each in node.all("PhysicalSPSPackage")
        ),
        "Origin": _filled(
            {
                "Code": each.spell("ID"),
                "Name": each.spell("Name"),
                "SubdivisionName": each.spell(_DIVISION, "Name"),
                "SubdivisionLevel": each.spell(_DIVISION, "HierarchicalLevelCode"),
            }
            for each in node.all("OriginSPSCountry")
        ),
        "Treatment": _filled(map(_treatment, node.all("AppliedSPSProcess"))),
    }


_DIVISION: Final = "SubordinateSPSCountrySubDivision"


def _treatment(node: Node) -> _Values:
    period = node.one("CompletionSPSPeriod")
    return {
        "TypeCode": node.spell("TypeCode"),
        "Started": _moment(period, "StartDateTime") if period else None,
        "Ended": _moment(period, "EndDateTime") if period else None,
        "Duration": _measure(node.one("CompletionSPSPeriod", "DurationMeasure")),
        "Characteristic": _filled(
            {
                "Description": _texts(each, "Description"),
                "Measure": _measure(each.one("ValueMeasure")),
            }
            for each in node.all("ApplicableSPSProcessCharacteristic")
        ),
    }
