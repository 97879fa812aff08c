"""``swb signer``: keys in a process of their own."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE
from swb.cli.output import Answer
from swb.config import load_signer_config
from swb.observability import configure_logs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]


@click.command("signer", short_help="Hold keys for other processes of this machine.")
@click.option(
    "--config",
    "file",
    metavar="FILE",
    required=True,
    envvar="SWB_SIGNER_CONFIG",
    type=EXISTING_FILE,
    help="The signer's configuration (TOML) [SWB_SIGNER_CONFIG].",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Lowest level that is logged; every signature is logged as info.",
)
def command(file: Path, log_level: str) -> Answer:
    """Sign and agree on secrets for the clients that the configuration names, until SIGTERM.

    Keys lie in files or tokens; gateways reach them by kind = "remote" in [keys]. The process
    dumps no core, cannot be debugged by its own user, and is not swapped where the system allows
    that. Logs go to standard error, one JSON value a line.
    """
    from swb.signer import serve_signer  # noqa: PLC0415 - slow to import

    config = load_signer_config(file)
    configure_logs(level=logging.getLevelNamesMapping()[log_level.upper()])
    asyncio.run(serve_signer(config))
    return Answer(value={"stopped": True})
