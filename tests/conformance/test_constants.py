"""Whoever says the same of everything passes no case that expects something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.suites import list_cases
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = {
    "accepts": Answer(verdict="accepted", told={"findings": [], "output": {}}),
    "refuses by a code of its own": Answer(
        verdict="refused", code="own.code", told={"findings": [], "message": "no"}
    ),
    "cannot judge": Answer(
        verdict="undetermined", code="own.code", told={"findings": [], "message": "no"}
    ),
    "fails": Answer(verdict="failed", code="own.code", told={"findings": [], "message": "no"}),
}
ALTERED = "refuses-an-altered-octet"
"""Of what is changed anywhere, any code of a refusal will do: which octet it is decides on it."""


class Constant:
    name = "constant"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def describe(self) -> Mapping[str, Any]:
        return {}

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        del verb, octets, members
        return self._answer

    def close(self) -> None:
        pass


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("profile", ["message", "rules"])
def test_a_constant_passes_nothing_that_it_should_not(profile: str, name: str) -> None:
    target = Constant(ALL[name])
    passed = {
        case.name
        for case in list_cases(profile, {}, 0)
        if case.try_on(target).status is Status.PASSED
    }
    if name == "accepts" and profile == "rules":
        negative = {case.name for case in list_cases(profile, {}, 0) if case.negative}
        assert passed & negative == set()
        return
    allowed = ALTERED if name.startswith("refuses") else "nothing"
    assert {each for each in passed if allowed not in each} == set()
