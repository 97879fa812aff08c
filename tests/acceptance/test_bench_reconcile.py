"""One document of two thousand is deleted: `swb reconcile` names it, repairs it, and is content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.program import Program


def test_names_the_one_document_that_was_lost_and_repairs_it(swb: Program) -> None:
    ran = swb("bench", "reconcile", "--documents", "2000", "--json")
    assert ran.status == 0, ran.stderr
    assert ran.value["documents"] == 2000
    assert ran.value["named"]
    assert ran.value["repaired"]
