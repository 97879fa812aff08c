"""The page on performance and its charts are made of the stored picture.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_performance.py`` writes them anew.
"""

from __future__ import annotations

import os
from xml.etree import ElementTree as ET

import pytest

from swb.sandbox.bench.picture import STORED, load_picture
from swb.sandbox.bench.targets import judge
from swb.sandbox.bench.work import add_up_work
from tests.charts import Bar, draw_bars
from tests.performance_page import FOLDER, PAGE, build_files, build_page

_SVG = "{http://www.w3.org/2000/svg}"


def test_page_and_charts_are_made_of_the_stored_picture() -> None:
    files = build_files()
    if os.environ.get("SWB_WRITE_DOCS"):
        FOLDER.mkdir(exist_ok=True)
        for chart in FOLDER.glob("*.svg"):
            chart.unlink()
        for name, text in files.items():
            place = PAGE if name == PAGE.name else FOLDER / name
            place.write_text(text, encoding="utf-8")
    kept = {chart.name: chart.read_text(encoding="utf-8") for chart in FOLDER.glob("*.svg")}
    kept[PAGE.name] = PAGE.read_text(encoding="utf-8")
    assert kept == files, "SWB_WRITE_DOCS=1"


def test_the_page_tells_every_target_with_its_verdict_and_shows_every_chart() -> None:
    files = build_files()
    page = files.pop(PAGE.name)
    for target in judge(load_picture(STORED)):
        assert f"| {target.name} | {target.spelled_bound} |" in page
    for name in files:
        assert f"(performance/{name})" in page


def test_the_stored_picture_counts_work_as_this_version_does() -> None:
    stored = load_picture(STORED)
    assert stored.work == add_up_work(stored.steps, stored.road)


def test_steps_and_what_lies_between_them_are_together_what_was_used() -> None:
    stored = load_picture(STORED)
    picture = stored.model_copy(update={"work": add_up_work(stored.steps, stored.road)})
    page = build_page(picture)
    (case, *_) = stored.road
    for kind, count in case.messages_per_document.items():
        assert f"{kind} {count:.2f}" in page.partition("### A Form D of")[2]
    rows = {
        told: [float(cell) for cell in line.split("|")[2:-1]]
        for told in ("all steps", "between the steps", "used")
        for line in page.splitlines()[::-1]
        if line.startswith(f"| **{told}**")
    }
    for steps, between, used in zip(*rows.values(), strict=True):
        assert steps + between == pytest.approx(used, abs=0.011)
        assert steps > 0


def test_a_chart_has_a_bar_as_long_as_its_figure() -> None:
    bars = [
        Bar(name="one & only", parts={"first": 10.0, "second": 30.0}),
        Bar(name="half", parts={"first": 20.0}, told="<half>"),
    ]
    root = ET.fromstring(draw_bars("Lengths", bars, unit="metres"))  # noqa: S314 - ours
    widths = [
        float(each.get("width", ""))
        for each in root.iter(f"{_SVG}rect")
        if each.get("height") == "16"
    ]
    assert widths == [110.0, 330.0, 220.0]
    told = [each.text for each in root.iter(f"{_SVG}text")]
    assert {"one & only", "40.0", "<half>", "second", "Lengths, metres"} <= set(told)
