"""A Form D as a CUSDEC with the document name 861, box by box."""

from __future__ import annotations

from typing import Final

from swb_adapters.malaysia.parts import (
    INVOICES,
    ITEM_TEXTS,
    PACKAGES,
    amount,
    count_items,
    dated,
    measure,
    port,
    texts,
)
from swb_adapters.sdk.mapping import (
    CODE,
    LINES,
    NUMBER,
    AnyRow,
    Derived,
    Fixed,
    Group,
    Row,
    Table,
    Tick,
    codes,
    criterion,
)
from swb_schemas.documents import CertificateOfOrigin

__all__ = ["CERTIFICATE"]

_COPY: Final = codes("sheet", {"ORIGINAL": "1", "DUPLICATE": "2", "TRIPLICATE": "3"})

_TRADER: Final[tuple[AnyRow, ...]] = (
    Row("Identifier", "2.1", note="of a foreign trader, its own state's number"),
    Row("Name", "4.1"),
    Row("Country", "9", CODE),
    Row("Address", "FTX+ADR/4", LINES),
    texts("NationalName", "FTX+NAM"),
    texts("NationalAddress", "FTX+ADL"),
)

CERTIFICATE: Final = Table(
    CertificateOfOrigin,
    Row("ReferenceNumber", "BGM+861/2.1"),
    Fixed("BGM+861/3", "9", "original"),
    Row("IssuingCountry", "LOC+35/2.1", CODE, "country of exportation"),
    Row("IssuingOffice", "LOC+35/3.1", CODE),
    Row("ExporterDeclaration/CountryOfProduction", "LOC+27/2.1", CODE, "box 11"),
    Row("ExporterDeclaration/ImportingCountry", "LOC+36/2.1", CODE),
    Group(
        "Transport",
        "",
        port("LoadingPort", "LOC+9"),
        port("DischargePort", "LOC+11"),
        *dated("DepartureDate", "DTM+133"),
        Row("Route", "FTX+TRA/4", LINES),
        note="box 3",
    ),
    *dated("Certification/Date", "DTM+137"),
    *dated("Certification/OriginalIssueDate", "DTM+171"),
    *dated("ExporterDeclaration/Date", "DTM+318"),
    Row("CopyType", "GIS+CPY/1.4", _COPY),
    Group(
        "SpecialCases",
        "",
        Tick("ThirdCountryInvoicing", "GIS+TCI/1.4", "Y", "N"),
        Tick("Exhibition", "GIS+EXH/1.4", "Y", "N"),
        Tick("Accumulation", "GIS+ACU/1.4", "Y", "N"),
        Tick("DeMinimis", "GIS+DEM/1.4", "Y", "N"),
        Tick("BackToBack", "GIS+BTB/1.4", "Y", "N"),
        Tick("IssuedRetroactively", "GIS+RET/1.4", "Y", "N"),
        Tick("PartialCumulation", "GIS+PAR/1.4", "Y", "N"),
        note="box 13",
    ),
    Row("Remarks", "FTX+AAI/4", LINES),
    Row("Agreement", "SG1.RFF+AGR/1.2", codes("agreement", {"ATIGA": "ATIGA"})),
    Row("Edition", "SG1.RFF+EDN/1.2", CODE),
    Group(
        "Transport",
        "SG4.TDT+20",
        Row("JourneyNumber", "2"),
        Row("Mode", "3.1", CODE),
        Row("MeansName", "8.4"),
        note="box 3",
    ),
    Group(
        "SpecialCases/BackToBack/Original[*]",
        "SG5.DOC+861[*]",
        Row("ReferenceNumber", "2.1"),
        *dated("IssueDate", "DTM+137"),
        *dated("ExpiryDate", "DTM+36"),
        Row("IssuingCountry", "LOC+35/2.1", CODE),
    ),
    Group("Exporter", "SG6.NAD+EX", *_TRADER, note="box 1"),
    Group("Consignee", "SG6.NAD+CN", *_TRADER, note="box 2"),
    Group(
        "SpecialCases/ThirdCountryInvoicing",
        "SG6.NAD+II",
        Row("CompanyName", "4.1"),
        Row("CompanyCountry", "9", CODE),
        note="issuer of the invoice",
    ),
    Group(
        "SpecialCases/Exhibition",
        "SG6.NAD+EXH",
        Row("Name", "4.1"),
        Row("Address", "FTX+ADR/4", LINES),
    ),
    Group(
        "ExporterDeclaration",
        "SG6.NAD+DCL",
        Row("Place", "6"),
        Row("SignatoryName", "CTA/2.2"),
        Fixed("CTA/1", "SG", "signatory", beside=True),
        note="box 11",
    ),
    Group(
        "Certification",
        "SG6.NAD+AUT",
        Row("AuthorityName", "4.1"),
        Row("Place", "6"),
        Row("SignatoryName", "CTA/2.2"),
        Fixed("CTA/1", "SG", "signatory", beside=True),
        note="box 12",
    ),
    Group(
        "Item[*]",
        "SG30.CST[*]",
        Row("SequenceNumber", "1", NUMBER, "box 5"),
        Row("CommodityCode", "2.1", CODE, "box 7"),
        Row("CommodityCode/@nomenclature", "3.1", CODE),
        Row("OriginCriterion", "4.1", criterion(), "box 8"),
        *ITEM_TEXTS,
        Row("MarksAndNumbers", "FTX+MKS/4", LINES, "box 6"),
        Row("TrademarkName", "FTX+BRD/4"),
        *measure("GrossMeasure", "MEA+AAE+AAE"),
        *measure("Quantity", "MEA+AAE+ACB"),
        Row("ManufacturerName", "NAD+MF/4.1"),
        PACKAGES,
        *amount("FobAmount", "SG33.MOA+63"),
        INVOICES,
    ),
    Derived("CNT+5/1.2", count_items, "the number of items", checked=True),
    agreements=("ATIGA",),
)
