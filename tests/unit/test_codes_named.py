"""Every code is named by a test, or by a case of the rule book whose findings a test compares.

A code that no test names can be renamed, or never be raised again, and nothing fails. What counts
is a string of a test that is no docstring: what it compares with.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_schemas.error_codes import load_error_codes
from tests.rulebook import table
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE: Final = re.compile(r"(?<![\w.])[a-z][a-z_]*(?:\.[a-z][a-z_]*)+(?!\w)")
UNNAMED: Final[dict[str, tuple[str, ...]]] = {
    "a bench finds that what it measures did not answer as it must": (
        "bench.not_held",
        "bench.not_reconciled",
        "bench.process_failed",
        "bench.refused",
        "bench.wrong_page",
        "demo.incomplete",
        "drill.no_road",
        "transport.queues_in_use",
    ),
    "a disk fails in the middle of a run": ("conformance.run_unwritable",),
    "the fonts are part of the package": ("render.no_fonts",),
    "told to nobody: the target is called broken instead": ("conformance.nonsense",),
    "no test yet": (
        "api.no_evidence",
        "conformance.incomplete",
        "ledger.incidents",
        "render.erased",
        "retransmission.erased",
        "submission.not_national",
        "topology.differs",
    ),
}
"""Codes without a test, by the reason."""
MOST: Final = 18
"""How many those are; the number never grows."""


def codes_of_cases() -> set[str]:
    """Codes that a case of the rule book expects: some put theirs together of two parts."""
    cases = [*table.CASES.values(), *table.FURTHER.values()]
    return {code for case in cases for code, _ in case.findings}


def named_in(path: Path) -> Iterator[str]:
    """Whatever looks like a code in the strings of a module, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in docstrings:
            said = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if isinstance(said, str):
                yield from CODE.findall(said.replace("\\.", "."))  # out of a pattern, too


def test_every_code_is_named_by_a_test() -> None:
    named = codes_of_cases()
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            named.update(named_in(path))
    unnamed = load_error_codes().keys() - named
    known = {code for codes in UNNAMED.values() for code in codes}
    assert sorted(unnamed - known) == [], "write a test that provokes it"
    assert len(known) <= MOST
    assert sorted(known - unnamed) == [], "it has a test, or is no code: take it out"
