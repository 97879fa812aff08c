"""What `swb reconcile` says of a day, and how it ends, by what the other side has answered."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from swb.cli.reconcile import _describe, _judge, _spell
from swb.ports import KeptSummary
from swb.services.exchange_days import get_day
from swb.services.judging_days import DayVerdict

DAY = date(2026, 11, 20)
TOLD = KeptSummary(
    partner="VN",
    environment="test",
    day=DAY,
    own=False,
    revision=1,
    document_id="019ca3b5-0a08-7000-8000-000000000001",
    message_id="019ca3b5-0a08-7000-8000-000000000002",
    sealed_at=datetime(2026, 11, 21, 1, tzinfo=UTC),
    octets=b"",
)


@pytest.mark.parametrize(
    ("told", "asked", "answered", "differing", "said", "equal", "code"),
    [
        (TOLD, True, True, 0, "equal: ", True, None),
        (TOLD, True, True, 2, "2 differ: ", False, "reconciliation.differs"),
        (TOLD, True, False, 0, "not known now: ", None, "reconciliation.unanswered"),
        (TOLD, True, False, 2, "not known now: ", None, "reconciliation.unanswered"),
        (TOLD, False, False, 0, "not known now: ", None, None),
        (TOLD, False, False, 2, "not known now: ", None, "reconciliation.differs"),
        (None, True, False, 0, "not compared: ", None, "reconciliation.unanswered"),
        (None, False, False, 0, "not compared: ", None, "reconciliation.unanswered"),
    ],
)
def test_equal_is_said_of_the_present_by_an_answer_alone(
    told: KeptSummary | None,
    asked: bool,
    answered: bool,
    differing: int,
    said: str,
    equal: bool | None,
    code: str | None,
) -> None:
    verdict = DayVerdict(
        partner="VN",
        environment="test",
        day=DAY,
        here=get_day({}, ("VN", "test")),
        theirs=told,
        asked=asked,
        answered=answered,
        explained=(),
        differing=differing,
        unlisted=0,
        unproven=(),
    )
    first = next(_spell("TH", verdict, None))
    assert first.startswith(said)
    assert ("2026-11-21T01:00:00" in first) is (told is not None and not answered)
    assert _describe(verdict, None)["equal"] is equal
    failure = _judge(verdict, None)
    assert (failure.code if failure else None) == code
