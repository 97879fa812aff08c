"""``swb codes``: code lists, with their editions, sources and days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE, Day
from swb.cli.codes_harmonized import read_published, step, tariff
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.codelists.harmonized import read_steps, read_subheadings
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

__all__ = ["command"]


@click.group("codes", short_help="Look at code lists.")
def command() -> None:
    """Look at the code lists that documents are checked by."""


@command.command("list", short_help="List the code lists.")
def list_lists() -> Answer:
    """List the code lists, with edition, source, and whether they have all of their standard.

    With --json: a list.
    """
    rows = [
        {
            "list": each.file,
            "title": each.title,
            "edition": each.edition,
            "source": each.source,
            "whole": each.whole,
            "codes": len(load_code_list(each)),
        }
        for each in ListName
    ]
    return Answer(
        rows=rows,
        text="\n".join(
            f"{each['list']:<10}  {each['codes']:>6} codes{'' if each['whole'] else ', a part'}  "
            f"{each['title']}, {each['edition']} ({each['source']})"
            for each in rows
        ),
    )


@command.command("show", short_help="Show a code, as it holds on a day.")
@click.argument("name", metavar="LIST", type=click.Choice([each.file for each in ListName]))
@click.argument("code")
@click.option("--at", type=Day(), help="On this day; today in UTC where left out.")
def show(name: str, code: str, at: date | None) -> Answer:
    """Show CODE of LIST, as it holds on a day.

    Exit status: 0 it holds, 1 it is not listed, or does not hold on that day.
    """
    chosen = next(each for each in ListName if each.file == name)
    day = at or SystemClock().now().date()
    entry = load_code_list(chosen).find(code, at=day)
    if entry is None:
        part = "" if chosen.whole else ", of which this list has a part,"
        message = f"expected a code of {chosen.title}{part} that holds on {day}, "
        message += f"found {code[:40]!r}"
        raise RefusedError("codes.not_listed", message, actor=Actor.OPERATOR)
    return Answer(
        value={
            "list": name,
            "code": entry.code,
            "name": entry.name,
            "from": entry.valid_from.isoformat() if entry.valid_from else None,
            "to": entry.valid_until.isoformat() if entry.valid_until else None,
        },
        text=f"{entry.code}  {entry.name}",
    )


@command.command("hs", short_help="Look a subheading up in a published Harmonized System.")
@click.argument("file", type=EXISTING_FILE)
@click.argument("code")
@click.option(
    "--steps",
    metavar="FILE",
    type=EXISTING_FILE,
    help="Correlation from the older edition (CSV): CODE is of that one.",
)
def look_up(file: Path, code: str, steps: Path | None) -> Answer:
    """Look the six-digit CODE up in FILE, a published list of the Harmonized System (CSV).

    With --steps CODE is one of the edition before, and what it became is looked up; a code that the
    correlation does not have became itself.

    Exit status: 0 found, 1 not listed.
    """
    listed = read_published(file, read_subheadings)
    became: tuple[str, ...] = (code,)
    if steps is not None:
        became = read_published(steps, read_steps).get(code, (code,))
    if missing := [each for each in became if each not in listed]:
        message = f"expected a subheading of {len(listed)} in the file, found {missing[0][:40]!r}"
        raise RefusedError("codes.not_listed", message, actor=Actor.OPERATOR)
    found = [{"code": each, "description": listed[each]} for each in became]
    return Answer(
        value={"code": code, "subheadings": found},
        text="\n".join(f"{each['code']}  {each['description']}" for each in found),
    )


command.add_command(step)
command.add_command(tariff)
