"""A certificate of origin to a Vietnamese ``CertificateFormD``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
    format_decimal,
)
from swb_adapters.vietnam.codes import FORMS, LANGUAGE, NEW_STATUS
from swb_adapters.vietnam.envelope import CERTIFICATE, wrap_content
from swb_adapters.vietnam.parts import format_date, write_measure, write_port
from swb_adapters.vietnam.paths import CERTIFICATE_PATHS

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import (
        Certification,
        ExporterDeclaration,
        Item,
        Package,
        SpecialCases,
        Transport,
    )
    from swb_schemas.documents.elements import TradeParty

__all__ = ["write_certificate"]

_ROOT: Final = "CertificateOfOrigin"
_FORM_TYPES: Final = {agreement: form for form, agreement in FORMS.items()}


def write_certificate(document: CertificateOfOrigin) -> Rendering:
    """Write a certificate.

    Raises:
        RefusedError: ``adapter.unsupported``, ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    out = PayloadWriter()
    out.open("General")
    out.text("CoNumber", document.reference_number)
    out.text("FormType", _FORM_TYPES[document.agreement])
    out.text("FormEdition", document.edition)
    out.text("Status", NEW_STATUS)
    out.text("IssuingCountry", document.issuing_country)
    out.text("IssuingOffice", document.issuing_office)
    out.text("CopyType", document.copy_type)
    out.close("General")
    _write_trader(out, "Exporter", document.exporter, path=f"{_ROOT}/Exporter", losses=losses)
    _write_trader(out, "Importer", document.consignee, path=f"{_ROOT}/Consignee", losses=losses)
    _write_transport(out, document.transport)
    out.open("GoodsList")
    for position, item in enumerate(document.items, start=1):
        _write_goods(out, item, path=f"{_ROOT}/Item[{position}]", losses=losses)
    out.close("GoodsList")
    _write_declaration(out, document.exporter_declaration)
    _write_certification(out, document.certification)
    _write_special_cases(out, document.special_cases)
    out.text("Note", document.remarks)
    return Rendering(
        message_type="CertificateIssue",
        payload=wrap_content(
            CERTIFICATE,
            out.encode(),
            function="1",
            reference=document.reference_number,
            sent=f"{document.certification.date.isoformat()} 00:00:00",
        ),
        losses=losses.declare(),
        paths=CERTIFICATE_PATHS,
    )


def _write_trader(
    out: PayloadWriter, tag: str, trader: TradeParty, *, path: str, losses: Losses
) -> None:
    names = losses.take_text(trader.national_names, language=LANGUAGE, path=f"{path}/NationalName")
    addresses = losses.take_text(
        trader.national_addresses, language=LANGUAGE, path=f"{path}/NationalAddress"
    )
    out.open(tag)
    out.text("TaxCode", trader.identifier)
    out.text("Name", trader.name)
    out.text("NameVi", names)
    out.text("Address", trader.address)
    out.text("AddressVi", addresses)
    out.text("CountryCode", trader.country)
    out.close(tag)


def _write_transport(out: PayloadWriter, transport: Transport) -> None:
    path = f"{_ROOT}/Transport/DepartureDate"
    out.open("Shipment")
    out.text("ShipmentDate", format_date(transport.departure_date, path))
    out.text("TransportMode", transport.mode)
    out.text("VehicleName", transport.means_name)
    out.text("TripNumber", transport.journey_number)
    write_port(out, "LoadingPort", transport.loading_port)
    write_port(out, "DischargePort", transport.discharge_port)
    out.text("Route", transport.route)
    out.close("Shipment")


