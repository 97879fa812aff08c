"""What counts as less exact, and what is another value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from swb_adapters.sdk import Losses, find_differences
from swb_schemas.documents import CustomsReceipt

AT: Final = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
PATH: Final = "CustomsReceipt/At"


def _receipt(at: datetime) -> CustomsReceipt:
    subject = {"IssuingCountry": "TH", "IssuingOffice": "01", "ReferenceNumber": "D-1"}
    return CustomsReceipt.model_validate({"Subject": subject, "Outcome": "REC", "At": at})


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (timedelta(milliseconds=-250), ()),
        (timedelta(milliseconds=999), ()),
        (timedelta(seconds=1), (PATH,)),
        (timedelta(days=-400), (PATH,)),
    ],
)
def test_a_moment_that_is_less_exact_is_so_by_less_than_a_second(
    later: timedelta, found: tuple[str, ...]
) -> None:
    losses = Losses(CustomsReceipt)
    losses.coarsen(PATH, "the format has whole seconds")
    declared = losses.declare()
    assert find_differences(_receipt(AT), _receipt(AT + later), declared) == found
