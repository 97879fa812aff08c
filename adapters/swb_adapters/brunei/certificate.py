"""The form ``Form D``, box by box."""

from __future__ import annotations

from typing import Final

from swb_adapters.brunei.codes import (
    CODE,
    COUNTRY,
    CURRENCY,
    LANGUAGE,
    MODE,
    NO,
    OFFICE,
    PACKAGE_TYPE,
    PORT_CODE,
    SHEET,
    UNIT,
    YES,
)
from swb_adapters.sdk.mapping import AnyRow, Derived, Fixed, Group, Row, Table, Tick
from swb_adapters.sdk.sheets import (
    CELL,
    CELL_CRITERION,
    CELL_DATE,
    CELL_DECIMAL,
    CELL_HS_CODE,
    CELL_LINES,
    CELL_NUMBER,
)
from swb_schemas.documents import CertificateOfOrigin

__all__ = [
    "CERTIFICATE",
    "INVOICES",
    "LAYOUT",
    "OWN_DESCRIPTIONS",
    "PACKAGES",
    "PORTS",
    "own_texts",
]

LAYOUT: Final = Fixed("Layout", "BN-1")


def own_texts(canonical: str, national: str) -> Group:
    """A table of the same text in other languages."""
    return Group(
        canonical,
        national,
        Row("@xml:lang", "Language", LANGUAGE),
        Row(".", "Text", CELL_LINES),
    )


def _name_trader(canonical: str, word: str, box: str) -> tuple[AnyRow, ...]:
    return (
        Row(f"{canonical}/Identifier", f"{word} registration number", CELL, note=box),
        Row(f"{canonical}/Name", f"{word} name", CELL, note=box),
        Row(f"{canonical}/Address", f"{word} address", CELL_LINES, note=box),
        Row(f"{canonical}/Country", f"{word} country", COUNTRY, note=box),
    )


PORTS: Final = (
    Row("LoadingPort/Name", "Port of loading", CELL, note="box 3"),
    Row("LoadingPort/Code", "Port of loading code", PORT_CODE, note="box 3"),
    Row("DischargePort/Name", "Port of discharge", CELL, note="box 3"),
    Row("DischargePort/Code", "Port of discharge code", PORT_CODE, note="box 3"),
)
PACKAGES: Final = Group(
    "Package[*]",
    "Packages[*]",
    Row("Count", "Number of packages", CELL_NUMBER),
    Row("TypeCode", "Package type", PACKAGE_TYPE),
    Row("GrossMeasure", "Weight of these packages", CELL_DECIMAL),
    Row("GrossMeasure/@unit", "Unit of their weight", UNIT),
    Row("GrossVolume", "Volume of these packages", CELL_DECIMAL),
    Row("GrossVolume/@unit", "Unit of their volume", UNIT),
    note="box 7",
)
INVOICES: Final = Group(
    "Invoice[*]",
    "Invoices[*]",
    Row("Number", "Invoice number", CELL),
    Row("Date", "Invoice date", CELL_DATE),
    note="box 10",
)
OWN_DESCRIPTIONS: Final = Group(
    "NationalDescription[*]",
    "Descriptions[*]",
    Row("@xml:lang", "Language of further description", LANGUAGE),
    Row(".", "Further description", CELL_LINES),
    note="box 7, in another language",
)


def _count_items(values: dict[str, object]) -> str:
    items = values["Item"]
    return str(len(items)) if isinstance(items, list | tuple) else "0"


