"""Why preference is refused: codes, each with its clause and the rules that find it.

No coded list of ASEAN's is public; the grounds were put together from the procedures (facts 2.11),
so the codes are this project's own. Two states may agree on others. A ground that no rule of the
book can find says what finds it instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsResponse,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationRequest,
)
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from swb_schemas.documents import AboutCertificate
    from swb_schemas.documents.customs import Reason
    from swb_schemas.documents.verification import Doubt
    from swb_schemas.rulebook.rule import Context

__all__ = ["OF_CANCELLATIONS", "REASONS", "RULES", "Ground"]


class Ground(NamedTuple):
    """One reason for which customs does not give preference.

    Attributes:
        meaning: In words.
        clause: Of the procedures.
        rules: Codes of the rules whose findings are this ground.
        beside: What finds it where no rule of the book does.
    """

    meaning: str
    clause: str
    rules: tuple[str, ...] = ()
    beside: str = ""


REASONS: Final = {
    "COMPLETION": Ground(
        "Not duly completed, or not the agreement's form.",
        "ATIGA Annex 8 Rules 6, 7",
        (
            "rule.box_missing",
            "rule.criterion_not_of_agreement",
            "rule.commodity_code_not_ahtn",
            "rule.fob_missing",
            "rule.partial_cumulation_not_ticked",
            "rule.retroactive_not_ticked",
        ),
    ),
    "ALTERATION": Ground(
        "Altered without approval, or replaced while the earlier one is in force.",
        "ATIGA Annex 8 Rules 9, 29(4)",
        ("rule.replaced_not_cancelled", "rule.replaced_twice"),
    ),
    "EXPIRED": Ground(
        "Presented, or issued, outside its time.",
        "ATIGA Annex 8 Rules 10, 12, 14",
        ("rule.presented_late", "rule.retroactive_too_late", "rule.true_copy_too_late"),
    ),
    "SIGNATORY": Ground(
        "Signature or seal is not among those that were notified.",
        "ATIGA Annex 8 Rule 2(2)",
        beside="trust lists: a seal that is in none is refused before any rule is asked",
    ),
    "ORIGIN": Ground(
        "The goods are not eligible, or the origin criterion is not met.",
        "ATIGA chapter 3",
        (
            "rule.share_below_threshold",
            "rule.partial_cumulation_share",
            "rule.de_minimis_without_shift",
            "rule.preference_for_partial_cumulation",
            "rule.produced_elsewhere",
            "rule.state_not_a_party",
        ),
    ),
    "CONSIGNMENT": Ground(
        "Direct consignment is not shown.",
        "ATIGA Art. 32; Annex 8 Rule 21",
        beside="customs: it is shown by transport papers, which are no message of the region",
    ),
    "DOCUMENTS": Ground(
        "Particulars differ from documents or goods beyond a minor discrepancy.",
        "ATIGA Annex 8 Rules 6(c), (d), 16",
        ("rule.invoice_after_submission", "rule.third_country_not_third"),
    ),
    "BACK_TO_BACK": Ground(
        "Conditions of a back-to-back certificate are not met.",
        "ATIGA Annex 8 Rule 11",
        (
            "rule.original_cancelled",
            "rule.original_expired",
            "rule.original_for_another_state",
            "rule.original_named_twice",
            "rule.original_not_issued_yet",
            "rule.original_of_intermediate",
            "rule.original_of_other_goods",
            "rule.original_quantity_exceeded",
        ),
    ),
    "DECLARANT": Ground(
        "Exporter, signatory or product of an origin declaration is not in the database.",
        "ATIGA Annex 8 Rule 2(6)",
        beside="customs: the database is read by authorities alone, and the declaration is no "
        "message of the region",
    ),
    "VERIFICATION": Ground(
        "No reply to a verification, or no consent to a visit.",
        "ATIGA Annex 8 Rules 18, 19(5)",
        beside="the exchange of verification requests, with its time limits",
    ),
    "FRAUD": Ground("Suspected fraud.", "ATIGA Annex 8 Rule 24", ("rule.number_used",)),
}
"""By code."""

OF_CANCELLATIONS: Final = {
    "REFUSED": "Preference was refused, and the goods are sold elsewhere.",
    "NOT-EXPORTED": "The goods did not leave, or not so.",
    "ERROR": "Issued in error.",
    "WITHDRAWN": "The exporter asked for it.",
}
"""By code: why a document is taken out of force, beside the grounds above."""
_ALL: Final = (*REASONS, *OF_CANCELLATIONS)


def _codes_are_listed(
    listed: Collection[str], path: str, reasons: Iterable[Reason | Doubt | None]
) -> Iterator[Fault]:
    for number, reason in enumerate(reasons, 1):
        if reason is not None and reason.code is not None and reason.code not in listed:
            yield Fault(
                path.format(number), f"expected one of {', '.join(listed)}, found {reason.code!r}"
            )


def _reason_of_move_is_listed(
    move: Cancellation | CancellationReply | DeclarationWithdrawal, _: Context
) -> Iterable[Fault]:
    return _codes_are_listed(_ALL, "Reason/Code", (move.reason,))


def _doubts_are_listed(request: VerificationRequest, _: Context) -> Iterable[Fault]:
    return _codes_are_listed(REASONS, "Doubt[{}]/Code", request.doubts)


def _reasons_of_outcome_are_listed(outcome: VerificationOutcome, _: Context) -> Iterable[Fault]:
    return _codes_are_listed(REASONS, "Reason[{}]/Code", outcome.reasons)


def _reasons_are_listed(response: CustomsResponse, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(response.items, 1):
        yield from _codes_are_listed(REASONS, f"Item[{place}]/Reason[{{}}]/Code", item.reasons)


_OF_MOVES: Final[tuple[tuple[type[AboutCertificate], Callable[..., Iterable[Fault]]], ...]] = (
    (Cancellation, _reason_of_move_is_listed),
    (CancellationReply, _reason_of_move_is_listed),
    (DeclarationWithdrawal, _reason_of_move_is_listed),
    (VerificationRequest, _doubts_are_listed),
    (VerificationOutcome, _reasons_of_outcome_are_listed),
)

RULES: Final = (
    Rule(
        code="rule.reason_not_listed",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rules 13(2), 30(3); grounds as this rule book lists them",
        model=CustomsResponse,
        check=_reasons_are_listed,
    ),
    *(
        Rule(
            code="rule.reason_not_listed",
            name=model.__name__,
            severity=Severity.WARN,
            clause="no text: grounds as this rule book lists them",
            model=model,
            check=check,
        )
        for model, check in _OF_MOVES
    ),
)
