"""``swb connections``: what is connected, and how parallel exchanges went."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import click

from swb.cli.connection_agreements import draft, verify
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb_schemas.catalogue import LEADING_TYPES
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.config import Config
    from swb.ports import DocumentRecord, Event
    from swb_schemas.connections import Connection

__all__ = ["command"]


@dataclass(kw_only=True)
class _Pair:
    """Parallel exchanges of one directed pair."""

    documents: int = 0
    compared: int = 0
    differing: list[dict[str, str]] = field(default_factory=list)


_CONFIG: Final = config_option("Configuration (TOML) of a gateway or the router")


@click.group("connections", short_help="Look at what is connected.")
def command() -> None:
    """Look at the table of connections, and at parallel exchanges."""


@command.command("list", short_help="List connections with state and terms.")
@_CONFIG
def list_(file: Path) -> Answer:
    """List every connection: who may send what to whom, how far it is, and on which terms.

    What is not listed is denied; where agreements are configured, so is what was not signed.
    "sealed as" is what a daemon of this configuration seals new documents for; nothing where none
    may be sent.
    """
    from swb.app.parts import fetch_connections  # noqa: PLC0415 - slow to import

    config = load_config(file)
    table = asyncio.run(fetch_connections(config))
    rows = [_describe(each, config) for each in table.connections]
    return Answer(value={"connections": rows}, text="\n".join(_spell_rows(rows)))


@command.command("report", short_help="Report how parallel exchanges compared.")
@_CONFIG
def report(file: Path) -> Answer:
    """Report the parallel exchanges of this gateway's state, pair by pair.

    Every document that came in parallel was compared: written in the national format and read
    again, beyond what the adapter declares lost. Before a connection goes live nothing should
    differ.
    """
    pairs = asyncio.run(_report(load_config(file)))
    lines = []
    for (one, other), pair in pairs.items():
        lines.append(
            f"{one} to {other}: {pair.documents} documents, {pair.compared} compared, "
            f"{len(pair.differing)} differ"
        )
        lines += [f"  {each['certificate_key']}: {each['paths']}" for each in pair.differing]
    rows = [{"from": ends[0], "to": ends[1], **asdict(pair)} for ends, pair in pairs.items()]
    return Answer(value={"pairs": rows}, text="\n".join(lines) or "no parallel exchanges")


command.add_command(draft)
command.add_command(verify)


async def _report(config: Config) -> dict[tuple[str, str], _Pair]:
    from swb.app import open_store  # noqa: PLC0415 - slow to import

    pairs: dict[tuple[str, str], _Pair] = {}
    async with open_store(config) as store:
        after = ""
        while page := await store.list_documents(after=after):
            after = page[-1].document_id
            for record in page:
                if (
                    record.environment == Environment.PARALLEL
                    and record.message_type in LEADING_TYPES
                ):
                    issuing = parse_party_id(record.issuing_party).state
                    receiving = parse_party_id(record.receiving_party).state
                    pair = pairs.setdefault((issuing, receiving), _Pair())
                    pair.documents += 1
                    for event in await store.list_events(record.document_id):
                        _note(pair, record, event)
    return pairs


def _note(pair: _Pair, record: DocumentRecord, event: Event) -> None:
    if event.name != Fact.COMPARED:
        return
    pair.compared += 1
    if event.code:
        pair.differing.append({"certificate_key": record.certificate_key, "paths": event.detail})


def _describe(connection: Connection, config: Config) -> dict[str, object]:
    terms = connection.terms
    return {
        "from": connection.from_state,
        "to": connection.to_state,
        "message_type": connection.message_type,
        "agreement": connection.agreement,
        "state": connection.state,
        "sealed_as": connection.environment(config.party.environment),
        "terms": {
            "protected": terms.protected,
            "electronic_signature": terms.electronic_signature,
            "max_items": terms.max_items,
            "legal_basis": terms.legal_basis,
            "fingerprints": terms.fingerprints,
        },
    }


def _spell_rows(rows: list[dict[str, object]]) -> Iterator[str]:
    table: list[tuple[str, ...]] = [
        ("from", "to", "type", "agreement", "state", "sealed as", "bodies")
    ]
    for row in rows:
        terms = row["terms"]
        protected = isinstance(terms, dict) and terms["protected"]
        table.append(
            (
                *(str(row[name]) for name in ("from", "to", "message_type", "agreement", "state")),
                str(row["sealed_as"] or "nothing"),
                "protected" if protected else "clear",
            )
        )
    widths = [max(len(cells[at]) for cells in table) for at in range(len(table[0]))]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join(padded).rstrip()
