"""What nobody would have noticed: each test fails where one line of the suite is broken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from swb_conformance.deviations import Deviation
from swb_conformance.engine import RunPlan, run_cases, run_suite
from swb_conformance.events import NOT_TRIED, CaseEnded, RunEnded, Standing, TargetBroke
from swb_conformance.protocol import parse_answer
from swb_conformance.report import encode_report
from swb_conformance.reporters import render_html, render_junit
from swb_conformance.selecting import select_cases
from swb_conformance.statement import build_statement, check_reports
from swb_conformance.target import Answer, BrokenTargetError, Verb
from swb_conformance.testing import Evidence
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
from tests.conformance.engine.test_statement import CLAIMANT, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_conformance.events import Event
    from swb_conformance.testing import SuiteCase

KNOWN = Deviation(case="rules/b", reason="it rounds", until=date(2026, 11, 30))
DEVIATING = ended("b", Standing.DEVIATING, reason="expected 1, found 2", deviation=KNOWN)


def run(target: Double, cases: tuple[SuiteCase, ...], **plan: Any) -> list[Event]:  # noqa: ANN401 - fields of a plan
    return list(
        run_cases(
            cases,
            target,
            RunPlan(profile="rules", **plan),
            description=DESCRIPTION,
            clock=lambda: AT,
            timer=Ticking(),
        )
    )


def test_twenty_breaks_are_too_many_in_a_row_and_not_in_all() -> None:
    def answer(octets: bytes) -> Answer:
        if octets.endswith(b"0"):
            return Answer(verdict="accepted")
        raise BrokenTargetError("it died")

    cases = tuple(case(f"group/{number}-{number % 3}") for number in range(60))
    (over,) = (each for each in run(Double(answer), cases) if isinstance(each, RunEnded))
    assert over.cut_short == ""


def test_what_is_not_tried_counts_against_its_requirements() -> None:
    def answer(_: bytes) -> Answer:
        raise BrokenTargetError("it died")

    events = run(Double(answer), tuple(case(f"{number}") for number in range(4)), give_up_after=2)
    left = [each for each in events if isinstance(each, CaseEnded)][2:]
    assert all(each.reason.startswith(NOT_TRIED) for each in left)
    assert {each.requirements for each in left} == {("RUL-001",)}


@pytest.mark.parametrize("description", [None, {"protocol": 1, "name": "double"}])
def test_a_target_that_says_nothing_or_nonsense_of_itself_is_told_and_asked_nothing(
    description: dict[str, Any] | None,
) -> None:
    target = Double(description=description)
    plan = RunPlan(profile="rules", only=("rules/CertificateIssue/*",))
    events = list(run_suite(target, plan, clock=lambda: AT, timer=Ticking()))
    (broke,) = (each for each in events if isinstance(each, TargetBroke))
    assert "describe" in broke.reason
    assert {each.standing for each in events if isinstance(each, CaseEnded)} == {Standing.FAILED}
    assert target.asked == 0


def test_a_part_of_an_id_is_no_requirement() -> None:
    with pytest.raises(RefusedError):
        select_cases((case("a"),), only=("RUL-00",))
    assert len(select_cases((case("a"),), only=("RUL-001",))) == 1


def test_evidence_is_of_the_last_questions_and_not_of_megabytes() -> None:
    def answer(_: bytes) -> Answer:
        return Answer(verdict="refused", code="a.b", told={"message": "x" * 500_000})

    (found,) = (
        each for each in run(Double(answer), (case("a", asks=9),)) if isinstance(each, CaseEnded)
    )
    assert [each.name for each in found.evidence][:2] == ["request-4.json", "answer-4.json"]
    assert len(found.evidence) == 12
    assert max(len(each.octets) for each in found.evidence) < 210_000
    assert b"octets in all" in found.evidence[1].octets


@pytest.mark.parametrize(
    ("name", "other"),
    [("suite", "9.9"), ("system", {"name": "other"}), ("profile", "message")],
)
def test_reports_of_something_else_are_not_put_together(name: str, other: object) -> None:
    parts = [encode_report(report_of([ended(part)], shard=f"{part}/2")) for part in "12"]
    told = {**json.loads(parts[1]), name: other}
    text = json.dumps(told).replace("rules/2", f"{told['profile']}/2")
    changed = [parts[0], text.encode()]
    assert code_of(lambda: build_statement(changed, claimant=CLAIMANT, stated_at=AT)) == (
        "conformance.report"
    )


def test_a_statement_of_parts_is_checked_by_all_of_them_and_dated_by_the_last() -> None:
    parts = [encode_report(report_of([ended(part)], shard=f"{part}/2")) for part in "12"]
    late = datetime(2026, 11, 22, tzinfo=AT.tzinfo)
    told = {**json.loads(parts[0]), "ended": late.isoformat()}
    parts[0] = json.dumps(told).encode()
    for order in (parts, parts[::-1]):
        statement = build_statement(order, claimant=CLAIMANT, stated_at=AT)
        assert statement.tried_at == AT
    check_reports(statement, parts)
    assert code_of(lambda: check_reports(statement, parts[:1])) == "conformance.report"


LINE = {"id": 1, "verdict": "refused", "code": "a.b", "message": "m"}
FINDING = {"code": "a.b", "severity": "refuse", "path": "A", "message": "m"}


@pytest.mark.parametrize(
    "told",
    [
        {**LINE, "findings": [FINDING] * 30_001},
        {"id": 1, "verdict": "failed", "code": None},
        {"id": 1, "verdict": "failed"},
    ],
    ids=["too many findings", "failed by no code", "failed without a code"],
)
def test_an_answer_of_another_form_breaks_a_target(told: dict[str, Any]) -> None:
    good = parse_answer(json.dumps({**LINE, "findings": [FINDING]}).encode() + b"\n", 1, Verb.CHECK)
    assert good.code == "a.b"
    with pytest.raises(BrokenTargetError):
        parse_answer(json.dumps(told).encode() + b"\n", 1, Verb.CHECK)


def page_of(*cases: CaseEnded, **more: Any) -> str:  # noqa: ANN401 - fields of a run
    return render_html(report_of(cases, **more)).decode()


@pytest.mark.parametrize(
    ("page", "said", "unsaid"),
    [
        (lambda: page_of(ended("a"), DEVIATING), "Conforms, with known deviations", ">Conforms<"),
        (lambda: page_of(ended("a"), DEVIATING), "2026-11-30", "9999"),
        (lambda: page_of(ended("a")), ">Conforms<", "known deviations"),
        (lambda: page_of(ended("a"), only=("rules/a",)), "the part that was tried", ">Conforms<"),
        (
            lambda: page_of(ended("a"), ended("c", Standing.SKIPPED, reason="put off by a person")),
            "put off by a person",
            "Does not conform",
        ),
        (
            lambda: page_of(
                replace(
                    ended("a", Standing.FAILED),
                    evidence=(Evidence(name="one.txt", octets=b"y" * 400_000),),
                )
            ),
            "one.txt",
            "y" * 200_000,
        ),
    ],
    ids=["deviations", "their last day", "whole", "narrowed", "why skipped", "evidence is cut"],
)
def test_the_page_says_what_a_run_was_worth(
    page: Callable[[], str], said: str, unsaid: str
) -> None:
    told = page()
    assert said in told
    assert unsaid not in told


def test_a_build_server_sees_deviations_as_such_and_evidence_of_failures() -> None:
    root = etree.fromstring(render_junit(report_of([DEVIATING, ended("a", Standing.FAILED)])))
    deviating, failed = root[0]
    (skipped,) = deviating.findall("skipped")
    assert "it rounds" in str(skipped.get("message"))
    assert "request-1.json" in str(failed.findtext("failure"))
