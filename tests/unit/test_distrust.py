"""What an operator states of stolen keys, laid over the lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.distrust import DistrustStatement, find_affected, overlay
from swb_schemas.catalogue import Purpose
from swb_schemas.wire import parse_trust_bundle
from tests.vectors.world import TH_GATEWAY, bundle

if TYPE_CHECKING:
    from swb_schemas.parties import PartyId

AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
DAY: Final = timedelta(days=1)
LATE: Final = DistrustStatement(
    number=1,
    member="TH",
    purpose=None,
    since=AT,
    reason="late",
    stated_at=AT,
    certificates=("one", "other"),
)
EARLY: Final = replace(LATE, number=2, since=AT - DAY, reason="early", certificates=("one",))
LIFTED: Final = replace(EARLY, number=3, since=AT - 2 * DAY, lifted_at=AT)


@pytest.mark.parametrize("statements", list(permutations([LATE, EARLY, LIFTED])))
def test_the_earliest_statement_that_stands_counts(
    statements: tuple[DistrustStatement, ...],
) -> None:
    known = overlay(statements)
    assert {name: each.since for name, each in known.items()} == {"one": AT - DAY, "other": AT}
    assert all(each.is_compromise for each in known.values())
    assert known["one"].reason == "stated here: early"


def test_of_two_statements_on_one_moment_the_first_gives_its_reason() -> None:
    again = replace(EARLY, number=4, reason="said again")
    assert overlay([EARLY, again])["one"].reason == "stated here: early"


@pytest.mark.parametrize(
    ("party", "purpose", "affected"),
    [
        (None, None, 5),
        (TH_GATEWAY, None, 3),
        (None, Purpose.TRANSPORT, 1),
        (TH_GATEWAY, Purpose.ISSUING_SEAL, 0),
    ],
)
def test_a_statement_is_about_what_it_names(
    party: PartyId | None, purpose: Purpose | None, affected: int
) -> None:
    lists = parse_trust_bundle(bundle())
    found = find_affected(lists, state="TH", party=party, purpose=purpose)
    assert len(found) == affected
    assert all(purpose in {None, each.purpose} for each in found)
    assert find_affected(lists, state="KH", party=party, purpose=purpose) == ()
