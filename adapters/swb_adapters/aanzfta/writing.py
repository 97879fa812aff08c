"""A certificate of origin to an AANZFTA payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.aanzfta.address import write_address
from swb_adapters.aanzfta.codes import (
    AGREEMENT,
    EDITION,
    NOMENCLATURE,
    OFFICE,
    format_commodity_code,
    format_country,
    format_locode,
    format_measure,
)
from swb_adapters.aanzfta.paths import CERTIFICATE_PATHS
from swb_adapters.aanzfta.reading import add_up
from swb_adapters.sdk import (
    Losses,
    Rendering,
    encode_json,
    format_day_as_instant,
    format_exact_criterion,
)
from swb_schemas.documents.certificate_of_origin import CopyType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import Item, Package, Port
    from swb_schemas.documents.elements import TradeParty

__all__ = ["write_payload"]

_ROOT: Final = "CertificateOfOrigin"
_NO_IMAGE: Final = ""
"""The schema demands an image of each signature; a sealed document has none to show."""


def write_payload(document: CertificateOfOrigin) -> Rendering:
    """Write a certificate, as the published schema describes it: without a credential around it.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    for path, why in _list_losses(document):
        losses.drop(f"{_ROOT}/{path}", why)
    _coarsen_head(document, losses)
    payload = {
        "iD": document.reference_number,
        "issueDateTime": _moment(document.certification.date, "Certification/Date"),
        "firstSignatoryAuthentication": _write_signature(
            document.exporter_declaration.date, "ExporterDeclaration/Date"
        ),
        "secondSignatoryAuthentication": _write_signature(
            document.certification.date, "Certification/Date"
        ),
        "supplyChainConsignment": _write_consignment(document, losses),
    }
    return Rendering(
        message_type="CertificateIssue",
        payload=encode_json(payload),
        losses=losses.declare(),
        paths=CERTIFICATE_PATHS,
    )


def _coarsen_head(document: CertificateOfOrigin, losses: Losses) -> None:
    """What makes up a certificate's key and profile, and the form leaves unsaid."""
    if document.issuing_office != OFFICE:
        why = "the form has the number only, and not the office that gave it"
        losses.coarsen(f"{_ROOT}/IssuingOffice", why)
    if document.edition != EDITION:
        losses.coarsen(f"{_ROOT}/Edition", "the form does not say its edition")


def _list_losses(document: CertificateOfOrigin) -> Iterator[tuple[str, str]]:
    """Elements outside the items that the form has no place for."""
    if document.copy_type is not CopyType.ORIGINAL:
        yield "CopyType", "the form knows no copies"
    for tag, trader in (("Exporter", document.exporter), ("Consignee", document.consignee)):
        for name, texts in (
            ("NationalName", trader.national_names),
            ("NationalAddress", trader.national_addresses),
        ):
            for position, _ in enumerate(texts, start=1):
                yield f"{tag}/{name}[{position}]", "the form is in English only"
    for path, value in _list_elements_without_member(document):
        if value is not None:
            yield path, "the published form has no member for it"


def _list_elements_without_member(
    document: CertificateOfOrigin,
) -> tuple[tuple[str, object], ...]:
    """Boxes 3, 11, 12 and 13, as far as the form on paper has them and the published one not."""
    certification, declaration = document.certification, document.exporter_declaration
    cases = document.special_cases
    return (
        ("Transport/Mode", document.transport.mode),
        ("ExporterDeclaration/Place", declaration.place),
        ("ExporterDeclaration/SignatoryName", declaration.signatory_name),
        ("Certification/AuthorityName", certification.authority_name),
        ("Certification/Place", certification.place),
        ("Certification/SignatoryName", certification.signatory_name),
        ("Certification/OriginalIssueDate", certification.original_issue_date),
        ("SpecialCases/ThirdCountryInvoicing", cases.third_country_invoicing),
        ("SpecialCases/Exhibition", cases.exhibition),
        ("SpecialCases/Accumulation", cases.accumulation),
        ("SpecialCases/DeMinimis", cases.de_minimis),
        ("SpecialCases/BackToBack", cases.back_to_back),
        ("SpecialCases/IssuedRetroactively", cases.issued_retroactively),
        ("SpecialCases/PartialCumulation", cases.partial_cumulation),
    )


def _moment(day: date, path: str) -> str:
    return format_day_as_instant(day, path=f"{_ROOT}/{path}")


def _write_signature(day: date | None, path: str) -> dict[str, str]:
    written = {"signature": _NO_IMAGE}
    if day is not None:
        written["actualDateTime"] = _moment(day, path)
    return written


def _write_consignment(document: CertificateOfOrigin, losses: Losses) -> dict[str, Any]:
    importing = document.exporter_declaration.importing_country
    consignment: dict[str, Any] = {}
    if document.remarks is not None:
        consignment["information"] = document.remarks
    consignment["exportCountry"] = {
        "name": format_country(document.issuing_country, path=f"{_ROOT}/IssuingCountry")
    }
    consignment["consignor"] = _write_party(document.exporter)
    consignment["importCountry"] = {
        "name": format_country(importing, path=f"{_ROOT}/ExporterDeclaration/ImportingCountry")
    }
    consignment["consignee"] = _write_party(document.consignee)
    if document.transport.loading_port is not None:
        consignment["loadingBaseportLocation"] = _write_port(document.transport.loading_port)
    consignment["mainCarriageTransportMovement"] = _write_movement(document, losses)
    consignment["unloadingBaseportLocation"] = _write_port(document.transport.discharge_port)
    consignment["includedConsignmentItems"] = [
        _write_item(item, document, path=f"{_ROOT}/Item[{position}]", losses=losses)
        for position, item in enumerate(document.items, start=1)
    ]
    return consignment


