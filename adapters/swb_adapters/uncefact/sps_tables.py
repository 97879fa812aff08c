"""An SPSCertificate in JSON, element by element; one table for each kind of certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    LINES,
    NUMBER,
    AnyRow,
    Group,
    Presumed,
    Row,
    Table,
    codes,
)
from swb_adapters.uncefact.sps_syntax import MORE, spell_sps
from swb_adapters.uncefact.sps_values import (
    DAY_OR_INSTANT,
    EXACT_TIME,
    INSTANT,
    LANGUAGE,
    SIGNED,
    STATUS,
    UNDETERMINED,
    listed,
)
from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.sps import CertificateStatus

if TYPE_CHECKING:
    from swb_schemas.documents.sps import SpsCertificate

__all__ = ["SPS_TABLES"]

_Rows = tuple[AnyRow, ...]
_HEAD: Final = "exchangedDocument"
_GOODS: Final = "specifiedConsignment+"
_SIGNS: Final = "firstSignatoryDocumentAuthentication"
_NO_CODE: Final = "where the standard's list has no such code"


def _text(element: str, place: str) -> _Rows:
    """A text with its language."""
    own = "" if element == "." else f"{element}/"
    return (
        Row(f"{own}@xml:lang", f"{place}languageId", LANGUAGE),
        Row(f"{own}@xml:lang", f"{place}{MORE}/languageId", CODE, _NO_CODE, spare=True),
        Presumed(f"{own}@xml:lang", UNDETERMINED, "no language is named"),
        Row(element, f"{place}content", LINES),
    )


def _texts(element: str, place: str) -> Group:
    return Group(f"{element}[*]", f"{place}[*]", *_text(".", ""))


def _measure(element: str, place: str) -> _Rows:
    return (
        Row(f"{element}/@unit", f"{place}/unitCode", CODE),
        Row(element, f"{place}/content", DECIMAL),
    )


def _time(element: str, before: str, name: str) -> _Rows:
    return (
        Row(element, f"{before}{name}", INSTANT),
        Row(
            element, f"{before}{MORE}/{name}", EXACT_TIME, "where the hour is not told", spare=True
        ),
    )


def _code(element: str, place: str, words: str, pattern: str) -> _Rows:
    """A code of a list that is closed, and a place for any other."""
    before, _, name = place.rpartition("/")
    ours = f"{before}/{MORE}/{name}" if before else f"{MORE}/{name}"
    return (
        Row(element, f"{place}/content", listed(words, pattern)),
        Row(element, ours, CODE, _NO_CODE, spare=True),
    )


_DOCUMENT_CODE: Final = ("type of document of UNTDID 1001", r"[1-9]\d{0,2}")
_NOTE: Final = (
    Row("Subject", "subject/content"),
    *_text("Content", "content+/"),
)
_REFERENCE: Final = (
    *_code("TypeCode", "typeCode", *_DOCUMENT_CODE),
    *_code("RelationshipCode", "relationshipTypeCode", "relation of UNTDID 1153", r"[A-Z]{2,3}"),
    Row("ReferenceNumber", "id+/content"),
    Row("Attachment/FileName", "attachmentBinaryObject+/filename"),
    Row("Attachment/Content", "attachmentBinaryObject+/content", CODE),
    *_text("Information", "information+/"),
    Row("Issued", "issueDateTime", DAY_OR_INSTANT),
    Row("Issued", f"{MORE}/issueDateTime", EXACT_TIME, "a time without zone", spare=True),
)
_PARTY: Final = (
    Group(
        "Identifier[*]",
        "typeCode[*]",
        Row("Number", "content"),
        Row("Scheme", f"{MORE}/scheme"),
    ),
    Row("Name", "name+/content"),
    Row("AddressLine[*]", "postalTradeAddress/line[*]"),
)
_COUNTRY: Final = (Row("Code", "id+/content", CODE), Row("Name", "name+/content"))
_MOVEMENT: Final = (
    Row("Mode", "modeCode/content", CODE),
    Row("JourneyNumber", "id/content"),
    Row("MeansName", "usedLogisticsTransportMeans/name/content"),
)
_TREATMENT: Final = (
    *_code("TypeCode", "typeCode", "process of UNTDID 7187", r"[1-9]\d{0,2}|ZZZ"),
    *_measure("Duration", "completionPeriod/duration+"),
    *_time("Started", "completionPeriod/", "startDateTime"),
    *_time("Ended", "completionPeriod/", "endDateTime"),
    Group(
        "Characteristic[*]",
        f"{MORE}/characteristic[*]",
        _texts("Description", "text"),
        Row("Measure/@unit", "value/unitCode", CODE),
        Row("Measure", "value/content", SIGNED),
    ),
)
_DIVISION: Final = "subordinateTradeCountrySubDivision+"
_PRODUCT: Final = "specifiedTradeProduct+"
_LINE: Final = (
    Row("ConsignmentItem", "consignmentItem/number", NUMBER, "by position"),
    Row("CargoTypeCode", "consignmentItem/cargo", note="natureIdCargo"),
    Row("SequenceNumber", "sequenceNumeric+/content", NUMBER),
    _texts("Description", f"{_PRODUCT}/description"),
    *_measure("NetWeight", f"{_PRODUCT}/netWeight+"),
    *_measure("GrossWeight", f"{_PRODUCT}/grossWeight+"),
    *_measure("NetVolume", f"{_PRODUCT}/netVolume+"),
    *_measure("GrossVolume", f"{_PRODUCT}/grossVolume+"),
    _texts("CommonName", f"{_PRODUCT}/commonName"),
    _texts("ScientificName", f"{_PRODUCT}/scientificName"),
    _texts("IntendedUse", f"{_PRODUCT}/intendedUse"),
    Group(
        "Classification[*]",
        f"{_PRODUCT}/designatedProductClassification[*]",
        Row("SystemName", "systemName+/content"),
        Row("ClassCode", "classCode/content"),
        _texts("ClassName", "className"),
    ),
    Group(
        "Origin[*]",
        f"{_PRODUCT}/originTradeCountry[*]",
        *_COUNTRY,
        Row("SubdivisionName", f"{_DIVISION}/name+/content"),
        Row("SubdivisionLevel", f"{_DIVISION}/hierarchicalLevelCode/content", CODE),
    ),
    Group("Note[*]", "additionalInformationNote[*]", *_NOTE),
    Group(
        "Package[*]",
        "physicalReferencedLogisticsPackage[*]",
        Row("Count", "itemQuantity/content", DECIMAL),
        Row("LevelCode", "levelCode/content", CODE),
        Row("TypeCode", "typeCode/content", CODE),
    ),
    Group("Treatment[*]", "appliedProductHandlingProcess[*]", *_TREATMENT),
)


def _make_table(model: type[SpsCertificate]) -> Table:
    own = {code: code for code in sorted(model.type_codes, reverse=True)}
    issued = {CertificateStatus.ISSUED: "ISSUED"}
    return Table(
        model,
        Row("ReferenceNumber", f"{_HEAD}/id/content"),
        Row("Name", f"{_HEAD}/name+/content"),
        Row("TypeCode", f"{_HEAD}/typeCode/content", codes("kind (UNTDID 1001)", own)),
        Row("Status", f"{_HEAD}/statusCode/content", STATUS),
        Row("Status", f"{_HEAD}/{MORE}/status", codes("status", issued), _NO_CODE, spare=True),
        *_time("Issued", f"{_HEAD}/", "issueDateTime"),
        Group("Note[*]", f"{_HEAD}/includedNote[*]", *_NOTE),
        Group("Reference[*]", f"{_HEAD}/referenceReferencedDocument[*]", *_REFERENCE),
        Group(
            "Authentication",
            f"{_HEAD}/{_SIGNS}",
            *_time("Signed", "", "actualDateTime"),
            Row("AuthorityName", "provider/name+/content"),
            Row(
                "SignatoryName",
                "provider/specifiedAuthoritativeSignatoryPerson+/name/content",
            ),
            Row("Place", "issueLogisticsLocation/name+/content"),
            Group(
                "Clause[*]",
                f"{MORE}/clause[*]",
                Row("Number", "id", NUMBER),
                Row("Content", "content", LINES),
            ),
        ),
        Row("IssuerName", f"{_HEAD}/issuer/name+/content"),
        Group("Consignor", f"{_GOODS}/consignor", *_PARTY),
        Group("Consignee", f"{_GOODS}/consignee", *_PARTY),
        Group("PortOfEntry", f"{_GOODS}/unloadingBaseportLogisticsLocation", *_COUNTRY),
        Row(
            "ExaminationPlace",
            f"{_GOODS}/examinationEvent+/occurrenceLogisticsLocation/name+/content",
        ),
        Group("Item[*]", f"{_GOODS}/includedTradeLineItem[*]", *_LINE),
        Group(
            "Equipment",
            f"{_GOODS}/utilizedLogisticsTransportEquipment+",
            Row("Number", "id/content"),
            Row("SealNumber", "affixedLogisticsSeal+/id+/content"),
        ),
        Group("Carriage[*]", f"{_GOODS}/mainCarriageLogisticsTransportMovement[*]", *_MOVEMENT),
        Group("TransitCountry[*]", f"{_GOODS}/transitTradeCountry[*]", *_COUNTRY),
        Group("ImportCountry", f"{_GOODS}/importTradeCountry", *_COUNTRY),
        Group("ExportCountry", f"{_GOODS}/exportTradeCountry", *_COUNTRY),
        spell=spell_sps,
    )


SPS_TABLES: Final = {
    model.__name__: _make_table(model)
    for model in (PhytosanitaryCertificate, AnimalHealthCertificate, FoodSafetyCertificate)
}
"""By name of the document's type."""
