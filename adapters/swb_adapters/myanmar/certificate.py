"""``COD01``: a Form D, box by box."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from swb_adapters.myanmar.layouts import CERTIFICATE, SYNTAX
from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINES,
    NUMBER,
    Conversion,
    Derived,
    Group,
    Ignored,
    Row,
    Table,
    Texts,
    Tick,
    codes,
    moment,
)
from swb_schemas.documents import CertificateOfOrigin

__all__ = ["ENVELOPE", "FORM_D", "GOODS", "INVOICE", "NAMED", "PACKAGE", "PORTS", "TIME"]

TIME: Final = moment(timedelta(hours=6, minutes=30))
"""Local times."""

ENVELOPE: Final = (
    Ignored("HDR/MODE", "interactive or delayed"),
    Ignored("HDR/USER", "the account that sent it"),
    Ignored("HDR/SENT", "when it was sent", TIME),
    Ignored("HDR/MESSAGEREF", "the sender's name for the message"),
)
NAMED: Final = (
    Row("IssuingCountry", "HDR/COUNTRY", CODE),
    Row("IssuingOffice", "HDR/OFFICE", CODE),
    Row("ReferenceNumber", "HDR/NUMBER"),
)
PORTS: Final = (
    Row("LoadingPort/Code", "LOADCODE", CODE),
    Row("LoadingPort/Name", "LOADPORT"),
    Row("DischargePort/Code", "DISCHCODE", CODE),
    Row("DischargePort/Name", "DISCHPORT"),
)
PACKAGE: Final = (
    Row("Count", "COUNT", NUMBER),
    Row("TypeCode", "KIND", CODE),
    Row("GrossMeasure", "WEIGHT", DECIMAL),
    Row("GrossMeasure/@unit", "WEIGHTUNIT", CODE),
    Row("GrossVolume", "VOLUME", DECIMAL),
    Row("GrossVolume/@unit", "VOLUMEUNIT", CODE),
)
INVOICE: Final = (Row("Number", "NUMBER"), Row("Date", "DATE", COMPACT_DATE))
GOODS: Final = (
    Row("SequenceNumber", "ITEMNO", NUMBER),
    Row("CommodityCode/@nomenclature", "TARIFF", CODE),
    Row("CommodityCode", "HSCODE", CODE),
    Row("Quantity", "QUANTITY", DECIMAL),
    Row("Quantity/@unit", "UNIT", CODE),
    Row("GrossMeasure", "GROSS", DECIMAL),
    Row("GrossMeasure/@unit", "GROSSUNIT", CODE),
    Row("FobAmount", "FOB", DECIMAL),
    Row("FobAmount/@currency", "CURRENCY", CODE),
)

_BURMESE: Final = "the format has room for Burmese beside English, and for no third language"
_TRADER: Final = (
    Row("Identifier", "IDENTIFIER"),
    Row("Country", "COUNTRY", CODE),
    Row("Name", "NAME"),
    Texts("NationalName", "NAMEMY", "my", LINES, note=_BURMESE),
    Row("Address", "ADDRESS", LINES),
    Texts("NationalAddress", "ADDRESSMY", "my", LINES, note=_BURMESE),
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
    Row("Agreement", "CERTIFICATE/FORM", codes("form", {"ATIGA": "D"})),
    Row("Edition", "CERTIFICATE/EDITION", CODE),
    Row(
        "CopyType",
        "CERTIFICATE/SHEET",
        codes("sheet", {"ORIGINAL": "O", "DUPLICATE": "D", "TRIPLICATE": "T"}),
    ),
    Derived("CERTIFICATE/ITEMS", _count_items, "the number of items", checked=True),
    Group("Exporter", "EXPORTER", *_TRADER, note="box 1"),
    Group("Consignee", "CONSIGNEE", *_TRADER, note="box 2"),
    Group(
        "Transport",
        "TRANSPORT",
        Row("DepartureDate", "DEPARTURE", COMPACT_DATE),
        Row("Mode", "MODE", CODE),
        Row("MeansName", "CARRIER"),
        Row("JourneyNumber", "JOURNEY"),
        *PORTS,
        Row("Route", "ROUTE", LINES),
        note="box 3",
    ),
    Group(
        "Item[*]",
        "GOODS[*]",
        *GOODS,
        Row("OriginCriterion/Basis[*]", "CRITERION", _BASES),
        Row("OriginCriterion/Percentage", "PERCENT", DECIMAL),
        Row("ManufacturerName", "MANUFACTURER"),
        Row("TrademarkName", "TRADEMARK"),
        Row("MarksAndNumbers", "MARKS", LINES),
        Group("Package[*]", "PACKAGE[*]", *PACKAGE),
        Row("Description", "DESCRIPTION", LINES),
        Texts("NationalDescription", "DESCRIPTIONMY", "my", LINES, note=_BURMESE),
        Group("Invoice[*]", "INVOICE[*]", *INVOICE),
        note="boxes 5 to 10",
    ),
    Group(
        "ExporterDeclaration",
        "EXPORTERSAYS",
        Row("CountryOfProduction", "PRODUCEDIN", CODE),
        Row("ImportingCountry", "EXPORTEDTO", CODE),
        Row("Place", "PLACE"),
        Row("Date", "DATE", COMPACT_DATE),
        Row("SignatoryName", "SIGNED"),
        note="box 11",
    ),
    Group(
        "Certification",
        "CERTIFIED",
        Row("AuthorityName", "AUTHORITY"),
        Row("Place", "PLACE"),
        Row("Date", "DATE", COMPACT_DATE),
        Row("SignatoryName", "SIGNED"),
        Row("OriginalIssueDate", "TRUECOPYOF", COMPACT_DATE),
        note="box 12",
    ),
    Group(
        "SpecialCases",
        "SPECIAL",
        Tick("ThirdCountryInvoicing", "THIRDCOUNTRY", "Y", "N"),
        Tick("Exhibition", "EXHIBITION", "Y", "N"),
        Tick("Accumulation", "ACCUMULATION", "Y", "N"),
        Tick("DeMinimis", "DEMINIMIS", "Y", "N"),
        Tick("BackToBack", "BACKTOBACK", "Y", "N"),
        Tick("IssuedRetroactively", "RETROACTIVE", "Y", "N"),
        Tick("PartialCumulation", "PARTIAL", "Y", "N"),
        Group(
            "ThirdCountryInvoicing",
            "INVOICER",
            Row("CompanyCountry", "COUNTRY", CODE),
            Row("CompanyName", "NAME"),
        ),
        Group("Exhibition", "VENUE", Row("Name", "NAME"), Row("Address", "ADDRESS", LINES)),
        Group(
            "BackToBack/Original[*]",
            "ORIGINAL[*]",
            Row("IssuingCountry", "COUNTRY", CODE),
            Row("ReferenceNumber", "NUMBER"),
            Row("IssueDate", "ISSUED", COMPACT_DATE),
            Row("ExpiryDate", "EXPIRES", COMPACT_DATE),
        ),
        note="box 13",
    ),
    Row("Remarks", "REMARKS", LINES),
    spell=SYNTAX.spelling(CERTIFICATE),
    agreements=("ATIGA",),
)
