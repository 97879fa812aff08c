"""What a refused move is told: what was due in its place, and what was found."""

from __future__ import annotations

from typing import Final

import pytest

from swb_schemas.exchanges import (
    ABOUT_NUMBER,
    Effect,
    Move,
    Step,
    explain_refusal,
    judge_own,
    settle,
)

ASKED: Final = Step(move=Move.CANCELLATION, number=1)
DOUBTED: Final = Step(move=Move.VERIFICATION_SUSPENDING, number=1)
GIVEN: Final = Step(move=Move.GIVEN, number=1)
CANCELLED: Final = Step(move=Move.CANCELLED, number=1)

CASES: Final = {
    "a number too far": ((), Step(move=Move.CANCELLATION, number=5), "CANCELLATION no. 1"),
    "a number again": (
        (ASKED, Step(move=Move.UNKNOWN, number=1)),
        ASKED,
        "CANCELLATION no. 2",
    ),
    "another request answered": (
        (ASKED,),
        Step(move=Move.CANCELLED, number=3),
        "CANCELLED no. 1",
    ),
    "nothing asked": ((), CANCELLED, "a CANCELLATION that was asked for"),
    "answered": ((ASKED, CANCELLED), CANCELLED, "a CANCELLATION that is open"),
    "asked twice": (
        (ASKED,),
        Step(move=Move.CANCELLATION, number=2),
        "a reply to cancellation no. 1 first",
    ),
    "doubted twice": (
        (DOUBTED,),
        Step(move=Move.VERIFICATION, number=2),
        "an outcome of verification no. 1 first",
    ),
    "given while suspended": (
        (DOUBTED,),
        GIVEN,
        "an outcome of verification no. 1, which suspends preference, first",
    ),
    "confirmed without a reply": (
        (DOUBTED,),
        Step(move=Move.CONFIRMED, number=1),
        "the issuing authority's reply to verification no. 1 first",
    ),
    "cancelled when given": ((GIVEN,), ASKED, "a certificate that preference is not given on"),
    "given when cancelled": ((ASKED, CANCELLED), GIVEN, "a certificate that is in force"),
}


@pytest.mark.parametrize(("before", "step", "due"), CASES.values(), ids=CASES)
def test_a_refused_move_is_told_what_is_due(before: tuple[Step, ...], step: Step, due: str) -> None:
    state, _ = settle(before)
    verdict = judge_own(state, step)
    assert verdict.effect is Effect.REFUSED
    told = explain_refusal(state, step, verdict.code)
    assert told.startswith(f"expected {due}, found {step.move} no. {step.number} (")
    assert (verdict.code in ABOUT_NUMBER) is (
        verdict.code.endswith(("number", "asked", "answered", "_open"))
    )
