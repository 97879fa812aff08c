"""Changed programs are made, judged and told apart as `make mutants` says."""

from __future__ import annotations

from typing import Final

import pytest

from tests.mutants.judging import Verdict, judge, name_module
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
