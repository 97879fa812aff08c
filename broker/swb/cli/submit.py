"""``swb submit``: one national payload into a gateway's store, from where its daemon sends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import FILE_OR_STDIN, read_octets
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer, describe_finding
from swb.clock import SystemClock
from swb.config import load_config
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.wire.limits import LARGEST_PAYLOAD

if TYPE_CHECKING:
    from pathlib import Path

    from swb.services.submit import Accepted

__all__ = ["command"]


@click.command("submit", short_help="Submit a national payload to a gateway.")
@config_option("The gateway's configuration (TOML)", "config_file")
@click.argument("payload", type=FILE_OR_STDIN)
def command(config_file: Path, payload: str) -> Answer:
    """Submit PAYLOAD (- for standard input), in the format of the gateway's own state.

    It is read, checked against the rules of its agreement, sealed, signed and committed, or
    refused whole. The same payload again gives the earlier document and says where it stands. A
    running daemon of the same configuration sends what was committed; swb status follows it.
    """
    raw = read_octets(payload, limit=LARGEST_PAYLOAD)
    accepted = asyncio.run(_submit(config_file, raw))
    headline = "accepted"
    if accepted.repeated:
        headline = f"accepted before, now {accepted.status or 'unknown'}"
    kind = CATALOGUE.get(accepted.message_type)
    label = "key  " if kind is not None and kind.leads else "about"
    lines = [
        f"{headline}: {accepted.message_type}",
        f"  {label}        {accepted.certificate_key}",
        f"  document     {accepted.document_id}",
    ]
    return Answer(
        value={
            "document_id": accepted.document_id,
            "certificate_key": accepted.certificate_key,
            "message_type": accepted.message_type,
            "repeated": accepted.repeated,
            "status": accepted.status or None,
            "findings": [describe_finding(each) for each in accepted.findings],
        },
        text="\n".join(lines),
        findings=accepted.findings,
    )


async def _submit(config_file: Path, raw: bytes) -> Accepted:
    from swb.app import open_submitting  # noqa: PLC0415 - slow to import, and help does not need it
    from swb.app.auditing import open_audit  # noqa: PLC0415 - as above

    config = load_config(config_file)
    async with open_submitting(config) as submitting, open_audit(config, create=True) as trail:
        accepted = await submitting.submit(raw)
        await trail.append(
            at=SystemClock().now(),
            who=find_operator(),
            action="submitted",
            subject=accepted.document_id,
            detail="again" if accepted.repeated else "",
        )
        return accepted
