"""``EXD01``: the extract of an accepted export declaration (ACDD)."""

from __future__ import annotations

from typing import Final

from swb_adapters.myanmar.certificate import ENVELOPE, GOODS, INVOICE, NAMED, PACKAGE, PORTS
from swb_adapters.myanmar.layouts import DECLARATION, SYNTAX
from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINES,
    Consent,
    Group,
    Row,
    Table,
    Texts,
)
from swb_schemas.documents import DeclarationExtract

__all__ = ["EXTRACT"]

EXTRACT: Final = Table(
    DeclarationExtract,
    *ENVELOPE,
    *NAMED,
    Row("ImportingCountry", "DECLARATION/EXPORTEDTO", CODE),
    Row("AcceptanceDate", "DECLARATION/ACCEPTED", COMPACT_DATE),
    Row("Procedure", "DECLARATION/PROCEDURE", CODE),
    Row("TraderReference", "DECLARATION/UCR"),
    Consent("DECLARATION/CONSENT", "Y", "N"),
    Row("GrossMeasure", "DECLARATION/GROSS", DECIMAL),
    Row("GrossMeasure/@unit", "DECLARATION/GROSSUNIT", CODE),
    Group(
        "Exporter",
        "EXPORTER",
        Row("Identifier", "IDENTIFIER"),
        Row("Name", "NAME"),
        Texts("NationalName", "NAMEMY", "my", LINES),
        Row("Address", "ADDRESS", LINES),
    ),
    Group(
        "Consignee",
        "CONSIGNEE",
        Row("Identifier", "IDENTIFIER"),
        Row("Country", "COUNTRY", CODE),
        Row("Name", "NAME"),
        Texts("NationalName", "NAMEMY", "my", LINES),
        Row("Address", "ADDRESS", LINES),
    ),
    Group("DeclaringAgent", "AGENT", Row("Identifier", "IDENTIFIER"), Row("Name", "NAME")),
    Group(
        "Transport",
        "TRANSPORT",
        Row("DepartureDate", "DEPARTURE", COMPACT_DATE),
        Row("Mode", "MODE", CODE),
        Row("MeansName", "CARRIER"),
        Row("JourneyNumber", "JOURNEY"),
        Row("TransportDocument", "DOCUMENT"),
        *PORTS,
        Group("Equipment[*]", "CONTAINER[*]", Row("Number", "NUMBER"), Row("Seal[*]", "SEAL[*]")),
    ),
    Group(
        "Item[*]",
        "GOODS[*]",
        *GOODS,
        Row("OriginCountry", "ORIGIN", CODE),
        Row("NetMeasure", "NET", DECIMAL),
        Row("NetMeasure/@unit", "NETUNIT", CODE),
        Row("Description", "DESCRIPTION", LINES),
        Texts("NationalDescription", "DESCRIPTIONMY", "my", LINES),
        Group("Package[*]", "PACKAGE[*]", *PACKAGE),
        Group("Invoice[*]", "INVOICE[*]", *INVOICE),
    ),
    Group(
        "SupportingDocument[*]",
        "DOCUMENT[*]",
        Row("MessageType", "TYPE", CODE),
        Row("IssuingCountry", "COUNTRY", CODE),
        Row("IssuingOffice", "OFFICE", CODE),
        Row("ReferenceNumber", "NUMBER"),
    ),
    Row("Remarks", "REMARKS", LINES),
    spell=SYNTAX.spelling(DECLARATION),
)
