"""A Vietnamese ``ExportDeclaration`` to an extract of an export declaration (ACDD)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_whole_number,
    read_children,
    read_texts,
)
from swb_adapters.vietnam.envelope import NAMESPACE, check_reference
from swb_adapters.vietnam.parts import (
    read_date,
    read_line,
    read_lines,
    read_measure,
    read_national,
    read_port,
)
from swb_adapters.vietnam.paths import EXTRACT_PATHS
from swb_schemas.documents import DeclarationExtract

if TYPE_CHECKING:
    from lxml import etree

    from swb_adapters.vietnam.envelope import Opened

__all__ = ["read_extract"]

_CONSENTS: Final = {"1": True, "0": False}


def read_extract(opened: Opened) -> Reading:
    """Read a declaration that the schema has accepted; whether the exporter consents stays beside.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``.
    """
    parts = read_children(opened.content, NAMESPACE)
    general = read_texts(parts["General"], NAMESPACE)
    check_reference(opened, general["DeclarationNo"])
    values = {
        "ReferenceNumber": read_line(general, "DeclarationNo"),
        "IssuingCountry": general["CountryCode"],
        "IssuingOffice": general["CustomsOffice"],
        "ImportingCountry": general["DestinationCountry"],
        "AcceptanceDate": read_date(general, "AcceptedDate"),
        "Procedure": general.get("ProcedureCode"),
        "TraderReference": read_line(general, "Ucr"),
        "Exporter": _read_trader(parts["Exporter"]),
        "Consignee": {
            **_read_trader(parts["Consignee"]),
            "Country": read_texts(parts["Consignee"], NAMESPACE).get("CountryCode"),
        },
        "DeclaringAgent": _read_agent(parts["Agent"]),
        "Transport": _read_transport(parts["Shipment"]),
        "GrossMeasure": read_measure(general, "GrossWeight", "GrossWeightUnit"),
        "Item": [_read_goods(goods) for goods in parts["GoodsList"]],
        "SupportingDocument": [_read_attached(each) for each in parts.get("AttachedDocuments", ())],
        "Remarks": read_lines({"Note": parts["Note"].text or ""}, "Note")
        if "Note" in parts
        else None,
    }
    return Reading(
        message_type="DeclarationExtract",
        document=build_document(DeclarationExtract, values, paths=EXTRACT_PATHS),
        paths=EXTRACT_PATHS,
        consent=_CONSENTS.get(general.get("ConsentOfExporter", "")),
    )


def _read_trader(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "Identifier": read_line(texts, "TaxCode"),
        "Name": read_line(texts, "Name"),
        "NationalName": read_national(texts, "NameVi"),
        "Address": read_lines(texts, "Address"),
    }


def _read_agent(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {"Identifier": read_line(texts, "TaxCode"), "Name": read_line(texts, "Name")}


def _read_transport(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    containers = read_children(element, NAMESPACE).get("Containers", ())
    return {
        "DepartureDate": read_date(texts, "ShipmentDate"),
        "Mode": texts["TransportMode"],
        "MeansName": read_line(texts, "VehicleName"),
        "JourneyNumber": read_line(texts, "TripNumber"),
        "TransportDocument": read_line(texts, "BillNumber"),
        "LoadingPort": read_port(texts, "LoadingPort"),
        "DischargePort": read_port(texts, "DischargePort"),
        "Equipment": [_read_container(each) for each in containers],
    }


def _read_container(element: etree._Element) -> dict[str, Any]:
    seals = read_children(element, NAMESPACE).get("Seals", ())
    return {
        "Number": read_line(read_texts(element, NAMESPACE), "ContainerNo"),
        "Seal": [read_line({"Seal": seal.text or ""}, "Seal") for seal in seals],
    }


def _read_goods(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    return {
        "SequenceNumber": attempt(parse_whole_number, texts["ItemNo"]),
        "CommodityCode": {"nomenclature": texts["HsVersion"], "Value": texts["HsCode"]},
        "Quantity": read_measure(texts, "Quantity", "QuantityUnit"),
        "OriginCountry": texts["OriginCountry"],
        "Description": read_lines(texts, "Description"),
        "NationalDescription": read_national(texts, "DescriptionVi"),
        "Package": [
            {
                "Count": attempt(parse_whole_number, package[0].text),
                "TypeCode": package[1].text if len(package) > 1 else None,
            }
            for package in parts.get("Packages", ())
        ],
        "GrossMeasure": read_measure(texts, "GrossWeight", "GrossWeightUnit"),
        "NetMeasure": read_measure(texts, "NetWeight", "NetWeightUnit"),
        "FobAmount": read_measure(texts, "FobValue", "FobCurrency", "currency"),
        "Invoice": [_read_invoice(each) for each in parts.get("Invoices", ())],
    }


def _read_invoice(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {"Number": read_line(texts, "InvoiceNo"), "Date": read_date(texts, "InvoiceDate")}


def _read_attached(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {
        "MessageType": texts["Type"],
        "IssuingCountry": texts["CountryCode"],
        "IssuingOffice": texts["Office"],
        "ReferenceNumber": read_line(texts, "Number"),
    }
