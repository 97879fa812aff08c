"""``swb retransmit``: asking the sender for a document once more."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import spell_reference
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config
from swb.observability import configure_logs
from swb.ports import Direction
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.retransmission import RetransmissionReason
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from pathlib import Path

    from swb.ports import DocumentRecord

__all__ = ["command"]


@click.command("retransmit", short_help="Ask the sender for a document once more.")
@click.argument("reference")
@config_option("Configuration (TOML) of the gateway that received it", "config_file")
@click.option(
    "--reason",
    type=click.Choice([each.value for each in RetransmissionReason], case_sensitive=False),
    required=True,
    help="What the sender is told.",
)
def command(reference: str, config_file: Path, reason: str) -> Answer:
    """Ask whoever sent REFERENCE for it once more (OCP Rule 29(3)).

    REFERENCE is a certificate's key STATE:office:number, a document id or a message id that this
    store knows. What comes is handed to the national system again under the same document id, and
    takes the place of octets that are not what was sealed. For what this store does not know,
    swb reconcile --repair asks.
    """
    configure_logs(level=logging.ERROR)
    record = asyncio.run(
        _ask(config_file, spell_reference(reference), RetransmissionReason(reason.upper()))
    )
    partner = parse_party_id(record.issuing_party).state
    return Answer(
        value={"document_id": record.document_id, "asked": partner, "reason": reason.upper()},
        text=f"asked {partner} for {record.document_id} once more",
    )


async def _ask(config_file: Path, reference: str, reason: RetransmissionReason) -> DocumentRecord:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.reconciliation import open_reconciling  # noqa: PLC0415 - as above

    config = load_config(config_file)
    async with open_reconciling(config) as parts, open_audit(config, create=True) as trail:
        found = await parts.store.find_trail(reference)
        if found is None or found.document.direction is not Direction.IN:
            message = f"expected a document that came to this gateway, found {reference[:200]!r}"
            raise RefusedError("reference.unknown", message, actor=Actor.OPERATOR)
        record = found.document
        if not record.octets and await parts.store.find_erasures(record.conversation_id):
            message = f"{record.document_id} was erased here"
            raise RefusedError("retransmission.erased", message, actor=Actor.OPERATOR)
        await parts.retransmitting.ask(
            parse_party_id(record.issuing_party).state,
            Environment(record.environment),
            [(record.document_id, record.digest)],
            reason=reason,
        )
        await trail.append(
            at=parts.clock.now(),
            who=find_operator(),
            action="retransmission asked",
            subject=record.document_id,
            detail=reason,
        )
        return record
