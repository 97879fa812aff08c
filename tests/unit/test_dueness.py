"""What is due, by a clock that may leap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from swb.core.dueness import bring_forward

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("planned", "due"),
    [
        pytest.param(-HOUR, -HOUR, id="overdue"),
        pytest.param(HOUR / 2, HOUR / 2, id="within its rhythm"),
        pytest.param(HOUR, HOUR, id="at its end"),
        pytest.param(400 * 24 * HOUR, HOUR, id="planned while the clock had leapt"),
    ],
)
def test_nothing_is_due_later_than_its_rhythm_allows(planned: timedelta, due: timedelta) -> None:
    assert bring_forward(NOW + planned, now=NOW, every=HOUR) == NOW + due
