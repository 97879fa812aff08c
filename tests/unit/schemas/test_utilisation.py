"""How much of a certificate was utilised, whatever order responses come in and however often."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.documents import CustomsResponse
from swb_schemas.documents.customs import Decision, roll_up
from swb_schemas.documents.elements import Measure
from swb_schemas.rulebook.utilisation import add_up, find_refusing
from tests.rulebook.case import response

if TYPE_CHECKING:
    from random import Random

CERTIFIED: Final = Measure(unit="KGM", value=Decimal(100))


def said(number: int, declaration: str, decision: str, value: int | None = None) -> CustomsResponse:
    """One response on the first item."""
    used = None if value is None else {"unit": "KGM", "value": value}
    reasons = [{"text": "criterion not met"}] if decision == "NOT_GIVEN" else []
    item = {
        "sequence_number": 1,
        "decision": decision,
        "utilised_quantity": used,
        "reasons": reasons,
    }
    changed = {"response_number": number, "decision": decision, "items": [item]}
    values = {**response().model_dump(), **changed, "declaration_number": declaration or None}
    return CustomsResponse.model_validate(values)


SUMS: Final = {
    "nothing": ([], 0),
    "a part": ([said(1, "A", "GIVEN", 40)], 40),
    "the whole": ([said(1, "A", "GIVEN")], 100),
    "two parts": ([said(1, "A", "GIVEN", 40), said(2, "B", "GIVEN", 30)], 70),
    "a part that was corrected": ([said(1, "A", "GIVEN", 40), said(2, "A", "GIVEN", 50)], 50),
    "a part that was taken back": (
        [said(1, "A", "GIVEN", 40), said(2, "B", "GIVEN", 30), said(3, "A", "NOT_GIVEN")],
        30,
    ),
    "all taken back": (
        [said(1, "A", "GIVEN", 40), said(2, "B", "GIVEN", 30), said(3, "", "NOT_GIVEN")],
        0,
    ),
    "refused, then given": ([said(1, "", "NOT_GIVEN"), said(2, "A", "GIVEN")], 100),
    "not decided yet": ([said(1, "A", "PENDING")], 0),
    "given, then another not decided yet": (
        [said(1, "A", "GIVEN", 60), said(2, "", "PENDING"), said(3, "B", "GIVEN", 60)],
        120,
    ),
    "given, then not decided of the same": (
        [said(1, "A", "GIVEN", 60), said(2, "A", "PENDING")],
        60,
    ),
}


@pytest.mark.parametrize(("responses", "total"), SUMS.values(), ids=SUMS)
@given(random=st.randoms(use_true_random=False))
def test_adds_up_whatever_the_order_and_however_often(
    responses: list[CustomsResponse], total: int, random: Random
) -> None:
    shuffled = [*responses, *responses[::2]]
    random.shuffle(shuffled)
    utilised = add_up(shuffled)
    found = utilised[1].total(CERTIFIED) if utilised else Decimal(0)
    assert found == total


def test_tells_each_part_as_it_was_declared() -> None:
    parts = add_up([said(1, "A", "GIVEN", 999999), said(2, "", "GIVEN")])[1]
    assert parts.spell_parts() == "999999 KGM under declaration A, the whole"


def test_says_nothing_of_what_cannot_be_compared() -> None:
    utilised = add_up([said(1, "A", "GIVEN", 40), said(2, "B", "GIVEN", 30)])[1]
    pieces = Measure(unit="NMB", value=Decimal(5))
    assert (utilised.total(pieces), utilised.total(None)) == (None, None)
    assert not utilised.exceeds(pieces)
    assert not utilised.exceeds(None)
    assert add_up([said(1, "A", "GIVEN"), said(2, "B", "GIVEN", 1)])[1].exceeds(pieces)


def deciding(number: int, **items: str) -> CustomsResponse:
    """One response: what it says of which item."""
    reasons = [{"text": "criterion not met"}]
    decided = [
        {
            "sequence_number": int(item.removeprefix("item_")),
            "decision": decision,
            "reasons": reasons if decision == "NOT_GIVEN" else [],
        }
        for item, decision in items.items()
    ]
    whole = roll_up(Decision(each) for each in items.values())
    changed = {"response_number": number, "decision": whole, "items": decided}
    return CustomsResponse.model_validate({**response().model_dump(), **changed})


REFUSING: Final = {
    "nothing refused": ([deciding(1, item_1="GIVEN")], set()),
    "said again": (
        [deciding(1, item_1="NOT_GIVEN"), deciding(2, item_1="NOT_GIVEN", item_2="GIVEN")],
        {1},
    ),
    "another item later": (
        [deciding(1, item_1="NOT_GIVEN"), deciding(2, item_1="NOT_GIVEN", item_2="NOT_GIVEN")],
        {1, 2},
    ),
    "another item alone": (
        [deciding(1, item_1="NOT_GIVEN"), deciding(2, item_2="NOT_GIVEN")],
        {1, 2},
    ),
    "the first again after the other": (
        [
            deciding(1, item_1="NOT_GIVEN"),
            deciding(2, item_2="NOT_GIVEN"),
            deciding(3, item_1="NOT_GIVEN"),
        ],
        {1, 2},
    ),
    "reversed and refused": (
        [
            deciding(1, item_1="NOT_GIVEN"),
            deciding(2, item_1="GIVEN"),
            deciding(3, item_1="NOT_GIVEN"),
        ],
        {1, 3},
    ),
}


@pytest.mark.parametrize(("responses", "numbers"), REFUSING.values(), ids=REFUSING)
def test_a_response_refuses_anew_what_the_one_before_it_did_not(
    responses: list[CustomsResponse], numbers: set[int]
) -> None:
    assert find_refusing(responses) == numbers
    assert find_refusing([*reversed(responses), *responses]) == numbers
