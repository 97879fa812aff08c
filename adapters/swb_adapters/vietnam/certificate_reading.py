"""A Vietnamese ``CertificateFormD`` to a certificate of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_decimal,
    parse_whole_number,
    read_children,
    read_texts,
    refuse,
)
from swb_adapters.vietnam.codes import FORMS, NEW_STATUS
from swb_adapters.vietnam.envelope import NAMESPACE, check_reference
from swb_adapters.vietnam.parts import (
    read_date,
    read_line,
    read_lines,
    read_measure,
    read_national,
    read_port,
)
from swb_adapters.vietnam.paths import CERTIFICATE_PATHS, CONTENT
from swb_schemas.documents import CertificateOfOrigin

if TYPE_CHECKING:
    from lxml import etree

    from swb_adapters.vietnam.envelope import Opened

__all__ = ["read_certificate"]

_FORM: Final = f"{CONTENT}/CertificateFormD"
_DATA_OF_FLAGS: Final = {
    "ThirdCountryInvoicing": "ThirdCountryInvoicer",
    "Exhibition": "ExhibitionInfo",
    "BackToBack": "OriginalCertificates",
}
"""Flags that require data, and where the data stand."""


def read_certificate(opened: Opened) -> Reading:
    """Read a certificate that the schema has accepted.

    Raises:
        RefusedError: ``adapter.unsupported``, ``adapter.inconsistent``, ``adapter.value``.
    """
    parts = read_children(opened.content, NAMESPACE)
    general = read_texts(parts["General"], NAMESPACE)
    _check_general(opened, general)
    values = {
        "Agreement": FORMS[general["FormType"]],
        "Edition": general["FormEdition"],
        "ReferenceNumber": read_line(general, "CoNumber"),
        "IssuingCountry": general["IssuingCountry"],
        "IssuingOffice": general["IssuingOffice"],
        "CopyType": general["CopyType"],
        "Exporter": _read_trader(parts["Exporter"]),
        "Consignee": _read_trader(parts["Importer"]),
        "Transport": _read_transport(parts["Shipment"]),
        "Item": [_read_goods(goods) for goods in parts["GoodsList"]],
        "ExporterDeclaration": _read_declaration(parts["Declaration"]),
        "Certification": _read_certification(parts["Certification"]),
        "SpecialCases": _read_special_cases(parts),
        "Remarks": read_lines({"Note": parts["Note"].text or ""}, "Note")
        if "Note" in parts
        else None,
    }
    return Reading(
        message_type="CertificateIssue",
        document=build_document(CertificateOfOrigin, values, paths=CERTIFICATE_PATHS),
        paths=CERTIFICATE_PATHS,
    )


def _check_general(opened: Opened, general: dict[str, str]) -> None:
    if general["FormType"] not in FORMS:
        message = f"expected form type {' or '.join(FORMS)}, found {general['FormType']!r}"
        raise refuse(
            "adapter.unsupported",
            message,
            path="CertificateOfOrigin/Agreement",
            national_path=f"{_FORM}/General/FormType",
        )
    if general["Status"] != NEW_STATUS:
        message = f"expected status {NEW_STATUS} (new), found {general['Status']!r}"
        path = f"{_FORM}/General/Status"
        raise refuse("adapter.unsupported", message, national_path=path)
    check_reference(opened, general["CoNumber"])


def _read_trader(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "Identifier": read_line(texts, "TaxCode"),
        "Name": read_line(texts, "Name"),
        "NationalName": read_national(texts, "NameVi"),
        "Address": read_lines(texts, "Address"),
        "NationalAddress": read_national(texts, "AddressVi"),
        "Country": texts["CountryCode"],
    }


def _read_transport(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "DepartureDate": read_date(texts, "ShipmentDate"),
        "Mode": texts.get("TransportMode"),
        "MeansName": read_line(texts, "VehicleName"),
        "JourneyNumber": read_line(texts, "TripNumber"),
        "LoadingPort": read_port(texts, "LoadingPort"),
        "DischargePort": read_port(texts, "DischargePort"),
        "Route": read_lines(texts, "Route"),
    }


def _read_goods(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    return {
        "SequenceNumber": attempt(parse_whole_number, texts["ItemNo"]),
        "MarksAndNumbers": read_lines(texts, "Marks"),
        "Package": [
            {
                "Count": attempt(parse_whole_number, package[0].text),
                "TypeCode": package[1].text if len(package) > 1 else None,
            }
            for package in parts.get("Packages", ())
        ],
        "Description": read_lines(texts, "Description"),
        "NationalDescription": read_national(texts, "DescriptionVi"),
        "Quantity": read_measure(texts, "Quantity", "QuantityUnit"),
        "CommodityCode": {"nomenclature": texts["HsVersion"], "Value": texts["HsCode"]},
        "ManufacturerName": read_line(texts, "Producer"),
        "TrademarkName": read_line(texts, "Brand"),
        "OriginCriterion": _read_criterion(parts["Criterion"]),
        "GrossMeasure": read_measure(texts, "GrossWeight", "GrossWeightUnit"),
        "FobAmount": read_measure(texts, "FobValue", "FobCurrency", "currency"),
        "Invoice": [_read_invoice(invoice) for invoice in parts["Invoices"]],
    }


def _read_criterion(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    bases = [texts[name] for name in ("Code1", "Code2") if name in texts]
    return {"Basis": bases, "Percentage": attempt(parse_decimal, texts.get("Percent"))}


def _read_invoice(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {"Number": read_line(texts, "InvoiceNo"), "Date": read_date(texts, "InvoiceDate")}


def _read_declaration(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "CountryOfProduction": texts["ProducedIn"],
        "ImportingCountry": texts["ImportedInto"],
        "Place": read_line(texts, "Place"),
        "Date": read_date(texts, "Date"),
        "SignatoryName": read_line(texts, "SignedBy"),
    }


def _read_certification(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "AuthorityName": read_line(texts, "AuthorityName"),
        "Place": read_line(texts, "Place"),
        "Date": read_date(texts, "Date"),
        "SignatoryName": read_line(texts, "SignedBy"),
        "OriginalIssueDate": read_date(texts, "TrueCopyOfDate"),
    }


def _read_special_cases(parts: dict[str, etree._Element]) -> dict[str, Any]:
    flags = read_texts(parts["Flags"], NAMESPACE)
    for flag, data in _DATA_OF_FLAGS.items():
        if (flags[flag] == "1") != (data in parts):
            message = f"expected {data} exactly when the flag is 1, found {flags[flag]!r}"
            raise refuse(
                "adapter.inconsistent",
                message,
                path=f"CertificateOfOrigin/SpecialCases/{flag}",
                national_path=f"{_FORM}/Flags/{flag}",
            )
    ticked: dict[str, Any] = {name: {} for name, flag in flags.items() if flag == "1"}
    if "ThirdCountryInvoicer" in parts:
        texts = read_texts(parts["ThirdCountryInvoicer"], NAMESPACE)
        ticked["ThirdCountryInvoicing"] = {
            "CompanyName": read_line(texts, "CompanyName"),
            "CompanyCountry": texts["CountryCode"],
        }
    if "ExhibitionInfo" in parts:
        texts = read_texts(parts["ExhibitionInfo"], NAMESPACE)
        ticked["Exhibition"] = {
            "Name": read_line(texts, "Name"),
            "Address": read_lines(texts, "Address"),
        }
    if "OriginalCertificates" in parts:
        originals = [_read_original(each) for each in parts["OriginalCertificates"]]
        ticked["BackToBack"] = {"Original": originals}
    return ticked


def _read_original(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "IssuingCountry": texts["CountryCode"],
        "ReferenceNumber": read_line(texts, "CoNumber"),
        "IssueDate": read_date(texts, "IssueDate"),
        "ExpiryDate": read_date(texts, "ExpiryDate"),
    }
