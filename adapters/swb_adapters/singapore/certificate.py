"""A ``PureCertificate``, box by box."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    ISO_DATE,
    LINE,
    LINES,
    NUMBER,
    TEXT,
    Derived,
    Fixed,
    Group,
    Row,
    Table,
    Tick,
    codes,
)
from swb_schemas.documents import CertificateOfOrigin

__all__ = ["CERTIFICATE", "INVOICE", "PACKAGE", "PORT"]

_COPY: Final = codes("sheet", {"ORIGINAL": "1", "DUPLICATE": "2", "TRIPLICATE": "3"})

_TRADER: Final = (
    Row("Identifier", "UEN", note="of a foreign trader, its own state's number"),
    Row("Name", "Name"),
    Group(
        "NationalName[*]", "LocalName[*]", Row("@xml:lang", "@lang", CODE), Row(".", TEXT, LINES)
    ),
    Row("Address", "Address", LINES),
    Group(
        "NationalAddress[*]",
        "LocalAddress[*]",
        Row("@xml:lang", "@lang", CODE),
        Row(".", TEXT, LINES),
    ),
    Row("Country", "Country", CODE),
)
PORT: Final = (Row("Code", "@locode", CODE), Row("Name", TEXT))
PACKAGE: Final = (
    Row("Count", TEXT, NUMBER),
    Row("TypeCode", "@type", CODE),
    Row("GrossMeasure", "@weight", DECIMAL),
    Row("GrossMeasure/@unit", "@weightUnit", CODE),
    Row("GrossVolume", "@volume", DECIMAL),
    Row("GrossVolume/@unit", "@volumeUnit", CODE),
)
INVOICE: Final = (Row("Date", "@date", ISO_DATE), Row("Number", TEXT))


def _count_items(values: dict[str, object]) -> str:
    items = values["Item"]
    return str(len(items)) if isinstance(items, list | tuple) else "0"


CERTIFICATE: Final = Table(
    CertificateOfOrigin,
    Fixed("Header/CertificateType", "ATIGA-FORM-D"),
    Row("Agreement", "Header/Agreement", CODE),
    Row("Edition", "Header/Edition", CODE),
    Row("ReferenceNumber", "Header/CertificateNo"),
    Row("IssuingCountry", "Header/IssuedIn", CODE),
    Row("IssuingOffice", "Header/IssuedBy", CODE),
    Row("CopyType", "Header/Sheet", _COPY),
    Derived("Header/ItemCount", _count_items, "the number of items", checked=True),
    Group("Exporter", "Exporter", *_TRADER, note="box 1"),
    Group("Consignee", "Consignee", *_TRADER, note="box 2"),
    Group(
        "Transport",
        "Shipment",
        Row("DepartureDate", "DepartureDate", ISO_DATE),
        Row("Mode", "Mode", CODE),
        Row("MeansName", "Conveyance"),
        Row("JourneyNumber", "ConveyanceRef"),
        Group("LoadingPort", "PortOfLoading", *PORT),
        Group("DischargePort", "PortOfDischarge", *PORT),
        Row("Route", "Route", LINES),
        note="box 3",
    ),
    Group(
        "Item[*]",
        "Items/Item[*]",
        Row("SequenceNumber", "@no", NUMBER, note="box 5"),
        Row("MarksAndNumbers", "Marks", LINES, note="box 6"),
        Group("Package[*]", "Packages/Package[*]", *PACKAGE, note="box 7"),
        Row("Description", "Description", LINES),
        Group(
            "NationalDescription[*]",
            "LocalDescription[*]",
            Row("@xml:lang", "@lang", CODE),
            Row(".", TEXT, LINES),
        ),
        Row("Quantity/@unit", "Quantity/@unit", CODE),
        Row("Quantity", "Quantity", DECIMAL),
        Row("CommodityCode/@nomenclature", "HSCode/@edition", CODE),
        Row("CommodityCode", "HSCode", CODE),
        Row("ManufacturerName", "Manufacturer"),
        Row("TrademarkName", "Brand"),
        Row("OriginCriterion/Basis[*]", "OriginCriterion/Basis[*]", CODE, note="box 8"),
        Row("OriginCriterion/Percentage", "OriginCriterion/@percent", DECIMAL),
        Row("GrossMeasure/@unit", "GrossWeight/@unit", CODE),
        Row("GrossMeasure", "GrossWeight", DECIMAL, note="box 9"),
        Row("FobAmount/@currency", "FOBValue/@currency", CODE),
        Row("FobAmount", "FOBValue", DECIMAL),
        Group("Invoice[*]", "Invoices/Invoice[*]", *INVOICE, note="box 10"),
    ),
    Group(
        "ExporterDeclaration",
        "ExporterDeclaration",
        Row("CountryOfProduction", "ProducedIn", CODE),
        Row("ImportingCountry", "ExportedTo", CODE),
        Row("Place", "Place"),
        Row("Date", "Date", ISO_DATE),
        Row("SignatoryName", "SignedBy"),
        note="box 11",
    ),
    Group(
        "Certification",
        "Certification",
        Row("AuthorityName", "Authority"),
        Row("Place", "Place"),
        Row("Date", "Date", ISO_DATE),
        Row("SignatoryName", "CertifiedBy"),
        Row("OriginalIssueDate", "TrueCopyOf", ISO_DATE),
        note="box 12",
    ),
    Group(
        "SpecialCases",
        "Box13",
        Tick("ThirdCountryInvoicing", "@thirdCountryInvoicing", "Y", "N"),
        Tick("Exhibition", "@exhibition", "Y", "N"),
        Tick("Accumulation", "@accumulation", "Y", "N"),
        Tick("DeMinimis", "@deMinimis", "Y", "N"),
        Tick("BackToBack", "@backToBack", "Y", "N"),
        Tick("IssuedRetroactively", "@issuedRetroactively", "Y", "N"),
        Tick("PartialCumulation", "@partialCumulation", "Y", "N"),
        Group(
            "ThirdCountryInvoicing",
            "InvoicingParty",
            Row("CompanyName", TEXT),
            Row("CompanyCountry", "@country", CODE),
        ),
        Group(
            "Exhibition",
            "ExhibitionVenue",
            Row("Name", "Name", LINE),
            Row("Address", "Address", LINES),
        ),
        Group(
            "BackToBack/Original[*]",
            "OriginalCertificate[*]",
            Row("IssuingCountry", "@country", CODE),
            Row("ReferenceNumber", TEXT),
            Row("IssueDate", "@issued", ISO_DATE),
            Row("ExpiryDate", "@expires", ISO_DATE),
        ),
        note="box 13",
    ),
    Row("Remarks", "Remarks", LINES),
    agreements=("ATIGA",),
)
