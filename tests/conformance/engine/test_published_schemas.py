"""What the suite writes and asks is what its published schemas say."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.engine import RunPlan, run_cases
from swb_conformance.events import Standing
from swb_conformance.protocol import CommandTarget, parse_answer
from swb_conformance.report import Recorder, encode_report
from swb_conformance.statement import encode_statement
from swb_conformance.suites import list_cases
from swb_conformance.target import BrokenTargetError, Verb
from tests.conformance.engine.test_statement import report, state
from tests.conformance.faulty.forking import FaultyChannel, FaultyTargets
from tests.conformance.faulty.target import NONE
from tests.conformance.published import find_faults

if TYPE_CHECKING:
    from collections.abc import Iterator


class HeardChannel(FaultyChannel):
    """Keeps every line."""

    def __init__(self, targets: FaultyTargets, adapter: str, fault: str) -> None:
        super().__init__(targets, adapter, fault)
        self.lines: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def exchange(self, line: bytes) -> bytes:
        answer = super().exchange(line)
        self.lines.append((json.loads(line), json.loads(answer)))
        return answer


@pytest.fixture(scope="module")
def targets() -> Iterator[FaultyTargets]:
    with FaultyTargets() as made:
        yield made


TRIED = {
    "adapter": ("thailand", NONE, ("*/CustomsResponse/*", "adapter/repeats/after-a-new-start")),
    "message": ("thailand", "algorithm", ("*xmlsec1*", "message/s*/*", "message/trust/*")),
    "rules": ("canonical", "edition", ()),
}
"""By profile: adapter and fault of a target, and which cases."""


@pytest.mark.parametrize("profile", TRIED)
def test_reports_and_lines_of_real_runs_are_what_is_published(
    targets: FaultyTargets, profile: str
) -> None:
    adapter, fault, only = TRIED[profile]
    channel = HeardChannel(targets, adapter, fault)
    target, recorder = CommandTarget(channel), Recorder(suite="0.1.0")
    plan = RunPlan(profile=profile, only=only)
    cases = tuple(list_cases(profile, target.describe(), 0))
    try:
        for event in run_cases(
            cases,
            target,
            plan,
            description=target.describe(),
            clock=lambda: datetime.now(UTC),
            timer=time.monotonic,
        ):
            recorder.hear(event)
    finally:
        target.close()
    built = recorder.build_report()
    assert find_faults("report", json.loads(encode_report(built))) == []
    verbs = set()
    for asked, told in channel.lines:
        verbs.add(asked["verb"])
        assert find_faults("command", asked, f"requests/{asked['verb']}") == []
        assert find_faults("command", told, f"answers/{asked['verb']}") == []
    assert len(verbs) > 1
    if fault != NONE:
        assert built.count(Standing.FAILED)


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("kind", "another"),
        ("started", "2026-11-23"),
        ("shard", "0/1"),
        ("passed", -1),
        ("profile", "everything"),
        ("novelty", 1),
    ],
)
def test_a_report_that_is_none_is_told(member: str, wrong: object) -> None:
    told = json.loads(report())
    assert find_faults("report", told) == []
    assert find_faults("report", {**told, member: wrong})
    del told["cases"][1]["reason"]
    assert find_faults("report", told)


def test_a_statement_is_what_is_published() -> None:
    statement, _ = state(report())
    told = json.loads(encode_statement(statement))
    assert find_faults("statement", told) == []
    assert find_faults("statement", {**told, "version": 2})
    assert find_faults("statement", {**told, "reports": []})
    assert find_faults("statement", {**told, "novelty": 1})


ANSWER: dict[str, Any] = {"id": 1, "verdict": "accepted", "code": None}
WRONG: dict[str, tuple[Verb, dict[str, Any]]] = {
    "another verdict": (Verb.CHECK, {"verdict": "fine"}),
    "undetermined where it may not be": (Verb.CHECK, {"verdict": "undetermined", "code": "a.b"}),
    "a code where it accepts": (Verb.CHECK, {"code": "a.b"}),
    "no code where it refuses": (Verb.CHECK, {"verdict": "refused"}),
    "a code of one word": (Verb.CHECK, {"verdict": "refused", "code": "wrong"}),
    "no output": (Verb.SEAL, {}),
    "output that is no base64": (Verb.SEAL, {"output": "*"}),
    "an object where octets belong": (Verb.SIGN, {"output": {}}),
    "octets where an object belongs": (Verb.VERIFY, {"output": "AAAA"}),
    "a finding without code": (Verb.CHECK, {"findings": [{"message": "x"}]}),
    "a severity of its own": (Verb.CHECK, {"findings": [{"code": "a.b", "severity": "bad"}]}),
    "an id that is none": (Verb.CHECK, {"id": "1"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_breaks_the_protocol_breaks_the_schema(name: str) -> None:
    verb, changes = WRONG[name]
    answer = {**ANSWER, **changes}
    with pytest.raises(BrokenTargetError):
        parse_answer(json.dumps(answer).encode() + b"\n", 1, verb)
    assert find_faults("command", answer, f"answers/{verb}")
    assert find_faults("command", {"id": 1, "verb": str(verb)}, "request")
