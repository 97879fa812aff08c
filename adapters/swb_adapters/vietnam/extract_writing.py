"""An extract of an export declaration (ACDD) to a Vietnamese ``ExportDeclaration``.

The exporter's consent is not part of the document, so none is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
    format_decimal,
)
from swb_adapters.vietnam.codes import LANGUAGE
from swb_adapters.vietnam.envelope import EXTRACT, wrap_content
from swb_adapters.vietnam.parts import format_date, write_measure, write_port
from swb_adapters.vietnam.paths import EXTRACT_PATHS

if TYPE_CHECKING:
    from swb_schemas.documents import DeclarationExtract
    from swb_schemas.documents.declaration_extract import (
        Consignee,
        DeclaredItem,
        DeclaredTransport,
        Exporter,
        SupportingDocument,
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
    out.open("General")
    out.text("DeclarationNo", document.reference_number)
    out.text("CountryCode", document.issuing_country)
    out.text("CustomsOffice", document.issuing_office)
    out.text("DestinationCountry", document.importing_country)
    out.text("AcceptedDate", format_date(document.acceptance_date, f"{_ROOT}/AcceptanceDate"))
    out.text("ProcedureCode", document.procedure)
    out.text("Ucr", document.trader_reference)
    write_measure(out, "GrossWeight", document.gross_measure)
    out.close("General")
    _write_trader(out, "Exporter", document.exporter, losses)
    _write_trader(out, "Consignee", document.consignee, losses)
    out.open("Agent")
    out.text("TaxCode", document.declaring_agent.identifier)
    out.text("Name", document.declaring_agent.name)
    out.close("Agent")
    _write_transport(out, document.transport)
    out.open("GoodsList")
    for position, item in enumerate(document.items, start=1):
        _write_goods(out, item, path=f"{_ROOT}/Item[{position}]", losses=losses)
    out.close("GoodsList")
    _write_attached(out, document.supporting_documents)
    out.text("Note", document.remarks)
    day = document.acceptance_date or document.transport.departure_date
    return Rendering(
        message_type="DeclarationExtract",
        payload=wrap_content(
            EXTRACT,
            out.encode(),
            function="1",
            reference=document.reference_number,
            sent=f"{day.isoformat()} 00:00:00",
        ),
        losses=losses.declare(),
        paths=EXTRACT_PATHS,
    )


def _write_trader(
    out: PayloadWriter, tag: str, trader: Exporter | Consignee, losses: Losses
) -> None:
    path = f"{_ROOT}/{tag}/NationalName"
    name = losses.take_text(trader.national_names, language=LANGUAGE, path=path)
    out.open(tag)
    out.text("TaxCode", trader.identifier)
    out.text("Name", trader.name)
    out.text("NameVi", name)
    out.text("Address", trader.address)
    out.text("CountryCode", getattr(trader, "country", None))
    out.close(tag)


def _write_transport(out: PayloadWriter, transport: DeclaredTransport) -> None:
    out.open("Shipment")
    path = f"{_ROOT}/Transport/DepartureDate"
    out.text("ShipmentDate", format_date(transport.departure_date, path))
    out.text("TransportMode", transport.mode)
    out.text("VehicleName", transport.means_name)
    out.text("TripNumber", transport.journey_number)
    out.text("BillNumber", transport.transport_document)
    write_port(out, "LoadingPort", transport.loading_port)
    write_port(out, "DischargePort", transport.discharge_port)
    if transport.equipment:
        out.open("Containers")
        for container in transport.equipment:
            out.open("Container")
            out.text("ContainerNo", container.number)
            if container.seals:
                out.open("Seals")
                for seal in container.seals:
                    out.text("Seal", seal)
                out.close("Seals")
            out.close("Container")
        out.close("Containers")
    out.close("Shipment")


def _write_goods(out: PayloadWriter, item: DeclaredItem, *, path: str, losses: Losses) -> None:
    vietnamese = losses.take_text(
        item.national_descriptions, language=LANGUAGE, path=f"{path}/NationalDescription"
    )
    out.open("Goods")
    out.text("ItemNo", str(item.sequence_number))
    out.text("HsCode", item.commodity_code.value)
    out.text("HsVersion", item.commodity_code.nomenclature)
    write_measure(out, "Quantity", item.quantity)
    out.text("OriginCountry", item.origin_country)
    out.text("Description", item.description)
    out.text("DescriptionVi", vietnamese)
    if item.packages:
        out.open("Packages")
        for position, package in enumerate(item.packages, start=1):
            out.open("Package")
            out.text("Count", str(package.count))
            out.text("Unit", package.type_code)
            out.close("Package")
            losses.drop_package_measures(package, path=f"{path}/Package[{position}]")
        out.close("Packages")
    write_measure(out, "GrossWeight", item.gross_measure)
    write_measure(out, "NetWeight", item.net_measure)
    if (fob := item.fob_amount) is not None:
        out.text("FobValue", format_decimal(fob.value, places=2))
        out.text("FobCurrency", fob.currency)
    if item.invoices:
        out.open("Invoices")
        for position, invoice in enumerate(item.invoices, start=1):
            out.open("Invoice")
            out.text("InvoiceNo", invoice.number)
            out.text("InvoiceDate", format_date(invoice.date, f"{path}/Invoice[{position}]/Date"))
            out.close("Invoice")
        out.close("Invoices")
    out.close("Goods")


def _write_attached(out: PayloadWriter, documents: tuple[SupportingDocument, ...]) -> None:
    if not documents:
        return
    out.open("AttachedDocuments")
    for each in documents:
        out.open("Document")
        out.text("Type", each.message_type)
        out.text("CountryCode", each.issuing_country)
        out.text("Office", each.issuing_office)
        out.text("Number", each.reference_number)
        out.close("Document")
    out.close("AttachedDocuments")