def _write_party(trader: TradeParty) -> dict[str, Any]:
    return {
        "iD": trader.identifier or "",
        "name": trader.name,
        "postalAddress": write_address(trader.address, country=trader.country),
    }


def _write_port(port: Port | None) -> dict[str, str]:
    if port is None:
        return {"iD": ""}
    return {"iD": format_locode(port.code) if port.code else "", "name": port.name}


def _write_movement(document: CertificateOfOrigin, losses: Losses) -> dict[str, Any]:
    transport = document.transport
    movement: dict[str, Any] = {}
    if transport.journey_number is not None:
        movement["iD"] = transport.journey_number
    if transport.route is not None:
        movement["information"] = transport.route
    means = {"iD": ""}
    if transport.means_name is not None:
        means["name"] = transport.means_name
    departure = ""
    if transport.departure_date is None:
        losses.lack(f"{_ROOT}/Transport/DepartureDate", "the form must have a shipment date")
    else:
        departure = _moment(transport.departure_date, "Transport/DepartureDate")
    return {
        **movement,
        "usedTransportMeans": means,
        "departureEvent": {"departureDateTime": departure},
    }


# --- items -------------------------------------------------------------------------------------


def _write_item(
    item: Item, document: CertificateOfOrigin, *, path: str, losses: Losses
) -> dict[str, Any]:
    criterion = format_exact_criterion(
        item.origin_criterion, agreement=AGREEMENT, path=f"{path}/OriginCriterion"
    )
    if item.commodity_code.nomenclature != NOMENCLATURE:
        why = "the form does not say the year of its tariff codes"
        losses.coarsen(f"{path}/CommodityCode/@nomenclature", why)
    for tag, value in (
        ("Quantity", item.quantity),
        ("TrademarkName", item.trademark_name),
        ("FobAmount", item.fob_amount),
    ):
        if value is not None:
            losses.drop(f"{path}/{tag}", "the form has no member for it")
    for position, _ in enumerate(item.national_descriptions, start=1):
        losses.drop(f"{path}/NationalDescription[{position}]", "the form is in English only")
    for position, _ in enumerate(item.invoices[1:], start=2):
        # Box 10 is filled, and tells less: no reason to refuse.
        losses.coarsen(f"{path}/Invoice[{position}]", "the form has one invoice for a line")
    invoice = item.invoices[0]
    line = {
        "sequenceNumber": item.sequence_number,
        "invoiceReference": {
            "iD": invoice.number,
            "issueDateTime": _moment(
                invoice.date, f"{path.removeprefix(f'{_ROOT}/')}/Invoice[1]/Date"
            ),
        },
        "tradeProduct": {
            "description": item.description,
            "harmonisedTariffCode": {"classCode": format_commodity_code(item.commodity_code.value)},
            "originCountry": {"code": document.exporter_declaration.country_of_production},
        },
        "transportPackages": _write_packages(item, path=path, losses=losses),
    }
    written: dict[str, Any] = {"crossBorderRegulatoryProcedure": {"originCriteriaText": criterion}}
    if item.manufacturer_name is not None:
        written["manufacturer"] = {"name": item.manufacturer_name}
    return {**written, "tradeLineItems": [line]}


def _write_packages(item: Item, *, path: str, losses: Losses) -> list[dict[str, str]]:
    """Each package by itself, with its own line of the marks."""
    kept: list[Package] = []
    written: list[dict[str, str]] = []
    for position, package in enumerate(item.packages, start=1):
        where = f"{path}/Package[{position}]"
        if package.count != 1:
            losses.drop(where, "the form tells each package by itself")
            continue
        if package.type_code is not None:
            losses.drop(f"{where}/TypeCode", "the form has no types of packages")
        kept.append(package)
        written.append({"iD": "", **_write_measures(package, where)})
    _write_marks(item.marks_and_numbers, written, path=path, losses=losses)
    total = add_up([package.gross_measure for package in kept])
    if item.gross_measure != total:
        why = "the form has the weights of the packages, and no other one of an item"
        losses.coarsen(f"{path}/GrossMeasure", why)
    return written


def _write_measures(package: Package, where: str) -> dict[str, str]:
    volume, weight = package.gross_volume, package.gross_measure
    return {
        "grossVolume": format_measure(volume, path=f"{where}/GrossVolume") if volume else "",
        "grossWeight": format_measure(weight, path=f"{where}/GrossMeasure") if weight else "",
    }


def _write_marks(
    marks: str | None, packages: list[dict[str, str]], *, path: str, losses: Losses
) -> None:
    if marks is None:
        return
    rows = [marks] if len(packages) == 1 else marks.split("\n")
    if len(rows) != len(packages):
        why = "the form has marks of each package, and nobody can say which are whose"
        losses.drop(f"{path}/MarksAndNumbers", why)
        return
    for package, row in zip(packages, rows, strict=True):
        package["iD"] = row
