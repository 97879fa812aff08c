"""Live cases and their requirements know each other."""

from __future__ import annotations

from typing import Any

import pytest

from swb_conformance.live import FIRST, KINDS, Kind, list_cases, list_plays
from swb_conformance.requirements import load_requirements
from swb_schemas.catalogue import CATALOGUE

PROFILES = ("gateway", "end-to-end")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_requirement_has_a_case_and_every_case_its_requirements(profile: str) -> None:
    required = {each.id for each in load_requirements().values() if each.profile == profile}
    claimed = {name for case in list_cases(profile) for name in case.requirements}
    assert claimed == required
    assert all(case.requirements for case in list_cases(profile))


@pytest.mark.parametrize("profile", PROFILES)
def test_names_are_told_apart_and_tell_their_profile(profile: str) -> None:
    names = [case.name for case in list_cases(profile)]
    assert len(names) == len(set(names))
    assert all(name.startswith(f"{profile}/") and name.count("/") in {2, 3} for name in names)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_there_are_as_many_negative_cases_as_a_gateway_of_one_kind_needs(kind: Kind[Any]) -> None:
    plays = list_plays("gateway", [kind])
    negative = sum(play.negative for play in plays)
    assert len(plays) >= 60
    assert negative * 2 >= len(plays), f"{negative} of {len(plays)}"


def test_most_cases_need_nobody_at_the_national_side() -> None:
    assert sum(not play.acts for play in list_plays("gateway", [KINDS[FIRST]])) >= 45


def test_every_type_that_begins_a_conversation_is_tried() -> None:
    leading = {name for name, entry in CATALOGUE.items() if entry.answers and entry.leads}
    assert {kind.message_type for kind in KINDS.values()} == leading


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_answers_are_tried_that_the_type_has_and_no_others(kind: Kind[Any]) -> None:
    names = {play.title for play in list_plays("gateway", [kind])}
    for name, has in (
        ("takes-a-receipt-of-customs", kind.is_received),
        ("takes-a-response-of-customs", kind.is_decided),
        ("refuses-a-response-that-the-type-does-not-have", not kind.is_decided),
        ("asks-for-cancellation", kind.is_cancelled),
        ("asks-for-verification", kind.is_verified),
        ("takes-it-back", kind.is_restated),
        ("does-not-send-what-its-exporter-did-not-consent-to", kind.needs_consent),
    ):
        assert (name in names) == has, name
