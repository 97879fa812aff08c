"""``swb migrate``: the schema of a daemon's store, looked at and brought to what the code needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from swb.app.storing import migrate_store
from swb.cli.options import config_option
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.config import load_config
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from swb.app.storing import Migrated
    from swb.cli.outcome import Failure

__all__ = ["command"]


@click.command("migrate", short_help="Bring a store's schema to what this version needs.")
@config_option("A gateway's or a router's configuration", variable=False)
@click.option("--check", is_flag=True, help="Change nothing; say what is there.")
def command(file: Path, check: bool) -> Answer:
    """Bring the schema of the daemon's store to what this version of swb needs.

    A store that is not there yet is made. Every step is taken or none; what is there stays usable
    by older daemons down to the version that is told as the oldest. Repeating it changes nothing,
    and several may try at once. Stop older daemons of a SQLite store first.

    With [store] migrate = "command" daemons never do this themselves, so that their database user
    need not own the tables: run it as the owner, with a configuration of its own.

    Exit status: 0 the schema fits, 4 it does not (--check), or cannot be reached.
    """
    done = asyncio.run(migrate_store(load_config(file), check=check))
    return Answer(
        value={
            "kind": done.kind,
            "found": done.found,
            "version": done.stands,
            "wanted": done.wanted,
            "compatible_with": done.compatible_with,
        },
        text=_tell(done, check=check),
        failure=_lacks(done),
    )


def _tell(done: Migrated, *, check: bool) -> str:
    if done.found == done.stands:
        said = f"{done.kind} store: schema version {done.stands}"
    else:
        said = f"{done.kind} store: schema version {done.found}, now {done.stands}"
    if check and done.stands < done.wanted:
        said += f", version {done.wanted} is needed"
    if not done.stands:
        return said
    return f"{said} (code of version {done.compatible_with} or later can use it)"


def _lacks(done: Migrated) -> Failure | None:
    if done.stands >= done.wanted:
        return None
    message = f"expected schema version {done.wanted}, found {done.stands}"
    return explain_failure(UnavailableError("store.schema", message))
