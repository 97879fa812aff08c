"""The page on the procedures: every clause has rules that are in the book, or a reason."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import pytest

from swb_schemas.rulebook import RULES, Context
from tests.rulebook.table import CASES
from tests.services import ROOT

PAGE: Final = ROOT / "docs" / "reference" / "ocp-coverage.md"
IDS: Final = {rule.id: rule for rule in RULES}


class Row(NamedTuple):
    """One clause of the page."""

    clause: str
    rules: tuple[str, ...]
    reason: str


def read_page() -> dict[str, Row]:
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if not line.startswith("| ") or cells[0] == "clause":
            continue
        clause, _, rules, reason = cells
        rows[clause] = Row(clause, tuple(re.findall(r"`([^`]+)`", rules)), reason)
    return rows


PAGE_ROWS: Final = read_page()


@pytest.mark.parametrize("row", PAGE_ROWS.values(), ids=PAGE_ROWS)
def test_every_clause_has_a_rule_or_a_reason(row: Row) -> None:
    assert row.rules or len(row.reason) > 10
    assert [each for each in row.rules if each not in IDS] == []


def test_every_rule_of_the_procedures_has_a_row() -> None:
    numbers = {int(found) for row in PAGE_ROWS for found in re.findall(r"^Annex 8 Rule (\d+)", row)}
    assert numbers == set(range(1, 32))


def test_every_overleaf_note_of_the_form_has_a_row() -> None:
    numbers = {int(found) for row in PAGE_ROWS for found in re.findall(r"^Annex 7 note (\d+)", row)}
    assert numbers == set(range(1, 18))


@pytest.mark.parametrize("name", IDS)
def test_a_rule_stands_in_the_rows_of_the_clauses_that_it_names(name: str) -> None:
    """By number: the letters below it may be in other rows."""
    clause = IDS[name].clause
    _, named, text = clause.partition("Annex 8 Rule")
    if not named:
        return
    numbers = re.findall(
        r"(?<![\w(])(\d+)(?=[(,;:. ]|$)", text.partition(";")[0].partition("text")[0]
    )
    assert numbers
    for number in numbers:
        rows = [
            row for each, row in PAGE_ROWS.items() if re.match(rf"Annex 8 Rule {number}\b", each)
        ]
        assert any(name in row.rules for row in rows), (name, number)


@pytest.mark.parametrize("name", [rule.id for rule in RULES])
def test_every_rule_has_a_pair_of_cases(name: str) -> None:
    """One in which it fires, one in which it holds: a new rule without them fails here."""
    rule, found = IDS[name], set()
    for case in CASES.values():
        context = Context.of(case.document, at=case.at, place=case.place, related=case.related)
        if rule.applies_to(case.document, context):
            found.add(any(rule.find(case.document, context)))
    assert found == {True, False}
