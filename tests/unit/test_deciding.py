"""What customs decided, in a line."""

from __future__ import annotations

import pytest

from swb.core.deciding import spell_items
from swb_schemas.documents.customs import Decision, ItemDecision, Reason

NO_MARKS = Reason(text="Marks differ\nfrom those of the invoice")
TOO_LATE = Reason(text="Presented late")


def item(number: int, decision: Decision, *reasons: Reason) -> ItemDecision:
    return ItemDecision(sequence_number=number, decision=decision, reasons=reasons)


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([item(1, Decision.GIVEN)], "item 1 given"),
        (
            [item(1, Decision.GIVEN), item(2, Decision.NOT_GIVEN, NO_MARKS, TOO_LATE)],
            (
                "item 1 given; "
                "item 2 not given (Marks differ from those of the invoice) (Presented late)"
            ),
        ),
        (
            [item(7, Decision.PENDING), *(item(at, Decision.GIVEN) for at in (3, 1, 2, 5))],
            "item 7 pending; items 1-3, 5 given",
        ),
        ([item(at, Decision.GIVEN) for at in range(1, 5001)], "items 1-5000 given"),
    ],
    ids=["one", "with reasons", "in runs", "thousands"],
)
def test_items_of_one_decision_for_the_same_reasons_stand_together(
    items: list[ItemDecision], told: str
) -> None:
    assert spell_items(items) == told
