"""Cases of one document against others: originals, what was re-exported, what customs utilised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_schemas.rulebook import KnownCertificate, Place, Related
from tests.rulebook.case import ORIGINAL, Case, plain, response
from tests.rulebook.register import (
    FIRST,
    OTHER_BAGS,
    back_to_back,
    known_original,
    resting_upon,
    with_originals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CASES", "FURTHER"]

TWICE: Final = ("rule.original_named_twice", "SpecialCases/BackToBack/Original[2]")
INTERMEDIATE: Final = ("rule.original_of_intermediate", f"{FIRST}/IssuingCountry")
ELSEWHERE: Final = ("rule.original_for_another_state", FIRST)
UNIT: Final = ("rule.original_unit_differs", "Item[2]/Quantity/@unit")
EXCEEDED: Final = ("rule.original_quantity_exceeded", "Item[1]/Quantity")
LATE: Final = ("rule.utilised_after_expiry", "DecidedAt")
OTHER_UNIT: Final = ("rule.utilised_beyond_item", "Item[1]/UtilisedQuantity/@unit")
BEYOND: Final = ("rule.utilised_beyond_item", "Item[1]/UtilisedQuantity")
BEYOND_SECOND: Final = ("rule.utilised_beyond_item", "Item[2]/UtilisedQuantity")
REASON: Final = ("rule.reason_not_listed", "Item[1]/Reason[1]/Code")
SECOND: Final = {**ORIGINAL, "reference_number": "0002/KOX/2026"}
BOTH: Final = (known_original(), known_original(reference_number=SECOND["reference_number"]))


def after(
    others: Sequence[KnownCertificate],
    *findings: tuple[str, str],
    known: Sequence[KnownCertificate] = (known_original(),),
    **changes: Any,  # noqa: ANN401 - as `plain`
) -> Case:
    """A back-to-back certificate after others that rest upon the same original."""
    return Case(
        document=resting_upon(ORIGINAL, **changes),
        findings=findings,
        place=Place.INTERMEDIATE_ISSUER,
        related=Related(originals=tuple(known), drawn_upon=tuple(others)),
    )


def taken(quantity: str, *, cancelled: bool = False, upon: Any = (ORIGINAL,)) -> KnownCertificate:  # noqa: ANN401 - originals
    """Another certificate for one item of the original's goods."""
    other = resting_upon(
        *upon, items=1, items__0__quantity__value=quantity, reference_number="EARLIER"
    )
    return KnownCertificate(certificate=other, cancelled=cancelled)


def copied(known: KnownCertificate) -> KnownCertificate:
    """A true copy of another certificate."""
    certification = known.certificate.certification.model_copy(
        update={"original_issue_date": known.certificate.certification.date}
    )
    copy = known.certificate.model_copy(update={"certification": certification})
    return KnownCertificate(certificate=copy)


def utilised(*findings: tuple[str, str], quantity: str = "1", **changes: Any) -> Case:  # noqa: ANN401 - as `plain`
    """Preference that customs gave on 2026-11-05 to so many kilograms."""
    values = response().model_dump()
    values["items"][0]["utilised_quantity"]["value"] = quantity
    known = KnownCertificate(certificate=plain(items=1, **changes))
    document = type(response()).model_validate(values)
    return Case(document=document, findings=findings, related=Related(subject=known))


def utilised_of_two(*findings: tuple[str, str], used: dict[str, str] | None = None) -> Case:
    """Preference for two items of 1200.5 kg; of the second one more was utilised than that."""
    values = response().model_dump()
    (item,) = values["items"]
    beyond = {"unit": "KGM", "value": "1200.6"}
    values["items"] = [
        {**item, "utilised_quantity": used},
        {**item, "sequence_number": 2, "utilised_quantity": beyond},
    ]
    known = KnownCertificate(certificate=plain())
    document = type(response()).model_validate(values)
    return Case(document=document, findings=findings, related=Related(subject=known))


def refused_for(code: str | None, *findings: tuple[str, str]) -> Case:
    """Preference that customs did not give, for a coded reason."""
    values = response(decision="NOT_GIVEN").model_dump()
    values["items"][0]["reasons"] = [{"code": code, "text": "as the officer says"}]
    document = type(response()).model_validate(values)
    return Case(document=document, findings=findings)


CASES: Final[dict[str, Case]] = {
    "two originals": back_to_back(originals=[ORIGINAL, SECOND]),
    "an original that is named twice": back_to_back(TWICE, originals=[ORIGINAL, ORIGINAL]),
    "an original of the intermediate state": back_to_back(
        INTERMEDIATE, originals=[{**ORIGINAL, "issuing_country": "TH"}]
    ),
    "an original for goods that went elsewhere": with_originals(
        ELSEWHERE,
        known=[known_original(exporter_declaration__importing_country="SG")],
    ),
    "goods in another unit than the original's": with_originals(
        UNIT, known=[known_original()], items__1__quantity__unit="TNE"
    ),
    "what is left after others": after([taken("1000")], items__0__quantity__value="200.5"),
    "more than is left after others": after(
        [taken("1000")], EXCEEDED, items__0__quantity__value="200.6"
    ),
    "what others took, and cancelled": after([taken("1000", cancelled=True)]),
    "what others took of more originals cannot be told apart": after(
        [taken("1000", upon=(ORIGINAL, SECOND))]
    ),
    "what others took of more originals, which left enough": after(
        [taken("2401", upon=(ORIGINAL, SECOND))], known=BOTH
    ),
    "what others took of more originals, which left too little": after(
        [taken("2401.1", upon=(ORIGINAL, SECOND))], EXCEEDED, known=BOTH
    ),
    "what others took of more originals, of which one is not known": after(
        [taken("4802", upon=(ORIGINAL, SECOND))]
    ),
    "what others took, with a true copy of it": after(
        [taken("1000"), copied(taken("1000"))], items__0__quantity__value="200.5"
    ),
    "utilised as certified": utilised(quantity="1200.5"),
    "utilised beyond what was certified": utilised(BEYOND, quantity="1200.51"),
    "utilised in a unit that was not certified": utilised(
        OTHER_UNIT, quantity="5000", items__0__quantity__unit="TNE"
    ),
    "utilised on the last day": utilised(certification__date="2025-11-05"),
    "utilised after the last day": utilised(LATE, certification__date="2025-11-04"),
    "refused for a listed reason": refused_for("ORIGIN"),
    "refused for a reason without a code": refused_for(None),
    "refused for a reason that nobody listed": refused_for("X9", REASON),
}

FURTHER: Final[dict[str, Case]] = {
    "other goods than those of which others took too much": after(
        [taken("9999")],
        known=[known_original(items__1__commodity_code=OTHER_BAGS)],
        items=1,
        items__0__commodity_code=OTHER_BAGS,
    ),
    "more than one original has, and than both have after others": after(
        [taken("2401.1", upon=(ORIGINAL, SECOND))],
        EXCEEDED,
        known=BOTH,
        items__0__quantity__value="3000",
    ),
    "the second item utilised beyond what was certified, nothing said of the first": (
        utilised_of_two(BEYOND_SECOND)
    ),
    "the second item utilised beyond, behind one in a unit that was not certified": (
        utilised_of_two(OTHER_UNIT, BEYOND_SECOND, used={"unit": "TNE", "value": "1"})
    ),
}
"""Cases that no vector shows."""
