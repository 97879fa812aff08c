"""Runs cases against a target, and tells what happens as events.

The engine has no opinion on how a case is judged, where a target runs, or who reads the result.
It keeps time, holds known deviations to their word, and sees to it that whoever breaks passes
nothing by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.deviations import check_deviations
from swb_conformance.events import (
    NOT_TRIED,
    CaseEnded,
    CaseStarted,
    RunEnded,
    RunStarted,
    Standing,
    TargetBroke,
)
from swb_conformance.protocol.describing import check_description
from swb_conformance.recording import RecordingTarget
from swb_conformance.requirements import load_profiles
from swb_conformance.selecting import Shard, select_cases
from swb_conformance.suites import list_cases
from swb_conformance.target import BrokenTargetError, Target
from swb_conformance.testing import CutShortError, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from swb_conformance.carrying.samples import Sample
    from swb_conformance.deviations import Deviation
    from swb_conformance.events import Event
    from swb_conformance.testing import SuiteCase

__all__ = ["RunPlan", "judge_deviation", "run_cases", "run_suite"]

_STANDINGS: Final = {
    Status.PASSED: Standing.PASSED,
    Status.FAILED: Standing.FAILED,
    Status.SKIPPED: Standing.SKIPPED,
}
_MOST_PROBLEMS: Final = 20
"""Faults of a description that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run tries, and for how long.

    Attributes:
        profile: What is claimed.
        only: What it is narrowed to; see `select_cases`.
        shard: Which part of it.
        seed: From which everything is drawn that is drawn.
        seed_drawn: Whether the seed itself was drawn for this run, and not given.
        samples: National files that were given with their canonical documents.
        deviations: Known ones, by name of the case.
        case_within: Seconds for one case; a question that is under way when they are over is
            bounded by the target's own limit.
        run_within: Seconds for the whole; cases that are left then have failed.
        give_up_after: Cases in a row in which the target broke; those that are left have failed.
        keeps_evidence: Whether what was asked and answered is kept of cases that pass, too.
        again: Words of the command that starts such a run again, without `only` and `shard`.
    """

    profile: str
    only: Sequence[str] = ()
    shard: Shard = field(default_factory=Shard)
    seed: int = 0
    seed_drawn: bool = False
    samples: Sequence[Sample] = ()
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
    case_within: float = 60
    run_within: float = 3600
    give_up_after: int = 20
    keeps_evidence: bool = False
    again: Sequence[str] = ()


def run_suite(
    target: Target,
    plan: RunPlan,
    *,
    clock: Callable[[], datetime],
    timer: Callable[[], float],
) -> Iterator[Event]:
    """Try a target by the cases of a profile that is tried by questions.

    Args:
        target: What is tried.
        plan: By what.
        clock: The time of day, in UTC.
        timer: Seconds on a clock that never goes back.

    Raises:
        RefusedError: ``conformance.no_such_case``, ``conformance.deviations``: the plan is wrong;
            before the first event.
    """
    begun = timer()
    description, wrong = _describe(target, plan.profile)
    cases = tuple(list_cases(plan.profile, description, plan.seed, plan.samples))
    yield from run_cases(
        cases,
        target,
        plan,
        description=description,
        wrong=wrong,
        clock=clock,
        timer=timer,
        begun=begun,
    )


def run_cases(
    every: Sequence[SuiteCase],
    target: Target,
    plan: RunPlan,
    *,
    description: Mapping[str, Any],
    wrong: str = "",
    clock: Callable[[], datetime],
    timer: Callable[[], float],
    begun: float | None = None,
) -> Iterator[Event]:
    """Try a target by cases that somebody listed, whatever they ask it.

    Args:
        every: All cases of the profile.
        target: What is tried.
        plan: Which of them, and for how long.
        description: What the target says of itself.
        wrong: Why nothing of the target can be believed; then no case is tried, and all fail.
        clock: The time of day, in UTC.
        timer: Seconds on a clock that never goes back.
        begun: When the target was started, by `timer`; now, where it was not before.

    Raises:
        RefusedError: As `run_suite`.
    """
    begun = timer() if begun is None else begun
    check_deviations(
        plan.deviations, plan.profile, {each.name for each in every}, today=clock().date()
    )
    cases = select_cases(every, only=plan.only, shard=plan.shard)
    yield RunStarted(
        profile=plan.profile,
        target=target.name,
        description=description,
        at=clock(),
        seed=plan.seed,
        seed_drawn=plan.seed_drawn,
        samples=len(plan.samples),
        shard=str(plan.shard),
        only=tuple(plan.only),
        cases=len(cases),
        again=tuple(plan.again),
    )
    if wrong:
        yield TargetBroke(name="", reason=wrong)
    broken, cut_short = 0, wrong
    for case in cases:
        yield CaseStarted(name=case.name)
        if not cut_short and timer() - begun > plan.run_within:
            cut_short = f"the run's time of {plan.run_within:g} seconds is over"
        if not cut_short and broken >= plan.give_up_after:
            cut_short = f"the target broke in {broken} cases in a row"
        if cut_short:
            yield _not_tried(case, cut_short)
            continue
        try:
            ended, reason = _try(case, target, plan, clock().date(), timer)
        except CutShortError as cause:
            cut_short = str(cause)
            yield _not_tried(case, cut_short)
            continue
        broken = broken + 1 if reason else 0
        if reason:
            yield TargetBroke(name=case.name, reason=reason)
        yield ended
    yield RunEnded(at=clock(), seconds=timer() - begun, cut_short=cut_short)


def judge_deviation(
    result: Result, deviation: Deviation | None, today: date
) -> tuple[Standing, str]:
    """Say what a case counts as, by what is known of it.

    Args:
        result: How it ended.
        deviation: That it is known to fail; None where it is not.
        today: The day of the run.

    Returns:
        Its standing, and the reason.
    """
    standing = _STANDINGS[result.status]
    if deviation is None:
        return standing, result.reason
    if standing is Standing.SKIPPED:
        reason = "expected to fail, as a known deviation says; it was skipped: "
        return Standing.FAILED, f"{reason}{result.reason}; strike the deviation out"
    if standing is Standing.PASSED:
        reason = "expected to fail, as a known deviation says; it passes: strike the deviation out"
        return Standing.FAILED, reason
    if today > deviation.until:
        reason = f"{result.reason} (a known deviation until {deviation.until}, which is over)"
        return Standing.FAILED, reason
    return Standing.DEVIATING, result.reason


def _describe(target: Target, profile: str) -> tuple[Mapping[str, Any], str]:
    """Ask what the target is; tells also why nothing of it can be believed."""
    try:
        description = target.describe()
    except BrokenTargetError as error:
        return {}, f"the target does not describe itself: {error}"
    problems = check_description(description, load_profiles()[profile])
    if problems:
        return {}, f"the target describes itself wrongly: {_join(problems)}"
    return description, ""


def _join(problems: Sequence[str]) -> str:
    left = len(problems) - _MOST_PROBLEMS
    more = (f"and {left} more",) if left > 0 else ()
    return "; ".join((*problems[:_MOST_PROBLEMS], *more))


def _try(
    case: SuiteCase, target: Target, plan: RunPlan, today: date, timer: Callable[[], float]
) -> tuple[CaseEnded, str]:
    begun = timer()
    watched = RecordingTarget(target, until=begun + plan.case_within, timer=timer)
    try:
        result = case.try_on(watched)
    except BrokenTargetError as error:
        watched.broke = watched.broke or str(error)
    except CutShortError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it answered, the run goes on
        reason = f"expected an answer of the protocol's form, found one that ends in {error!r}"
        result = Result(status=Status.FAILED, reason=reason[:500])
    if watched.broke:
        result = Result(status=Status.FAILED, reason=f"the target broke: {watched.broke}")
    deviation = plan.deviations.get(case.name)
    standing, reason = judge_deviation(result, deviation, today)
    kept = plan.keeps_evidence or standing not in {Standing.PASSED, Standing.SKIPPED}
    ended = CaseEnded(
        name=case.name,
        requirements=case.requirements,
        negative=case.negative,
        standing=standing,
        reason=reason,
        deviation=deviation,
        evidence=(*result.evidence, *watched.evidence) if kept else (),
        seconds=timer() - begun,
        declared=result.declared and standing is Standing.SKIPPED,
        told_at=result.told_at,
    )
    return ended, watched.broke


def _not_tried(case: SuiteCase, why: str) -> CaseEnded:
    return CaseEnded(
        name=case.name,
        requirements=case.requirements,
        negative=case.negative,
        standing=Standing.FAILED,
        reason=f"{NOT_TRIED}{why}",
    )
