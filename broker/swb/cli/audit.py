"""``swb audit``: what people and daemons did here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE
from swb.cli.output import Answer
from swb.config import load_config
from swb.core.audit import BEGINNING, check_chain
from swb.services.approving import read_entries
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.core.audit import AuditEntry

__all__ = ["command"]

_CONFIG: Final = click.option(
    "--config",
    "file",
    metavar="FILE",
    required=True,
    envvar="SWB_CONFIG",
    type=EXISTING_FILE,
    help="Configuration (TOML) of the daemon [SWB_CONFIG].",
)


@click.group("audit", short_help="Look at what people and daemons did.")
def command() -> None:
    """Look at the audit trail: every act of a person or daemon, each chained to the one before."""


@command.command("show", short_help="Show the trail.")
@_CONFIG
def show(file: Path) -> Answer:
    """Show every entry, the earliest first: when, who, what, to what, why."""
    entries = asyncio.run(_read(file))
    lines = [
        f"{each.sequence:6}  {format_instant(each.at)}  {each.who}  {each.action}  {each.subject}"
        + (f"  {each.detail}" if each.detail else "")
        for each in entries
    ]
    return Answer(
        value={"entries": [_describe(each) for each in entries]},
        text="\n".join(lines) or "nothing was entered yet",
    )


@command.command("verify", short_help="Verify the chain of the trail.")
@_CONFIG
@click.option(
    "--head",
    metavar="DIGEST",
    help="A head that was noted before: the trail must still lead through it.",
)
def verify(file: Path, head: str | None) -> Answer:
    """Verify that no entry was changed, removed or inserted, and print the head.

    Note the head elsewhere: with --head a later look tells, too, whether the end was cut off.
    """
    entries = asyncio.run(_read(file))
    found = check_chain(entries, known_head=head)
    return Answer(
        value={"verdict": "valid", "entries": len(entries), "head": found},
        text=f"valid: {len(entries)} entries, head {found}",
    )


async def _read(file: Path) -> Sequence[AuditEntry]:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import

    async with open_audit(load_config(file)) as trail:
        return await read_entries(trail)


def _describe(entry: AuditEntry) -> dict[str, object]:
    return {
        "sequence": entry.sequence,
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "who": entry.who,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": "" if entry.previous == BEGINNING else entry.previous,
        "digest": entry.digest,
    }
