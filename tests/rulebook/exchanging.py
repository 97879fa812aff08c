"""Cases of what is said of a certificate beside what was said before: times and sums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.exchanges import Move, find_cut_short, find_exceeded
from swb_schemas.rulebook import NOTHING_KNOWN, KnownCertificate, Related
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


DAY_TO_COME: Final = datetime(2031, 1, 1, tzinfo=UTC)
_REASON: Final = {"text": "an example"}
MOVES: Final[dict[type[AboutCertificate], dict[str, Any]]] = {
    CustomsReceipt: {"outcome": "REC"},
    CustomsResponse: GIVEN,
    Cancellation: {"cancellation_number": 1, "reason": _REASON},
    CancellationReply: ACCEPTED,
    DeclarationWithdrawal: {"cancellation_number": 1, "reason": _REASON},
    VerificationRequest: {"request_number": 1, "ground": "RANDOM", "suspends": False},
    VerificationReply: REPLIED,
    VerificationOutcome: CONCLUDED,
}
"""What each move says beside its subject, its office and its moment."""


def move(
    model: type[AboutCertificate],
    *findings: tuple[str, str],
    made_at: datetime = BEGUN,
    related: Related = NOTHING_KNOWN,
    **values: Any,  # noqa: ANN401 - of any model
) -> Case:
    """A move about the plain certificate, and what is found in it."""
    moments = {
        name: made_at for name in model.model_fields if name == "at" or name.endswith("ed_at")
    }
    document = model.model_validate(
        {"subject": SUBJECT, "office": "HQ", **moments, **MOVES[model], **values}
    )
    return Case(document=document, findings=findings, related=related)


def moment_of(model: type[AboutCertificate]) -> str:
    """Where a document says when it was made."""
    names = (name for name in model.model_fields if name == "at" or name.endswith("ed_at"))
    return "".join(word.capitalize() for word in next(names).split("_"))


def about(model: type[AboutCertificate]) -> dict[str, Case]:
    """What every move is judged by, with names of their own."""
    name = model.__name__
    code = "rule.decided_in_future" if model is CustomsResponse else "rule.made_in_future"
    known = Related(subject=KnownCertificate(certificate=plain(items=1)))  # of 2026-11-02
    late = () if model in {CustomsReceipt, DeclarationWithdrawal} else ("rule.made_before_issue",)
    path = moment_of(model)
    return {
        f"{name} as it should be": move(model),
        f"{name} about no country": move(
            model,
            ("rule.country_not_listed", "Subject/IssuingCountry"),
            subject={**SUBJECT, "issuing_country": "XX"},
        ),
        f"{name} of a day to come": move(model, (code, path), made_at=DAY_TO_COME),
        f"{name} on the day of issue": move(
            model, made_at=datetime(2026, 11, 1, 20, tzinfo=UTC), related=known
        ),
        f"{name} before the day of issue": move(
            model,
            *((each, path) for each in late),
            made_at=datetime(2026, 10, 31, 20, tzinfo=UTC),
            related=known,
        ),
    }


NONSENSE: Final = {"code": "NONSENSE", "text": "an example"}
LISTED: Final = {"code": "FRAUD", "text": "an example"}
UNLISTED: Final = "rule.reason_not_listed"


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
    **{name: each for model in MOVES for name, each in about(model).items()},
    "a cancellation for what takes its place nowhere": move(
        Cancellation,
        ("rule.country_not_listed", "Replacement/IssuingCountry"),
        replacement={**SUBJECT, "issuing_country": "XX", "reference_number": "ANOTHER"},
    ),
    "a cancellation for no listed reason": move(
        Cancellation, (UNLISTED, "Reason/Code"), reason=NONSENSE
    ),
    "a cancellation for a listed reason": move(Cancellation, reason=LISTED),
    "a cancellation, because preference was refused": move(
        Cancellation, reason={"code": "REFUSED", "text": "an example"}
    ),
    "a reply to a cancellation for no listed reason": move(
        CancellationReply, (UNLISTED, "Reason/Code"), outcome="UNKNOWN", reason=NONSENSE
    ),
    "a withdrawal for no listed reason": move(
        DeclarationWithdrawal, (UNLISTED, "Reason/Code"), reason=NONSENSE
    ),
    "a doubt that is not listed": move(
        VerificationRequest,
        (UNLISTED, "Doubt[2]/Code"),
        ground="DOUBT",
        doubts=[LISTED, NONSENSE],
    ),
    "an outcome for no listed reason": move(
        VerificationOutcome, (UNLISTED, "Reason[1]/Code"), reasons=[NONSENSE, LISTED]
    ),
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
