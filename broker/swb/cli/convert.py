"""``swb convert``: octets of one format to those of another, by way of the canonical document.

What a format cannot carry is said: a loss of the reading direction is something that the payload
says beyond the canonical document, a loss of the writing direction something that the target has
no place for. Rules are not judged here; they are when a payload is submitted.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import FILE_OR_STDIN, read_octets
from swb.cli.output import Answer, describe_finding
from swb.cli.payloads import get_adapter, list_installed, locate
from swb.plugins import discover_adapters
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.wire.limits import LARGEST_PAYLOAD

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter, Reading, Rendering

__all__ = ["command"]


@click.command(
    "convert", short_help="Convert a payload between a national format and the canonical."
)
@click.option(
    "--from",
    "source",
    required=True,
    metavar="FORMAT",
    help="Format of FILE: an adapter's name, or canonical.",
)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="FORMAT",
    help="Format to write: an adapter's name, or canonical.",
)
@click.argument("file", type=FILE_OR_STDIN)
def command(source: str, target: str, file: str) -> Answer:
    """Convert FILE (- for standard input); the result goes to standard output, octet for octet.

    FORMAT is the name of an adapter (see swb adapters list), command: and the command line of a
    program that is one, or canonical: the canonical document as it is sealed, in its one spelling.
    Declared losses and warnings go to standard error.
    """
    adapters = discover_adapters(names=list_installed(source, target))
    reader, writer = get_adapter(adapters, source), get_adapter(adapters, target)
    reading = reader.to_canonical(read_octets(file, limit=LARGEST_PAYLOAD))
    rendering = _render(writer, reading)
    findings = [*locate(reading.findings, reading), *locate(rendering.losses, reading)]
    losses = [each for each in findings if each.severity is Severity.LOSS]
    others = [each for each in findings if each.severity is not Severity.LOSS]
    return Answer(
        value={
            "from": source,
            "to": target,
            "message_type": rendering.message_type,
            **_spell_payload(rendering.payload),
            "losses": [describe_finding(each) for each in losses],
            "findings": [describe_finding(each) for each in others],
        },
        payload=rendering.payload,
        findings=[*others, *losses],
    )


def _spell_payload(payload: bytes) -> dict[str, str]:
    """Put octets into JSON: as text where they are UTF-8, as base64 where a format is not."""
    try:
        return {"payload": payload.decode(), "payload_encoding": "utf-8"}
    except UnicodeDecodeError:
        return {"payload": b64encode(payload).decode(), "payload_encoding": "base64"}


# --- findings ----------------------------------------------------------------------------------


def _render(writer: Adapter, reading: Reading) -> Rendering:
    """Write the document; a refusal then names the places where its sender finds them."""
    try:
        return writer.from_canonical(reading.document)
    except RefusedError as cause:
        findings = locate(cause.findings, reading)
        raise RefusedError(
            cause.code, cause.message, actor=cause.actor, findings=findings
        ) from cause
