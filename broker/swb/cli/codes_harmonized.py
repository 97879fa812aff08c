"""``swb codes step`` and ``swb codes tariff``: the Harmonized System between its editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import click

from swb.cli.arguments import EXISTING_FILE, read_octets
from swb.cli.output import Answer
from swb_schemas.codelists.harmonized import LARGEST_FILE
from swb_schemas.codelists.subheadings import HsEdition, load_hs_step
from swb_schemas.codelists.tariff import list_foreign_lines, read_tariff
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["read_published", "step", "tariff"]

_Read = TypeVar("_Read")

_SHOWN: Final = 5
_EDITIONS: Final = {each.title: each for each in HsEdition}


def read_published(file: Path, read: Callable[[bytes], _Read]) -> _Read:
    """Read a file, and name it where it is not what it should be.

    Raises:
        RefusedError: ``codes.malformed``.
    """
    try:
        return read(read_octets(file, limit=LARGEST_FILE))
    except RefusedError as refusal:
        message = f"{file}: {refusal.message}"
        raise RefusedError(refusal.code, message, actor=refusal.actor) from refusal


@click.command("step", short_help="Show what a subheading became, or came of.")
@click.argument("code")
def step(code: str) -> Answer:
    """Show what the six digits of CODE are in HS 2017 and HS 2022, and what they became.

    One code may have become several, and goods of several may share one afterwards. Of a longer
    code the first six digits count.

    Exit status: 0 found, 1 in neither edition.
    """
    known = load_hs_step()
    digits = code.replace(".", "")[:6]
    became, came_of = known.became(digits), known.came_of(digits)
    if not (became or came_of):
        message = f"expected a subheading of HS 2017 or HS 2022, found {code[:40]!r}"
        raise RefusedError("codes.not_listed", message, actor=Actor.OPERATOR)
    lines = []
    if became:
        lines.append(f"HS 2017 {digits} became {', '.join(became)} in HS 2022")
    if came_of:
        lines.append(f"HS 2022 {digits} came of {', '.join(came_of)} in HS 2017")
    return Answer(
        value={"code": digits, "became": list(became), "came_of": list(came_of)},
        text="\n".join(lines),
    )


@click.command("tariff", short_help="Look a code up in a state's tariff.")
@click.argument("file", type=EXISTING_FILE)
@click.argument("code")
@click.option(
    "--edition",
    type=click.Choice(list(_EDITIONS)),
    default=HsEdition.HS_2022.title,
    show_default=True,
    help="Edition of the Harmonized System that the tariff is built upon.",
)
def tariff(file: Path, code: str, edition: str) -> Answer:
    """Look CODE up in FILE, a tariff of eight or ten digits such as the AHTN (CSV).

    FILE has the columns hscode and description. A file whose codes are not those of the edition is
    refused: it is of another one.

    Exit status: 0 found, 1 not listed, or the file is refused.
    """
    lines = read_published(file, read_tariff)
    foreign = list_foreign_lines(lines, _EDITIONS[edition])
    if foreign:
        message = (
            f"expected a tariff built upon {edition}, found {len(foreign)} of {len(lines)} codes "
            f"that are not in it: {', '.join(foreign[:_SHOWN])}"
        )
        raise RefusedError("codes.other_edition", message, actor=Actor.OPERATOR)
    digits = code.replace(".", "")
    if digits not in lines:
        message = f"expected one of {len(lines)} codes in the file, found {code[:40]!r}"
        raise RefusedError("codes.not_listed", message, actor=Actor.OPERATOR)
    return Answer(
        value={"code": digits, "description": lines[digits], "edition": edition},
        text=f"{digits}  {lines[digits]}",
    )
