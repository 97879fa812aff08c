"""What customs decided, in a line."""

from __future__ import annotations

import pytest

from swb.core.deciding import find_response, spell_items
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.customs import Decision, ItemDecision, Reason
from tests.vectors.documents import receipt, response
from tests.vectors.world import TH_ISSUING, VN_CUSTOMS, holder, seal, seal_header

SEALING = holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL)
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


def test_a_response_is_found_by_its_number_among_other_answers() -> None:
    first, answer = response(), receipt()
    second = first.model_copy(update={"response_number": 2})
    header = {"issuing_party": str(VN_CUSTOMS), "receiving_party": str(TH_ISSUING)}
    kept = [seal(seal_header(each, **header), each, SEALING) for each in (answer, first, second)]
    assert find_response(kept, 2) == second
    assert find_response(kept, 1) == first
    assert find_response(kept, 3) is None
