"""The engine keeps time, holds deviations to their word, and lets nobody pass by breaking."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.deviations import Deviation, parse_deviations
from swb_conformance.engine import RunPlan, run_cases, run_suite
from swb_conformance.events import CaseEnded, RunEnded, RunStarted, Standing, TargetBroke
from swb_conformance.protocol import CommandTarget
from swb_conformance.selecting import Shard, select_cases
from swb_conformance.target import Answer, BrokenTargetError, Verb
from swb_conformance.testing import CutShortError
from swb_schemas.errors import RefusedError
from tests.conformance.engine.doubles import AT, DESCRIPTION, Channel, Double, Ticking, case

if TYPE_CHECKING:
    from swb_conformance.events import Event
    from swb_conformance.target import Target
    from swb_conformance.testing import SuiteCase

CASES = tuple(case(f"group/case-{number}") for number in range(6))


def run(
    target: Target,
    cases: tuple[SuiteCase, ...] = CASES,
    *,
    wrong: str = "",
    **plan: Any,  # noqa: ANN401 - fields of a plan
) -> list[Event]:
    return list(
        run_cases(
            cases,
            target,
            RunPlan(profile="rules", **plan),
            description=DESCRIPTION,
            wrong=wrong,
            clock=lambda: AT,
            timer=Ticking(),
        )
    )


def endings(events: list[Event]) -> list[CaseEnded]:
    return [each for each in events if isinstance(each, CaseEnded)]


def standings(events: list[Event]) -> list[Standing]:
    return [each.standing for each in endings(events)]


def test_a_run_is_told_from_beginning_to_end() -> None:
    events = run(Double())
    assert isinstance(events[0], RunStarted)
    assert events[0].cases == 6
    assert isinstance(events[-1], RunEnded)
    assert standings(events) == [Standing.PASSED] * 6
    assert all(each.evidence == () for each in endings(events))


def test_a_failed_case_has_what_was_asked_and_answered() -> None:
    (found,) = endings(run(Double(lambda _: Answer(verdict="refused", code="a.b")), CASES[:1]))
    assert found.standing is Standing.FAILED
    assert [each.name for each in found.evidence] == ["request-1.json", "answer-1.json"]
    assert found.evidence[0].octets.startswith(b'{"id":1,"verb":"check","input":"')


def test_evidence_has_the_very_lines_and_what_came_out_beside() -> None:
    accepts = b'{"id":%d, "verdict":"accepted","code":null,"output":'
    answers = iter([accepts + b"{}}\n", accepts + b'"PGEvPg=="}\n', b"nonsense %d\n"])

    def try_on(target: Any) -> Any:  # noqa: ANN401 - of a case
        target.ask(Verb.TO_CANONICAL, b"x")
        return target.ask(Verb.TO_CANONICAL, b"y")

    one = type(CASES[0])(name="rules/x", requirements=("RUL-001",), negative=True, try_on=try_on)
    target = CommandTarget(Channel(lambda told: next(answers) % told["id"]))
    (found,) = endings(run(target, (one,)))
    assert [(each.name, each.octets) for each in found.evidence] == [
        ("request-1.json", b'{"id":2,"verb":"to-canonical","input":"eA=="}\n'),
        ("answer-1.json", b'{"id":2, "verdict":"accepted","code":null,"output":"PGEvPg=="}\n'),
        ("output-1", b"<a/>"),
        ("request-2.json", b'{"id":3,"verb":"to-canonical","input":"eQ=="}\n'),
        ("answer-2.json", b"nonsense 3\n"),
    ]


def test_evidence_of_what_passed_is_kept_where_it_is_asked_for() -> None:
    (found,) = endings(run(Double(), CASES[:1], keeps_evidence=True))
    assert found.standing is Standing.PASSED
    assert len(found.evidence) == 2


def test_whoever_breaks_passes_nothing_and_the_next_case_is_tried() -> None:
    turns = itertools.count()

    def answer(_: bytes) -> Answer:
        if next(turns) == 1:
            raise BrokenTargetError("it died")
        return Answer(verdict="accepted")

    events = run(Double(answer))
    assert standings(events) == [Standing.PASSED, Standing.FAILED, *[Standing.PASSED] * 4]
    assert [each for each in events if isinstance(each, TargetBroke)] == [
        TargetBroke(name="rules/group/case-1", reason="it died")
    ]


def test_a_case_that_swallows_a_break_has_failed_nevertheless() -> None:
    def swallow(target: Any) -> Any:  # noqa: ANN401 - of a case
        try:
            return CASES[0].try_on(target)
        except BrokenTargetError:
            return CASES[0].try_on(Double())

    def die(_: bytes) -> Answer:
        raise BrokenTargetError("it hung")

    one = type(CASES[0])(name="rules/x", requirements=("RUL-001",), negative=True, try_on=swallow)
    (found,) = endings(run(Double(die), (one,)))
    assert found.standing is Standing.FAILED
    assert found.reason == "the target broke: it hung"


def test_an_answer_that_a_case_cannot_cope_with_fails_the_case_alone() -> None:
    def trip(_: Any) -> Any:  # noqa: ANN401 - of a case
        raise KeyError("findings")

    one = type(CASES[0])(name="rules/x", requirements=("RUL-001",), negative=False, try_on=trip)
    assert standings(run(Double(), (one, CASES[0]))) == [Standing.FAILED, Standing.PASSED]


def test_it_gives_up_on_a_target_that_breaks_over_and_over() -> None:
    def die(_: bytes) -> Answer:
        raise BrokenTargetError("it died")

    target = Double(die)
    events = run(target, give_up_after=3)
    assert standings(events) == [Standing.FAILED] * 6
    assert target.asked == 3
    assert isinstance(events[-1], RunEnded)
    assert events[-1].cut_short == "the target broke in 3 cases in a row"


def test_a_target_that_cannot_be_believed_is_asked_nothing() -> None:
    target = Double()
    events = run(target, wrong="it does not describe itself")
    assert standings(events) == [Standing.FAILED] * 6
    assert target.asked == 0


def test_the_time_of_a_case_and_of_a_run_is_bounded() -> None:
    (found,) = endings(run(Double(), (case("slow", asks=50),), case_within=5))
    assert found.reason == "the target broke: the time for this case is over"
    events = run(Double(), run_within=8)
    assert Standing.PASSED in standings(events)
    assert standings(events)[-1] is Standing.FAILED
    assert "time" in endings(events)[-1].reason


def test_a_case_may_end_the_run() -> None:
    def leave(_: Any) -> Any:  # noqa: ANN401 - of a case
        raise CutShortError("nobody is there")

    gone = type(CASES[0])(name="rules/x", requirements=("RUL-001",), negative=False, try_on=leave)
    events = run(Double(), (CASES[0], gone, CASES[1]))
    assert standings(events) == [Standing.PASSED, Standing.FAILED, Standing.FAILED]
    assert endings(events)[2].reason == "not tried: nobody is there"
    assert isinstance(events[-1], RunEnded)
    assert events[-1].cut_short == "nobody is there"


def test_the_start_of_the_target_counts_as_time_of_the_run() -> None:
    timer = Ticking()

    class Slow(Double):
        def describe(self) -> Any:  # noqa: ANN401 - of a double
            timer.seconds += 100
            raise BrokenTargetError("it does not start")

    plan = RunPlan(profile="rules", only=("RUL-001",))
    events = list(run_suite(Slow(), plan, clock=lambda: AT, timer=timer))
    assert isinstance(events[-1], RunEnded)
    assert events[-1].seconds > 100


def test_all_faults_of_a_description_are_told_or_how_many_are_left() -> None:
    wrong = [{"message_type": f"No{number}"} for number in range(30)]
    target = Double(description={**DESCRIPTION, "messages": wrong})
    plan = RunPlan(profile="adapter", only=("adapter/describes/itself",))
    (found,) = endings(list(run_suite(target, plan, clock=lambda: AT, timer=Ticking())))
    for fault in ("file_suffix", "media_type: a text, found none", "'No0'", "and 16 more"):
        assert fault in found.reason


# --- known deviations ----------------------------------------------------------------------------


def known(name: str, until: date = date(2026, 12, 31)) -> dict[str, Deviation]:
    return {name: Deviation(case=name, reason="it rounds", until=until)}


REFUSING = Double(lambda _: Answer(verdict="refused", code="a.b"))


def test_a_known_deviation_does_not_fail_the_run() -> None:
    found = endings(run(REFUSING, CASES[:2], deviations=known(CASES[0].name)))
    assert [each.standing for each in found] == [Standing.DEVIATING, Standing.FAILED]
    assert found[0].deviation is not None
    assert found[0].deviation.reason == "it rounds"


def test_a_deviation_holds_on_its_last_day_and_not_after_it() -> None:
    for until, standing in (
        (AT.date(), Standing.DEVIATING),
        (date(2026, 11, 22), Standing.FAILED),
    ):
        deviations = known(CASES[0].name, until)
        (found,) = endings(run(REFUSING, CASES[:1], deviations=deviations))
        assert found.standing is standing
    assert "until 2026-11-22, which is over" in found.reason


def test_a_deviation_whose_case_passes_fails_the_run() -> None:
    (found,) = endings(run(Double(), CASES[:1], deviations=known(CASES[0].name)))
    assert found.standing is Standing.FAILED
    assert "strike the deviation out" in found.reason


def test_a_deviation_must_name_a_case_of_the_profile() -> None:
    with pytest.raises(RefusedError) as refusal:
        run(Double(), deviations=known("rules/group/no-such-case"))
    assert refusal.value.code == "conformance.deviations"
    assert standings(run(Double(), deviations=known("adapter/of/another"))) == [Standing.PASSED] * 6


GOOD = '[[deviation]]\ncase = "rules/x"\nreason = "it rounds"\nuntil = 2026-12-31\n'


def test_a_list_of_deviations_is_read() -> None:
    assert parse_deviations(GOOD.encode()) == known("rules/x")
    assert parse_deviations(b"") == {}


OTHER = GOOD.replace("rules/x", "rules/y")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (GOOD.replace("until = 2026-12-31", ""), "entry 1: expected until: a day"),
        (GOOD.replace("2026-12-31", '"2026-12-31"'), "found '2026-12-31'"),
        (GOOD.replace("2026-12-31", "2026-12-31T00:00:00Z"), "found '2026-12-31 00:00:00"),
        (OTHER + GOOD.replace("it rounds", " "), "entry 2: expected reason: a text"),
        (GOOD.replace('"rules/x"', "1"), "entry 1: expected case: a text, found '1'"),
        (GOOD + 'more = "x"\n', "entry 1: expected case, reason and until, found also more"),
        (GOOD + GOOD, "entry 2: expected each case once, found 'rules/x' again"),
        ("[other]\n", "found other"),
        ("deviation = 3\n", "expected nothing but [[deviation]]"),
        ("deviation = [3]\n", "entry 1: expected a table"),
        ("\x00", "expected TOML"),
    ],
)
def test_another_list_of_deviations_is_refused_by_entry_and_member(raw: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_deviations(raw.encode())
    assert refusal.value.code == "conformance.deviations"
    assert reason in refusal.value.message


# --- selecting -----------------------------------------------------------------------------------


def test_cases_are_selected_by_name_pattern_and_requirement() -> None:
    cases = (*CASES, case("other/one", requirement="RUL-002"))
    assert select_cases(cases, only=("RUL-002",)) == cases[6:]
    assert select_cases(cases, only=("rules/group/*",)) == CASES
    assert select_cases(cases, only=("rules/other/one", "*/case-3")) == (CASES[3], cases[6])
    with pytest.raises(RefusedError) as refusal:
        select_cases(cases, only=("rules/group/case-9",))
    assert refusal.value.code == "conformance.no_such_case"
    assert "near it: rules/group/case-" in refusal.value.message


def test_a_case_is_selected_by_the_name_that_the_page_of_coverage_has() -> None:
    cases = (*CASES, case("other/one", requirement="RUL-002"))
    assert select_cases(cases, only=("other/one",)) == cases[6:]
    assert select_cases(cases, only=("group/*", "rul-002")) == cases


def test_parts_of_a_run_are_apart_and_make_the_whole() -> None:
    cases = tuple(case(f"many/{number}") for number in range(200))
    parts = [select_cases(cases, shard=Shard(part, 4)) for part in range(1, 5)]
    assert sorted(each.name for part in parts for each in part) == sorted(c.name for c in cases)
    assert all(len(part) > 20 for part in parts)
    alone = select_cases(cases, only=("rules/many/7*",), shard=Shard(2, 4))
    assert set(alone) <= set(parts[1])
