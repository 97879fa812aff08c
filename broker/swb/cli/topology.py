"""``swb topology``: what the transport must hold before a daemon runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from swb.app.provision import apply_topology
from swb.cli.output import Answer
from swb.config import load_config

__all__ = ["command"]


@click.group("topology", short_help="Make the transport's lines.")
def command() -> None:
    """Look after what the transport must hold: each member's line to the region."""


@command.command("apply", short_help="Make every member's line.")
@click.option(
    "--config",
    "file",
    metavar="FILE",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The router's configuration: its table of connections names the members.",
)
def apply(file: Path) -> Answer:
    """Make the line of every member that the router's configuration connects.

    For the embedded transport that is its file with two queues for each member; for RabbitMQ the
    exchange and the queues in each member's vhost swb.STATE, which must exist. Repeating it
    changes nothing.
    """
    members = asyncio.run(apply_topology(load_config(file)))
    return Answer(
        value={"members": list(members)}, text="\n".join(f"line {each}: ready" for each in members)
    )
