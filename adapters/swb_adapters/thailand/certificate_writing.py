"""A certificate of origin to a Thai ``FormD``."""

from __future__ import annotations

from datetime import datetime, time, timezone
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
    format_decimal,
    format_exact_criterion,
    format_iso_date,
)
from swb_adapters.thailand.codes import COPIES, FORM_TYPE, LANGUAGE, OFFSET
from swb_adapters.thailand.control import write_control
from swb_adapters.thailand.envelope import CERTIFICATE, wrap_body
from swb_adapters.thailand.parts import (
    format_thai_date,
    write_lines,
    write_measure,
    write_port,
    write_tariff_number,
    write_trader,
)
from swb_adapters.thailand.paths import CERTIFICATE_PATHS
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import (
        Certification,
        ExporterDeclaration,
        Item,
        SpecialCases,
        Transport,
    )

__all__ = ["write_certificate"]

_ROOT: Final = "CertificateOfOrigin"
_COPIES: Final = {copy: code for code, copy in COPIES.items()}


def write_certificate(document: CertificateOfOrigin) -> Rendering:
    """Write a form.

    Raises:
        RefusedError: ``adapter.unsupported``, ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    _require_boxes(document, losses)
    out = PayloadWriter()
    out.open("Certificate")
    out.text("CertificateNumber", document.reference_number)
    out.text("IssuingCountry", document.issuing_country)
    out.text("IssuingOffice", document.issuing_office)
    out.text("FormType", FORM_TYPE)
    out.text("Edition", document.edition)
    out.text("Copy", _COPIES[document.copy_type])
    out.close("Certificate")
    write_trader(out, "Exporter", document.exporter, path=f"{_ROOT}/Exporter", losses=losses)
    write_trader(out, "Consignee", document.consignee, path=f"{_ROOT}/Consignee", losses=losses)
    _write_transport(out, document.transport)
    for position, item in enumerate(document.items, start=1):
        _write_item(out, item, path=f"{_ROOT}/Item[{position}]", losses=losses)
    _write_declaration(out, document.exporter_declaration)
    _write_certification(out, document.certification)
    _write_special_cases(out, document.special_cases)
    write_lines(out, "Remarks", document.remarks)
    issued = document.certification.date
    content = write_control(out.encode(), year=issued.year, total_items=len(document.items))
    moment = datetime.combine(issued, time(), tzinfo=timezone(OFFSET))
    return Rendering(
        message_type="CertificateIssue",
        payload=wrap_body(
            CERTIFICATE, content, key=str(document.key), timestamp=format_instant(moment)
        ),
        losses=losses.declare(),
        paths=CERTIFICATE_PATHS,
    )


def _require_boxes(document: CertificateOfOrigin, losses: Losses) -> None:
    """Refuse a certificate without what the format's schema demands of every form."""
    declaration, certification = document.exporter_declaration, document.certification
    boxes: list[tuple[str, object]] = [
        ("ExporterDeclaration/Place", declaration.place),
        ("ExporterDeclaration/Date", declaration.date),
        ("ExporterDeclaration/SignatoryName", declaration.signatory_name),
        ("Certification/AuthorityName", certification.authority_name),
        ("Certification/Place", certification.place),
        ("Certification/SignatoryName", certification.signatory_name),
    ]
    for position, item in enumerate(document.items, start=1):
        boxes += [
            (f"Item[{position}]/MarksAndNumbers", item.marks_and_numbers),
            (f"Item[{position}]/Package", item.packages or None),
            (f"Item[{position}]/GrossMeasure", item.gross_measure),
        ]
        for number, package in enumerate(item.packages, start=1):
            path = f"Item[{position}]/Package[{number}]"
            boxes.append((f"{path}/TypeCode", package.type_code))
    for path, value in boxes:
        if value is None:
            losses.lack(f"{_ROOT}/{path}", "the form of this format must have it")


def _write_transport(out: PayloadWriter, transport: Transport) -> None:
    path = f"{_ROOT}/Transport/DepartureDate"
    out.open("BorderTransport")
    out.text("DepartureDate", format_thai_date(transport.departure_date, path))
    out.text("Mode", transport.mode)
    out.text("VesselName", transport.means_name)
    out.text("JourneyNumber", transport.journey_number)
    write_port(out, "LoadingPort", transport.loading_port)
    write_port(out, "DischargePort", transport.discharge_port)
    write_lines(out, "Route", transport.route)
    out.close("BorderTransport")


