"""An extract of an export declaration (ACDD) to a Thai ``ExportDeclaration``.

The exporter's consent is not part of the document, so none is written.
"""

from __future__ import annotations

from datetime import datetime, time, timezone
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
    format_decimal,
    format_iso_date,
)
from swb_adapters.thailand.codes import LANGUAGE, OFFSET
from swb_adapters.thailand.control import write_control
from swb_adapters.thailand.envelope import EXTRACT, wrap_body
from swb_adapters.thailand.parts import (
    format_thai_date,
    write_lines,
    write_measure,
    write_port,
    write_tariff_number,
)
from swb_adapters.thailand.paths import EXTRACT_PATHS
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb_schemas.documents import DeclarationExtract
    from swb_schemas.documents.declaration_extract import (
        Consignee,
        DeclaredItem,
        DeclaredTransport,
        Exporter,
    )

__all__ = ["write_extract"]

_ROOT: Final = "DeclarationExtract"


def write_extract(document: DeclarationExtract) -> Rendering:
    """Write a declaration.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    out = PayloadWriter()
    out.text("DeclarationNumber", document.reference_number)
    out.text("CountryCode", document.issuing_country)
    out.text("CustomsOffice", document.issuing_office)
    out.text("DestinationCountry", document.importing_country)
    out.text("AcceptedOn", format_thai_date(document.acceptance_date, f"{_ROOT}/AcceptanceDate"))
    out.text("ProcedureCode", document.procedure)
    out.text("TraderReference", document.trader_reference)
    _write_party(out, "Exporter", document.exporter, losses)
    _write_party(out, "Consignee", document.consignee, losses)
    out.open("Agent")
    out.text("RegistrationNumber", document.declaring_agent.identifier)
    out.text("Name", document.declaring_agent.name)
    out.close("Agent")
    _write_transport(out, document.transport)
    write_measure(out, "GrossWeight", document.gross_measure)
    for position, item in enumerate(document.items, start=1):
        _write_item(out, item, path=f"{_ROOT}/Item[{position}]", losses=losses)
    for each in document.supporting_documents:
        out.open("AttachedDocument")
        out.text("Type", each.message_type)
        out.text("CountryCode", each.issuing_country)
        out.text("Office", each.issuing_office)
        out.text("Number", each.reference_number)
        out.close("AttachedDocument")
    write_lines(out, "Remarks", document.remarks)
    day = document.acceptance_date or document.transport.departure_date
    content = write_control(out.encode(), year=day.year, total_items=len(document.items))
    moment = datetime.combine(day, time(), tzinfo=timezone(OFFSET))
    return Rendering(
        message_type="DeclarationExtract",
        payload=wrap_body(
            EXTRACT, content, key=str(document.key), timestamp=format_instant(moment)
        ),
        losses=losses.declare(),
        paths=EXTRACT_PATHS,
    )


def _write_party(out: PayloadWriter, tag: str, party: Exporter | Consignee, losses: Losses) -> None:
    out.open(tag)
    out.text("RegistrationNumber", party.identifier)
    path = f"{_ROOT}/{tag}/NationalName"
    thai = losses.take_text(party.national_names, language=LANGUAGE, path=path)
    out.open("Name")
    out.text("English", party.name)
    write_lines(out, "Thai", thai)
    out.close("Name")
    write_lines(out, "Address", party.address)
    out.text("CountryCode", getattr(party, "country", None))
    out.close(tag)


def _write_transport(out: PayloadWriter, transport: DeclaredTransport) -> None:
    path = f"{_ROOT}/Transport/DepartureDate"
    out.open("BorderTransport")
    out.text("DepartureDate", format_thai_date(transport.departure_date, path))
    out.text("Mode", transport.mode)
    out.text("VesselName", transport.means_name)
    out.text("JourneyNumber", transport.journey_number)
    out.text("BillNumber", transport.transport_document)
    write_port(out, "LoadingPort", transport.loading_port)
    write_port(out, "DischargePort", transport.discharge_port)
    for container in transport.equipment:
        out.open("Container")
        out.text("Number", container.number)
        for seal in container.seals:
            out.text("Seal", seal)
        out.close("Container")
    out.close("BorderTransport")


def _write_item(out: PayloadWriter, item: DeclaredItem, *, path: str, losses: Losses) -> None:
    out.open("DeclaredItem")
    out.text("Sequence", str(item.sequence_number))
    write_tariff_number(out, "TariffNumber", item.commodity_code)
    write_measure(out, "Quantity", item.quantity)
    out.text("OriginCountry", item.origin_country)
    _write_description(out, item, path=path, losses=losses)
    for number, package in enumerate(item.packages, start=1):
        losses.drop_package_measures(package, path=f"{path}/Package[{number}]")
        out.open("Package")
        out.text("Quantity", str(package.count))
        out.text("UnitCode", package.type_code)
        out.close("Package")
    write_measure(out, "GrossWeight", item.gross_measure)
    write_measure(out, "NetWeight", item.net_measure)
    fob = item.fob_amount
    if fob is not None:
        out.text("Fob", format_decimal(fob.value, places=2), currency=fob.currency)
    for number, invoice in enumerate(item.invoices, start=1):
        out.open("Invoice")
        out.text("Number", invoice.number)
        out.text("Date", format_iso_date(invoice.date, path=f"{path}/Invoice[{number}]/Date"))
        out.close("Invoice")
    out.close("DeclaredItem")


def _write_description(
    out: PayloadWriter, item: DeclaredItem, *, path: str, losses: Losses
) -> None:
    """Write both halves; a national text without an English one has no place."""
    if item.description is None:
        for position in range(1, len(item.national_descriptions) + 1):
            losses.drop(
                f"{path}/NationalDescription[{position}]",
                "the format has it beside an English one only",
            )
        return
    thai = losses.take_text(
        item.national_descriptions, language=LANGUAGE, path=f"{path}/NationalDescription"
    )
    out.open("Description")
    write_lines(out, "English", item.description)
    write_lines(out, "Thai", thai)
    out.close("Description")
