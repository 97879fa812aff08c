"""``swb audit``: what people and daemons did here."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

import click

from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.audit import BEGINNING, check_chain
from swb.services.anchoring import check_anchor, find_anchor, verify_anchor
from swb.services.approving import read_entries
from swb_schemas.evidence import TimePolicy
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.core.audit import AuditEntry
    from swb.ports import StampedLeaf

__all__ = ["command"]

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CONFIG: Final = config_option("Configuration (TOML) of the daemon")


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

    Note the head elsewhere: with --head a later look tells, too, whether the end was cut off. A
    gateway that takes time-stamps has its heads stamped; then the trail must lead through those.
    """
    if head is not None and _DIGEST.fullmatch(head) is None:
        raise click.BadParameter("expected 64 hexadecimal digits", param_hint="--head")
    entries, anchor, proven_at = asyncio.run(_read_with_anchor(file))
    found = check_chain(entries, known_head=head)
    lines = [f"valid: {len(entries)} entries, head {found}"]
    proven: dict[str, object] = {"entry": None, "at": None}
    if anchor is not None:
        check_anchor(entries, anchor)
    if anchor is not None and proven_at is not None:
        at = format_instant(proven_at)
        proven = {"entry": int(anchor.leaf.subject_id), "at": at}
        lines.append(f"up to entry {anchor.leaf.subject_id} time-stamped at {at}")
    return Answer(
        value={"verdict": "valid", "entries": len(entries), "head": found, "time_stamped": proven},
        text="\n".join(lines),
    )


async def _read(file: Path) -> Sequence[AuditEntry]:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import

    async with open_audit(load_config(file)) as trail:
        return await read_entries(trail)


async def _read_with_anchor(
    file: Path,
) -> tuple[Sequence[AuditEntry], StampedLeaf | None, datetime | None]:
    from swb.app.evidence import open_evidence  # noqa: PLC0415 - slow to import
    from swb.app.trusting import build_trust  # noqa: PLC0415 - as above

    config = load_config(file)
    entries = await _read(file)
    if config.evidence is None:
        return entries, None, None
    async with open_evidence(config) as evidence:
        anchor = await find_anchor(evidence)
    if anchor is None:
        return entries, None, None
    bundle = await build_trust(config).fetch()
    policy = TimePolicy(policies=frozenset(config.evidence.policies) or None)
    proven_at = verify_anchor(anchor, trust=bundle, at=SystemClock().now(), policy=policy)
    return entries, anchor, proven_at


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