def _write_item(out: PayloadWriter, item: Item, *, path: str, losses: Losses) -> None:
    out.open("GoodsItem")
    out.text("Sequence", str(item.sequence_number))
    write_lines(out, "Marks", item.marks_and_numbers)
    for number, package in enumerate(item.packages, start=1):
        losses.drop_package_measures(package, path=f"{path}/Package[{number}]")
        out.open("Package")
        out.text("Quantity", str(package.count))
        out.text("UnitCode", package.type_code)
        out.close("Package")
    out.open("Description")
    write_lines(out, "English", item.description)
    thai = losses.take_text(
        item.national_descriptions, language=LANGUAGE, path=f"{path}/NationalDescription"
    )
    write_lines(out, "Thai", thai)
    out.close("Description")
    write_measure(out, "Quantity", item.quantity)
    write_tariff_number(out, "TariffNumber", item.commodity_code)
    out.text("Manufacturer", item.manufacturer_name)
    out.text("TradeMark", item.trademark_name)
    criterion = format_exact_criterion(item.origin_criterion, path=f"{path}/OriginCriterion")
    out.text("OriginCriterion", criterion)
    write_measure(out, "GrossWeight", item.gross_measure)
    fob = item.fob_amount
    if fob is not None:
        out.text("Fob", format_decimal(fob.value, places=2), currency=fob.currency)
    for position, invoice in enumerate(item.invoices, start=1):
        out.open("Invoice")
        out.text("Number", invoice.number)
        out.text("Date", format_iso_date(invoice.date, path=f"{path}/Invoice[{position}]/Date"))
        out.close("Invoice")
    out.close("GoodsItem")


def _write_declaration(out: PayloadWriter, declaration: ExporterDeclaration) -> None:
    out.open("ExporterDeclaration")
    out.text("ProducedIn", declaration.country_of_production)
    out.text("ImportedInto", declaration.importing_country)
    out.text("Place", declaration.place)
    out.text("Date", format_thai_date(declaration.date, f"{_ROOT}/ExporterDeclaration/Date"))
    out.text("Signatory", declaration.signatory_name)
    out.close("ExporterDeclaration")


def _write_certification(out: PayloadWriter, certification: Certification) -> None:
    path = f"{_ROOT}/Certification"
    out.open("Certification")
    out.text("Authority", certification.authority_name)
    out.text("Place", certification.place)
    out.text("Date", format_thai_date(certification.date, f"{path}/Date"))
    out.text("Signatory", certification.signatory_name)
    original = certification.original_issue_date
    out.text("TrueCopyOf", format_thai_date(original, f"{path}/OriginalIssueDate"))
    out.close("Certification")


def _write_special_cases(out: PayloadWriter, cases: SpecialCases) -> None:
    out.open("Box13")
    if (invoicing := cases.third_country_invoicing) is not None:
        out.open("ThirdCountry")
        out.text("Company", invoicing.company_name)
        out.text("CountryCode", invoicing.company_country)
        out.close("ThirdCountry")
    if (exhibition := cases.exhibition) is not None:
        out.open("Exhibition")
        out.text("Name", exhibition.name)
        write_lines(out, "Address", exhibition.address)
        out.close("Exhibition")
    _tick(out, "Accumulation", ticked=cases.accumulation is not None)
    _tick(out, "DeMinimis", ticked=cases.de_minimis is not None)
    if cases.back_to_back is not None:
        path = f"{_ROOT}/SpecialCases/BackToBack/Original"
        out.open("BackToBack")
        for position, original in enumerate(cases.back_to_back.originals, start=1):
            issued = format_iso_date(original.issue_date, path=f"{path}[{position}]/IssueDate")
            out.open("Original")
            out.text("CountryCode", original.issuing_country)
            out.text("Number", original.reference_number)
            out.text("IssueDate", issued)
            if (expiry := original.expiry_date) is not None:
                expires = format_iso_date(expiry, path=f"{path}[{position}]/ExpiryDate")
                out.text("ExpiryDate", expires)
            out.close("Original")
        out.close("BackToBack")
    _tick(out, "Retroactive", ticked=cases.issued_retroactively is not None)
    _tick(out, "PartialCumulation", ticked=cases.partial_cumulation is not None)
    out.close("Box13")


def _tick(out: PayloadWriter, tag: str, *, ticked: bool) -> None:
    if ticked:
        out.text(tag, "")
