"""What the simulated authorities say of a certificate beyond receipt and response, from a seed.

Customs verifies some of the certificates that it gave preference on, and suspends the preference of
what it has not decided; the issuing authority replies, and customs concludes. The issuing authority
cancels what customs refused, and customs replies by what it decided itself.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.customs import Decision, Reason
from swb_schemas.documents.verification import (
    Doubt,
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.documents.customs import Subject

__all__ = [
    "conclude",
    "draw_cancellation",
    "draw_request",
    "explain",
    "is_verified",
    "reply_to",
]

_VERIFIED: Final = 0.4
"""Share of the certificates with preference that customs verifies afterwards."""
_ORIGINATING: Final = 0.8
"""Share of the verifications that find the goods to originate."""


def is_verified(subject: Subject, decision: Decision | None, *, seed: int) -> bool:
    """Draw whether customs verifies what it decided on, or has not decided yet."""
    if decision is Decision.GIVEN:
        return _draw(subject, seed, "verifies") < _VERIFIED
    return decision is Decision.PENDING


def draw_request(
    subject: Subject, decision: Decision | None, *, office: str, seed: int, at: datetime
) -> VerificationRequest | None:
    """Draw whether customs asks for a verification of what it decided on."""
    if not is_verified(subject, decision, seed=seed):
        return None
    doubts = decision is Decision.PENDING
    doubt = Doubt(code="ORIGIN", text="The origin criterion is doubted.")
    return VerificationRequest(
        subject=subject,
        request_number=1,
        requested_at=at,
        office=office,
        ground=VerificationGround.DOUBT if doubts else VerificationGround.RANDOM,
        suspends=doubts,
        doubts=(doubt,) if doubts else (),
    )


def explain(
    request: VerificationRequest, *, office: str, seed: int, at: datetime
) -> VerificationReply:
    """Say what the issuing authority found."""
    originating = _draw(request.subject, seed, "finds") < _ORIGINATING
    finding = (
        VerificationFinding.ORIGINATING if originating else VerificationFinding.NOT_ORIGINATING
    )
    return VerificationReply(
        subject=request.subject,
        request_number=request.request_number,
        replied_at=at,
        office=office,
        finding=finding,
        explanation="The producer's cost statement and records were examined.",
    )


def conclude(reply: VerificationReply, *, office: str, at: datetime) -> VerificationOutcome:
    """Say what customs concludes of a reply."""
    confirmed = reply.finding is VerificationFinding.ORIGINATING
    reason = Reason(code="ORIGIN", text="The reply does not show that the goods originate.")
    return VerificationOutcome(
        subject=reply.subject,
        request_number=reply.request_number,
        concluded_at=at,
        office=office,
        result=VerificationResult.CONFIRMED if confirmed else VerificationResult.DENIED,
        reasons=() if confirmed else (reason,),
    )


def draw_cancellation(subject: Subject, *, office: str, at: datetime) -> Cancellation:
    """Cancel what customs refused."""
    return Cancellation(
        subject=subject,
        cancellation_number=1,
        requested_at=at,
        office=office,
        reason=Reason(code="REFUSED", text="Preference was refused; the goods are sold elsewhere."),
    )


def reply_to(
    request: Cancellation, decision: Decision | None, *, known: bool, office: str, at: datetime
) -> CancellationReply:
    """Reply to a cancellation by what customs decided in the end.

    Args:
        request: The cancellation.
        decision: Of customs, where it decided.
        known: Whether customs has the certificate at all.
        office: Of customs.
        at: When it replies.
    """
    if not known:
        return CancellationReply(
            subject=request.subject,
            cancellation_number=request.cancellation_number,
            outcome=CancellationOutcome.UNKNOWN,
            replied_at=at,
            office=office,
            reason=Reason(text="Customs has no certificate of this number."),
        )
    utilised = decision is Decision.GIVEN
    return CancellationReply(
        subject=request.subject,
        cancellation_number=request.cancellation_number,
        outcome=CancellationOutcome.UTILISED if utilised else CancellationOutcome.ACCEPTED,
        replied_at=at,
        office=office,
        reason=Reason(text="Preference was given.") if utilised else None,
    )


def _draw(subject: Subject, seed: int, what: str) -> float:
    serial = subject.reference_number.rpartition("/")[2]
    return Random(f"{seed}:{what}:{subject.issuing_country}:{serial}").random()  # noqa: S311 - drawn values, not secrets
