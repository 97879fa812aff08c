"""Changed programs are made, judged and told apart as `make mutants` says."""

from __future__ import annotations

from typing import Final

import pytest
from coverage import CoverageData

from tests.mutants.covering import Reached
from tests.mutants.judging import Judge, Verdict, judge, name_module
from tests.services import ROOT

DUENESS: Final = ROOT / "broker/swb/core/dueness.py"


def test_modules_have_the_names_under_which_they_are_imported() -> None:
    package = ROOT / "schemas/swb_schemas/rulebook"
    assert name_module(DUENESS) == "swb.core.dueness"
    assert name_module(package / "__init__.py") == "swb_schemas.rulebook"


@pytest.mark.parametrize(
    ("more", "tests", "longest", "verdict"),
    [
        ("", ["tests/unit/test_dueness.py"], 100, Verdict.SURVIVED),
        ("raise AssertionError\n", ["tests/unit/test_dueness.py"], 100, Verdict.KILLED),
        ("while True: pass\n", ["tests/unit/test_dueness.py"], 2, Verdict.TIMED_OUT),
    ],
)
def test_a_source_is_judged_in_the_place_of_the_module(
    more: str, tests: list[str], longest: float, verdict: Verdict
) -> None:
    before = DUENESS.read_text(encoding="utf-8")
    assert judge(DUENESS, before + more, tests, longest) is verdict
    assert DUENESS.read_text(encoding="utf-8") == before


def test_those_judge_that_reach_the_line_and_most_of_the_module_in_a_second() -> None:
    data = CoverageData(no_disk=True)
    for context, lines in {
        "": [3, 7, 10, 13],
        "tests/a.py::test_one|run": [24],
        "tests/b.py::test_two|run": [24],
        "tests/slow.py::test_three|run": [24],
        "tests/elsewhere.py::test_four|run": [20],
    }.items():
        data.set_context(context)
        data.add_lines({str(DUENESS): lines})
    seconds = {"tests/a.py": 2.0, "tests/b.py": 1.0, "tests/slow.py": 9.0, "tests/elsewhere.py": 1}
    judge_ = Judge(Reached(data, seconds), patience=3)
    assert judge_.choose(DUENESS, 24) == ["tests/b.py", "tests/a.py"]
    # Importing executes it: everyone who comes to the module may see it.
    assert judge_.choose(DUENESS, 13) == ["tests/b.py", "tests/elsewhere.py"]


def test_what_importing_made_is_judged_first_by_those_who_look_at_it() -> None:
    acknowledgements = ROOT / "schemas/swb_schemas/documents/acknowledgements.py"
    data = CoverageData(no_disk=True)
    for context, lines in {"": [101], "tests/a.py::test_one|run": [24]}.items():
        data.set_context(context)
        data.add_lines({str(acknowledgements): lines})
    looking = "tests/unit/schemas/test_xsd_mirrors_models.py"
    judge_ = Judge(Reached(data, {"tests/a.py": 1.0, looking: 1.0}), patience=3)
    assert judge_.choose(acknowledgements, 101) == [looking, "tests/a.py"]
    assert judge_.choose(acknowledgements, 24) == ["tests/a.py"]
