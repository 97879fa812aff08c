"""The single administrative document of an export, as an extract for the importing customs.

Names that files of ASYCUDA World show publicly are used for what they mean there, with their own
misspellings; the README says which others are invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
    DOCUMENT_TYPE,
    MODE,
    measure,
    name_and_address,
    procedure,
    registration,
    short_date,
    tariff_code,
)
from swb_adapters.sdk.mapping import (
    CODE,
    LINES,
    NUMBER,
    Consent,
    Derived,
    Fixed,
    Group,
    Ignored,
    Row,
    Table,
)
from swb_schemas.documents import DeclarationExtract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["build_declaration"]

_NAME: Final = "what the code beside it is called"


def _has_containers(transport: Mapping[str, Any]) -> str:
    return "true" if transport.get("Equipment") else "false"


def build_declaration(
    *, nomenclature: str, invoice: str, first_year: int, spell: Callable[[str], str]
) -> Table:
    """Build the table of a dialect; the arguments are its `Dialect`'s."""
    when = short_date(first_year)
    office = "Identification/Office_segment/Customs_clearance_office_code"
    return Table(
        DeclarationExtract,
        Row("Transport/DepartureDate", "Export_release/Date_of_exit", when),
        Fixed("Property/Sad_flow", "E", note="an export"),
        Ignored("Property/Forms", "how many pages it has on paper"),
        Derived("Property/Nbers/Total_number_of_items", count_items, "the items", checked=True),
        Derived(
            "Property/Nbers/Total_number_of_packages",
            count_packages,
            "the items' packages",
            checked=True,
        ),
        Ignored("Property/Selected_page", "which page a person looked at"),
        Consent("Property/Exchange_consent", "true", "false"),
        Row("IssuingOffice", office, CODE),
        Ignored("Identification/Office_segment/Customs_Clearance_office_name", _NAME),
        procedure(),
        registration(),
        Row("AcceptanceDate", "Identification/Registration/Date", when),
        Group(
            "Exporter",
            "Traders/Exporter",
            Row("Identifier", "Exporter_code"),
            name_and_address("Exporter_name"),
            texts("NationalName", "Exporter_national_name"),
        ),
        Group(
            "Consignee",
            "Traders/Consignee",
            Row("Identifier", "Consignee_code"),
            name_and_address("Consignee_name"),
            texts("NationalName", "Consignee_national_name"),
            Row("Country", "Consignee_country_code", CODE),
        ),
        Group(
            "DeclaringAgent",
            "Declarant",
            Row("Identifier", "Declarant_code"),
            Row("Name", "Declarant_name"),
        ),
        Row("TraderReference", "Declarant/Reference/Number"),
        Row("IssuingCountry", "General_information/Country/Export/Export_country_code", CODE),
        Ignored("General_information/Country/Export/Export_country_name", _NAME),
        Row(
            "ImportingCountry",
            "General_information/Country/Destination/Destination_country_code",
            CODE,
        ),
        Ignored("General_information/Country/Destination/Destination_country_name", _NAME),
        Row("Remarks", "General_information/Comments_free_text", LINES),
        Group(
            "Transport",
            "Transport",
            Row("MeansName", "Means_of_transport/Border_information/Identity"),
            Row("Mode", "Means_of_transport/Border_information/Mode", MODE),
            Row("JourneyNumber", "Means_of_transport/Border_information/Journey_number"),
            Derived(
                "Container_flag", _has_containers, "whether there are containers", checked=True
            ),
            Row("TransportDocument", "Transport_document_number"),
            Group("LoadingPort", "Place_of_loading", *PORT),
            Group("DischargePort", "Place_of_discharge", *PORT),
        ),
        measure(
            "GrossMeasure", "Valuation/Weight/Gross_weight", "Valuation/Weight/Gross_weight_unit"
        ),
        Group(
            "SupportingDocument[*]",
            "Accompanying_document[*]",
            Row("MessageType", "Document_type_code", DOCUMENT_TYPE),
            Row("ReferenceNumber", "Document_reference"),
            Row("IssuingCountry", "Document_country_code", CODE),
            Row("IssuingOffice", "Document_office_code", CODE),
        ),
        Group(
            "Transport/Equipment[*]",
            "Container[*]",
            Row("Number", "Container_identity"),
            Row("Seal[*]", "Seals/Identity[*]"),
        ),
        Group(
            "Item[*]",
            "Item[*]",
            Row("SequenceNumber", "Item_number", NUMBER, counted=True),
            PACKAGES,
            tariff_code(nomenclature),
            *QUANTITY,
            Ignored("Tarification/Supplementary_unit/Suppplementary_unit_name", _NAME),
            Row("OriginCountry", "Goods_description/Country_of_origin_code", CODE),
            Row("Description", "Goods_description/Commercial_Description", LINES),
            texts("NationalDescription", "Goods_description/National_description"),
            GROSS,
            measure(
                "NetMeasure",
                "Valuation_item/Weight_itm/Net_weight_itm",
                "Valuation_item/Weight_itm/Net_weight_unit",
            ),
            *FOB,
            invoices(invoice, when),
        ),
        spell=spell,
    )
