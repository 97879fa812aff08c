"""The rule book: what agreements and code lists ask of a document beyond its structure.

Rules are pure functions in a table, see `rule`: one module for each subject. The side that issues
refuses on ``Severity.REFUSE`` before it seals, the side that receives passes findings on as advice,
because granting preference is its customs' decision; `Place.refuses` says which is which. A minor
discrepancy (facts 2.10) is never a finding that refuses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.rulebook import (
    boxes,
    cases,
    certificate,
    codes,
    dates,
    demanded,
    exchanging,
    extract,
    goods,
    inspected,
    moves,
    notices,
    origin,
    originals,
    reasons,
    register,
    sps,
    states,
)
from swb_schemas.rulebook.edition import CURRENT, Edition, amend, read_pack
from swb_schemas.rulebook.related import (
    NOTHING_KNOWN,
    KnownCertificate,
    KnownDocument,
    KnownExtract,
    Related,
)
from swb_schemas.rulebook.rule import EVERYWHERE, ISSUERS, Context, Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = [
    "CURRENT",
    "EVERYWHERE",
    "ISSUERS",
    "NOTHING_KNOWN",
    "RULES",
    "Context",
    "Edition",
    "Fault",
    "KnownCertificate",
    "KnownDocument",
    "KnownExtract",
    "Place",
    "Related",
    "Rule",
    "build_rules",
    "check_document",
    "find_by_rule",
    "get_place_of_issue",
    "read_pack",
]


def build_rules(edition: Edition) -> tuple[Rule, ...]:
    """Make the rule book of an edition, in the order in which findings are reported.

    Raises:
        RefusedError: ``rules.pack_malformed``: it amends a line that its book does not have.
    """
    return amend(
        (
            *codes.RULES,
            *boxes.RULES,
            *certificate.RULES,
            *states.build_rules(edition.states),
            *notices.build_rules(edition.states),
            *dates.build_rules(edition),
            *origin.build_rules(edition),
            *goods.build_rules(edition.states),
            *cases.RULES,
            *register.RULES,
            *originals.RULES,
            *reasons.RULES,
            *extract.RULES,
            *demanded.RULES,
            *exchanging.RULES,
            *sps.RULES,
            *inspected.RULES,
            *moves.RULES,
        ),
        edition,
    )


RULES: Final[tuple[Rule, ...]] = build_rules(CURRENT)
"""Every rule, in the order in which findings are reported."""


def check_document(
    document: Document,
    *,
    at: date,
    place: Place = Place.ISSUER,
    related: Related = NOTHING_KNOWN,
    rules: tuple[Rule, ...] = RULES,
) -> tuple[Finding, ...]:
    """Evaluate every rule that applies to a document.

    Args:
        document: Of any type; a type without rules has no findings.
        at: The day on which it is judged.
        place: Who judges; see `get_place_of_issue`.
        related: What the register knows that bears upon it.
        rules: Which rules; all of them.

    Returns:
        What was found, worst or not; empty when every rule holds.
    """
    found = find_by_rule(document, at=at, place=place, related=related, rules=rules)
    return tuple([finding for _, finding in found])


def find_by_rule(
    document: Document,
    *,
    at: date,
    place: Place,
    related: Related = NOTHING_KNOWN,
    rules: tuple[Rule, ...] = RULES,
) -> Iterator[tuple[Rule, Finding]]:
    """Evaluate as `check_document` does, and say of each finding which line of the book it is."""
    context = Context.of(document, at=at, place=place, related=related)
    for rule in _select(rules, type(document), place, getattr(document, "agreement", "")):
        if rule.is_in_force(document, context):
            for fault in rule.check(document, context):
                yield rule, rule.report(document, fault)


def get_place_of_issue(document: Document) -> Place:
    """Get where the side that seals a document stands: it may be the intermediate state."""
    if isinstance(document, CertificateOfOrigin) and document.special_cases.back_to_back:
        return Place.INTERMEDIATE_ISSUER
    return Place.ISSUER


@lru_cache(maxsize=256)
def _select(
    rules: tuple[Rule, ...], model: type[Document], place: Place, agreement: str
) -> tuple[Rule, ...]:
    """Choose what may apply, by all that is the same for many documents."""
    return tuple(rule for rule in rules if rule.is_for(model, place, agreement))
