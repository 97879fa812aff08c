"""The HTML report of real runs, opened from a file in a real browser, as a ministry opens it.

Pictures are kept in ``tests/artefacts`` for people to look at.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb_conformance.engine import RunPlan, run_cases
from swb_conformance.protocol import CommandTarget
from swb_conformance.report import Recorder
from swb_conformance.reporters import render_html
from swb_conformance.suites import list_cases
from tests.browser import ARTEFACTS, open_browser, show
from tests.conformance.faulty.forking import FaultyChannel, FaultyTargets
from tests.conformance.faulty.target import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from swb_conformance.report import Report

DESK, HAND = 1280, 390
"""Pixels: the window of a desk, and of a telephone."""
RUNS = {"whole": NONE, "failing": "edition"}
"""What the pictures are called, and what is wrong with the target."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def targets() -> Iterator[FaultyTargets]:
    with FaultyTargets() as made:
        yield made


@pytest.fixture(scope="module")
def reports(targets: FaultyTargets) -> dict[str, Report]:
    return {name: report(targets, fault) for name, fault in RUNS.items()}


def report(targets: FaultyTargets, fault: str) -> Report:
    """Try our own target by the whole profile of rules."""
    target = CommandTarget(FaultyChannel(targets, "canonical", fault))
    recorder = Recorder(suite="0.1.0")
    try:
        for event in run_cases(
            tuple(list_cases("rules", target.describe(), 0)),
            target,
            RunPlan(profile="rules"),
            description=target.describe(),
            clock=lambda: datetime.now(UTC),
            timer=time.monotonic,
        ):
            recorder.hear(event)
    finally:
        target.close()
    return recorder.build_report()


@pytest.mark.parametrize("width", [DESK, HAND])
@pytest.mark.parametrize("name", RUNS)
def test_a_browser_shows_the_page_from_a_file_whole_and_without_complaint(
    browser: Browser, reports: dict[str, Report], tmp_path: Path, name: str, width: int
) -> None:
    assert reports[name].passes == (name == "whole")
    page = tmp_path / "report.html"
    page.write_bytes(render_html(reports[name]))
    picture = ARTEFACTS / f"conformance-{name}-{width}.png"
    shown = show(browser, page, width=width, picture=picture)
    assert shown.complaints == []
    assert shown.requests == []
    assert shown.cut == []
    assert shown.dangling == []
    assert picture.stat().st_size > 20_000


def test_what_is_wrong_with_a_page_is_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!DOCTYPE html><title>x</title><script>throw new Error('no')</script>"
        "<img src='missing.png'><a href='#nowhere'>x</a>"
        "<p style='width:90rem; overflow:hidden; white-space:nowrap'>wide</p>",
        encoding="utf-8",
    )
    shown = show(browser, page, width=HAND, picture=tmp_path / "wrong.png")
    assert any("no" in each for each in shown.complaints)
    assert [each.rpartition("/")[2] for each in shown.requests] == ["missing.png"]
    assert shown.cut
    assert shown.dangling == ["nowhere"]
