"""A Thai ``FormD`` to a certificate of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_iso_date,
    parse_whole_number,
    read_children,
    read_criterion,
    read_texts,
    refuse,
)
from swb_adapters.thailand.codes import AGREEMENT, COPIES, FORM_TYPE
from swb_adapters.thailand.envelope import NAMESPACE
from swb_adapters.thailand.parts import (
    parse_thai_date,
    read_lines,
    read_measure,
    read_national,
    read_port,
    read_tariff_number,
    read_text,
    read_trader,
)
from swb_adapters.thailand.paths import CERTIFICATE_PATHS
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

__all__ = ["read_certificate"]

_FORM = "Envelope/Body/FormD"
_PACKAGE = f"{{{NAMESPACE}}}Package"
_INVOICE = f"{{{NAMESPACE}}}Invoice"
_GOODS_ITEM = f"{{{NAMESPACE}}}GoodsItem"
_NOT_CANONICAL = ("ExchangeRate", "TotalFobBaht")
"""What Thailand counts in baht for itself, and no certificate of origin holds."""


def read_certificate(form: etree._Element) -> Reading:
    """Read a form that the schema has accepted.

    Raises:
        RefusedError: ``adapter.unsupported``, ``adapter.inconsistent``, ``adapter.value``.
    """
    parts = read_children(form, NAMESPACE)
    head = read_texts(parts["Certificate"], NAMESPACE)
    if head["FormType"] != FORM_TYPE:
        message = f"expected form type {FORM_TYPE}, found {head['FormType']!r}"
        path = f"{_FORM}/Certificate/FormType"
        raise refuse(
            "adapter.unsupported",
            message,
            path="CertificateOfOrigin/Agreement",
            national_path=path,
        )
    items = [_read_item(item) for item in form.iterchildren(_GOODS_ITEM)]
    control = read_texts(parts["DocumentControl"], NAMESPACE)
    _check_total(control.get("TotalItems"), len(items))
    values = {
        "Agreement": AGREEMENT,
        "Edition": head["Edition"],
        "ReferenceNumber": read_text(parts["Certificate"][0]),
        "IssuingCountry": head["IssuingCountry"],
        "IssuingOffice": head["IssuingOffice"],
        "CopyType": COPIES[head["Copy"]],
        "Exporter": read_trader(parts["Exporter"]),
        "Consignee": read_trader(parts["Consignee"]),
        "Transport": _read_transport(parts["BorderTransport"]),
        "Item": items,
        "ExporterDeclaration": _read_declaration(parts["ExporterDeclaration"]),
        "Certification": _read_certification(parts["Certification"]),
        "SpecialCases": _read_special_cases(parts["Box13"]),
        "Remarks": read_lines(parts.get("Remarks")),
    }
    return Reading(
        message_type="CertificateIssue",
        document=build_document(CertificateOfOrigin, values, paths=CERTIFICATE_PATHS),
        findings=tuple(_find_losses(control)),
        paths=CERTIFICATE_PATHS,
    )


def _check_total(claimed: str | None, found: int) -> None:
    if claimed is not None and int(claimed) != found:
        message = f"expected as many GoodsItem as TotalItems says, {claimed}, found {found}"
        path = f"{_FORM}/DocumentControl/TotalItems"
        raise refuse("adapter.inconsistent", message, national_path=path)


def _find_losses(control: dict[str, str]) -> Iterable[Finding]:
    for name in _NOT_CANONICAL:
        if name in control:
            yield Finding(
                code="adapter.loss",
                severity=Severity.LOSS,
                path="",
                national_path=f"{_FORM}/DocumentControl/{name}",
                message="a certificate of origin has no place for it",
            )


def _read_transport(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    return {
        "DepartureDate": parse_thai_date(texts.get("DepartureDate")),
        "Mode": texts.get("Mode"),
        "MeansName": read_text(parts.get("VesselName")),
        "JourneyNumber": read_text(parts.get("JourneyNumber")),
        "LoadingPort": read_port(parts.get("LoadingPort")),
        "DischargePort": read_port(parts.get("DischargePort")),
        "Route": read_lines(parts.get("Route")),
    }


def _read_item(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    description = read_children(parts["Description"], NAMESPACE)
    return {
        "SequenceNumber": attempt(parse_whole_number, parts["Sequence"].text),
        "MarksAndNumbers": read_lines(parts["Marks"]),
        "Package": [
            {"Count": attempt(parse_whole_number, package[0].text), "TypeCode": package[1].text}
            for package in element.iterchildren(_PACKAGE)
        ],
        "Description": read_lines(description["English"]),
        "NationalDescription": read_national(description.get("Thai")),
        "Quantity": read_measure(parts.get("Quantity")),
        "CommodityCode": read_tariff_number(parts["TariffNumber"]),
        "ManufacturerName": read_text(parts.get("Manufacturer")),
        "TrademarkName": read_text(parts.get("TradeMark")),
        "OriginCriterion": attempt(read_criterion, read_text(parts["OriginCriterion"])),
        "GrossMeasure": read_measure(parts["GrossWeight"]),
        "FobAmount": read_measure(parts.get("Fob"), "currency"),
        "Invoice": [
            {"Number": read_text(invoice[0]), "Date": attempt(parse_iso_date, invoice[1].text)}
            for invoice in element.iterchildren(_INVOICE)
        ],
    }


def _read_declaration(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    return {
        "CountryOfProduction": parts["ProducedIn"].text,
        "ImportingCountry": parts["ImportedInto"].text,
        "Place": read_text(parts["Place"]),
        "Date": parse_thai_date(parts["Date"].text),
        "SignatoryName": read_text(parts["Signatory"]),
    }


def _read_certification(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    return {
        "AuthorityName": read_text(parts["Authority"]),
        "Place": read_text(parts["Place"]),
        "Date": parse_thai_date(texts["Date"]),
        "SignatoryName": read_text(parts["Signatory"]),
        "OriginalIssueDate": parse_thai_date(texts.get("TrueCopyOf")),
    }


def _read_special_cases(element: etree._Element) -> dict[str, Any]:
    ticked: dict[str, Any] = {}
    for box in element:
        parts = read_children(box, NAMESPACE)
        match box.tag.rpartition("}")[2]:
            case "ThirdCountry":
                ticked["ThirdCountryInvoicing"] = {
                    "CompanyName": read_text(parts["Company"]),
                    "CompanyCountry": parts["CountryCode"].text,
                }
            case "Exhibition":
                ticked["Exhibition"] = {
                    "Name": read_text(parts["Name"]),
                    "Address": read_lines(parts["Address"]),
                }
            case "BackToBack":
                ticked["BackToBack"] = {"Original": [_read_original(each) for each in box]}
            case "Retroactive":
                ticked["IssuedRetroactively"] = {}
            case name:
                ticked[name] = {}
    return ticked


def _read_original(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "IssuingCountry": texts["CountryCode"],
        "ReferenceNumber": read_text(element[1]),
        "IssueDate": attempt(parse_iso_date, texts["IssueDate"]),
        "ExpiryDate": attempt(parse_iso_date, texts.get("ExpiryDate")),
    }
