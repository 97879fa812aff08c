"""A UBL ``CertificateOfOrigin``, box by box: one table in the order of the published XSD.

What UBL has no place for stands in one extension of our own (``swb:``).
"""

from __future__ import annotations

from typing import Any, Final

from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    ISO_DATE,
    LINES,
    NUMBER,
    TEXT,
    AnyRow,
    Conversion,
    Derived,
    Fixed,
    Group,
    Ignored,
    Row,
    Table,
    Tick,
    codes,
    criterion,
)
from swb_adapters.sdk.values import fold_foreign_text
from swb_adapters.ubl.syntax import EXTENSION_URI
from swb_schemas.documents import CertificateOfOrigin

__all__ = ["CERTIFICATE"]

_EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension(SWB)"
_OURS: Final = f"{_EXTENSION}/ext:ExtensionContent/swb:FormD"
_APPLICATION: Final = "cac:CertificateOfOriginApplication"
_SHIPMENT: Final = f"{_APPLICATION}/cac:Shipment"
_STAGE: Final = f"{_SHIPMENT}/cac:ShipmentStage"
_EXPORTER_SIGNS: Final = f"{_APPLICATION}/cac:EndorserParty"
_ENDORSEMENT: Final = "cac:IssuerEndorsement"
_ISSUER_SIGNS: Final = f"{_ENDORSEMENT}/cac:EndorserParty"
_CITY: Final = "cac:Party/cac:PostalAddress/cbc:CityName"
_MUST: Final = "the schema demands it"
_TELLS: Final = "tells which of several it is"


def _join(texts: list[str]) -> str:
    return "\n".join(fold_foreign_text(text) for text in texts if text.strip())


def _split(text: str) -> list[str]:
    return text.split("\n")


_ADDRESS: Final = Conversion("one AddressLine for each line", _join, _split)
_COPY: Final = codes(
    "sheet", {"ORIGINAL": "Original", "DUPLICATE": "Duplicate", "TRIPLICATE": "Triplicate"}
)


def _get_number(values: dict[str, Any]) -> str:
    return str(values["ReferenceNumber"])


def _get_exporter(values: dict[str, Any]) -> str:
    return str(values["Exporter"]["Name"])


def _count_items(values: dict[str, Any]) -> str:
    return str(len(values["Item"]))


def _texts(element: str, place: str, text: str) -> Group:
    return Group(
        f"{element}[*]",
        f"{place}[*]",
        Row("@xml:lang", f"{text}@languageID", CODE),
        Row(".", text.removesuffix("/"), LINES),
    )


_PARTY: Final[tuple[AnyRow, ...]] = (
    Row("Identifier", "cac:PartyIdentification/cbc:ID"),
    Row("Name", "cac:PartyName/cbc:Name"),
    Ignored("cac:PartyName/cbc:Name/@languageID", "the document's own"),
    _texts("NationalName", "cac:PartyName(local)", "cbc:Name/"),
    Row("Address", "cac:PostalAddress/cac:AddressLine[*]", _ADDRESS),
    Ignored("cac:PostalAddress/cac:AddressLine/cbc:Line", "the line itself"),
    Row("Country", "cac:PostalAddress/cac:Country/cbc:IdentificationCode", CODE),
)
_PORT: Final = (Row("Code", "cbc:ID", CODE), Row("Name", "cbc:Name"))


def _measure(element: str, place: str) -> tuple[AnyRow, ...]:
    return (Row(f"{element}/@unit", f"{place}/@unitCode", CODE), Row(element, place, DECIMAL))


