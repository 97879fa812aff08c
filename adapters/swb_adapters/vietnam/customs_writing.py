"""What customs says of a certificate to Vietnamese ``CustomsReceipt`` and ``CustomsDecision``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
)
from swb_adapters.vietnam.codes import ERROR, RECEIVED, RESULTS
from swb_adapters.vietnam.envelope import RECEIPT, RESPONSE, wrap_content
from swb_adapters.vietnam.parts import format_date, format_time, write_measure
from swb_adapters.vietnam.paths import RECEIPT_PATHS, RESPONSE_PATHS
from swb_schemas.documents.customs import ReceiptOutcome

if TYPE_CHECKING:
    from swb_schemas.documents import CustomsReceipt, CustomsResponse
    from swb_schemas.documents.customs import ItemDecision, Subject

__all__ = ["write_receipt", "write_response"]

_RESULTS: Final = {decision: code for code, decision in RESULTS.items()}


def write_receipt(document: CustomsReceipt) -> Rendering:
    """Write a receipt; its outcome becomes the header's function.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    at = format_time(document.at, path="CustomsReceipt/At", losses=losses)
    out = PayloadWriter()
    _write_subject(out, document.subject)
    out.text("ReceivedAt", at)
    out.text("CustomsOffice", document.office)
    if document.reason is not None:
        out.text("ReasonCode", document.reason.code)
        out.text("ReasonText", document.reason.text)
    return Rendering(
        message_type="CustomsReceipt",
        payload=wrap_content(
            RECEIPT,
            out.encode(),
            function=RECEIVED if document.outcome is ReceiptOutcome.REC else ERROR,
            reference=document.subject.reference_number,
            sent=at,
        ),
        losses=losses.declare(),
        paths=RECEIPT_PATHS,
    )


def write_response(document: CustomsResponse) -> Rendering:
    """Write a decision.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    at = format_time(document.decided_at, path="CustomsResponse/DecidedAt", losses=losses)
    out = PayloadWriter()
    _write_subject(out, document.subject)
    out.text("ResponseNo", str(document.response_number))
    out.text("Result", _RESULTS[document.decision])
    out.text("DecidedAt", at)
    out.text("CustomsOffice", document.office)
    out.text("OfficerName", document.officer_name)
    out.text("DeclarationNo", document.declaration_number)
    declared = format_date(document.declaration_date, "CustomsResponse/DeclarationDate")
    out.text("DeclarationDate", declared)
    out.open("Items")
    for item in document.items:
        _write_item(out, item)
    out.close("Items")
    out.text("Note", document.remarks)
    return Rendering(
        message_type="CustomsResponse",
        payload=wrap_content(
            RESPONSE,
            out.encode(),
            function="3",
            reference=document.subject.reference_number,
            sent=at,
        ),
        losses=losses.declare(),
        paths=RESPONSE_PATHS,
    )


def _write_subject(out: PayloadWriter, subject: Subject) -> None:
    out.text("CoNumber", subject.reference_number)
    out.text("IssuingCountry", subject.issuing_country)
    out.text("IssuingOffice", subject.issuing_office)


def _write_item(out: PayloadWriter, item: ItemDecision) -> None:
    out.open("Item")
    out.text("ItemNo", str(item.sequence_number))
    out.text("Result", _RESULTS[item.decision])
    write_measure(out, "UsedQuantity", item.utilised_quantity)
    if item.reasons:
        out.open("Reasons")
        for reason in item.reasons:
            out.open("Reason")
            out.text("Code", reason.code)
            out.text("Text", reason.text)
            out.close("Reason")
        out.close("Reasons")
    out.close("Item")
