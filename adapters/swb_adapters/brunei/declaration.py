"""The form ``Export declaration extract`` (ACDD)."""

from __future__ import annotations

from typing import Final

from swb_adapters.brunei.certificate import (
    INVOICES,
    LAYOUT,
    OWN_DESCRIPTIONS,
    PACKAGES,
    PORTS,
    own_texts,
)
from swb_adapters.brunei.codes import (
    CODE,
    COUNTRY,
    CURRENCY,
    MODE,
    NO,
    OFFICE,
    UNIT,
    YES,
)
from swb_adapters.sdk.mapping import Consent, Group, Row, Table
from swb_adapters.sdk.sheets import (
    CELL,
    CELL_DATE,
    CELL_DECIMAL,
    CELL_HS_CODE,
    CELL_LINES,
    CELL_LIST,
    CELL_NUMBER,
)
from swb_schemas.documents import DeclarationExtract

__all__ = ["DECLARATION"]

DECLARATION: Final = Table(
    DeclarationExtract,
    LAYOUT,
    Row("ReferenceNumber", "Declaration number", CELL),
    Row("IssuingCountry", "Exporting country", COUNTRY),
    Row("IssuingOffice", "Customs office", OFFICE),
    Row("ImportingCountry", "Importing country", COUNTRY),
    Row("AcceptanceDate", "Accepted on", CELL_DATE),
    Row("Procedure", "Procedure", CODE),
    Row("TraderReference", "Unique consignment reference", CELL),
    Consent("Exporter consents to exchange", YES, NO),
    Row("Exporter/Identifier", "Exporter registration number", CELL),
    Row("Exporter/Name", "Exporter name", CELL),
    Row("Exporter/Address", "Exporter address", CELL_LINES),
    Row("Consignee/Identifier", "Consignee registration number", CELL),
    Row("Consignee/Name", "Consignee name", CELL),
    Row("Consignee/Address", "Consignee address", CELL_LINES),
    Row("Consignee/Country", "Consignee country", COUNTRY),
    Row("DeclaringAgent/Identifier", "Declaring agent registration number", CELL),
    Row("DeclaringAgent/Name", "Declaring agent name", CELL),
    Group(
        "Transport",
        "",
        Row("DepartureDate", "Departure date", CELL_DATE),
        Row("Mode", "Mode of transport", MODE),
        Row("MeansName", "Vessel or vehicle", CELL),
        Row("JourneyNumber", "Voyage or flight", CELL),
        Row("TransportDocument", "Transport document", CELL),
        *PORTS,
    ),
    Row("GrossMeasure", "Total gross weight", CELL_DECIMAL),
    Row("GrossMeasure/@unit", "Unit of total gross weight", UNIT),
    Row("Remarks", "Remarks", CELL_LINES),
    Group(
        "Item[*]",
        "Items[*]",
        Row("SequenceNumber", "Item no", CELL_NUMBER),
        Row("CommodityCode/@nomenclature", "HS edition", CODE),
        Row("CommodityCode", "HS code", CELL_HS_CODE),
        Row("Quantity", "Quantity", CELL_DECIMAL),
        Row("Quantity/@unit", "Unit of quantity", UNIT),
        Row("OriginCountry", "Country of origin", COUNTRY),
        Row("Description", "Description", CELL_LINES),
        Row("GrossMeasure", "Gross weight", CELL_DECIMAL),
        Row("GrossMeasure/@unit", "Unit of gross weight", UNIT),
        Row("NetMeasure", "Net weight", CELL_DECIMAL),
        Row("NetMeasure/@unit", "Unit of net weight", UNIT),
        Row("FobAmount", "FOB value", CELL_DECIMAL),
        Row("FobAmount/@currency", "Currency", CURRENCY),
        PACKAGES,
        INVOICES,
        OWN_DESCRIPTIONS,
    ),
    Group(
        "Transport/Equipment[*]",
        "Containers[*]",
        Row("Number", "Container number", CELL),
        Row("Seal[*]", "Seals", CELL_LIST),
    ),
    Group(
        "SupportingDocument[*]",
        "Supporting documents[*]",
        Row("MessageType", "Type", CODE),
        Row("IssuingCountry", "Country", COUNTRY),
        Row("IssuingOffice", "Office", OFFICE),
        Row("ReferenceNumber", "Number", CELL),
    ),
    own_texts("Exporter/NationalName[*]", "Exporter name in other languages[*]"),
    own_texts("Consignee/NationalName[*]", "Consignee name in other languages[*]"),
)
