"""Vietnamese ``CustomsReceipt`` and ``CustomsDecision`` to what customs says of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    parse_whole_number,
    read_children,
    read_texts,
)
from swb_adapters.vietnam.codes import RECEIVED, RESULTS
from swb_adapters.vietnam.envelope import NAMESPACE, check_reference
from swb_adapters.vietnam.parts import (
    read_date,
    read_line,
    read_lines,
    read_measure,
    read_time,
)
from swb_adapters.vietnam.paths import RECEIPT_PATHS, RESPONSE_PATHS
from swb_schemas.documents import CustomsReceipt, CustomsResponse
from swb_schemas.documents.customs import ReceiptOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from swb_adapters.vietnam.envelope import Opened

__all__ = ["read_receipt", "read_response"]


def read_receipt(opened: Opened) -> Reading:
    """Read a receipt that the schema has accepted.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``.
    """
    texts = read_texts(opened.content, NAMESPACE)
    check_reference(opened, texts["CoNumber"])
    reason = {"Code": texts.get("ReasonCode"), "Text": read_lines(texts, "ReasonText")}
    received = opened.function == RECEIVED
    values = {
        "Subject": _read_subject(texts),
        "Outcome": ReceiptOutcome.REC if received else ReceiptOutcome.NOT,
        "At": read_time(texts, "ReceivedAt"),
        "Office": read_line(texts, "CustomsOffice"),
        "Reason": {key: text for key, text in reason.items() if text is not None} or None,
    }
    return Reading(
        message_type="CustomsReceipt",
        document=build_document(CustomsReceipt, values, paths=RECEIPT_PATHS),
        paths=RECEIPT_PATHS,
    )


def read_response(opened: Opened) -> Reading:
    """Read a decision that the schema has accepted.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``; a header result that is not the
            items' results rolled up is one.
    """
    parts = read_children(opened.content, NAMESPACE)
    texts = read_texts(opened.content, NAMESPACE)
    check_reference(opened, texts["CoNumber"])
    values = {
        "Subject": _read_subject(texts),
        "ResponseNumber": attempt(parse_whole_number, texts["ResponseNo"]),
        "Decision": RESULTS[texts["Result"]],
        "DecidedAt": read_time(texts, "DecidedAt"),
        "Office": read_line(texts, "CustomsOffice"),
        "OfficerName": read_line(texts, "OfficerName"),
        "DeclarationNumber": read_line(texts, "DeclarationNo"),
        "DeclarationDate": read_date(texts, "DeclarationDate"),
        "Item": [_read_item(item) for item in parts["Items"]],
        "Remarks": read_lines(texts, "Note"),
    }
    return Reading(
        message_type="CustomsResponse",
        document=build_document(CustomsResponse, values, paths=RESPONSE_PATHS),
        paths=RESPONSE_PATHS,
    )


def _read_subject(texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "IssuingCountry": texts["IssuingCountry"],
        "IssuingOffice": texts["IssuingOffice"],
        "ReferenceNumber": read_line(texts, "CoNumber"),
    }


def _read_item(element: etree._Element) -> dict[str, Any]:
    parts = read_children(element, NAMESPACE)
    texts = read_texts(element, NAMESPACE)
    reasons = parts.get("Reasons")
    return {
        "SequenceNumber": attempt(parse_whole_number, texts["ItemNo"]),
        "Decision": RESULTS[texts["Result"]],
        "UtilisedQuantity": read_measure(texts, "UsedQuantity", "UsedQuantityUnit"),
        "Reason": [] if reasons is None else [_read_reason(reason) for reason in reasons],
    }


def _read_reason(element: etree._Element) -> dict[str, Any]:
    texts = read_texts(element, NAMESPACE)
    return {"Code": texts.get("Code"), "Text": read_lines(texts, "Text")}
