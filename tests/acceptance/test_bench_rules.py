"""``swb bench rules`` measures what it says. Never how fast: that is the machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from swb_schemas.rulebook import RULES

if TYPE_CHECKING:
    from tests.acceptance.program import Program


@pytest.fixture(scope="module")
def figures(swb: Program) -> dict[str, Any]:
    ran = swb("bench", "rules", "--documents", "130", "--runs", "3", "--json")
    assert ran.status == 0, ran.stderr
    return ran.value


def test_compares_the_rules_with_the_bare_pass_of_the_same_run(figures: dict[str, Any]) -> None:
    rules, bare = figures["rules"], figures["bare_pass"]
    assert len(rules["runs"]) == len(bare["runs"]) == 3
    assert sorted(rules["runs"])[1] == rules["documents_per_second"]
    pairs = zip(rules["runs"], bare["runs"], strict=True)
    ratio = sorted(one / other for one, other in pairs)[1]
    assert rules["ratio_to_bare_pass"] == pytest.approx(ratio, rel=0.01)
    assert ratio > 0


def test_says_what_it_measured(figures: dict[str, Any]) -> None:
    assert (figures["documents"], figures["items"], figures["runs"]) == (130, 10, 3)
    assert figures["rules"]["count"] == len(RULES)
    assert figures["rules"]["findings"] == 0


def test_tells_people_the_same(swb: Program) -> None:
    ran = swb("bench", "rules", "--documents", "5", "--items", "2", "--runs", "1")
    assert ran.status == 0
    assert b"all rules / bare pass: " in ran.stdout
    assert b"5 Form Ds of 2 items, 0 findings" in ran.stdout


def test_refuses_a_count_of_nothing_as_usage(swb: Program) -> None:
    ran = swb("bench", "rules", "--documents", "0", "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage")
