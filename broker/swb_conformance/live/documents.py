"""What is said of documents: by customs, by their issuers, by gateways and by the router.

The documents themselves are drawn in `swb_conformance.live.leading`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    RelayReceipt,
    TransportAck,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.acknowledgements import (
    AcknowledgedMessage,
    Hop,
    Outcome,
    RelayedMessage,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.customs import (
    Decision,
    ItemDecision,
    Reason,
    ReceiptOutcome,
    Subject,
    roll_up,
)
from swb_schemas.documents.elements import Digest
from swb_schemas.documents.verification import (
    Doubt,
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swb_schemas.documents import LeadingDocument

__all__ = [
    "acknowledge",
    "cancel",
    "conclude",
    "decide",
    "explain",
    "question",
    "receipt",
    "relay",
    "reply_to_cancellation",
    "subject_of",
]

_CANCELLING: Final[Mapping[str, type[Cancellation | DeclarationWithdrawal]]] = {
    "Cancellation": Cancellation,
    "DeclarationWithdrawal": DeclarationWithdrawal,
}
"""By message type: what asks for cancellation."""
_CUSTOMS: Final = "EXAMPLE CUSTOMS OFFICE"
_AUTHORITY: Final = "EXAMPLE ISSUING AUTHORITY"


def subject_of(certificate: LeadingDocument) -> Subject:
    """Name a certificate in a document about it."""
    return Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )


def receipt(subject: Subject, *, at: datetime, received: bool = True) -> CustomsReceipt:
    """Customs has the certificate, or has it not for a technical reason."""
    return CustomsReceipt(
        subject=subject,
        outcome=ReceiptOutcome.REC if received else ReceiptOutcome.NOT,
        at=at,
        office=_CUSTOMS,
        reason=None if received else Reason(code="SYSTEM", text="The system was not available."),
    )


def decide(
    subject: Subject, *, at: datetime, items: int, decision: Decision, number: int = 1
) -> CustomsResponse:
    """Customs decides on every item alike."""
    refused = decision is Decision.NOT_GIVEN
    decided = tuple(
        ItemDecision(
            sequence_number=each,
            decision=decision,
            reasons=(Reason(code="ORIGIN", text="The origin is not shown."),) if refused else (),
        )
        for each in range(1, items + 1)
    )
    return CustomsResponse(
        subject=subject,
        response_number=number,
        decision=roll_up(each.decision for each in decided),
        decided_at=at,
        office=_CUSTOMS,
        officer_name="OFFICER (EXAMPLE)",
        declaration_number=f"DEC-{subject.reference_number[-8:]}",
        declaration_date=at.date(),
        items=decided,
    )


def cancel(
    subject: Subject,
    *,
    at: datetime,
    number: int = 1,
    message_type: str = "Cancellation",
) -> Cancellation | DeclarationWithdrawal:
    """The issuing side asks for cancellation, by the message that the type has for it."""
    return _CANCELLING[message_type](
        subject=subject,
        cancellation_number=number,
        requested_at=at,
        office=_AUTHORITY,
        reason=Reason(code="ERROR", text="Issued by mistake."),
    )


def reply_to_cancellation(subject: Subject, *, at: datetime, number: int = 1) -> CancellationReply:
    """Customs accepts a cancellation."""
    return CancellationReply(
        subject=subject,
        cancellation_number=number,
        outcome=CancellationOutcome.ACCEPTED,
        replied_at=at,
        office=_CUSTOMS,
    )


def question(subject: Subject, *, at: datetime, number: int = 1) -> VerificationRequest:
    """Customs doubts a certificate; preference is not suspended."""
    return VerificationRequest(
        subject=subject,
        request_number=number,
        requested_at=at,
        office=_CUSTOMS,
        ground=VerificationGround.DOUBT,
        suspends=False,
        doubts=(Doubt(code="ORIGIN", text="The origin criterion is doubted."),),
    )


def explain(subject: Subject, *, at: datetime, number: int = 1) -> VerificationReply:
    """The issuing authority found that the goods originate."""
    return VerificationReply(
        subject=subject,
        request_number=number,
        replied_at=at,
        office=_AUTHORITY,
        finding=VerificationFinding.ORIGINATING,
        explanation="The producer's records were examined.",
    )


def conclude(
    subject: Subject, *, at: datetime, number: int = 1, confirmed: bool = True
) -> VerificationOutcome:
    """Customs concludes that the goods originate, or that nothing shows it."""
    return VerificationOutcome(
        subject=subject,
        request_number=number,
        concluded_at=at,
        office=_CUSTOMS,
        result=VerificationResult.CONFIRMED if confirmed else VerificationResult.DENIED,
        reasons=() if confirmed else (Reason(code="ORIGIN", text="The origin is not shown."),),
    )


def acknowledge(
    *, message: tuple[str, str], document: tuple[str, str], hop: Hop, at: datetime
) -> TransportAck:
    """The receiving side has a message.

    Args:
        message: Its id and signed digest.
        document: Id and signed digest of the document in it.
        hop: How far it came.
        at: When.
    """
    return TransportAck(
        acknowledged=(
            AcknowledgedMessage(
                message_id=message[0],
                message_digest=Digest.parse(message[1]),
                outcome=Outcome.ACCEPTED,
                at=at,
                document_id=document[0],
                document_digest=Digest.parse(document[1]),
                hop=hop,
            ),
        )
    )


def relay(*, message: tuple[str, str], at: datetime) -> RelayReceipt:
    """The router has passed a message on."""
    return RelayReceipt(
        relayed=(
            RelayedMessage(
                message_id=message[0],
                message_digest=Digest.parse(message[1]),
                outcome=Outcome.ACCEPTED,
                at=at,
            ),
        )
    )