_GOODS: Final[tuple[AnyRow, ...]] = (
    Row("SequenceNumber", "cbc:SequenceNumberID", NUMBER, "box 5"),
    Row("FobAmount/@currency", "cbc:FreeOnBoardValueAmount/@currencyID", CODE),
    Row("FobAmount", "cbc:FreeOnBoardValueAmount", DECIMAL),
    *_measure("GrossMeasure", "cbc:GrossWeightMeasure"),
    *_measure("Quantity", "cbc:Quantity"),
    Row("OriginCriterion", "cbc:PreferenceCriterionCode", criterion(), "box 8"),
    Row("Description", "cac:Item/cbc:Description", LINES, "box 7"),
    Ignored("cac:Item/cbc:Description/@languageID", "the document's own"),
    _texts("NationalDescription", "cac:Item/cbc:Description(local)", ""),
    Row("TrademarkName", "cac:Item/cbc:BrandName"),
    Group(
        "Invoice[*]",
        "cac:Item/cac:ItemSpecificationDocumentReference(380)[*]",
        Row("Number", "cbc:ID"),
        Row("Date", "cbc:IssueDate", ISO_DATE),
        Ignored("cbc:DocumentTypeCode", _TELLS),
        note="box 10",
    ),
    Row(
        "CommodityCode/@nomenclature",
        "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/@listID",
        CODE,
    ),
    Row(
        "CommodityCode",
        "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
        CODE,
    ),
    Row(
        "MarksAndNumbers",
        "cac:Item/cac:AdditionalItemProperty(MarksAndNumbers)",
        LINES,
        "box 6",
    ),
    Row("ManufacturerName", "cac:Item/cac:ManufacturerParty/cac:PartyName/cbc:Name"),
    Group(
        "Package[*]",
        "cac:ContainingPackage[*]",
        Row("Count", "cbc:Quantity", NUMBER),
        Row("TypeCode", "cbc:PackagingTypeCode", CODE),
        *_measure("GrossMeasure", "cac:MeasurementDimension(G)"),
        *_measure("GrossVolume", "cac:MeasurementDimension(ABJ)"),
    ),
)
_SPECIAL_CASES: Final[tuple[AnyRow, ...]] = (
    Tick("ThirdCountryInvoicing", "@thirdCountryInvoicing", "true", "false"),
    Tick("Exhibition", "@exhibition", "true", "false"),
    Tick("Accumulation", "@accumulation", "true", "false"),
    Tick("DeMinimis", "@deMinimis", "true", "false"),
    Tick("BackToBack", "@backToBack", "true", "false"),
    Tick("IssuedRetroactively", "@issuedRetroactively", "true", "false"),
    Tick("PartialCumulation", "@partialCumulation", "true", "false"),
    Group(
        "ThirdCountryInvoicing",
        "swb:InvoicingParty",
        Row("CompanyCountry", "@country", CODE),
        Row("CompanyName", TEXT),
    ),
    Group(
        "Exhibition",
        "swb:Exhibition",
        Row("Name", "swb:Name"),
        Row("Address", "swb:Address", LINES),
    ),
    Group(
        "BackToBack/Original[*]",
        "swb:Original[*]",
        Row("IssuingCountry", "@country", CODE),
        Row("IssueDate", "@issued", ISO_DATE),
        Row("ExpiryDate", "@expires", ISO_DATE),
        Row("ReferenceNumber", TEXT),
    ),
)

