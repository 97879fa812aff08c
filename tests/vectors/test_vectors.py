"""The golden vectors are what the generator writes, and what our own reader says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb_conformance.cases import Verdict, load_cases
from swb_conformance.judging import judge
from tests.vectors.generator import FOLDER, render_all

if TYPE_CHECKING:
    from swb_conformance.cases import Case

CASES = load_cases()


def test_the_committed_vectors_are_what_the_generator_writes() -> None:
    committed = {
        str(path.relative_to(FOLDER)): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert committed == render_all()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_reader_agrees_with_the_vector(case: Case) -> None:
    outcome = judge(case)
    assert (outcome.verdict, outcome.code) == (case.verdict, case.code), outcome.detail
    assert outcome.produced == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_name_of_a_vector_tells_its_verdict(case: Case) -> None:
    beginnings = {
        Verdict.ACCEPTED: "accepts-",
        Verdict.REFUSED: "refuses-",
        Verdict.UNDETERMINED: "refuses-to-judge-",
    }
    name = case.name.rpartition("/")[2]
    assert name.startswith(beginnings[case.verdict])
    assert (case.verdict is Verdict.ACCEPTED) == (case.code == "")
