"""The simulated customs office: how it conducts itself towards one certificate, from a seed.

It answers as people and systems do: at once or late, item by item, twice, never; with a technical
failure before its receipt; it gives preference, and refuses it with reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Final

from swb.simulator.goods import STATES
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import CertificateOfOrigin
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
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.documents import LeadingDocument

__all__ = [
    "Answer",
    "Conduct",
    "Manner",
    "draw_answers",
    "draw_conduct",
    "draw_receipt",
    "draw_response",
    "is_decided_on",
    "is_received",
]

_REASONS: Final = (
    ("ORIGIN", "The origin criterion in box 8 is not supported by the documents presented."),
    ("DOCUMENTS", "Particulars differ from the invoice beyond a minor discrepancy."),
    ("CONSIGNMENT", "Direct consignment is not shown."),
)


class Manner(StrEnum):
    """How customs answers."""

    AT_ONCE = "at once"
    LATE = "late"
    ITEM_BY_ITEM = "item by item"
    TWICE = "twice"
    UNDECIDED = "undecided"
    NEVER = "never"


_MANNERS: Final = {
    Manner.AT_ONCE: 60,
    Manner.LATE: 10,
    Manner.ITEM_BY_ITEM: 10,
    Manner.TWICE: 8,
    Manner.UNDECIDED: 6,
    Manner.NEVER: 6,
}
_REFUSALS: Final = 0.15
"""Share of certificates whose preference is not given."""
_TECHNICAL_FAILURES: Final = 0.06
"""Share of certificates that the customs system does not receive at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, and how long customs waits with it.

    Attributes:
        name: Unlike that of every other answer to the certificate.
        document: The answer.
        after: From the moment when the certificate was taken.
    """

    name: str
    document: CustomsReceipt | CustomsResponse
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """What customs will do with one certificate.

    Attributes:
        manner: How it answers.
        fails_first: Whether its system does not receive the certificate at first (RES-NOT).
        decision: What it says in the end; None when it does not answer, which it need not.
        responses: How many responses that are; the last one's number.
    """

    manner: Manner
    fails_first: bool
    decision: Decision | None
    responses: int


def draw_conduct(certificate: LeadingDocument, *, seed: int) -> Conduct:
    """Draw how customs conducts itself; the same arguments always give the same.

    A certificate with partial cumulation never earns preference by itself (ATIGA Annex 6).
    """
    random = _random(certificate, seed)
    manner = random.choices(list(_MANNERS), list(_MANNERS.values()))[0]
    decision: Decision | None = (
        Decision.NOT_GIVEN if random.random() < _REFUSALS else Decision.GIVEN
    )
    if manner is Manner.UNDECIDED:
        decision = Decision.PENDING
    cases = getattr(certificate, "special_cases", None)
    if cases is not None and cases.partial_cumulation is not None:
        decision = Decision.NOT_GIVEN
        manner = Manner.AT_ONCE if manner is Manner.UNDECIDED else manner
    if not is_decided_on(certificate):
        manner = Manner.NEVER  # no preference is claimed: it is received, and that is all
    if manner is Manner.NEVER:
        decision = None
    return Conduct(
        manner=manner,
        fails_first=random.random() < _TECHNICAL_FAILURES and is_received(certificate),
        decision=decision,
        responses={Manner.NEVER: 0, Manner.ITEM_BY_ITEM: 2, Manner.TWICE: 2}.get(manner, 1),
    )


def is_decided_on(document: LeadingDocument) -> bool:
    """Whether customs decides on such documents, or only receives them."""
    return "CustomsResponse" in find_type_of(document).answers


def is_received(document: LeadingDocument) -> bool:
    """Whether customs says that it received such documents."""
    return "CustomsReceipt" in find_type_of(document).answers


def draw_answers(
    certificate: LeadingDocument, *, state: str, seed: int, at: datetime, patience: timedelta
) -> Sequence[Answer]:
    """Draw everything that customs will say of a certificate.

    Args:
        certificate: What it is about.
        state: Whose customs.
        seed: What conduct, reasons and the items concerned are drawn from.
        at: When the certificate was taken.
        patience: How long a late answer takes, about.
    """
    if not is_received(certificate):
        return []
    conduct = draw_conduct(certificate, seed=seed)
    random = _random(certificate, seed + 2)
    late = patience * random.uniform(0.5, 1)
    soon = timedelta()
    answers = []
    if conduct.fails_first:
        failed = draw_receipt(certificate, state=state, at=at, outcome=ReceiptOutcome.NOT)
        answers.append(Answer(name="failure", document=failed, after=soon))
        soon = patience * random.uniform(0.1, 0.4)
    receipt = draw_receipt(certificate, state=state, at=at + _whole(soon))
    answers.append(Answer(name="receipt", document=receipt, after=soon))
    for number in range(1, conduct.responses + 1):
        last = number == conduct.responses
        waits = conduct.manner is Manner.LATE or number > 1
        decision = conduct.decision if last else Decision.PENDING
        if conduct.manner is Manner.TWICE and not last:
            decision = Decision.NOT_GIVEN
        if decision is None or not isinstance(certificate, CertificateOfOrigin):
            break
        after = soon + late * (1 if waits else 0)
        response = draw_response(
            certificate,
            state=state,
            seed=seed,
            at=at + _whole(after),
            decision=decision,
            number=number,
        )
        answers.append(Answer(name=f"response-{number}", document=response, after=after))
        if conduct.manner is Manner.TWICE and not last:
            # The same once more, as a person does who did not see that it went out.
            answers.append(Answer(name=f"response-{number}-again", document=response, after=after))
    return answers


def draw_receipt(
    certificate: LeadingDocument,
    *,
    state: str,
    at: datetime,
    outcome: ReceiptOutcome = ReceiptOutcome.REC,
) -> CustomsReceipt:
    """Say whether the customs system has the certificate."""
    failed = outcome is ReceiptOutcome.NOT
    reason = Reason(code="TECHNICAL", text="The customs system was not available.")
    return CustomsReceipt(
        subject=_subject(certificate),
        outcome=outcome,
        at=at,
        office=STATES[state].customs,
        reason=reason if failed else None,
    )


def draw_response(
    certificate: CertificateOfOrigin,
    *,
    state: str,
    seed: int,
    at: datetime,
    decision: Decision,
    number: int = 1,
) -> CustomsResponse:
    """Draw box 4, item by item: what is pending is so for one item, and the others are given.

    What is refused is refused whole, so that the issuing authority may cancel it; what is pending
    is so whole where partial cumulation earns no item preference (ATIGA Annex 6).
    """
    random = _random(certificate, seed + 1)
    odd_one_out = random.randrange(len(certificate.items))
    code, text = random.choice(_REASONS)
    refused = decision is Decision.NOT_GIVEN
    is_whole = refused or certificate.special_cases.partial_cumulation is not None
    items = tuple(
        ItemDecision(
            sequence_number=item.sequence_number,
            decision=decision if is_whole or position == odd_one_out else Decision.GIVEN,
            reasons=(Reason(code=code, text=text),) if refused else (),
        )
        for position, item in enumerate(certificate.items)
    )
    return CustomsResponse(
        subject=_subject(certificate),
        response_number=number,
        decision=roll_up(item.decision for item in items),
        decided_at=at,
        office=STATES[state].customs,
        officer_name=STATES[state].signatories[0],
        items=items,
    )


def _random(certificate: LeadingDocument, seed: int) -> Random:
    """Drawn from the serial number and not from the year: a seed tells the same every year."""
    to = certificate.destination
    serial = certificate.reference_number.rpartition("/")[2]
    return Random(f"{seed}:customs:{certificate.issuing_country}:{to}:{serial}")  # noqa: S311 - drawn values, not secrets


def _whole(duration: timedelta) -> timedelta:
    """Whole seconds: some national formats tell no more."""
    return timedelta(seconds=int(duration.total_seconds()))


def _subject(certificate: LeadingDocument) -> Subject:
    return Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )
