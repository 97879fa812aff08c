"""A Thai ``ExportDeclaration`` to an extract of an export declaration (ACDD)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_iso_date,
    parse_whole_number,
    read_children,
    read_texts,
    refuse,
)
from swb_adapters.thailand.envelope import NAMESPACE
from swb_adapters.thailand.parts import (
    parse_thai_date,
    read_lines,
    read_measure,
    read_national,
    read_port,
    read_tariff_number,
    read_text,
)
from swb_adapters.thailand.paths import EXTRACT_PATHS
from swb_schemas.documents import DeclarationExtract

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["read_extract"]

_BODY: Final = "Envelope/Body/ExportDeclaration"
_ITEM: Final = f"{{{NAMESPACE}}}DeclaredItem"
_PACKAGE: Final = f"{{{NAMESPACE}}}Package"
_INVOICE: Final = f"{{{NAMESPACE}}}Invoice"
_CONTAINER: Final = f"{{{NAMESPACE}}}Container"
_SEAL: Final = f"{{{NAMESPACE}}}Seal"
_ATTACHED: Final = f"{{{NAMESPACE}}}AttachedDocument"
_CONSENTS: Final = {"Y": True, "N": False}


def read_extract(body: etree._Element) -> Reading:
    """Read a declaration that the schema has accepted; whether the exporter consents stays beside.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``.
    """
    parts = read_children(body, NAMESPACE)
    texts = read_texts(body, NAMESPACE)
    items = [_read_item(item) for item in body.iterchildren(_ITEM)]
    claimed = read_texts(parts["DocumentControl"], NAMESPACE).get("TotalItems")
    if claimed is not None and int(claimed) != len(items):
        message = f"expected as many DeclaredItem as TotalItems says, {claimed}, found {len(items)}"
        path = f"{_BODY}/DocumentControl/TotalItems"
        raise refuse("adapter.inconsistent", message, national_path=path)
    values = {
        "ReferenceNumber": read_text(parts["DeclarationNumber"]),
        "IssuingCountry": texts["CountryCode"],
        "IssuingOffice": texts["CustomsOffice"],
        "ImportingCountry": texts["DestinationCountry"],
        "AcceptanceDate": parse_thai_date(texts.get("AcceptedOn")),
        "Procedure": texts.get("ProcedureCode"),
        "TraderReference": read_text(parts.get("TraderReference")),
        "Exporter": _read_exporter(parts["Exporter"]),
        "Consignee": {
            **_read_exporter(parts["Consignee"]),
            "Country": read_texts(parts["Consignee"], NAMESPACE).get("CountryCode"),
        },
        "DeclaringAgent": {
            "Identifier": read_text(parts["Agent"][0]),
            "Name": read_text(parts["Agent"][1]),
        },
        "Transport": _read_transport(parts["BorderTransport"]),
        "GrossMeasure": read_measure(parts.get("GrossWeight")),
        "Item": items,
        "SupportingDocument": [_read_attached(each) for each in body.iterchildren(_ATTACHED)],
        "Remarks": read_lines(parts.get("Remarks")),
    }
    return Reading(
        message_type="DeclarationExtract",
        document=build_document(DeclarationExtract, values, paths=EXTRACT_PATHS),
        paths=EXTRACT_PATHS,
        consent=_CONSENTS.get(texts.get("ExporterConsent", "")),
    )


def _read_exporter(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    name = read_children(parts["Name"], NAMESPACE)
    return {
        "Identifier": read_text(parts.get("RegistrationNumber")),
        "Name": read_text(name["English"]),
        "NationalName": read_national(name.get("Thai")),
        "Address": read_lines(parts.get("Address")),
    }


def _read_transport(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    return {
        "DepartureDate": parse_thai_date(texts["DepartureDate"]),
        "Mode": texts["Mode"],
        "MeansName": read_text(parts.get("VesselName")),
        "JourneyNumber": read_text(parts.get("JourneyNumber")),
        "TransportDocument": read_text(parts.get("BillNumber")),
        "LoadingPort": read_port(parts.get("LoadingPort")),
        "DischargePort": read_port(parts["DischargePort"]),
        "Equipment": [
            {
                "Number": read_text(container[0]),
                "Seal": [read_text(seal) for seal in container.iterchildren(_SEAL)],
            }
            for container in element.iterchildren(_CONTAINER)
        ],
    }


def _read_item(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    described = parts.get("Description")
    description = {} if described is None else read_children(described, NAMESPACE)
    return {
        "SequenceNumber": attempt(parse_whole_number, parts["Sequence"].text),
        "CommodityCode": read_tariff_number(parts["TariffNumber"]),
        "Quantity": read_measure(parts["Quantity"]),
        "OriginCountry": parts["OriginCountry"].text,
        "Description": read_lines(description.get("English")),
        "NationalDescription": read_national(description.get("Thai")),
        "Package": [
            {
                "Count": attempt(parse_whole_number, package[0].text),
                "TypeCode": package[1].text if len(package) > 1 else None,
            }
            for package in element.iterchildren(_PACKAGE)
        ],
        "GrossMeasure": read_measure(parts.get("GrossWeight")),
        "NetMeasure": read_measure(parts.get("NetWeight")),
        "FobAmount": read_measure(parts.get("Fob"), "currency"),
        "Invoice": [
            {"Number": read_text(invoice[0]), "Date": attempt(parse_iso_date, invoice[1].text)}
            for invoice in element.iterchildren(_INVOICE)
        ],
    }


def _read_attached(element: etree._Element) -> dict[str, Any]:
    return {
        "MessageType": element[0].text,
        "IssuingCountry": element[1].text,
        "IssuingOffice": element[2].text,
        "ReferenceNumber": read_text(element[3]),
    }
