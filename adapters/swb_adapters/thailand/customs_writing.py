"""What customs says of a certificate to Thai ``CertificateReceipt`` and ``CertificateResponse``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    Losses,
    PayloadWriter,
    Rendering,
    format_iso_instant,
)
from swb_adapters.thailand.codes import OFFSET, RESULTS, STATUSES
from swb_adapters.thailand.control import write_control
from swb_adapters.thailand.envelope import RECEIPT, RESPONSE, wrap_body
from swb_adapters.thailand.parts import format_thai_date, write_lines, write_measure
from swb_adapters.thailand.paths import RECEIPT_PATHS, RESPONSE_PATHS
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb_schemas.documents import CustomsReceipt, CustomsResponse
    from swb_schemas.documents.customs import ItemDecision, Reason, Subject

__all__ = ["write_reason", "write_receipt", "write_response", "write_subject"]

_STATUSES: Final = {outcome: status for status, outcome in STATUSES.items()}
_RESULTS: Final = {decision: result for result, decision in RESULTS.items()}


def write_receipt(document: CustomsReceipt) -> Rendering:
    """Write a receipt.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    out = PayloadWriter()
    write_subject(out, document.subject)
    out.text("Status", _STATUSES[document.outcome])
    moment = format_iso_instant(document.at, offset=OFFSET, path="CustomsReceipt/At")
    out.text("ReceivedAt", moment)
    out.text("CustomsOffice", document.office)
    if document.reason is not None:
        write_reason(out, "Message", document.reason)
    content = write_control(out.encode(), year=document.at.year)
    return Rendering(
        message_type="CustomsReceipt",
        payload=wrap_body(
            RECEIPT,
            content,
            key=str(document.subject.key),
            timestamp=format_instant(document.at),
        ),
        losses=losses.declare(),
        paths=RECEIPT_PATHS,
    )


def write_response(document: CustomsResponse) -> Rendering:
    """Write a response.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    out = PayloadWriter()
    write_subject(out, document.subject)
    out.text("ResponseNumber", str(document.response_number))
    out.text("Result", _RESULTS[document.decision])
    path = "CustomsResponse/DecidedAt"
    out.text("DecidedAt", format_iso_instant(document.decided_at, offset=OFFSET, path=path))
    out.text("CustomsOffice", document.office)
    out.text("Officer", document.officer_name)
    out.text("ImportDeclarationNumber", document.declaration_number)
    declared = format_thai_date(document.declaration_date, "CustomsResponse/DeclarationDate")
    out.text("ImportDeclarationDate", declared)
    for item in document.items:
        _write_item(out, item)
    write_lines(out, "Remarks", document.remarks)
    content = write_control(out.encode(), year=document.decided_at.year)
    return Rendering(
        message_type="CustomsResponse",
        payload=wrap_body(
            RESPONSE,
            content,
            key=str(document.subject.key),
            timestamp=format_instant(document.decided_at),
        ),
        losses=losses.declare(),
        paths=RESPONSE_PATHS,
    )


def write_subject(out: PayloadWriter, subject: Subject, *, tag: str = "Certificate") -> None:
    """Write which certificate is spoken of."""
    out.open(tag)
    out.text("CertificateNumber", subject.reference_number)
    out.text("IssuingCountry", subject.issuing_country)
    out.text("IssuingOffice", subject.issuing_office)
    out.close(tag)


def write_reason(out: PayloadWriter, tag: str, reason: Reason) -> None:
    """Write a code, where there is one, and what it is in words."""
    out.open(tag)
    out.text("Code", reason.code)
    write_lines(out, "Text", reason.text)
    out.close(tag)


def _write_item(out: PayloadWriter, item: ItemDecision) -> None:
    out.open("ItemResult")
    out.text("Sequence", str(item.sequence_number))
    out.text("Result", _RESULTS[item.decision])
    write_measure(out, "UtilisedQuantity", item.utilised_quantity)
    for reason in item.reasons:
        write_reason(out, "Reason", reason)
    out.close("ItemResult")
