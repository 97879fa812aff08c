"""Thai ``CertificateReceipt`` and ``CertificateResponse`` to what customs says of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_iso_instant,
    parse_whole_number,
    read_children,
)
from swb_adapters.thailand.codes import RESULTS, STATUSES
from swb_adapters.thailand.envelope import NAMESPACE
from swb_adapters.thailand.parts import parse_thai_date, read_lines, read_measure, read_text
from swb_adapters.thailand.paths import RECEIPT_PATHS, RESPONSE_PATHS
from swb_schemas.documents import CustomsReceipt, CustomsResponse

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["read_reason", "read_receipt", "read_response", "read_subject"]

_ITEM_RESULT = f"{{{NAMESPACE}}}ItemResult"
_REASON = f"{{{NAMESPACE}}}Reason"


def read_receipt(body: etree._Element) -> Reading:
    """Read a receipt that the schema has accepted.

    Raises:
        RefusedError: ``adapter.value``.
    """
    parts = read_children(body, NAMESPACE)
    message = parts.get("Message")
    values = {
        "Subject": read_subject(parts["Certificate"]),
        "Outcome": STATUSES[parts["Status"].text or ""],
        "At": attempt(parse_iso_instant, parts["ReceivedAt"].text),
        "Office": read_text(parts.get("CustomsOffice")),
        "Reason": None if message is None else read_reason(message),
    }
    return Reading(
        message_type="CustomsReceipt",
        document=build_document(CustomsReceipt, values, paths=RECEIPT_PATHS),
        paths=RECEIPT_PATHS,
    )


def read_response(body: etree._Element) -> Reading:
    """Read a response that the schema has accepted.

    Raises:
        RefusedError: ``adapter.value``; a header result that is not the items' results rolled up
            is one.
    """
    parts = read_children(body, NAMESPACE)
    declared = parts.get("ImportDeclarationDate")
    values = {
        "Subject": read_subject(parts["Certificate"]),
        "ResponseNumber": attempt(parse_whole_number, parts["ResponseNumber"].text),
        "Decision": RESULTS[parts["Result"].text or ""],
        "DecidedAt": attempt(parse_iso_instant, parts["DecidedAt"].text),
        "Office": read_text(parts["CustomsOffice"]),
        "OfficerName": read_text(parts.get("Officer")),
        "DeclarationNumber": read_text(parts.get("ImportDeclarationNumber")),
        "DeclarationDate": None if declared is None else parse_thai_date(declared.text),
        "Item": [_read_item(item) for item in body.iterchildren(_ITEM_RESULT)],
        "Remarks": read_lines(parts.get("Remarks")),
    }
    return Reading(
        message_type="CustomsResponse",
        document=build_document(CustomsResponse, values, paths=RESPONSE_PATHS),
        paths=RESPONSE_PATHS,
    )


def read_subject(element: etree._Element) -> dict[str, Any]:
    """Read which certificate is spoken of."""
    parts = read_children(element, NAMESPACE)
    return {
        "IssuingCountry": parts["IssuingCountry"].text,
        "IssuingOffice": parts["IssuingOffice"].text,
        "ReferenceNumber": read_text(parts["CertificateNumber"]),
    }


def read_reason(element: etree._Element) -> dict[str, Any]:
    """Read a code, where there is one, and what it is in words."""
    parts = read_children(element, NAMESPACE)
    code = parts.get("Code")
    return {"Code": None if code is None else code.text, "Text": read_lines(parts["Text"])}


def _read_item(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    return {
        "SequenceNumber": attempt(parse_whole_number, parts["Sequence"].text),
        "Decision": RESULTS[parts["Result"].text or ""],
        "UtilisedQuantity": read_measure(parts.get("UtilisedQuantity")),
        "Reason": [read_reason(reason) for reason in element.iterchildren(_REASON)],
    }
