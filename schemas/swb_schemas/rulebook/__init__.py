"""The rule book: what agreements and code lists ask of a document beyond its structure.

Rules are pure functions in a table, see `rule`. Who acts on a finding is not decided here: the
exporting side refuses on ``Severity.REFUSE`` before it seals, the importing side passes findings
on as advice, because granting preference is its customs' decision. A minor discrepancy (facts
2.10) is never a finding that refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.rulebook import boxes, certificate, codes
from swb_schemas.rulebook.rule import EVERYWHERE, Context, Fault, Place, Rule

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["EVERYWHERE", "RULES", "Context", "Fault", "Place", "Rule", "check_document"]

RULES: Final[tuple[Rule, ...]] = (*codes.RULES, *boxes.RULES, *certificate.RULES)
"""Every rule, in the order in which findings are reported."""


def check_document(
    document: Document, *, at: date, place: Place = Place.ISSUER
) -> tuple[Finding, ...]:
    """Evaluate every rule that applies to a document.

    Args:
        document: Of any type; a type without rules has no findings.
        at: The day on which it is judged.
        place: Who judges.

    Returns:
        What was found, worst or not; empty when every rule holds.
    """
    context = Context.of(document, at=at, place=place)
    return tuple(finding for rule in RULES for finding in rule.find(document, context))
