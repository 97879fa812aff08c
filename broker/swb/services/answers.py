"""What a received answer says of a document that was sent from here, as events.

An answer counts only when it is about what was really sent: acknowledgements and relay receipts
name a message of ours and its digest, and come from whom it went to; customs answers name a
certificate of ours and its digest, and are sealed by whom it was addressed to. All are of the
environment of what they are about, so that nothing binding is said of a parallel exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.lifecycle import Fact, name_of_acknowledgement, name_of_decision, name_of_receipt
from swb.ports import Direction, Event
from swb_schemas.catalogue import get_type
from swb_schemas.documents import CustomsReceipt, CustomsResponse, RelayReceipt, TransportAck
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.error_codes import find_error_code
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from swb.ports import DocumentRecord, MessageRecord, MessageStore
    from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage
    from swb_schemas.wire.evidence import VerifiedDelivery

__all__ = ["hear_answer"]


async def hear_answer(delivery: VerifiedDelivery, store: MessageStore) -> list[Event]:
    """Hear what a verified delivery says of documents that were sent from here.

    Args:
        delivery: Of any type; what begins a conversation says nothing of others.
        store: Knows what was sent.

    Raises:
        RefusedError: ``receive.*``: it answers what was never sent, or not to whom it answers.
        UnavailableError: ``store.unavailable``.
    """
    match delivery.sealed.document:
        case TransportAck() as document:
            return [await _acknowledged(each, delivery, store) for each in document.acknowledged]
        case RelayReceipt() as document:
            return [await _relayed(each, delivery, store) for each in document.relayed]
        case CustomsReceipt() | CustomsResponse() as document:
            return [await _answered(document, delivery, store)]
        case _:
            return []


async def _acknowledged(
    ack: AcknowledgedMessage, by: VerifiedDelivery, store: MessageStore
) -> Event:
    sent = await _own_message(ack, by, store)
    if ack.document_id not in {None, sent.document_id}:
        raise _unknown_message(ack, by)
    if sent.receiver != by.message.header.sender:
        raise RefusedError(
            "receive.foreign_acknowledgement",
            f"expected {sent.receiver} to acknowledge {sent.message_id}, "
            f"found {by.message.header.sender}",
        )
    return Event(
        document_id=sent.document_id,
        name=name_of_acknowledgement(ack.hop, ack.outcome),
        at=ack.at,
        message_id=by.message.header.message_id,
        code=ack.code or "",
        detail=_explain(ack.code),
    )


async def _relayed(receipt: RelayedMessage, by: VerifiedDelivery, store: MessageStore) -> Event:
    sent = await _own_message(receipt, by, store)
    return Event(
        document_id=sent.document_id,
        name=Fact.RELAYED if receipt.outcome is Outcome.ACCEPTED else Fact.REFUSED,
        at=receipt.at,
        message_id=by.message.header.message_id,
        code=receipt.code or "",
        detail=_explain(receipt.code),
    )


def _explain(code: str | None) -> str:
    """Say what a code means; an acknowledgement tells no more than the code."""
    known = find_error_code(code) if code else None
    return known.meaning if known else ""


async def _own_message(
    judged: AcknowledgedMessage | RelayedMessage, by: VerifiedDelivery, store: MessageStore
) -> MessageRecord:
    sent = await store.find_message(judged.message_id)
    if (
        sent is None
        or sent.direction is not Direction.OUT
        or sent.digest != judged.message_digest.text
    ):
        raise _unknown_message(judged, by)
    document = await store.find_document(sent.document_id)
    if document is not None:
        _check_environment(by, document, f"message {sent.message_id}")
    return sent


async def _answered(
    document: CustomsReceipt | CustomsResponse, by: VerifiedDelivery, store: MessageStore
) -> Event:
    header = by.sealed.header
    certificate = await store.find_document(header.answers.document_id) if header.answers else None
    if (
        certificate is None
        or header.answers is None
        or certificate.digest != header.answers.document_digest.text
        or certificate.certificate_key != header.certificate_key
        or certificate.receiving_party != header.issuing_party
    ):
        raise RefusedError(
            "receive.unknown_certificate",
            f"expected an answer to a certificate sent to {header.issuing_party}, "
            f"found one about {header.certificate_key}",
        )
    if header.message_type not in get_type(certificate.message_type).answers:
        raise RefusedError(
            "receive.answer_not_foreseen",
            f"expected {' or '.join(get_type(certificate.message_type).answers)} on a "
            f"{certificate.message_type}, found a {header.message_type}",
        )
    _check_environment(by, certificate, f"certificate {header.certificate_key}")
    response = isinstance(document, CustomsResponse)
    return Event(
        document_id=certificate.document_id,
        name=name_of_decision(document.decision)
        if isinstance(document, CustomsResponse)
        else name_of_receipt(document.outcome),
        at=document.decided_at if isinstance(document, CustomsResponse) else document.at,
        message_id=by.message.header.message_id,
        revision=header.revision if response else 0,
    )


def _check_environment(by: VerifiedDelivery, document: DocumentRecord, what: str) -> None:
    found = by.sealed.header.environment
    if found != document.environment:
        raise RefusedError(
            "receive.other_environment",
            f"expected what is about {what} to be sealed for {document.environment}, found {found}",
        )


def _unknown_message(
    judged: AcknowledgedMessage | RelayedMessage, by: VerifiedDelivery
) -> RefusedError:
    return RefusedError(
        "receive.unknown_message",
        f"expected an acknowledgement of a message sent from here, found {judged.message_id} "
        f"in {by.message.header.message_id}",
    )
