"""``swb rules``: the rule book, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.output import Answer
from swb_schemas.rulebook import EVERYWHERE, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook import Rule

__all__ = ["command"]


@click.group("rules", short_help="Look at the rules.")
def command() -> None:
    """Look at the rules that documents are checked by."""


@command.command("list", short_help="List the rules.")
def list_rules() -> Answer:
    """List every rule with its id, weight, clause, dates, places, and what it means.

    A code may stand several times, each line with an id of its own: for several documents,
    agreements, states or times. Dates are days of issue: the rules of that day are a
    certificate's. See swb check. With --json: a list.
    """
    return Answer(
        rows=[_describe(each) for each in RULES],
        text="\n".join(line for each in RULES for line in _spell(each)),
    )


def _describe(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "code": rule.code,
        "clause": rule.clause,
        "from": rule.valid_from.isoformat() if rule.valid_from else None,
        "to": rule.valid_until.isoformat() if rule.valid_until else None,
        "severity": rule.severity,
        "evaluated_at": sorted(rule.places),
        "document": rule.model.__name__,
        "agreements": sorted(rule.agreements),
        "issuing_states": sorted(rule.issuing_states),
        "meaning": rule.meaning,
    }


def _spell(rule: Rule) -> Iterator[str]:
    clause = f"  [{rule.clause}]" if rule.clause else ""
    yield f"{rule.id}  {rule.severity}{clause}"
    yield f"    {rule.meaning}"
    conditions = [rule.model.__name__, *sorted(rule.agreements)]
    if rule.issuing_states:
        conditions.append(f"issued by {', '.join(sorted(rule.issuing_states))}")
    if rule.valid_from:
        conditions.append(f"from {rule.valid_from}")
    if rule.valid_until:
        conditions.append(f"until {rule.valid_until}")
    if rule.places != EVERYWHERE:
        conditions.append(f"at the {', '.join(sorted(rule.places))}")
    yield f"    {'; '.join(conditions)}"
