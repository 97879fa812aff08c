"""Targets that are no programs: what the engine, the calling side and the reports are tried on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swb_conformance.events import CaseEnded, RunEnded, RunStarted, Standing
from swb_conformance.report import Recorder, Report
from swb_conformance.target import Answer, BrokenTargetError, Target, Verb
from swb_conformance.testing import Evidence, Result, Status, SuiteCase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DESCRIPTION = {"protocol": 1, "verbs": ["describe", "check"], "name": "double", "version": "1.0.0"}


@dataclass
class Double:
    """A target of which a test says what it does.

    Attributes:
        answers: What it answers, or how it breaks.
    """

    answers: Callable[[bytes], Answer] = lambda _: Answer(verdict="accepted")
    name: str = "double"
    description: Mapping[str, Any] | None = field(default_factory=lambda: dict(DESCRIPTION))
    asked: int = 0

    def describe(self) -> Mapping[str, Any]:
        if self.description is None:
            raise BrokenTargetError("it does not start")
        return self.description

    def ask(self, verb: Verb, octets: bytes = b"", /, **_: object) -> Answer:
        assert verb is Verb.CHECK
        self.asked += 1
        return self.answers(octets)

    def close(self) -> None:
        return


class Channel:
    """A channel over a function from one line to the next; it counts starts."""

    name = "command:double"

    def __init__(self, answer: Callable[[dict[str, Any]], bytes]) -> None:
        self._answer = answer
        self.runs = False
        self.starts = 0

    def start(self) -> bool:
        if self.runs:
            return False
        self.runs = True
        self.starts += 1
        return True

    def exchange(self, line: bytes) -> bytes:
        assert self.runs
        return self._answer(json.loads(line))

    def drop(self) -> None:
        self.runs = False


class Ticking:
    """A clock that goes on by a second each time somebody looks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


def case(
    name: str, expected: str = "accepted", *, asks: int = 1, requirement: str = "RUL-001"
) -> SuiteCase:
    """A case that asks some questions and expects a verdict of each."""

    def try_on(target: Target) -> Result:
        found = {target.ask(Verb.CHECK, name.encode()).verdict for _ in range(asks)}
        if found == {expected}:
            return Result(status=Status.PASSED)
        return Result(status=Status.FAILED, reason=f"expected {expected}, found {sorted(found)}")

    return SuiteCase(
        name=f"rules/{name}",
        requirements=(requirement,),
        negative=expected == "refused",
        try_on=try_on,
    )


def report_of(cases: Iterable[CaseEnded], **more: Any) -> Report:  # noqa: ANN401 - fields of a run
    """The report of a run that had these cases."""
    told = tuple(cases)
    values = {
        "profile": "rules",
        "target": "command:./target --flag 'a b'",
        "description": DESCRIPTION,
        "seed_drawn": True,
    }
    cut_short = more.pop("cut_short", "")
    recorder = Recorder(suite="0.1.0")
    recorder.hear(RunStarted(**{**values, **more}, at=AT, cases=len(told)))
    for each in told:
        recorder.hear(each)
    recorder.hear(RunEnded(at=AT, seconds=1.5, cut_short=cut_short))
    return recorder.build_report()


def ended(name: str, standing: Standing = Standing.PASSED, **more: Any) -> CaseEnded:  # noqa: ANN401 - as above
    """A case that ended."""
    told = {"requirements": ("RUL-001",), "negative": False, "seconds": 0.25}
    if standing is Standing.FAILED:
        told |= {
            "reason": "expected <a>, found \x07 & b",
            "evidence": (Evidence(name="request-1.json", octets=b'{"id":1}<script>\xff'),),
        }
    return CaseEnded(name=f"rules/{name}", standing=standing, **{**told, **more})
