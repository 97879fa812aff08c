"""Nobody passes by what was not tried, by a list of excuses, or by questions known beforehand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from swb.cli.conformance_console import spell_report
from swb_conformance.deviations import LONGEST, Deviation
from swb_conformance.engine import RunPlan, run_cases
from swb_conformance.events import CaseEnded, Standing
from swb_conformance.report import encode_report
from swb_conformance.report_reading import parse_report
from swb_conformance.reporters import render_html
from swb_conformance.statement import build_statement, check_reports, require_seed
from swb_conformance.suites.asking import skip
from swb_conformance.target import Answer
from swb_conformance.testing import SuiteCase
from swb_schemas.errors import RefusedError
from tests.conformance.engine.doubles import (
    AT,
    DESCRIPTION,
    Double,
    Ticking,
    case,
    ended,
    report_of,
)
from tests.conformance.engine.test_statement import CLAIMANT

KNOWN = Deviation(case="rules/b", reason="it rounds", until=date(2026, 11, 30))
ALONE = ended("b", Standing.DEVIATING, requirements=("RUL-002",), deviation=KNOWN)
SKIPPED = ended("c", Standing.SKIPPED, requirements=("RUL-003",), reason="put off")
DECLARED = ended("c", Standing.SKIPPED, requirements=("RUL-003",), declared=True)


def run(cases: tuple[SuiteCase, ...], target: Double | None = None, **plan: Any) -> list[CaseEnded]:  # noqa: ANN401 - fields of a plan
    events = run_cases(
        cases,
        target or Double(),
        RunPlan(profile="rules", **plan),
        description=DESCRIPTION,
        clock=lambda: AT,
        timer=Ticking(),
    )
    return [each for each in events if isinstance(each, CaseEnded)]


def code_of(call: Any) -> str:  # noqa: ANN401 - a function
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value.code


@pytest.mark.parametrize(
    ("other", "unshown"),
    [(ALONE, ("RUL-002",)), (SKIPPED, ("RUL-003",)), (DECLARED, ())],
    ids=["only known deviations", "only skipped", "left out by the description"],
)
def test_a_profile_passes_with_a_passed_case_of_each_requirement(
    other: CaseEnded, unshown: tuple[str, ...]
) -> None:
    report = report_of([ended("a"), other])
    assert (report.unshown, report.passes) == (unshown, not unshown)
    told, page = spell_report(report), render_html(report).decode()
    assert ("nothing shows" in told) == ("Incomplete" in page) == bool(unshown)
    assert ("Conforms" in page) is not bool(unshown)
    raw = encode_report(report)
    assert parse_report(raw).unshown == unshown
    if unshown:
        assert code_of(lambda: build_statement([raw], claimant=CLAIMANT, stated_at=AT)) == (
            "conformance.not_passed"
        )
    else:
        assert report.left_aside == ("RUL-003",)
        assert "RUL-003" in told
        assert "RUL-003" in page


def test_a_part_of_a_profile_owes_nothing_that_the_other_parts_show() -> None:
    parts = [
        report_of([ended("a", requirements=("RUL-002",))], shard="1/2"),
        report_of([ended("d"), ALONE], shard="2/2"),
    ]
    assert [each.unshown for each in parts] == [(), ()]
    files = [encode_report(each) for each in parts]
    assert build_statement(files, claimant=CLAIMANT, stated_at=AT).passed == 2
    alone = [encode_report(report_of([ended("d")], shard="1/2")), files[1]]
    forged = [alone[0].replace(b"rules/d", b"rules/e"), alone[1]]
    assert code_of(lambda: build_statement(forged, claimant=CLAIMANT, stated_at=AT)) == (
        "conformance.not_passed"
    )


def test_a_report_that_hides_what_it_does_not_show_is_refused() -> None:
    told = json.loads(encode_report(report_of([ended("a"), SKIPPED])))
    for lie in ({"unshown": [], "passes": True}, {"passes": True}):
        assert code_of(lambda lie=lie: parse_report(json.dumps({**told, **lie}).encode())) == (
            "conformance.report"
        )
    told["cases"][0]["declared"] = True
    assert code_of(lambda: parse_report(json.dumps(told).encode())) == "conformance.report"


def test_a_deviation_of_a_case_that_is_skipped_fails_the_run() -> None:
    skipping = SuiteCase(
        name="rules/b", requirements=("RUL-001",), negative=False, try_on=lambda _: skip("no such")
    )
    (found,) = run((skipping,), deviations={"rules/b": KNOWN})
    assert found.standing is Standing.FAILED
    assert "strike the deviation out" in found.reason
    assert not found.declared


@pytest.mark.parametrize(
    ("name", "days", "holds"),
    [
        ("rules/b", LONGEST.days, True),
        ("rules/b", LONGEST.days + 1, False),
        ("adapter/x", 1, True),
        ("adaptr/x", 1, False),
        ("b", 1, False),
        ("rules/nothing", 1, False),
    ],
)
def test_a_deviation_ends_within_a_year_and_names_a_case(name: str, days: int, holds: bool) -> None:
    until = AT.date() + timedelta(days=days)
    deviation = Deviation(case=name, reason="it rounds", until=until)
    wrong = Double(lambda _: Answer(verdict="refused", code="a.b"))
    if holds:
        run((case("b"),), wrong, deviations={name: deviation})
    else:
        code = code_of(lambda: run((case("b"),), wrong, deviations={name: deviation}))
        assert code == "conformance.deviations"


def test_who_states_did_not_choose_the_questions() -> None:
    drawn, given = (
        encode_report(report_of([ended("a")], seed=7, seed_drawn=is_drawn))
        for is_drawn in (True, False)
    )
    stated = build_statement([drawn], claimant=CLAIMANT, stated_at=AT)
    assert (stated.seed, stated.seed_from) == (7, "drawn")
    assert code_of(lambda: build_statement([given], claimant=CLAIMANT, stated_at=AT)) == (
        "conformance.seed"
    )
    asked = build_statement([given], claimant=CLAIMANT, stated_at=AT, seed=7)
    assert asked.seed_from == "given"
    check_reports(asked, [given])
    assert code_of(lambda: build_statement([given], claimant=CLAIMANT, stated_at=AT, seed=8)) == (
        "conformance.seed"
    )
    require_seed(asked, 7)
    assert code_of(lambda: require_seed(asked, 8)) == "conformance.seed"
    live = encode_report(report_of([ended("a")], profile="gateway", seed_drawn=False))
    live = live.replace(b"rules/a", b"gateway/a")
    assert build_statement([live], claimant=CLAIMANT, stated_at=AT).seed_from == "none"


def test_an_answer_behind_the_time_of_its_case_counts_for_nothing() -> None:
    (found,) = run((case("a"),), case_within=1.5)
    assert found.standing is Standing.FAILED
    assert "time for this case is over" in found.reason


def test_a_report_tells_what_an_earlier_sitting_showed_and_no_statement_rests_on_old_cases() -> (
    None
):
    def report(days: int) -> bytes:
        old = replace(ended("a"), told_at=AT - timedelta(days=days))
        return encode_report(report_of([old, ended("d")]))

    told = json.loads(report(30))
    assert told["told_again"] == 1
    page = render_html(report_of([replace(ended("a"), told_at=AT)])).decode()
    assert "1 case(s) that ended in an earlier sitting" in page
    assert told["cases"][0]["told_at"] == "2026-10-24T02:00:00Z"
    stated = build_statement([report(30)], claimant=CLAIMANT, stated_at=AT)
    assert (stated.tried_since, stated.tried_at) == (AT - timedelta(days=30), AT)
    assert code_of(lambda: build_statement([report(31)], claimant=CLAIMANT, stated_at=AT)) == (
        "conformance.dated"
    )
    hidden = json.dumps({**told, "told_again": 0}).encode()
    assert code_of(lambda: parse_report(hidden)) == "conformance.report"
