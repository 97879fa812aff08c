"""Live cases and their requirements know each other."""

from __future__ import annotations

import pytest

from swb_conformance.live import list_cases, list_plays
from swb_conformance.requirements import load_requirements

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
    assert all(name.startswith(f"{profile}/") and name.count("/") == 2 for name in names)


def test_there_are_as_many_negative_cases_as_a_gateway_needs() -> None:
    plays = list_plays("gateway")
    negative = sum(play.negative for play in plays)
    assert len(plays) >= 60
    assert negative * 2 >= len(plays), f"{negative} of {len(plays)}"


def test_most_cases_need_nobody_at_the_national_side() -> None:
    assert sum(not play.acts for play in list_plays("gateway")) >= 45
