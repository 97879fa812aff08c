"""Reports say what happened, to people, to programs and for the records."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree

from swb.cli.conformance_console import spell_report
from swb_conformance.deviations import Deviation
from swb_conformance.events import NOT_TRIED, Standing
from swb_conformance.report import describe_report, encode_report
from swb_conformance.reporters import render_html, render_junit
from tests.conformance.engine.doubles import DESCRIPTION, ended, report_of

KNOWN = Deviation(case="rules/group/four", reason="it rounds <so>", until=date(2027, 3, 31))
CASES = (
    ended("group/one"),
    ended("group/two", Standing.FAILED, negative=True),
    ended("group/three", Standing.SKIPPED, reason="not carried"),
    ended("group/four", Standing.DEVIATING, reason="wrong", deviation=KNOWN),
)
AGAIN = ("swb", "conformance", "run", "--profile", "rules", "--deviations", "known ones.toml")
REPORT = report_of(CASES, again=AGAIN)


def test_the_json_report_counts_and_tells_each_case() -> None:
    told = json.loads(encode_report(REPORT))
    assert {name: told[name] for name in ("passed", "failed", "skipped", "deviating")} == {
        "passed": 1,
        "failed": 1,
        "skipped": 1,
        "deviating": 1,
    }
    assert told["passes"] is False
    assert told["negative"] == 1
    assert [each["status"] for each in told["cases"]] == [
        "passed",
        "failed",
        "skipped",
        "deviating",
    ]
    again = "swb conformance run --profile rules --deviations 'known ones.toml'"
    assert told["cases"][1]["repeat"] == f"{again} --replay rules/group/two"
    assert (told["cases"][3]["deviation"], told["cases"][3]["until"]) == (
        "it rounds <so>",
        "2027-03-31",
    )
    assert [(each["id"], each["status"]) for each in told["requirements"]] == [
        ("RUL-001", "failed")
    ]


@pytest.mark.parametrize(
    ("cases", "passes"),
    [
        ((ended("a"),), True),
        ((ended("a"), ended("b", Standing.DEVIATING, deviation=KNOWN)), True),
        ((ended("a"), ended("b", Standing.FAILED)), False),
        ((ended("a", Standing.SKIPPED),), False),
        ((), False),
    ],
)
def test_a_run_passes_where_nothing_failed_and_something_passed(cases: Any, passes: bool) -> None:  # noqa: ANN401 - a table
    assert report_of(cases).passes is passes


def test_a_run_of_a_part_is_not_complete() -> None:
    assert report_of(CASES).is_complete
    assert not report_of(CASES, only=("x",)).is_complete
    assert not report_of(CASES, shard="1/2").is_complete
    assert not report_of(CASES, cut_short="over").is_complete


def test_junit_has_each_case_with_its_requirement() -> None:
    root = etree.fromstring(render_junit(REPORT))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "2")
    failure = suite[1].find("failure")
    assert failure is not None
    assert "--replay rules/group/two" in (failure.text or "")
    assert suite[1].find("properties/property").get("value") == "RUL-001"  # type: ignore[union-attr]  # it has one


class Seen(HTMLParser):
    """What stands in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.references += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_well_formed() -> None:
    page = render_html(REPORT).decode()
    seen = Seen()
    seen.feed(page)
    assert seen.open == []
    assert seen.tags & {"script", "link", "img", "iframe"} == set()
    assert [each for each in seen.references if not each.startswith("#")] == []
    assert "url(" not in page
    assert "&lt;script&gt;" in page
    assert "\x07" not in page
    assert "prefers-color-scheme: dark" in page


def test_the_page_tells_summary_requirements_failures_and_how_to_repeat() -> None:
    page = re.sub(r"<[^>]+>", " ", render_html(REPORT).decode())
    for words in ("Does not conform", "RUL-001", "rules/group/two", "--replay", "it rounds"):
        assert words in page
    assert "Conforms" in render_html(report_of(CASES[:1])).decode()
    assert "Passes the part" in render_html(report_of(CASES[:1], only=("x",))).decode()


def test_people_get_failures_and_counts() -> None:
    text = spell_report(REPORT)
    assert "failed     rules/group/two  [RUL-001]" in text
    assert "1 passed, 1 failed, 1 skipped, 1 deviating" in text
    assert "types      none named: tried with all" in text


def test_every_report_tells_until_when_a_deviation_is_known() -> None:
    for text in (
        spell_report(REPORT),
        render_html(REPORT).decode(),
        render_junit(REPORT).decode(),
    ):
        assert "until 2027-03-31" in text


def test_every_report_tells_which_document_types_were_tried() -> None:
    messages = [{"message_type": "CertificateIssue", "agreements": ["ATIGA"], "writes": False}]
    found = report_of(CASES[:1], description={**DESCRIPTION, "messages": messages})
    for text in (spell_report(found), render_html(found).decode()):
        assert "CertificateIssue under ATIGA (read)" in text
        assert "DeclarationExtract" in text, "it was not tried"
    told = describe_report(found)
    assert told["types"] == [
        {
            "message_type": "CertificateIssue",
            "agreements": ["ATIGA"],
            "reads": True,
            "writes": False,
        }
    ]
    assert "CertificateIssue" not in told["left_out"]  # type: ignore[operator]  # a list
    assert (
        report_of(CASES[:1], description={"messages": [None, {}, {"message_type": 1}]}).types == ()
    )


def test_failures_of_one_reason_are_told_once() -> None:
    alike = [ended(f"same/{number}", Standing.FAILED) for number in range(40)]
    untried = [ended(f"x/{n}", Standing.FAILED, reason=f"{NOT_TRIED}gone") for n in range(40)]
    other = ended("other", Standing.FAILED, reason="another")
    text = spell_report(report_of([*alike, other, *untried], cut_short="gone"))
    assert text.count("expected <a>") == 1
    assert "the same of 39 more, such as rules/same/1" in text
    assert "failed     rules/other" in text
    assert "failed     40 case(s): not tried: gone" in text
    assert text.count("gone") == 1


def test_one_case_is_one_case() -> None:
    assert "<b>1</b> case, 0" in render_html(report_of(CASES[:1])).decode()


def test_links_lead_to_failures_that_are_shown_and_nowhere_else() -> None:
    many = report_of([ended(f"group/{number}", Standing.FAILED) for number in range(250)])
    page = render_html(many).decode()
    links = re.findall(r"<a href='#([^']*)'", page)
    assert len(links) == 200
    assert set(links) <= set(re.findall(r"<article class='failed' id='([^']*)'", page))
