"""The profiles ``message`` and ``rules``, tried on our own code and on targets that err."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.requirements import load_requirements
from swb_conformance.suites import message, rules
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status
from tests.vectors.own_target import OwnTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_conformance.testing import SuiteCase

SEED = 20260302
EVERY = {"message": tuple(message.list_cases({}, SEED)), "rules": tuple(rules.list_cases({}, SEED))}
MESSAGE, RULES = (
    tuple(each for each in cases if "/drawn/" not in each.name) for cases in EVERY.values()
)
CASES = (*MESSAGE, *RULES)
"""Without what is drawn for a run; see `tests/conformance/test_drawn.py`."""


@dataclass
class Erring(OwnTarget):
    """Errs in its answers."""

    err: Callable[[Answer], Answer] = lambda answer: answer

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: Any) -> Answer:  # noqa: ANN401 - as JSON
        return self.err(super().ask(verb, octets, **members))


@dataclass
class Listening(OwnTarget):
    """Keeps what it is asked about."""

    heard: list[bytes] = field(default_factory=list)

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: Any) -> Answer:  # noqa: ANN401 - as JSON
        self.heard.append(octets)
        return super().ask(verb, octets, **members)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_code_passes(case: SuiteCase) -> None:
    result = case.try_on(OwnTarget())
    assert (result.status, result.reason) == (Status.PASSED, "")


def test_names_are_of_one_profile_and_stand_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.name.partition("/")[0] for case in MESSAGE} == {"message"}
    assert {case.name.partition("/")[0] for case in RULES} == {"rules"}
    assert all(case.name.count("/") == 2 for case in CASES)


@pytest.mark.parametrize("profile", EVERY)
def test_every_requirement_has_cases_and_every_case_requirements(profile: str) -> None:
    cases = EVERY[profile]
    known = {each.id for each in load_requirements().values() if each.profile == profile}
    named = [set(case.requirements) for case in cases]
    assert all(named)
    assert set().union(*named) == known


def test_half_of_the_cases_are_negative() -> None:
    assert sum(case.negative for case in CASES) >= len(CASES) / 2


def test_the_same_seed_draws_the_same_cases() -> None:
    def asked(seed: int) -> list[bytes]:
        heard: list[bytes] = []
        target = Listening(heard=heard)
        for case in message.list_cases({}, seed):
            if "altered-octet" in case.name:
                case.try_on(target)
        return heard

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)


def test_a_type_that_is_not_carried_is_not_tried() -> None:
    target = OwnTarget(carried=("CustomsReceipt",))
    results = [case.try_on(target) for case in rules.list_cases(target.describe(), SEED)]
    tried = [each for each in results if each.status is Status.PASSED]
    assert 0 < len(tried) == target.asked < len(results)
    assert {each.status for each in results} == {Status.PASSED, Status.SKIPPED}


@pytest.mark.parametrize(
    "err",
    [
        lambda _: Answer(verdict="accepted", told={"output": {}, "findings": []}),
        lambda _: Answer(verdict="refused", code="xml.schema"),
        lambda _: Answer(verdict="failed", code="command.unknown_verb"),
        lambda answer: replace(answer, code="other.code") if answer.code else Answer(verdict="?"),
    ],
    ids=["accepts all", "refuses all", "fails", "other codes"],
)
@pytest.mark.parametrize("cases", [MESSAGE, RULES], ids=["message", "rules"])
def test_who_does_not_judge_fails(
    cases: tuple[SuiteCase, ...], err: Callable[[Answer], Answer]
) -> None:
    results = [case.try_on(Erring(err=err)) for case in cases]
    failed = [each for each in results if each.status is Status.FAILED]
    assert len(failed) > len(cases) / 3
    assert all(each.reason and each.evidence for each in failed)


def test_another_weight_or_place_of_a_finding_fails() -> None:
    def lighter(answer: Answer) -> Answer:
        findings = [{**each, "severity": "warn"} for each in answer.told["findings"]]
        return replace(answer, told={"findings": findings})

    def elsewhere(answer: Answer) -> Answer:
        findings = [{**each, "path": "Elsewhere"} for each in answer.told["findings"]]
        return replace(answer, told={"findings": findings})

    of_rules = [case for case in RULES if "/no-document/" not in case.name]
    refused = [each for each in of_rules if each.name.rpartition("/")[2].startswith("refuses-")]
    for err in (lighter, elsewhere):
        results = [case.try_on(Erring(err=err)) for case in refused]
        assert {each.status for each in results} == {Status.FAILED}