def _write_goods(out: PayloadWriter, item: Item, *, path: str, losses: Losses) -> None:
    out.open("Goods")
    out.text("ItemNo", str(item.sequence_number))
    out.text("Marks", item.marks_and_numbers)
    _write_packages(out, item.packages, path=f"{path}/Package", losses=losses)
    out.text("Description", item.description)
    vietnamese = losses.take_text(
        item.national_descriptions, language=LANGUAGE, path=f"{path}/NationalDescription"
    )
    out.text("DescriptionVi", vietnamese)
    write_measure(out, "Quantity", item.quantity)
    out.text("HsCode", item.commodity_code.value)
    out.text("HsVersion", item.commodity_code.nomenclature)
    out.text("Producer", item.manufacturer_name)
    out.text("Brand", item.trademark_name)
    out.open("Criterion")
    for number, basis in enumerate(item.origin_criterion.bases, start=1):
        out.text(f"Code{number}", basis)
    if (percentage := item.origin_criterion.percentage) is not None:
        out.text("Percent", format_decimal(percentage))
    out.close("Criterion")
    write_measure(out, "GrossWeight", item.gross_measure)
    if (fob := item.fob_amount) is not None:
        out.text("FobValue", format_decimal(fob.value, places=2))
        out.text("FobCurrency", fob.currency)
    out.open("Invoices")
    for position, invoice in enumerate(item.invoices, start=1):
        out.open("Invoice")
        out.text("InvoiceNo", invoice.number)
        out.text("InvoiceDate", format_date(invoice.date, f"{path}/Invoice[{position}]/Date"))
        out.close("Invoice")
    out.close("Invoices")
    out.close("Goods")


def _write_packages(
    out: PayloadWriter, packages: tuple[Package, ...], *, path: str, losses: Losses
) -> None:
    if not packages:
        return
    out.open("Packages")
    for position, package in enumerate(packages, start=1):
        out.open("Package")
        out.text("Count", str(package.count))
        out.text("Unit", package.type_code)
        out.close("Package")
        losses.drop_package_measures(package, path=f"{path}[{position}]")
    out.close("Packages")


def _write_declaration(out: PayloadWriter, declaration: ExporterDeclaration) -> None:
    out.open("Declaration")
    out.text("ProducedIn", declaration.country_of_production)
    out.text("ImportedInto", declaration.importing_country)
    out.text("Place", declaration.place)
    out.text("Date", format_date(declaration.date, f"{_ROOT}/ExporterDeclaration/Date"))
    out.text("SignedBy", declaration.signatory_name)
    out.close("Declaration")


def _write_certification(out: PayloadWriter, certification: Certification) -> None:
    path = f"{_ROOT}/Certification"
    out.open("Certification")
    out.text("AuthorityName", certification.authority_name)
    out.text("Place", certification.place)
    out.text("Date", format_date(certification.date, f"{path}/Date"))
    out.text("SignedBy", certification.signatory_name)
    original = certification.original_issue_date
    out.text("TrueCopyOfDate", format_date(original, f"{path}/OriginalIssueDate"))
    out.close("Certification")


def _write_special_cases(out: PayloadWriter, cases: SpecialCases) -> None:
    out.open("Flags")
    for tag, box in (
        ("ThirdCountryInvoicing", cases.third_country_invoicing),
        ("Exhibition", cases.exhibition),
        ("Accumulation", cases.accumulation),
        ("DeMinimis", cases.de_minimis),
        ("BackToBack", cases.back_to_back),
        ("IssuedRetroactively", cases.issued_retroactively),
        ("PartialCumulation", cases.partial_cumulation),
    ):
        out.text(tag, "0" if box is None else "1")
    out.close("Flags")
    if (invoicing := cases.third_country_invoicing) is not None:
        out.open("ThirdCountryInvoicer")
        out.text("CompanyName", invoicing.company_name)
        out.text("CountryCode", invoicing.company_country)
        out.close("ThirdCountryInvoicer")
    if (exhibition := cases.exhibition) is not None:
        out.open("ExhibitionInfo")
        out.text("Name", exhibition.name)
        out.text("Address", exhibition.address)
        out.close("ExhibitionInfo")
    if cases.back_to_back is not None:
        path = f"{_ROOT}/SpecialCases/BackToBack/Original"
        out.open("OriginalCertificates")
        for position, original in enumerate(cases.back_to_back.originals, start=1):
            out.open("Original")
            out.text("CountryCode", original.issuing_country)
            out.text("CoNumber", original.reference_number)
            out.text("IssueDate", format_date(original.issue_date, f"{path}[{position}]/IssueDate"))
            out.text(
                "ExpiryDate", format_date(original.expiry_date, f"{path}[{position}]/ExpiryDate")
            )
            out.close("Original")
        out.close("OriginalCertificates")
