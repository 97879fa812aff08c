"""An extract of an export declaration (ACDD) as a CUSDEC with the document name 830."""

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
    Consent,
    Derived,
    Fixed,
    Group,
    Row,
    Table,
)
from swb_schemas.documents import DeclarationExtract

__all__ = ["DECLARATION"]

DECLARATION: Final = Table(
    DeclarationExtract,
    Row("ReferenceNumber", "BGM+830/2.1"),
    Fixed("BGM+830/3", "9", "original"),
    Row("Procedure", "CST/2.1", CODE),
    Row("IssuingCountry", "LOC+35/2.1", CODE, "country of exportation"),
    Row("IssuingOffice", "LOC+35/3.1", CODE),
    Row("ImportingCountry", "LOC+36/2.1", CODE),
    Group(
        "Transport",
        "",
        port("LoadingPort", "LOC+9"),
        port("DischargePort", "LOC+11"),
        *dated("DepartureDate", "DTM+133"),
        Row("TransportDocument", "SG1.RFF+BM/1.2"),
    ),
    *dated("AcceptanceDate", "DTM+148"),
    Consent("GIS+CNS/1.4", "Y", "N"),
    *measure("GrossMeasure", "MEA+AAE+AAD"),
    Row("Remarks", "FTX+AAI/4", LINES),
    Row("TraderReference", "SG1.RFF+UCN/1.2"),
    Group(
        "Transport",
        "SG4.TDT+20",
        Row("JourneyNumber", "2"),
        Row("Mode", "3.1", CODE),
        Row("MeansName", "8.4"),
    ),
    Group(
        "SupportingDocument[*]",
        "SG5.DOC[*]",
        Row("MessageType", "1.4", CODE),
        Row("ReferenceNumber", "2.1"),
        Row("IssuingCountry", "LOC+35/2.1", CODE),
        Row("IssuingOffice", "LOC+35/3.1", CODE),
    ),
    Group(
        "Exporter",
        "SG6.NAD+EX",
        Row("Identifier", "2.1"),
        Row("Name", "4.1"),
        Row("Address", "FTX+ADR/4", LINES),
        texts("NationalName", "FTX+NAM"),
    ),
    Group(
        "Consignee",
        "SG6.NAD+CN",
        Row("Identifier", "2.1", note="the number in its own state"),
        Row("Name", "4.1"),
        Row("Country", "9", CODE),
        Row("Address", "FTX+ADR/4", LINES),
        texts("NationalName", "FTX+NAM"),
    ),
    Group("DeclaringAgent", "SG6.NAD+DT", Row("Identifier", "2.1"), Row("Name", "4.1")),
    Group(
        "Transport/Equipment[*]",
        "SG91.EQD+CN[*]",
        Row("Number", "2.1"),
        Row("Seal[*]", "SEL[*]"),
    ),
    Group(
        "Item[*]",
        "SG30.CST[*]",
        Row("SequenceNumber", "1", NUMBER),
        Row("CommodityCode", "2.1", CODE),
        Row("CommodityCode/@nomenclature", "3.1", CODE),
        *ITEM_TEXTS,
        Row("OriginCountry", "LOC+27/2.1", CODE),
        *measure("GrossMeasure", "MEA+AAE+AAE"),
        *measure("NetMeasure", "MEA+AAE+AAL"),
        *measure("Quantity", "MEA+AAE+ACB"),
        PACKAGES,
        *amount("FobAmount", "SG33.MOA+63"),
        INVOICES,
    ),
    Derived("CNT+5/1.2", count_items, "the number of items", checked=True),
)
