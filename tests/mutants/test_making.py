"""What is drawn to be changed; ``make mutants`` installs what this needs, and begins with it."""

from __future__ import annotations

import pytest

from tests.services import ROOT

pytest.importorskip("cosmic_ray", reason="only make mutants installs cosmic-ray")

from tests.mutants.making import is_another_program, list_mutants


def test_what_an_operator_cannot_change_is_not_drawn() -> None:
    """cosmic-ray takes each exception of several for one word; `tomllib.TOMLDecodeError` is two."""
    edition = ROOT / "schemas/swb_schemas/rulebook/edition.py"
    line = next(
        number
        for number, text in enumerate(edition.read_text(encoding="utf-8").splitlines(), 1)
        if "except (UnicodeDecodeError, tomllib.TOMLDecodeError)" in text
    )
    places = [
        is_another_program(each)
        for each in list_mutants(edition)
        if each.line == line and each.operator == "core/ExceptionReplacer"
    ]
    assert places == [True, False]
