"""What a received answer says of a document that was sent from here, as events.

An answer counts only when it is about what was really sent: acknowledgements and relay receipts
name a message of ours and its digest, and come from whom it went to; what is about a certificate
names it and its digest, and is sealed by one of its two parties for the other. What the issuing
side says of a certificate may overtake it, and waits for it. Moves are held to the table of
`swb_schemas.exchanges`; what is taken back by its status names what it takes back. All are of the
environment of what they are about, so that nothing binding is said of a parallel exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import structlog

from swb.core.lifecycle import Fact, judge_exchange, name_of_acknowledgement
from swb.ports import Direction, Event
from swb_schemas.catalogue import get_type
from swb_schemas.documents import (
    AboutCertificate,
    LeadingDocument,
    RelayReceipt,
    TransportAck,
)
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.error_codes import find_error_code
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.exchanges import Effect, Step, explain_refusal, judge_received, spell_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from swb.ports import DocumentRecord, Documents, SentMessage
    from swb.services.kept import Kept
    from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage
    from swb_schemas.wire.evidence import VerifiedDelivery

__all__ = ["hear_answer"]

_log = structlog.get_logger("swb.receive")

J = TypeVar("J", "AcknowledgedMessage", "RelayedMessage")


async def hear_answer(
    delivery: VerifiedDelivery, answered: Kept | None, store: Documents, *, at: datetime
) -> list[Event]:
    """Hear what a verified delivery says of documents that were sent from here.

    Args:
        delivery: Of any type; what begins a conversation says nothing of others.
        answered: What its seal says that it answers; None where that is not here, or nothing.
        store: Knows what was sent.
        at: The judging moment: what is early waits until its message expires.

    Raises:
        RefusedError: ``receive.*``: it answers what was never sent, or not to whom it answers.
            ``exchange.*``: it makes a move that the exchange forbids.
        UndeterminedError: ``exchange.too_early``: what it rests upon has not come yet.
        UnavailableError: ``store.unavailable``.
    """
    match delivery.sealed.document:
        case TransportAck() as document:
            return await _hear_receipt(document.acknowledged, _acknowledged, delivery, store)
        case RelayReceipt() as document:
            return await _hear_receipt(document.relayed, _relayed, delivery, store)
        case AboutCertificate() as document:
            return [await _moved(document, delivery, answered, store, at)]
        case LeadingDocument() as document if document.takes_back:
            return _taken_back(document, delivery, answered, at)
        case _:
            return []


async def _hear_receipt(
    judged: Sequence[J],
    hear: Callable[[J, SentMessage, VerifiedDelivery], Event],
    by: VerifiedDelivery,
    store: Documents,
) -> list[Event]:
    """Hear what a receipt says of messages, each by itself: one that is false spoils no other.

    Raises:
        RefusedError: ``receive.*``: none of it is true.
    """
    kept = await store.list_sent([each.message_id for each in judged])
    sent = {each.message_id: each for each in kept}
    events, refusals = [], []
    for about in judged:
        try:
            events.append(hear(about, _own_message(about, sent, by), by))
        except RefusedError as refusal:
            refusals.append(refusal)
    if not events:
        raise refusals[0]
    for each in refusals:
        _log.warning(
            "receipt_not_heard",
            message_id=by.message.header.message_id,
            code=each.code,
            reason=each.message,
        )
    return events


def _acknowledged(ack: AcknowledgedMessage, sent: SentMessage, by: VerifiedDelivery) -> Event:
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


def _relayed(receipt: RelayedMessage, sent: SentMessage, by: VerifiedDelivery) -> Event:
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


def _own_message(
    judged: AcknowledgedMessage | RelayedMessage,
    kept: Mapping[str, SentMessage],
    by: VerifiedDelivery,
) -> SentMessage:
    sent = kept.get(judged.message_id)
    if sent is None or sent.digest != judged.message_digest.text:
        raise _unknown_message(judged, by)
    if sent.environment:
        _check_environment(by, sent.environment, f"message {sent.message_id}")
    return sent


async def _moved(
    document: AboutCertificate,
    by: VerifiedDelivery,
    answered: Kept | None,
    store: Documents,
    at: datetime,
) -> Event:
    header = by.sealed.header
    answers = header.answers
    certificate = answered.record if answered else None
    if certificate is None and answers is not None and _may_overtake(header.message_type):
        _wait(by, at, f"certificate {header.certificate_key} to be here before what is about it")
    foreseen = get_type(certificate.message_type).answers if certificate else ()
    if certificate is not None and header.message_type not in foreseen:
        raise RefusedError(
            "receive.answer_not_foreseen",
            f"expected {' or '.join(foreseen)} on a {certificate.message_type}, found a "
            f"{header.message_type}",
        )
    if (
        certificate is None
        or answers is None
        or certificate.digest != answers.document_digest.text
        or certificate.certificate_key != header.certificate_key
        or not _are_its_parties(certificate, by)
    ):
        raise RefusedError(
            "receive.unknown_certificate",
            f"expected a document about a certificate between {header.issuing_party} and "
            f"{header.receiving_party}, found one about {header.certificate_key}",
        )
    _check_environment(by, certificate.environment, f"certificate {header.certificate_key}")
    events = await store.list_events(certificate.document_id)
    state = judge_exchange((Fact(each.name), each.revision) for each in events)
    step = Step(move=document.move, number=document.number)
    verdict = judge_received(state, step)
    stands = spell_state(state) or "nothing done yet"
    if verdict.effect is Effect.WAITS:
        _wait(by, at, f"what comes before {document.move} no. {document.number}: {stands}")
    if verdict.effect in {Effect.WAITS, Effect.REFUSED}:
        raise RefusedError(verdict.code, explain_refusal(state, step, verdict.code))
    return Event(
        document_id=certificate.document_id,
        name=Fact(document.move),
        at=document.made_at,
        message_id=by.message.header.message_id,
        detail=str(document.replaced_by or ""),
        revision=document.number,
    )


def _taken_back(
    document: LeadingDocument, by: VerifiedDelivery, answered: Kept | None, at: datetime
) -> list[Event]:
    """Hear that a certificate was taken back; it may overtake that one, and waits for it."""
    header = by.sealed.header
    answers = header.answers
    issued = answered.record if answered else None
    if issued is None and answers is not None:
        _wait(by, at, f"certificate {header.certificate_key} to be here before it is taken back")
    if (
        issued is None
        or answers is None
        or issued.digest != answers.document_digest.text
        or (issued.certificate_key, issued.message_type)
        != (header.certificate_key, header.message_type)
        or issued.direction is not Direction.IN
        or (issued.issuing_party, issued.receiving_party)
        != (header.issuing_party, header.receiving_party)
    ):
        raise RefusedError(
            "receive.unknown_certificate",
            f"expected a certificate of {header.issuing_party} that came here to be taken back, "
            f"found {document.key}",
        )
    _check_environment(by, issued.environment, f"certificate {header.certificate_key}")
    return [
        Event(
            document_id=each,
            name=Fact.WITHDRAWN,
            at=by.sealed.header.sealed_at,
            message_id=by.message.header.message_id,
        )
        for each in (issued.document_id, header.document_id)
    ]


def _may_overtake(message_type: str) -> bool:
    """Whether the side that sends such a document sends the certificate, too."""
    return get_type(message_type).of_issuer


def _wait(by: VerifiedDelivery, at: datetime, awaited: str) -> None:
    """Have it held until its message expires; what came too late then is judged as it stands."""
    if at < by.message.header.expires_at:
        raise UndeterminedError("exchange.too_early", f"expected {awaited}", actor=Actor.RECIPIENT)


def _are_its_parties(certificate: DocumentRecord, by: VerifiedDelivery) -> bool:
    """Whether it goes between the certificate's parties, from the other state to this one."""
    header = by.sealed.header
    parties = (header.issuing_party, header.receiving_party)
    issuing, receiving = certificate.issuing_party, certificate.receiving_party
    if get_type(header.message_type).of_issuer:
        return certificate.direction is Direction.IN and parties == (issuing, receiving)
    return certificate.direction is Direction.OUT and parties == (receiving, issuing)


def _check_environment(by: VerifiedDelivery, environment: str, what: str) -> None:
    found = by.sealed.header.environment
    if found != environment:
        raise RefusedError(
            "receive.other_environment",
            f"expected what is about {what} to be sealed for {environment}, found {found}",
        )


def _unknown_message(
    judged: AcknowledgedMessage | RelayedMessage, by: VerifiedDelivery
) -> RefusedError:
    return RefusedError(
        "receive.unknown_message",
        f"expected an acknowledgement of a message sent from here, found {judged.message_id} "
        f"in {by.message.header.message_id}",
    )
