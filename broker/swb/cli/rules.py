"""``swb rules``: the rule book, what differs by state, and other editions tried on what is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE, Day, read_octets
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config
from swb_schemas.rulebook import CURRENT, EVERYWHERE, RULES
from swb_schemas.rulebook.edition import LARGEST_PACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from swb.services.shadowing import Shadowed
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


@command.command("states", short_help="List what differs by state.")
def list_states() -> Answer:
    """List the states, what they are party to, since when they are live, and what they ask.

    All of it is data: a state joins by a row. With --json: a list.
    """
    rows = sorted(CURRENT.states.states.items())
    return Answer(
        rows=[
            {"state": code, **row.model_dump(mode="json", by_alias=True)}
            | {"parties": [each for each in CURRENT.states.agreements if row.find_first_day(each)]}
            for code, row in rows
        ],
        text="\n".join(
            f"{code}  {row.name:<18}  "
            + (f"live since {row.live_since}" if row.live_since else "configured, not live")
            for code, row in rows
        ),
    )


@command.command("shadow", short_help="Try another edition on stored certificates.")
@click.option(
    "--pack",
    metavar="FILE",
    required=True,
    type=EXISTING_FILE,
    help="What the other edition changes (TOML).",
)
@click.option("--since", metavar="DAY", required=True, type=Day(), help="From this day on, in UTC.")
@config_option("Configuration (TOML) of the gateway whose store is read", "config_file")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="How many judge at a time.",
)
def shadow(pack: Path, since: date, config_file: Path, processes: int) -> Answer:
    """Judge stored certificates by another edition of the rules, and say what would change.

    Each certificate is judged as of the day on which the store took it, by the side that it was
    for: clause by clause, in how many certificates a rule would be found that is not, or would
    not, and in how many it would begin or cease to refuse. Nothing is written or sent. What only a
    register knows is not asked. A pack's members: docs/reference/editions.md.
    """
    from swb.app.shadowing import run_shadow  # noqa: PLC0415 - slow to import

    raw = read_octets(pack, limit=LARGEST_PACK)
    found = asyncio.run(
        run_shadow(load_config(config_file), pack=raw, since=since, processes=processes)
    )
    return Answer(value=_describe_shadow(found), text="\n".join(_spell_shadow(found)))


def _describe_shadow(found: Shadowed) -> dict[str, object]:
    return {
        "certificates": found.certificates,
        "changed": found.changed,
        "refused_now": found.refused_now,
        "refused_then": found.refused_then,
        "clauses": [
            {
                "clause": clause,
                "code": code,
                "appears": each.appears,
                "vanishes": each.vanishes,
                "weighs_more": each.weighs_more,
                "weighs_less": each.weighs_less,
                "examples": each.examples,
            }
            for (clause, code), each in sorted(found.changes.items())
        ],
    }


def _spell_shadow(found: Shadowed) -> Iterator[str]:
    yield (
        f"{found.certificates} certificate(s), {found.changed} would be judged otherwise; "
        f"with a finding that refuses: {found.refused_now} now, {found.refused_then} then"
    )
    for (clause, code), each in sorted(found.changes.items()):
        counts = {
            "would be found": each.appears,
            "would be found no more": each.vanishes,
            "would refuse": each.weighs_more,
            "would only warn": each.weighs_less,
        }
        told = ", ".join(f"{word} in {count}" for word, count in counts.items() if count)
        yield f"{clause}  <{code}>  {told}; such as {each.examples[0]}"
