"""Cases of what is said of a certificate beside what was said before: times and sums."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import (
    CancellationReply,
    CustomsResponse,
    VerificationOutcome,
    VerificationReply,
)
from swb_schemas.exchanges import Move, find_cut_short, find_exceeded
from swb_schemas.rulebook import KnownCertificate, Related
from tests.rulebook.case import Case, plain, response

if TYPE_CHECKING:
    from swb_schemas.documents import AboutCertificate

__all__ = ["CASES"]

BEGUN: Final = datetime(2026, 1, 5, 2, tzinfo=UTC)
SUBJECT: Final = response().subject.model_dump()


def after(
    days: int,
    model: type[AboutCertificate],
    begun: Move,
    *codes: str,
    replied: bool = True,
    **values: Any,  # noqa: ANN401 - of any model
) -> Case:
    """A document that was made so many days after something was asked for.

    Where a verification was asked for, and a reply is not what is judged, one came the next day.
    """
    at = BEGUN + timedelta(days=days)
    moments = {name: at for name in model.model_fields if name.endswith("ed_at")}
    document = model.model_validate({"subject": SUBJECT, "office": "HQ", **moments, **values})
    known = [
        (begun, 0 if begun is Move.RES_REC else 1, BEGUN),
        (document.move, document.number, document.made_at),
    ]
    if replied and model is VerificationOutcome:
        known.append((Move.VERIFICATION_REPLY, 1, BEGUN + timedelta(days=1)))
    found = find_exceeded(known, agreement="ATIGA", at=at)
    exceeded = tuple(each for each in found if document.move in each.limit.ends)
    cut_short = tuple(find_cut_short(known, agreement="ATIGA"))
    return Case(
        document=document,
        findings=tuple((code, "") for code in codes),
        related=Related(exceeded=exceeded, cut_short=cut_short),
    )


EARLY: Final = "rule.said_before_issue"


def said_before(
    days: int,
    model: type[AboutCertificate],
    *codes: str,
    **values: Any,  # noqa: ANN401 - of any model
) -> Case:
    """A document that was made so many days before the certificate was issued."""
    certificate = plain()
    at = datetime.combine(certificate.issued_on, time(12), tzinfo=UTC) - timedelta(days=days)
    moments = {name: at for name in model.model_fields if name.endswith("ed_at")}
    document = model.model_validate({"subject": SUBJECT, "office": "HQ", **moments, **values})
    return Case(
        document=document,
        findings=tuple((code, "") for code in codes),
        related=Related(subject=KnownCertificate(certificate=certificate)),
    )


REFUSED: Final[dict[str, Any]] = {
    "response_number": 1,
    "decision": "NOT_GIVEN",
    "items": [
        {"sequence_number": 1, "decision": "NOT_GIVEN", "reasons": [{"text": "criterion not met"}]}
    ],
}
GIVEN: Final[dict[str, Any]] = {
    "response_number": 1,
    "decision": "GIVEN",
    "items": [{"sequence_number": 1, "decision": "GIVEN"}],
}
ACCEPTED: Final[dict[str, Any]] = {"cancellation_number": 1, "outcome": "ACCEPTED"}
REPLIED: Final[dict[str, Any]] = {
    "request_number": 1,
    "finding": "ORIGINATING",
    "explanation": "The records of the producer were examined.",
}
CONCLUDED: Final[dict[str, Any]] = {
    "request_number": 1,
    "result": "DENIED",
    "reasons": [{"text": "nothing shows it"}],
}


def uses(
    *parts: tuple[int, str, str | None],
    number: int | None = None,
    also: tuple[str, str] | None = None,
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """Responses on the first item of 1200.5 kg: number, declaration, how much (None: the whole).

    The last one is judged.
    """
    responses = []
    for each, declaration, value in parts:
        used = None if value is None else {"unit": "KGM", "value": value}
        item = {"sequence_number": 1, "decision": "GIVEN", "utilised_quantity": used}
        values = response().model_dump()
        values |= {"response_number": each, "items": [item]}
        values["declaration_number"] = declaration or None
        responses.append(CustomsResponse.model_validate(values))
    *others, last = responses
    subject = KnownCertificate(certificate=plain(items=1, **changes))
    twice = None if number is None else ("rule.utilised_twice", f"Item[{number}]")
    findings = tuple(each for each in (also, twice) if each is not None)
    related = Related(subject=subject, responses=tuple(others))
    return Case(document=last, findings=findings, related=related)


OTHER_UNIT: Final = ("rule.utilised_beyond_item", "Item[1]/UtilisedQuantity/@unit")

CASES: Final[dict[str, Case]] = {
    "refused on the sixtieth day": after(60, CustomsResponse, Move.RES_REC, **REFUSED),
    "refused on the sixty-first day": after(
        61, CustomsResponse, Move.RES_REC, "exchange.refusal_late", **REFUSED
    ),
    "given on the sixty-first day": after(61, CustomsResponse, Move.RES_REC, **GIVEN),
    "a cancellation answered in a week": after(7, CancellationReply, Move.CANCELLATION, **ACCEPTED),
    "a cancellation answered after a week": after(
        8, CancellationReply, Move.CANCELLATION, "exchange.cancellation_unanswered", **ACCEPTED
    ),
    "a reply on the ninetieth day": after(90, VerificationReply, Move.VERIFICATION, **REPLIED),
    "a reply on the ninety-first day": after(
        91, VerificationReply, Move.VERIFICATION, "exchange.reply_late", **REPLIED
    ),
    "a verification of 180 days": after(180, VerificationOutcome, Move.VERIFICATION, **CONCLUDED),
    "a verification of 181 days": after(
        181,
        VerificationOutcome,
        Move.VERIFICATION,
        "exchange.verification_late",
        **CONCLUDED,
    ),
    "a verification concluded on the day of issue": said_before(
        0, VerificationOutcome, **CONCLUDED
    ),
    "a verification concluded on the day before in UTC": said_before(
        1, VerificationOutcome, **CONCLUDED
    ),
    "a verification concluded before the issue": said_before(
        2, VerificationOutcome, EARLY, **CONCLUDED
    ),
    "a cancellation answered before the issue": said_before(
        17, CancellationReply, EARLY, **ACCEPTED
    ),
    "denied on the ninetieth day without a reply": after(
        90,
        VerificationOutcome,
        Move.VERIFICATION,
        "exchange.denied_early",
        replied=False,
        **CONCLUDED,
    ),
    "denied on the ninety-first day without a reply": after(
        91, VerificationOutcome, Move.VERIFICATION, replied=False, **CONCLUDED
    ),
    "denied at once after a reply": after(
        2, VerificationOutcome, Move.VERIFICATION_SUSPENDING, **CONCLUDED
    ),
    "utilised in two parts that fit": uses((1, "A", "700"), (2, "B", "500.5")),
    "utilised in two parts that are too much": uses((1, "A", "700"), (2, "B", "501"), number=1),
    "the whole utilised twice": uses((1, "A", None), (2, "B", None), number=1),
    "the whole of what has no quantity utilised twice": uses(
        (1, "A", None), (2, "B", None), number=1, items__0__quantity=None
    ),
    "one declaration said again": uses((1, "A", "1200.5"), (2, "A", "1200.5")),
    "parts in units that cannot be added": uses(
        (1, "A", "900"), (2, "B", "900"), also=OTHER_UNIT, items__0__quantity__unit="NMB"
    ),
    "the whole and more in another unit": uses(
        (1, "A", None), (2, "B", "900"), number=1, also=OTHER_UNIT, items__0__quantity__unit="NMB"
    ),
}
