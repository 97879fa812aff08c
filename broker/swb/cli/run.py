"""``swb run``: the daemon."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import structlog

from swb.cli.lazy import import_at_once
from swb.cli.output import Answer
from swb.config import load_config
from swb.observability import configure_logs
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.config import Config

__all__ = ["command"]

_COLLECTED_AFTER: Final = 20_000
"""Objects more than there were: a document makes some thousands, and cycles are rare."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("swb.daemon")


@click.command("run", short_help="Run a gateway, a router, or both.")
@click.option(
    "--config",
    "files",
    metavar="FILE",
    multiple=True,
    required=True,
    envvar="SWB_CONFIG",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration (TOML). Given several times, one process runs several daemons "
    "[SWB_CONFIG].",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Lowest level that is logged.",
)
def command(files: Sequence[Path], log_level: str) -> Answer:
    """Run the roles that the configuration names, until SIGTERM or SIGINT.

    Logs go to standard error, one JSON value a line; when it cannot run, the last of them has the
    code, and what people read stands behind it. The first signal asks for an ordered
    shutdown: nothing new is taken in, what was begun is committed and sent, the rest is offered
    again after the next start. A second one ends it at once. SIGHUP has trust lists, connections
    and agreements looked at now, and says in the log what became of each.
    """
    counted = Counter(file.resolve() for file in files)
    if twice := [str(file) for file, times in counted.items() if times > 1]:
        message = f"expected each file once, found {twice[0]} several times"
        raise click.BadParameter(message, param_hint="--config")
    with import_at_once():
        from swb.daemon import serve  # noqa: PLC0415 - slow to import
    gc.freeze()  # what was imported stays: the collector need not look at it again
    gc.set_threshold(_COLLECTED_AFTER)

    def read() -> list[Config]:
        return [load_config(file) for file in files]

    configure_logs(level=logging.getLevelNamesMapping()[log_level.upper()])
    try:
        asyncio.run(serve(read(), read))
    except SwbError as error:
        # Whoever reads logs by machine finds the code here; the lines behind it are for people.
        _log.error("not_running", code=error.code, actor=str(error.actor), message=error.message)
        raise
    return Answer(value={"stopped": True})