CERTIFICATE: Final = Table(
    CertificateOfOrigin,
    LAYOUT,
    Row("Agreement", "Agreement", CODE),
    Row("Edition", "Edition of the form", CODE),
    Row("ReferenceNumber", "Reference number", CELL),
    Row("IssuingCountry", "Issuing country", COUNTRY),
    Row("IssuingOffice", "Issuing office", OFFICE),
    Row("CopyType", "Sheet", SHEET),
    *_name_trader("Exporter", "Exporter", "box 1"),
    *_name_trader("Consignee", "Consignee", "box 2"),
    Group(
        "Transport",
        "",
        Row("DepartureDate", "Departure date", CELL_DATE, note="box 3"),
        Row("Mode", "Mode of transport", MODE, note="box 3"),
        Row("MeansName", "Vessel or vehicle", CELL, note="box 3"),
        Row("JourneyNumber", "Voyage or flight", CELL, note="box 3"),
        *PORTS,
        Row("Route", "Route", CELL_LINES, note="box 3"),
    ),
    Derived("Number of items", _count_items, "the rows of box 5", checked=True),
    Group(
        "ExporterDeclaration",
        "",
        Row("CountryOfProduction", "Country of production", COUNTRY, note="box 11"),
        Row("ImportingCountry", "Importing country", COUNTRY, note="box 11"),
        Row("Place", "Declared at", CELL, note="box 11"),
        Row("Date", "Declared on", CELL_DATE, note="box 11"),
        Row("SignatoryName", "Declared by", CELL, note="box 11"),
    ),
    Group(
        "Certification",
        "",
        Row("AuthorityName", "Issuing authority", CELL, note="box 12"),
        Row("Place", "Certified at", CELL, note="box 12"),
        Row("Date", "Certified on", CELL_DATE, note="box 12"),
        Row("SignatoryName", "Certified by", CELL, note="box 12"),
        Row("OriginalIssueDate", "Certified true copy of", CELL_DATE, note="date of the original"),
    ),
    Group(
        "SpecialCases",
        "",
        Tick("ThirdCountryInvoicing", "Third country invoicing", YES, NO, note="box 13"),
        Row("ThirdCountryInvoicing/CompanyName", "Invoicing company", CELL, note="box 7"),
        Row("ThirdCountryInvoicing/CompanyCountry", "Invoicing country", COUNTRY, note="box 7"),
        Tick("Exhibition", "Exhibition", YES, NO, note="box 13"),
        Row("Exhibition/Name", "Exhibition name", CELL, note="box 2"),
        Row("Exhibition/Address", "Exhibition address", CELL_LINES, note="box 2"),
        Tick("Accumulation", "Accumulation", YES, NO, note="box 13"),
        Tick("DeMinimis", "De minimis", YES, NO, note="box 13"),
        Tick("BackToBack", "Back-to-back CO", YES, NO, note="box 13"),
        Tick("IssuedRetroactively", "Issued retroactively", YES, NO, note="box 13"),
        Tick("PartialCumulation", "Partial cumulation", YES, NO, note="box 13"),
    ),
    Row("Remarks", "Remarks", CELL_LINES),
    Group(
        "Item[*]",
        "Items[*]",
        Row("SequenceNumber", "Item no", CELL_NUMBER, note="box 5"),
        Row("MarksAndNumbers", "Marks and numbers", CELL_LINES, note="box 6"),
        Row("Description", "Description", CELL_LINES, note="box 7"),
        Row("CommodityCode/@nomenclature", "HS edition", CODE, note="box 7"),
        Row("CommodityCode", "HS code", CELL_HS_CODE, note="box 7"),
        Row("Quantity", "Quantity", CELL_DECIMAL, note="box 7"),
        Row("Quantity/@unit", "Unit of quantity", UNIT, note="box 7"),
        Row("ManufacturerName", "Manufacturer", CELL, note="box 7"),
        Row("TrademarkName", "Trade mark", CELL, note="box 7"),
        Row("OriginCriterion", "Origin criterion", CELL_CRITERION, note="box 8"),
        Row("GrossMeasure", "Gross weight", CELL_DECIMAL, note="box 9"),
        Row("GrossMeasure/@unit", "Unit of weight", UNIT, note="box 9"),
        Row("FobAmount", "FOB value", CELL_DECIMAL, note="box 9"),
        Row("FobAmount/@currency", "Currency", CURRENCY, note="box 9"),
        PACKAGES,
        INVOICES,
        OWN_DESCRIPTIONS,
    ),
    Group(
        "SpecialCases/BackToBack/Original[*]",
        "Original certificates[*]",
        Row("IssuingCountry", "Country", COUNTRY),
        Row("ReferenceNumber", "Number", CELL),
        Row("IssueDate", "Issued on", CELL_DATE),
        Row("ExpiryDate", "Valid until", CELL_DATE),
    ),
    own_texts("Exporter/NationalName[*]", "Exporter name in other languages[*]"),
    own_texts("Exporter/NationalAddress[*]", "Exporter address in other languages[*]"),
    own_texts("Consignee/NationalName[*]", "Consignee name in other languages[*]"),
    own_texts("Consignee/NationalAddress[*]", "Consignee address in other languages[*]"),
    agreements=("ATIGA",),
)
