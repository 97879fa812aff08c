"""An ``ExportDeclarationExtract``: what importing customs are told of a declaration."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    ISO_DATE,
    LINES,
    NUMBER,
    TEXT,
    Consent,
    Fixed,
    Group,
    Row,
    Table,
)
from swb_adapters.singapore.certificate import INVOICE, PACKAGE, PORT
from swb_schemas.documents import DeclarationExtract

__all__ = ["DECLARATION"]

_LOCAL_NAME: Final = Group(
    "NationalName[*]", "LocalName[*]", Row("@xml:lang", "@lang", CODE), Row(".", TEXT, LINES)
)

DECLARATION: Final = Table(
    DeclarationExtract,
    Fixed("Header/DeclarationType", "OUT"),
    Row("ReferenceNumber", "Header/PermitNo"),
    Row("IssuingCountry", "Header/IssuedIn", CODE),
    Row("IssuingOffice", "Header/IssuedBy", CODE),
    Row("ImportingCountry", "Header/ExportedTo", CODE),
    Row("AcceptanceDate", "Header/ApprovedOn", ISO_DATE),
    Row("Procedure", "Header/Procedure", CODE),
    Row("TraderReference", "Header/UCR"),
    Consent("Header/ExchangeConsent", "Y", "N"),
    Group(
        "Exporter",
        "Exporter",
        Row("Identifier", "UEN"),
        Row("Name", "Name"),
        _LOCAL_NAME,
        Row("Address", "Address", LINES),
    ),
    Group(
        "Consignee",
        "Consignee",
        Row("Identifier", "UEN", note="the number in its own state"),
        Row("Name", "Name"),
        _LOCAL_NAME,
        Row("Address", "Address", LINES),
        Row("Country", "Country", CODE),
    ),
    Group("DeclaringAgent", "DeclaringAgent", Row("Identifier", "UEN"), Row("Name", "Name")),
    Group(
        "Transport",
        "OutwardTransport",
        Row("DepartureDate", "DepartureDate", ISO_DATE),
        Row("Mode", "Mode", CODE),
        Row("MeansName", "Conveyance"),
        Row("JourneyNumber", "ConveyanceRef"),
        Row("TransportDocument", "TransportDocumentNo"),
        Group("LoadingPort", "PortOfLoading", *PORT),
        Group("DischargePort", "PortOfDischarge", *PORT),
        Group("Equipment[*]", "Container[*]", Row("Number", "@no"), Row("Seal[*]", "Seal[*]")),
    ),
    Row("GrossMeasure/@unit", "TotalGrossWeight/@unit", CODE),
    Row("GrossMeasure", "TotalGrossWeight", DECIMAL),
    Group(
        "Item[*]",
        "Items/Item[*]",
        Row("SequenceNumber", "@no", NUMBER),
        Row("CommodityCode/@nomenclature", "HSCode/@edition", CODE),
        Row("CommodityCode", "HSCode", CODE),
        Row("Quantity/@unit", "HSQuantity/@unit", CODE),
        Row("Quantity", "HSQuantity", DECIMAL),
        Row("OriginCountry", "Origin", CODE),
        Row("Description", "Description", LINES),
        Group(
            "NationalDescription[*]",
            "LocalDescription[*]",
            Row("@xml:lang", "@lang", CODE),
            Row(".", TEXT, LINES),
        ),
        Group("Package[*]", "Packages/Package[*]", *PACKAGE),
        Row("GrossMeasure/@unit", "GrossWeight/@unit", CODE),
        Row("GrossMeasure", "GrossWeight", DECIMAL),
        Row("NetMeasure/@unit", "NetWeight/@unit", CODE),
        Row("NetMeasure", "NetWeight", DECIMAL),
        Row("FobAmount/@currency", "FOBValue/@currency", CODE),
        Row("FobAmount", "FOBValue", DECIMAL),
        Group("Invoice[*]", "Invoices/Invoice[*]", *INVOICE),
    ),
    Group(
        "SupportingDocument[*]",
        "SupportingDocuments/Document[*]",
        Row("MessageType", "@type", CODE),
        Row("IssuingCountry", "@country", CODE),
        Row("IssuingOffice", "@office", CODE),
        Row("ReferenceNumber", TEXT),
    ),
    Row("Remarks", "Remarks", LINES),
)
