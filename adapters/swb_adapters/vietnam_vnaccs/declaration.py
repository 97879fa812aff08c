"""``EDC``: the extract of an accepted export declaration (ACDD)."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINES,
    NUMBER,
    TEXT,
    Consent,
    Group,
    Row,
    Table,
)
from swb_adapters.vietnam_vnaccs.certificate import ENVELOPE, INVOICE, NAMED, PACKAGE
from swb_adapters.vietnam_vnaccs.layouts import DECLARATION, SYNTAX
from swb_schemas.documents import DeclarationExtract

__all__ = ["EXTRACT"]

_NATIONAL_NAME: Final = Group(
    "NationalName[*]", "NMV[*]", Row("@xml:lang", "LNG", CODE), Row(".", TEXT, LINES)
)

EXTRACT: Final = Table(
    DeclarationExtract,
    *ENVELOPE,
    *NAMED,
    Row("ImportingCountry", "DCL/IMP", CODE),
    Row("AcceptanceDate", "DCL/ACC", COMPACT_DATE),
    Row("Procedure", "DCL/PRC", CODE),
    Row("TraderReference", "DCL/UCR"),
    Consent("DCL/CNS", "1", "0"),
    Row("GrossMeasure", "DCL/GRW", DECIMAL),
    Row("GrossMeasure/@unit", "DCL/GRU", CODE),
    Group(
        "Exporter",
        "EXP",
        Row("Identifier", "IDN"),
        Row("Name", "NAM"),
        _NATIONAL_NAME,
        Row("Address", "ADR", LINES),
    ),
    Group(
        "Consignee",
        "CNE",
        Row("Identifier", "IDN"),
        Row("Country", "CTY", CODE),
        Row("Name", "NAM"),
        _NATIONAL_NAME,
        Row("Address", "ADR", LINES),
    ),
    Group("DeclaringAgent", "AGN", Row("Identifier", "IDN"), Row("Name", "NAM")),
    Group(
        "Transport",
        "TRN",
        Row("DepartureDate", "DEP", COMPACT_DATE),
        Row("Mode", "MOD", CODE),
        Row("JourneyNumber", "JNY"),
        Row("TransportDocument", "TDN"),
        Row("MeansName", "MNS"),
        Row("LoadingPort/Code", "LPC", CODE),
        Row("LoadingPort/Name", "LPN"),
        Row("DischargePort/Code", "DPC", CODE),
        Row("DischargePort/Name", "DPN"),
        Group("Equipment[*]", "CON[*]", Row("Number", "NUM"), Row("Seal[*]", "SEA[*]")),
    ),
    Group(
        "Item[*]",
        "GDS[*]",
        Row("SequenceNumber", "SEQ", NUMBER),
        Row("CommodityCode/@nomenclature", "HSN", CODE),
        Row("CommodityCode", "HSC", CODE),
        Row("Quantity", "QTY", DECIMAL),
        Row("Quantity/@unit", "QTU", CODE),
        Row("OriginCountry", "ORG", CODE),
        Row("Description", "DSC", LINES),
        Group(
            "NationalDescription[*]", "DSV[*]", Row("@xml:lang", "LNG", CODE), Row(".", TEXT, LINES)
        ),
        Group("Package[*]", "PKG[*]", *PACKAGE),
        Row("GrossMeasure", "GRW", DECIMAL),
        Row("GrossMeasure/@unit", "GRU", CODE),
        Row("NetMeasure", "NTW", DECIMAL),
        Row("NetMeasure/@unit", "NTU", CODE),
        Row("FobAmount", "FOB", DECIMAL),
        Row("FobAmount/@currency", "FOC", CODE),
        Group("Invoice[*]", "INV[*]", *INVOICE),
    ),
    Group(
        "SupportingDocument[*]",
        "SUP[*]",
        Row("MessageType", "TYP", CODE),
        Row("IssuingCountry", "CTY", CODE),
        Row("IssuingOffice", "OFC", CODE),
        Row("ReferenceNumber", "NUM"),
    ),
    Row("Remarks", "RMK", LINES),
    spell=SYNTAX.spelling(DECLARATION),
)
