"""Cancellation and verification in the national formats that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swb_adapters.sdk import find_differences
from swb_adapters.sdk.testing.strategies import instants
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.errors import RefusedError
from tests.strategies import aggregates

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

MODELS: Final = (
    Cancellation,
    CancellationReply,
    VerificationRequest,
    VerificationReply,
    VerificationOutcome,
)
SPOKEN: Final = pytest.mark.parametrize("model", MODELS, ids=[each.__name__ for each in MODELS])


@SPOKEN
@pytest.mark.parametrize("adapter", [THAILAND, VIETNAM], ids=["thailand", "vietnam"])
@given(data=st.data())
@settings(max_examples=4, deadline=None)
def test_a_move_comes_back_but_for_declared_losses(
    adapter: Adapter, model: type[Cancellation], data: st.DataObject
) -> None:
    drawn = data.draw(aggregates(model))
    moments = {each: data.draw(instants()) for each in model.model_fields if each.endswith("ed_at")}
    plain = {"version": "1.0", "lang": "en", "extensions": None}
    document = drawn.model_copy(update={**plain, **moments})
    sent = adapter.from_canonical(document)
    back = adapter.to_canonical(sent.payload).document
    assert find_differences(document, back, sent.losses) == ()


REFUSED: Final = {
    "an action of another document": (b"<eb:Action>Check<", b"<eb:Action>Cancel<"),
    "a doubt without words": (b"<Text><Line>The stamp is not legible.</Line></Text>", b""),
    "a ground that nobody defined": (b"<Ground>D<", b"<Ground>X<"),
    "a doubt that is not said": (
        b"<Doubt><Text><Line>The stamp is not legible.</Line></Text></Doubt>",
        b"",
    ),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_refuses_a_thai_check_that_is_not_right(change: tuple[bytes, bytes]) -> None:
    request = VerificationRequest.model_validate(
        {
            "subject": {
                "issuing_country": "VN",
                "issuing_office": "09",
                "reference_number": "VN-TH 26/09/00006",
            },
            "request_number": 1,
            "requested_at": "2026-11-04T02:30:00Z",
            "office": "Example office",
            "ground": "DOUBT",
            "suspends": True,
            "doubts": [{"text": "The stamp is not legible."}],
        }
    )
    before, after = change
    payload = THAILAND.from_canonical(request).payload
    assert before in payload
    raw = payload.replace(before, after)
    with pytest.raises(RefusedError) as refusal:
        THAILAND.to_canonical(raw)
    assert refusal.value.code in {"adapter.inconsistent", "adapter.schema", "adapter.value"}
