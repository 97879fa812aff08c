"""``swb adapters docs``: the mapping page of an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from swb.cli.adapters_testing import read_samples
from swb.cli.arguments import EXISTING_FOLDER
from swb.cli.outcome import UnknownNameError
from swb.cli.output import Answer
from swb.cli.payloads import get_adapter
from swb.plugins import discover_adapters
from swb_adapters.sdk.mapping import build_page

if TYPE_CHECKING:
    from pathlib import Path

    from swb_adapters.sdk import PathMap

__all__ = ["command"]


@click.command("docs", short_help="Write an adapter's mapping page.")
@click.option(
    "--samples",
    "folder",
    metavar="FOLDER",
    type=EXISTING_FOLDER,
    help="Payloads of an adapter without tables, from which its paths are learnt.",
)
@click.argument("name")
def command(name: str, folder: Path | None) -> Answer:
    """Write the mapping page of the adapter NAME, in Markdown, on standard output.

    For each kind of message: where each element of the canonical document stands, how its value is
    spelled, what is to be known of it, and what the format loses. The page is made of the adapter's
    tables, which also read and write; of an adapter without tables it has the paths alone, which it
    describes itself, or which are learnt from samples.
    """
    installed = discover_adapters()
    adapter = get_adapter(installed, name)
    paths: dict[str, PathMap] = {
        kind: known for kind, known in getattr(adapter, "paths", {}).items() if known.pairs
    }
    if not paths and not getattr(adapter, "tables", None):
        try:
            samples = read_samples(installed, adapter, name, folder)
        except UnknownNameError:
            samples = []
        for _, raw in samples:
            reading = adapter.to_canonical(raw)
            paths.setdefault(reading.message_type, reading.paths)
    page = build_page(adapter, paths=paths)
    return Answer(
        value={"adapter": adapter.info.name, "version": adapter.info.version, "page": page},
        text=page.rstrip("\n"),
    )
