"""``swb catalogue``: the document types of the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.output import Answer
from swb_schemas.catalogue import CATALOGUE, DocumentType, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["command"]


@click.command("catalogue", short_help="List the document types.")
def command() -> Answer:
    """List every document type: who issues, receives and answers it, and how it is protected.

    First those that begin a conversation, then what answers them or is about them, and what
    gateways and routers tell each other. With --json: a list.
    """
    entries = sorted(CATALOGUE.values(), key=lambda each: (not each.leads, not each.national))
    return Answer(
        rows=[_describe(each) for each in entries],
        text="\n".join(line for each in entries for line in _spell(each)),
    )


def _describe(entry: DocumentType) -> dict[str, object]:
    return {
        "message_type": entry.message_type,
        "version": entry.version,
        "document": entry.model.__name__,
        "namespace": entry.model.namespace,
        "schema": entry.schema,
        "leads": entry.leads,
        "national": entry.national,
        "issuers": sorted(entry.issuers),
        "receivers": sorted(entry.receivers),
        "answers": list(entry.answers),
        "withdrawn_by": entry.withdrawn_by,
        "needs_consent": entry.needs_consent,
        "seal_purpose": entry.seal_purpose,
        "commitment": entry.commitment,
        "acknowledged": entry.acknowledged,
        "lifetime_seconds": int(entry.lifetime.total_seconds()),
    }


def _spell(entry: DocumentType) -> Iterator[str]:
    yield f"{entry.message_type} {entry.version}  {entry.model.__name__}, {entry.schema}"
    yield f"    from {_join(entry.issuers)} to {_join(entry.receivers)}; seal: {entry.seal_purpose}"
    if entry.answers:
        yield f"    answers: {', '.join(entry.answers)}"
    told = []
    if entry.withdrawn_by is not Withdrawal.NEVER:
        told.append(f"taken back by {entry.withdrawn_by}")
    if entry.needs_consent:
        told.append("leaves with the exporter's consent only")
    if told:
        yield f"    {'; '.join(told)}"


def _join(roles: frozenset[str]) -> str:
    return " or ".join(sorted(roles))
