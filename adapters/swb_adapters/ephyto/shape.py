"""The shape of an SPSCertificate as the ePhyto hub's types have it: one table, read and written by.

The hub's types (WSDL of the hub, SPSCertificate 17 with aggregates 21) fix the order of elements,
have fewer attributes than UN/CEFACT's own schema, and leave four elements without a namespace.
What deviates is read all the same where its meaning is plain, and said; see `tree`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ANY_NUMBER", "CERTIFICATE", "RAM", "RSM", "UDT", "Shape"]

RSM: Final = "urn:un:unece:uncefact:data:standard:SPSCertificate:17"
RAM: Final = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
UDT: Final = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21"

ANY_NUMBER: Final = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """One element.

    Attributes:
        tag: Local name.
        children: What stands in it, in order.
        most: How often it may stand; `ANY_NUMBER` for any number.
        mandatory: Whether it must.
        attributes: Names of the attributes that it may have.
        namespace: In which it is; empty for none.
    """

    tag: str
    children: tuple[Shape, ...] = ()
    most: int = 1
    mandatory: bool = False
    attributes: tuple[str, ...] = ()
    namespace: str = RAM


def _one(tag: str, *children: Shape, mandatory: bool = False) -> Shape:
    return Shape(tag, children, mandatory=mandatory)


def _many(tag: str, *children: Shape) -> Shape:
    return Shape(tag, children, most=ANY_NUMBER)


def _text(tag: str, *, many: bool = False) -> Shape:
    """Text with its language."""
    return Shape(tag, most=ANY_NUMBER if many else 1, attributes=("languageID",))


def _measure(tag: str) -> Shape:
    return Shape(tag, attributes=("unitCode",))


def _moment(tag: str) -> Shape:
    return _one(tag, Shape("DateTimeString", namespace=UDT))


def _party(tag: str) -> Shape:
    lines = (_one(f"Line{number}") for number in ("One", "Two", "Three", "Four", "Five"))
    number = Shape("TypeCode", most=ANY_NUMBER, attributes=("listName",))
    return _one(tag, _one("Name"), number, _one("SpecifiedSPSAddress", *lines))


_NOTE: Final = (_one("Subject"), _text("Content"))
_LINE_NOTE: Final = (_one("Subject"), _text("Content", many=True))

_DOCUMENT: Final = Shape(
    "SPSExchangedDocument",
    (
        _one("Name"),
        _one("ID"),
        _one("TypeCode", mandatory=True),
        _one("StatusCode", mandatory=True),
        _moment("IssueDateTime"),
        _one("IssuerSPSParty", _one("Name")),
        _many("IncludedSPSNote", *_NOTE),
        _many(
            "ReferenceSPSReferencedDocument",
            _moment("IssueDateTime"),
            _one("TypeCode", mandatory=True),
            _one("RelationshipTypeCode"),
            _one("ID"),
            Shape("AttachmentBinaryObject", attributes=("filename",)),
            _text("Information"),
        ),
        _one(
            "SignatorySPSAuthentication",
            _moment("ActualDateTime"),
            _one("IssueSPSLocation", _one("Name")),
            _one("ProviderSPSParty", _one("Name"), _one("SpecifiedSPSPerson", _one("Name"))),
            _many("IncludedSPSClause", _one("ID", mandatory=True), _one("Content")),
        ),
    ),
    namespace=RSM,
)

_PROCESS: Final = _many(
    "AppliedSPSProcess",
    _one("TypeCode"),
    _one(
        "CompletionSPSPeriod",
        _moment("StartDateTime"),
        _moment("EndDateTime"),
        _measure("DurationMeasure"),
    ),
    _many(
        "ApplicableSPSProcessCharacteristic",
        _text("Description", many=True),
        _measure("ValueMeasure"),
    ),
)

_LINE: Final = _many(
    "IncludedSPSTradeLineItem",
    _one("SequenceNumeric", mandatory=True),
    _text("Description", many=True),
    _text("CommonName", many=True),
    _text("ScientificName", many=True),
    _text("IntendedUse", many=True),
    _measure("NetWeightMeasure"),
    _measure("GrossWeightMeasure"),
    _measure("NetVolumeMeasure"),
    _measure("GrossVolumeMeasure"),
    _many("AdditionalInformationSPSNote", *_LINE_NOTE),
    _many(
        "ApplicableSPSClassification",
        _one("SystemName"),
        _one("ClassCode"),
        _text("ClassName", many=True),
    ),
    _many(
        "PhysicalSPSPackage",
        _one("LevelCode"),
        _one("TypeCode"),
        _one("ItemQuantity", mandatory=True),
    ),
    _many(
        "OriginSPSCountry",
        _one("ID"),
        _one("Name"),
        _one("SubordinateSPSCountrySubDivision", _one("Name"), _one("HierarchicalLevelCode")),
    ),
    _PROCESS,
)

_CONSIGNMENT: Final = Shape(
    "SPSConsignment",
    (
        _party("ConsignorSPSParty"),
        _party("ConsigneeSPSParty"),
        _one("ExportSPSCountry", _one("ID"), _one("Name")),
        _one("ImportSPSCountry", _one("ID"), _one("Name")),
        _many("TransitSPSCountry", _one("ID"), _one("Name")),
        _one("UnloadingBaseportSPSLocation", _one("ID"), _one("Name")),
        _one("ExaminationSPSEvent", _one("OccurrenceSPSLocation", _one("Name"))),
        _many(
            "MainCarriageSPSTransportMovement",
            _one("ID"),
            _one("ModeCode", mandatory=True),
            _one("UsedSPSTransportMeans", _one("Name")),
        ),
        _one(
            "UtilizedSPSTransportEquipment",
            Shape("ID", namespace=""),
            _one("AffixedSPSSeal", Shape("ID", namespace="")),
        ),
        _many(
            "IncludedSPSConsignmentItem",
            Shape("NatureIdentificationSPSCargo", (Shape("TypeCode", namespace=""),), namespace=""),
            _LINE,
        ),
    ),
    namespace=RSM,
)

CERTIFICATE: Final = Shape("SPSCertificate", (_DOCUMENT, _CONSIGNMENT), namespace=RSM)
"""The whole."""
