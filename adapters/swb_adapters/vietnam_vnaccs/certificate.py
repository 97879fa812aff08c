"""``CFD``: a Form D, box by box."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINES,
    NUMBER,
    TEXT,
    Conversion,
    Derived,
    Group,
    Ignored,
    Row,
    Table,
    Tick,
    codes,
    moment,
)
from swb_adapters.vietnam_vnaccs.layouts import CERTIFICATE, SYNTAX
from swb_schemas.documents import CertificateOfOrigin

__all__ = ["ENVELOPE", "FORM_D", "INVOICE", "NAMED", "PACKAGE", "TIME"]

TIME: Final = moment(timedelta(hours=7))
"""Local times."""

ENVELOPE: Final = (
    Ignored("HDR/USR", "the account that sent it"),
    Ignored("HDR/SNT", "when it was sent", TIME),
)
NAMED: Final = (
    Row("IssuingCountry", "HDR/CTY", CODE),
    Row("IssuingOffice", "HDR/OFC", CODE),
    Row("ReferenceNumber", "HDR/NUM"),
)
PACKAGE: Final = (
    Row("Count", "CNT", NUMBER),
    Row("TypeCode", "TYP", CODE),
    Row("GrossMeasure", "GRW", DECIMAL),
    Row("GrossMeasure/@unit", "GRU", CODE),
    Row("GrossVolume", "VOL", DECIMAL),
    Row("GrossVolume/@unit", "VOU", CODE),
)
INVOICE: Final = (Row("Date", "DAT", COMPACT_DATE), Row("Number", "NUM"))

_TEXT_OF_LANGUAGE: Final = (Row("@xml:lang", "LNG", CODE), Row(".", TEXT, LINES))
_TRADER: Final = (
    Row("Identifier", "IDN"),
    Row("Country", "CTY", CODE),
    Row("Name", "NAM"),
    Group("NationalName[*]", "NMV[*]", *_TEXT_OF_LANGUAGE),
    Row("Address", "ADR", LINES),
    Group("NationalAddress[*]", "ADV[*]", *_TEXT_OF_LANGUAGE),
)
_BASES: Final = Conversion(
    "one basis, or two with + between them", lambda t: t.split("+"), "+".join
)


def _count_items(values: dict[str, Any]) -> str:
    return str(len(values["Item"]))


FORM_D: Final = Table(
    CertificateOfOrigin,
    *ENVELOPE,
    *NAMED,
    Row("Agreement", "CER/FRM", codes("form", {"ATIGA": "D"})),
    Row("Edition", "CER/EDT", CODE),
    Row(
        "CopyType",
        "CER/CPY",
        codes("sheet", {"ORIGINAL": "1", "DUPLICATE": "2", "TRIPLICATE": "3"}),
    ),
    Derived("CER/CNT", _count_items, "the number of items", checked=True),
    Group("Exporter", "EXP", *_TRADER, note="box 1"),
    Group("Consignee", "CNE", *_TRADER, note="box 2"),
    Group(
        "Transport",
        "TRN",
        Row("DepartureDate", "DEP", COMPACT_DATE),
        Row("Mode", "MOD", CODE),
        Row("JourneyNumber", "JNY"),
        Row("MeansName", "MNS"),
        Row("LoadingPort/Code", "LPC", CODE),
        Row("LoadingPort/Name", "LPN"),
        Row("DischargePort/Code", "DPC", CODE),
        Row("DischargePort/Name", "DPN"),
        Row("Route", "RTE", LINES),
        note="box 3",
    ),
    Group(
        "Item[*]",
        "GDS[*]",
        Row("SequenceNumber", "SEQ", NUMBER, note="box 5"),
        Row("MarksAndNumbers", "MRK", LINES, note="box 6"),
        Group("Package[*]", "PKG[*]", *PACKAGE, note="box 7"),
        Row("Description", "DSC", LINES),
        Group("NationalDescription[*]", "DSV[*]", *_TEXT_OF_LANGUAGE),
        Row("Quantity", "QTY", DECIMAL),
        Row("Quantity/@unit", "QTU", CODE),
        Row("CommodityCode/@nomenclature", "HSN", CODE),
        Row("CommodityCode", "HSC", CODE),
        Row("ManufacturerName", "MNF"),
        Row("TrademarkName", "TMK"),
        Row("OriginCriterion/Basis[*]", "ORC", _BASES, note="box 8"),
        Row("OriginCriterion/Percentage", "PCT", DECIMAL),
        Row("GrossMeasure", "GRW", DECIMAL, note="box 9"),
        Row("GrossMeasure/@unit", "GRU", CODE),
        Row("FobAmount", "FOB", DECIMAL),
        Row("FobAmount/@currency", "FOC", CODE),
        Group("Invoice[*]", "INV[*]", *INVOICE, note="box 10"),
    ),
    Group(
        "ExporterDeclaration",
        "DEC",
        Row("CountryOfProduction", "PRD", CODE),
        Row("ImportingCountry", "IMP", CODE),
        Row("Date", "DAT", COMPACT_DATE),
        Row("Place", "PLC"),
        Row("SignatoryName", "SGN"),
        note="box 11",
    ),
    Group(
        "Certification",
        "CRT",
        Row("Date", "DAT", COMPACT_DATE),
        Row("OriginalIssueDate", "ORG", COMPACT_DATE, note="of what this is a true copy of"),
        Row("AuthorityName", "AUT"),
        Row("Place", "PLC"),
        Row("SignatoryName", "SGN"),
        note="box 12",
    ),
    Group(
        "SpecialCases",
        "BOX",
        Tick("ThirdCountryInvoicing", "TCI", "1", "0"),
        Tick("Exhibition", "EXH", "1", "0"),
        Tick("Accumulation", "ACC", "1", "0"),
        Tick("DeMinimis", "DMN", "1", "0"),
        Tick("BackToBack", "BTB", "1", "0"),
        Tick("IssuedRetroactively", "RTR", "1", "0"),
        Tick("PartialCumulation", "PTC", "1", "0"),
        Group(
            "ThirdCountryInvoicing",
            "TCP",
            Row("CompanyCountry", "CTY", CODE),
            Row("CompanyName", "NAM"),
        ),
        Group("Exhibition", "EXV", Row("Name", "NAM"), Row("Address", "ADR", LINES)),
        Group(
            "BackToBack/Original[*]",
            "ORI[*]",
            Row("IssuingCountry", "CTY", CODE),
            Row("ReferenceNumber", "NUM"),
            Row("IssueDate", "ISS", COMPACT_DATE),
            Row("ExpiryDate", "VAL", COMPACT_DATE),
        ),
        note="box 13",
    ),
    Row("Remarks", "RMK", LINES),
    spell=SYNTAX.spelling(CERTIFICATE),
    agreements=("ATIGA",),
)
