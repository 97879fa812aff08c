"""What may be done with what waits for a person: each reason against it alone, and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from swb.core.parking import ParkedState, check_discard, check_replay
from swb_schemas.errors import Actor, RefusedError

AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
INSTANT: Final = timedelta(microseconds=1)
FREE: Final = ParkedState(
    item_id="d-1",
    is_held=False,
    octets=1,
    expires_at=None,
    discarded_at=None,
    is_quarantined=False,
    is_answered=False,
    is_kept_untold=False,
)


@pytest.mark.parametrize(
    "changes",
    [{}, {"is_held": True}, {"expires_at": AT + INSTANT}],
    ids=["parked", "held", "lives a moment more"],
)
def test_what_nothing_stands_against_is_replayed(changes: dict[str, Any]) -> None:
    check_replay(replace(FREE, **changes), at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"discarded_at": AT}, "parked.discarded"),
        ({"octets": 0}, "parked.erased"),
        ({"expires_at": AT}, "parked.expired"),
        ({"expires_at": AT - INSTANT}, "parked.expired"),
        ({"is_quarantined": True}, "parked.quarantined"),
        ({"is_answered": True}, "parked.answered"),
        ({"is_kept_untold": True}, "parked.untold"),
        ({"discarded_at": AT, "octets": 0}, "parked.discarded"),
        ({"is_quarantined": True, "is_answered": True}, "parked.quarantined"),
    ],
)
def test_each_reason_stands_against_a_replay(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError, match="d-1") as refusal:
        check_replay(replace(FREE, **changes), at=AT)
    assert (refusal.value.code, refusal.value.actor) == (code, Actor.OPERATOR)


def test_what_was_judged_may_be_given_up_once() -> None:
    check_discard(FREE)
    for changes, code in (
        ({"is_held": True}, "parked.held"),
        ({"discarded_at": AT, "is_held": True}, "parked.discarded"),
    ):
        with pytest.raises(RefusedError, match="d-1") as refusal:
            check_discard(replace(FREE, **changes))
        assert (refusal.value.code, refusal.value.actor) == (code, Actor.OPERATOR)
