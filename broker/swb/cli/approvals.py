"""``swb approvals``: what one person asked for and another has to agree to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.core.approving import Request

__all__ = ["command"]

_CONFIG: Final = config_option("Configuration (TOML) of the daemon")


@click.group("approvals", short_help="Agree to what another person asked for.")
def command() -> None:
    """Agree to acts that policy puts under two people ([approvals] two_people).

    Whoever runs such a command first asks for it; another person agrees here; then the command is
    repeated with --approval ID. All three are in the audit trail.
    """


@command.command("list", short_help="List what is asked for.")
@_CONFIG
def list_(file: Path) -> Answer:
    """List what is asked for and neither done nor older than a day."""
    requests = asyncio.run(_list(file))
    return Answer(
        value={"requests": [_describe(each) for each in requests]},
        text="\n".join(_spell(each) for each in requests) or "nothing is asked for",
    )


@command.command("give", short_help="Agree to an act.")
@click.argument("request_id", metavar="ID")
@_CONFIG
def give(request_id: str, file: Path) -> Answer:
    """Agree to the act that was asked for under ID; not as the person who asked."""
    request = asyncio.run(_give(file, request_id))
    agreed = f"agreed to: {request.text}"
    then = f"next: {request.asked_by} repeats it with --approval {request_id}"
    return Answer(value=_describe(request), text=f"{agreed}\n{then}")


async def _list(file: Path) -> Sequence[Request]:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import

    async with open_approvals(load_config(file), who=find_operator()) as approvals:
        return await approvals.list_open()


async def _give(file: Path, request_id: str) -> Request:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import

    async with open_approvals(load_config(file), who=find_operator()) as approvals:
        return await approvals.give(request_id)


def _describe(request: Request) -> dict[str, object]:
    return {
        "id": request.request_id,
        "asked_by": request.asked_by,
        "asked_at": format_instant(request.asked_at),
        "act": request.text,
        "given_by": request.given_by,
    }


def _spell(request: Request) -> str:
    given = f", agreed to by {request.given_by}" if request.given_by else ""
    asked = f"asked by {request.asked_by} at {format_instant(request.asked_at)}"
    return f"{request.request_id}  {request.text}  ({asked}{given})"
