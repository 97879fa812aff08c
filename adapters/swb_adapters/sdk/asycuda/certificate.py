"""A certificate of origin, Form D, in the manner of ASYCUDA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.asycuda.parts import (
    FOB,
    GROSS,
    PACKAGES,
    PORT,
    QUANTITY,
    count_items,
    count_packages,
    invoices,
    texts,
)
from swb_adapters.sdk.asycuda.values import (
    MODE,
    name_and_address,
    registration,
    short_date,
    tariff_code,
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

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["build_certificate"]

_SHEET: Final = codes("sheet", {"ORIGINAL": "1", "DUPLICATE": "2", "TRIPLICATE": "3"})
_TICKS: Final = ("true", "false")


def _trader(name: str) -> tuple[AnyRow, ...]:
    return (
        Row("Identifier", f"{name}_code"),
        name_and_address(f"{name}_name"),
        texts("NationalName", f"{name}_national_name"),
        texts("NationalAddress", f"{name}_national_address"),
        Row("Country", f"{name}_country_code", CODE),
    )


def build_certificate(
    *, nomenclature: str, invoice: str, first_year: int, spell: Callable[[str], str]
) -> Table:
    """Build the table of a dialect; the arguments are its `Dialect`'s."""
    when = short_date(first_year)
    country = "General_information/Country"
    return Table(
        CertificateOfOrigin,
        Derived("Property/Nbers/Total_number_of_items", count_items, "the items", checked=True),
        Derived(
            "Property/Nbers/Total_number_of_packages",
            count_packages,
            "the items' packages",
            checked=True,
        ),
        Row("IssuingOffice", "Identification/Office_segment/Issuing_office_code", CODE),
        Fixed("Identification/Type/Type_of_certificate", "FORM D"),
        Row("Agreement", "Identification/Type/Agreement_code", CODE),
        Row("Edition", "Identification/Type/Agreement_edition", CODE),
        Row("CopyType", "Identification/Type/Sheet_number", _SHEET),
        registration(),
        Group("Exporter", "Traders/Exporter", *_trader("Exporter"), note="box 1"),
        Group("Consignee", "Traders/Consignee", *_trader("Consignee"), note="box 2"),
        Row("IssuingCountry", f"{country}/Export/Export_country_code", CODE),
        Row(
            "ExporterDeclaration/ImportingCountry",
            f"{country}/Destination/Destination_country_code",
            CODE,
        ),
        Row("Remarks", "General_information/Comments_free_text", LINES),
        Group(
            "Transport",
            "Transport",
            Row("MeansName", "Means_of_transport/Border_information/Identity"),
            Row("Mode", "Means_of_transport/Border_information/Mode", MODE),
            Row("JourneyNumber", "Means_of_transport/Border_information/Journey_number"),
            Row("DepartureDate", "Date_of_departure", when),
            Group("LoadingPort", "Place_of_loading", *PORT),
            Group("DischargePort", "Place_of_discharge", *PORT),
            Row("Route", "Route", LINES),
            note="box 3",
        ),
        Group(
            "Item[*]",
            "Item[*]",
            Row("SequenceNumber", "Item_number", NUMBER, note="box 5", counted=True),
            Row("MarksAndNumbers", "Marks_of_packages", LINES, note="box 6"),
            PACKAGES,
            tariff_code(nomenclature),
            *QUANTITY,
            Row("OriginCriterion", "Tarification/Origin_criterion", criterion(), note="box 8"),
            Row("Description", "Goods_description/Commercial_Description", LINES, note="box 7"),
            texts("NationalDescription", "Goods_description/National_description"),
            Row("ManufacturerName", "Goods_description/Manufacturer_name"),
            Row("TrademarkName", "Goods_description/Trademark_name"),
            GROSS,
            *FOB,
            invoices(invoice, when),
        ),
        Group(
            "ExporterDeclaration",
            "Exporter_declaration",
            Row("CountryOfProduction", "Country_of_production_code", CODE),
            Row("Place", "Place"),
            Row("Date", "Date", when),
            Row("SignatoryName", "Signatory_name"),
            note="box 11",
        ),
        Group(
            "Certification",
            "Certification",
            Row("AuthorityName", "Authority_name"),
            Row("Place", "Place"),
            Row("Date", "Date", when),
            Row("SignatoryName", "Officer_name"),
            Row("OriginalIssueDate", "Original_issue_date", when, note="a certified true copy"),
            note="box 12",
        ),
        Group(
            "SpecialCases",
            "Special_cases",
            Tick("ThirdCountryInvoicing", "Third_country_invoicing", *_TICKS),
            Tick("Exhibition", "Exhibition", *_TICKS),
            Tick("Accumulation", "Accumulation", *_TICKS),
            Tick("DeMinimis", "De_minimis", *_TICKS),
            Tick("BackToBack", "Back_to_back", *_TICKS),
            Tick("IssuedRetroactively", "Issued_retroactively", *_TICKS),
            Tick("PartialCumulation", "Partial_cumulation", *_TICKS),
            Group(
                "ThirdCountryInvoicing",
                "Invoicing_company",
                Row("CompanyName", "Name"),
                Row("CompanyCountry", "Country_code", CODE),
            ),
            Group(
                "Exhibition",
                "Place_of_exhibition",
                Row("Name", "Name"),
                Row("Address", "Address", LINES),
            ),
            Group(
                "BackToBack/Original[*]",
                "Original_certificate[*]",
                Row("IssuingCountry", "Country_code", CODE),
                Row("ReferenceNumber", "Number"),
                Row("IssueDate", "Date", when),
                Row("ExpiryDate", "Date_of_expiry", when),
            ),
            note="box 13",
        ),
        spell=spell,
        agreements=("ATIGA",),
    )
