"""The simulated customs office: what it answers to a certificate, drawn from a seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from swb.simulator.goods import STATES
from swb_schemas.documents.customs import (
    CustomsReceipt,
    CustomsResponse,
    Decision,
    ItemDecision,
    Reason,
    ReceiptOutcome,
    Subject,
    roll_up,
)

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["draw_decision", "draw_receipt", "draw_response"]

_REASONS: Final = (
    ("ORIGIN", "The origin criterion in box 8 is not supported by the documents presented."),
    ("DOCUMENTS", "Particulars differ from the invoice beyond a minor discrepancy."),
    ("CONSIGNMENT", "Direct consignment is not shown."),
)


def _random(certificate: CertificateOfOrigin, seed: int) -> Random:
    return Random(f"{seed}:customs:{certificate.key}")  # noqa: S311 - decisions of nobody


def _subject(certificate: CertificateOfOrigin) -> Subject:
    return Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )


def draw_receipt(certificate: CertificateOfOrigin, *, state: str, at: datetime) -> CustomsReceipt:
    """Acknowledge that the customs system has the certificate."""
    return CustomsReceipt(
        subject=_subject(certificate),
        outcome=ReceiptOutcome.REC,
        at=at,
        office=STATES[state].customs,
    )


def draw_decision(certificate: CertificateOfOrigin, *, seed: int) -> Decision | None:
    """Draw what customs will say in the end; None when it does not answer (it need not).

    A certificate with partial cumulation never earns preference by itself (facts 2.4).
    """
    if certificate.special_cases.partial_cumulation is not None:
        return Decision.NOT_GIVEN
    return _random(certificate, seed).choices(
        (Decision.GIVEN, Decision.NOT_GIVEN, Decision.PENDING, None), (80, 10, 5, 5)
    )[0]


def draw_response(
    certificate: CertificateOfOrigin, *, state: str, seed: int, at: datetime
) -> CustomsResponse | None:
    """Draw box 4, item by item; None when customs does not answer."""
    decision = draw_decision(certificate, seed=seed)
    if decision is None:
        return None
    random = _random(certificate, seed + 1)
    odd_one_out = random.randrange(len(certificate.items))
    code, text = random.choice(_REASONS)
    items = tuple(
        ItemDecision(
            sequence_number=item.sequence_number,
            decision=decision if position == odd_one_out else Decision.GIVEN,
            reasons=(Reason(code=code, text=text),)
            if decision is Decision.NOT_GIVEN and position == odd_one_out
            else (),
        )
        for position, item in enumerate(certificate.items)
    )
    return CustomsResponse(
        subject=_subject(certificate),
        response_number=1,
        decision=roll_up(item.decision for item in items),
        decided_at=at,
        office=STATES[state].customs,
        officer_name=STATES[state].signatories[0],
        items=items,
    )
