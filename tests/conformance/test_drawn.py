"""What is drawn for one run: nobody passes by remembering another one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_conformance.drawing.arrivals import ARRIVALS
from swb_conformance.protocol.lines import encode_request
from swb_conformance.requirements import load_requirements
from swb_conformance.suites import message, rules
from swb_conformance.suites.drawn import build_arrival
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status
from tests.vectors.own_target import OwnTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_conformance.testing import SuiteCase

SEEDS: Final = (1, 2)
ALWAYS: Final = Answer(verdict="refused", code="signature.content_digest")


@dataclass
class Parrot(OwnTarget):
    """Knows not one line of what it is asked: it says what was right when it heard the same."""

    heard: dict[bytes, Answer] = field(default_factory=dict)
    learns: bool = True

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: Any) -> Answer:  # noqa: ANN401 - as JSON
        question = encode_request(0, verb, octets, members)
        if not self.learns:
            return self.heard.get(question, ALWAYS)
        self.heard[question] = super().ask(verb, octets, **members)
        return self.heard[question]


def list_drawn(profile: str, seed: int) -> Sequence[SuiteCase]:
    suite = {"message": message, "rules": rules}[profile]
    return [each for each in suite.list_cases({}, seed) if each.name.startswith(f"{profile}/drawn")]


@pytest.mark.parametrize("profile", ["message", "rules"])
def test_a_recording_of_one_run_fails_the_next_one(profile: str) -> None:
    parrot = Parrot()
    assert {each.try_on(parrot).status for each in list_drawn(profile, SEEDS[0])} == {Status.PASSED}
    parrot.learns = False
    results = {each.name: each.try_on(parrot) for each in list_drawn(profile, SEEDS[1])}
    passed = [name for name, each in results.items() if each.status is Status.PASSED]
    assert all("altered" in name for name in passed), "only the one refusal that it always says"
    failed = {each for each in results if results[each].status is Status.FAILED}
    assert {each.removesuffix("-1").removesuffix("-2") for each in failed} >= {
        f"message/drawn/{name}" for name in ARRIVALS if name.startswith(("accepts-", "opens-"))
    } or profile == "rules"
    assert len(failed) > len(results) * 0.9


def test_each_name_stands_in_every_run_and_is_another_question_in_each() -> None:
    for profile in ("message", "rules"):
        one, other = (list_drawn(profile, seed) for seed in SEEDS)
        assert [each.name for each in one] == [each.name for each in other]
    for name, kind in ARRIVALS.items():
        first, second = (build_arrival(kind, name, seed) for seed in SEEDS)
        assert first.subject != second.subject
        assert (first.verdict, first.code) == (second.verdict, second.code)


def test_the_same_seed_draws_the_same() -> None:
    for name, kind in ARRIVALS.items():
        cases = [build_arrival(kind, f"{name}-1", 5) for _ in range(2)]
        if b"<EncryptedContent" not in cases[0].subject:  # an ephemeral key is of no seed
            assert cases[0].subject == cases[1].subject, name
            assert cases[0].at == cases[1].at


def test_every_rule_is_drawn_on_both_of_its_sides() -> None:
    named = {each.name.rpartition("/")[2] for each in list_drawn("rules", 1)}
    known = [each.id.lower() for each in load_requirements().values() if each.codes]
    known += ["rul-088", "rul-089"]
    assert {f"finds-{each}" for each in known} <= named
    one_sided = [each for each in known if f"keeps-{each}" not in named]
    assert one_sided == ["rul-088", "rul-089"], "those two are about where and when, not what"


def test_rules_are_judged_at_the_first_and_the_last_moment_of_a_day() -> None:
    heard: set[str] = set()

    class Listening(OwnTarget):
        def ask(self, verb: Verb, octets: bytes = b"", /, **members: Any) -> Answer:  # noqa: ANN401 - as JSON
            heard.add(str(members["at"])[10:])
            return super().ask(verb, octets, **members)

    for each in list_drawn("rules", 1)[:20]:
        each.try_on(Listening())
    assert heard == {"T00:00:00Z", "T23:59:59.999Z"}, json.dumps(sorted(heard))
