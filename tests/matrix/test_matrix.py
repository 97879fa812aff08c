"""A few documents over every pair of states, and the page of losses; `make matrix` takes many."""

from __future__ import annotations

import os

import pytest

from tests.matrix.page import PAGE, build_page
from tests.matrix.states import MODELS, list_adapters
from tests.matrix.walk import generate, walk_pairs

ADAPTERS = list_adapters()
FEW = 3


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_what_differs_between_two_states_is_what_they_declare(model: type) -> None:
    found = walk_pairs(ADAPTERS, generate(model, FEW))
    assert len(found) == 121
    assert {each.documents for each in found.values()} == {FEW}
    assert [problem for each in found.values() for problem in each.undeclared] == []


def test_the_page_of_losses_is_made_of_what_adapters_declare() -> None:
    page = build_page(ADAPTERS)
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "SWB_WRITE_DOCS=1"