CERTIFICATE: Final = Table(
    CertificateOfOrigin,
    Fixed(f"{_EXTENSION}/ext:ExtensionURI", EXTENSION_URI),
    Row("Edition", f"{_OURS}/swb:Edition", CODE),
    Row("CopyType", f"{_OURS}/swb:Sheet", _COPY),
    _texts("Exporter/NationalAddress", f"{_OURS}/swb:ExporterAddress", ""),
    _texts("Consignee/NationalAddress", f"{_OURS}/swb:ConsigneeAddress", ""),
    Row("Transport/MeansName", f"{_OURS}/swb:MeansOfTransport", note="box 3"),
    Row("Transport/Route", f"{_OURS}/swb:Route", LINES),
    Row("ExporterDeclaration/Date", f"{_OURS}/swb:DeclaredOn", ISO_DATE, "box 11"),
    Row("Certification/OriginalIssueDate", f"{_OURS}/swb:TrueCopyOf", ISO_DATE),
    Group("SpecialCases", f"{_OURS}/swb:SpecialCases", *_SPECIAL_CASES, note="box 13"),
    Derived("cbc:UBLVersionID", lambda _: "2.1", "the first version that has all of it"),
    Ignored("cbc:CustomizationID", "names the sender's profile"),
    Ignored("cbc:ProfileID", "names the sender's profile"),
    Ignored("cbc:ProfileExecutionID", "names the sender's process"),
    Row("ReferenceNumber", "cbc:ID"),
    Ignored("cbc:UUID", "names the message"),
    Row("Certification/Date", "cbc:IssueDate", ISO_DATE, "box 12"),
    Row("Remarks", "cbc:Note", LINES),
    Group("Exporter", "cac:ExporterParty", *_PARTY, note="box 1"),
    Group("Consignee", "cac:ImporterParty", *_PARTY, note="box 2"),
    Derived(f"{_APPLICATION}/cbc:ReferenceID", _get_number, _MUST),
    Row(
        "Agreement", f"{_APPLICATION}/cbc:CertificateType", codes("form", {"ATIGA": "ATIGA Form D"})
    ),
    Ignored(f"{_APPLICATION}/cbc:ApplicationStatusCode", "about the application"),
    Derived(f"{_APPLICATION}/cbc:OriginalJobID", _get_number, _MUST),
    Ignored(f"{_APPLICATION}/cbc:PreviousJobID", "about the application"),
    Derived(f"{_SHIPMENT}/cbc:ID", _get_number, _MUST),
    Derived(f"{_SHIPMENT}/cbc:TotalGoodsItemQuantity", _count_items, "items", checked=True),
    Group("Item[*]", f"{_SHIPMENT}/cac:GoodsItem[*]", *_GOODS),
    Row("Transport/Mode", f"{_STAGE}/cbc:TransportModeCode", CODE),
    Row("Transport/JourneyNumber", f"{_STAGE}/cac:TransportMeans/cbc:JourneyID"),
    Row(
        "Transport/MeansName",
        f"{_STAGE}/cac:TransportMeans/cac:MaritimeTransport/cbc:VesselName",
        note="a ship's name",
        reads_only=True,
    ),
    Group("Transport/LoadingPort", f"{_STAGE}/cac:LoadingPortLocation", *_PORT),
    Group("Transport/DischargePort", f"{_STAGE}/cac:UnloadingPortLocation", *_PORT),
    Row(
        "Transport/DepartureDate",
        f"{_STAGE}/cac:EstimatedDepartureTransportEvent/cbc:OccurrenceDate",
        ISO_DATE,
    ),
    Row(
        "ExporterDeclaration/ImportingCountry",
        f"{_SHIPMENT}/cac:Delivery/cac:DeliveryAddress/cac:Country/cbc:IdentificationCode",
        CODE,
    ),
    Row(
        "ExporterDeclaration/CountryOfProduction",
        f"{_SHIPMENT}/cac:OriginAddress/cac:Country/cbc:IdentificationCode",
        CODE,
    ),
    Derived(f"{_EXPORTER_SIGNS}/cbc:RoleCode", lambda _: "EX", "the exporter endorses, box 11"),
    Derived(f"{_EXPORTER_SIGNS}/cbc:SequenceNumeric", lambda _: "1", _MUST),
    Derived(f"{_EXPORTER_SIGNS}/cac:Party/cac:PartyName/cbc:Name", _get_exporter, _MUST),
    Row("ExporterDeclaration/Place", f"{_EXPORTER_SIGNS}/{_CITY}"),
    Fixed(f"{_EXPORTER_SIGNS}/cac:SignatoryContact", "", _MUST),
    Row("ExporterDeclaration/SignatoryName", f"{_EXPORTER_SIGNS}/cac:SignatoryContact/cbc:Name"),
    Derived(f"{_APPLICATION}/cac:PreparationParty/cac:PartyName/cbc:Name", _get_exporter, _MUST),
    Row("IssuingOffice", f"{_APPLICATION}/cac:IssuerParty/cac:PartyIdentification/cbc:ID", CODE),
    Row("IssuingCountry", f"{_APPLICATION}/cac:IssuingCountry/cbc:IdentificationCode", CODE),
    Derived(f"{_ENDORSEMENT}/cbc:DocumentID", _get_number, _MUST),
    Fixed(f"{_ENDORSEMENT}/cbc:ApprovalStatus", "APPROVED", "of an issued certificate"),
    Derived(f"{_ISSUER_SIGNS}/cbc:RoleCode", lambda _: "IS", "the issuing authority, box 12"),
    Derived(f"{_ISSUER_SIGNS}/cbc:SequenceNumeric", lambda _: "1", _MUST),
    Fixed(f"{_ISSUER_SIGNS}/cac:Party", "", _MUST),
    Row("Certification/AuthorityName", f"{_ISSUER_SIGNS}/cac:Party/cac:PartyName/cbc:Name"),
    Row("Certification/Place", f"{_ISSUER_SIGNS}/{_CITY}"),
    Fixed(f"{_ISSUER_SIGNS}/cac:SignatoryContact", "", _MUST),
    Row("Certification/SignatoryName", f"{_ISSUER_SIGNS}/cac:SignatoryContact/cbc:Name"),
    agreements=("ATIGA",),
)
