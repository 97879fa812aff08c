"""A target that crashes, hangs, answers nonsense, floods or exits passes nothing.

Real processes, run as ``swb conformance run`` runs them; a few cases of each kind, positive and
negative, because each break costs a start and an end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import pytest

from swb.cli.conformance_channel import ProcessChannel, open_channel
from swb.clock import SystemClock
from swb_conformance.engine import RunPlan, run_suite
from swb_conformance.events import CaseEnded, RunEnded, Standing
from swb_conformance.protocol import CommandTarget
from swb_conformance.target import BrokenTargetError, Verb

PROGRAM: Final = Path(__file__).with_name("broken_program.py")
MODES: Final = (
    "crashes",
    "exits",
    "hangs",
    "talks nonsense",
    "floods",
    "floods with lines",
    "answers another id",
    "answers twice",
    "takes all memory",
    "says that it failed",
    "refuses without a code",
    "accepts without output",
    "ends its answers early",
)
CASES: Final = {
    "adapter": ("adapter/refuses/no-octets", "adapter/repeats/after-a-new-start"),
    "message": ("message/message/refuses-a-comment", "message/delivery/accepts-a-clear-message"),
    "rules": ("RUL-001",),
}


def channel_of(*arguments: str) -> ProcessChannel:
    command = [sys.executable, "-S", str(PROGRAM), *arguments]
    return ProcessChannel("command:broken", command, answer_within=0.7, megabytes=200)


def run(profile: str, *arguments: str) -> tuple[list[CaseEnded], RunEnded]:
    target = CommandTarget(channel_of(*arguments))
    try:
        plan = RunPlan(profile=profile, only=CASES[profile])
        events = list(run_suite(target, plan, clock=SystemClock().now, timer=time.monotonic))
    finally:
        target.close()
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    return [each for each in events if isinstance(each, CaseEnded)], ended


@pytest.mark.parametrize("mode", MODES)
def test_a_target_that_breaks_passes_nothing(mode: str) -> None:
    for profile in ("message", "adapter") if mode in {"exits", "crashes"} else ("adapter",):
        cases, _ = run(profile, mode, "after-describe")
        assert [each.standing for each in cases] == [Standing.FAILED] * len(CASES[profile])


@pytest.mark.parametrize("mode", ["exits", "hangs", "talks nonsense"])
def test_a_target_that_does_not_describe_itself_is_asked_nothing(mode: str) -> None:
    for profile in CASES:
        cases, ended = run(profile, mode)
        assert cases
        assert {each.standing for each in cases} == {Standing.FAILED}
        assert "does not describe itself" in ended.cut_short


def test_what_answers_refused_to_everything_fails_what_must_be_accepted() -> None:
    target = CommandTarget(channel_of("refuses without a code", "after-describe"))
    with pytest.raises(BrokenTargetError, match="a code in words"):
        target.ask(Verb.CHECK, b"x")
    target.close()


def test_a_built_in_target_is_a_process_like_any_other() -> None:
    channel = open_channel("builtin:canonical", answer_within=30, megabytes=1024)
    target = CommandTarget(channel)
    try:
        assert target.describe()["name"] == "canonical"
        assert target.ask(Verb.TO_CANONICAL, b"").verdict == "refused"
        odd = target.ask(Verb.VERIFY, b"x", layer="no such layer", at="2026-01-01T00:00:00Z")
        assert odd.verdict in {"failed", "refused"}
    finally:
        target.close()
