"""The mutation proof: whatever our own target does wrong, the suite notices, and says what.

Each fault is switched on alone, and at least one case has to fail about each requirement that it
breaks; without a fault the same cases pass. By default only cases are tried that name one of these
requirements, or those that the fault suggests, and some others, drawn by the fault's name: of
those none may fail, unless the fault touches every answer. That takes less than a minute of
processor time for all faults. ``SWB_FULL_PROOF=1`` tries the whole profile with each fault, about
ten minutes.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from swb_conformance.engine import RunPlan, run_cases
from swb_conformance.events import CaseEnded, Standing
from swb_conformance.protocol import CommandTarget
from swb_conformance.requirements import load_requirements
from swb_conformance.suites import list_cases
from tests.conformance.faulty.forking import FaultyChannel, FaultyTargets
from tests.conformance.faulty.manners import MANNERS
from tests.conformance.faulty.target import FAULTS, NONE
from tests.conformance.trying import try_target
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from swb_conformance.testing import SuiteCase
    from tests.conformance.faulty.fault import Fault

FULL: Final = os.environ.get("SWB_FULL_PROOF") == "1"
ADAPTERS: Final = {"adapter": "thailand", "message": "thailand", "rules": "canonical"}
"""By profile: who carries what its cases need."""
MOST_AGAIN: Final = 6
"""Of the cases that failed with a fault: so many are tried without it."""
OTHERS: Final = 8
"""Cases about other requirements, for each fault: in all more than the cases of a profile."""
ACCEPTS: Final = frozenset({"MSG-043"})
"""What is right in all is accepted: whoever refuses any of it breaks this as well."""
MANNERED: Final = "message/*/accepts-a-clear-message"


@pytest.fixture(scope="module")
def targets() -> Iterator[FaultyTargets]:
    with FaultyTargets() as made:
        yield made


@pytest.fixture(scope="module")
def pass_unbroken(targets: FaultyTargets) -> Callable[[str, Sequence[SuiteCase]], bool]:
    """Whether no case fails without any fault; each is tried once.

    A format need not have a spelling for every document: such a case is skipped.
    """
    standings: dict[str, Standing] = {}

    def pass_all(profile: str, cases: Sequence[SuiteCase]) -> bool:
        target = CommandTarget(FaultyChannel(targets, ADAPTERS[profile], NONE))
        untried = [each for each in cases if each.name not in standings]
        standings.update({each.name: each.standing for each in try_cases(target, profile, untried)})
        return all(standings[each.name] is not Standing.FAILED for each in cases)

    return pass_all


def choose(fault: Fault, cases: Sequence[SuiteCase]) -> list[SuiteCase]:
    """Choose the cases by which a fault is tried."""
    if FULL:
        return list(cases)
    broken = set(fault.requirements)
    if fault.quick:
        chosen = [
            each
            for each in cases
            if any(fnmatchcase(each.name, pattern) for pattern in fault.quick)
        ]
    else:
        chosen = [each for each in cases if set(each.requirements) & broken]
    others = [
        each for each in cases if not set(each.requirements) & broken and "/sizes/" not in each.name
    ]
    drawn = Random(fault.name)  # noqa: S311 - nothing secret
    return [*chosen, *drawn.sample(others, min(OTHERS, len(others)))]


def try_cases(target: CommandTarget, profile: str, cases: Sequence[SuiteCase]) -> list[CaseEnded]:
    try:
        events = run_cases(
            cases,
            target,
            RunPlan(profile=profile, give_up_after=len(cases) + 1),
            description=target.describe(),
            clock=lambda: datetime.now(UTC),
            timer=time.monotonic,
        )
        return [each for each in events if isinstance(each, CaseEnded)]
    finally:
        target.close()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_noticed_by_the_requirement_that_it_breaks(
    fault: Fault,
    targets: FaultyTargets,
    pass_unbroken: Callable[[str, Sequence[SuiteCase]], bool],
) -> None:
    target = CommandTarget(FaultyChannel(targets, ADAPTERS[fault.profile], fault.name))
    cases = {each.name: each for each in list_cases(fault.profile, target.describe(), 0)}
    ended = try_cases(target, fault.profile, choose(fault, list(cases.values())))
    failed = [cases[each.name] for each in ended if each.standing is Standing.FAILED]
    broken = set(fault.requirements)
    assert broken <= {name for each in failed for name in each.requirements}
    if not fault.is_broad:
        right = broken | ACCEPTS
        assert [each.name for each in failed if not right & set(each.requirements)] == []
    assert pass_unbroken(fault.profile, failed if FULL else failed[:MOST_AGAIN])


@pytest.mark.parametrize("name", MANNERS)
def test_a_target_without_manners_passes_nothing(name: str) -> None:
    program = ROOT / "tests" / "conformance" / "faulty" / "manners.py"
    words = [sys.executable, "-I", str(program), name]
    ended = try_target(f"command:{shlex.join(words)}", "message", only=[MANNERED], answer_within=2)
    assert len(ended) >= 2
    assert {each.standing for each in ended} == {Standing.FAILED}


def test_there_are_enough_faults_and_they_name_requirements() -> None:
    assert len(FAULTS) >= 40
    named = {name for fault in FAULTS.values() for name in fault.requirements}
    assert named <= set(load_requirements())
    assert len({fault.text for fault in FAULTS.values()}) == len(FAULTS)


def count_by_profile(faults: Mapping[str, Fault]) -> dict[str, int]:
    return {
        profile: sum(fault.profile == profile for fault in faults.values()) for profile in ADAPTERS
    }


def test_each_profile_has_faults_of_its_own() -> None:
    assert min(count_by_profile(FAULTS).values()) >= 10
