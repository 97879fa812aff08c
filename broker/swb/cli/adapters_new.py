"""``swb adapters new``: a new adapter as a project of its own."""

from __future__ import annotations

from pathlib import Path

import click

from swb.cli.output import Answer
from swb.plugins import discover_adapters
from swb_adapters.sdk.project import FORMATS, NAME, build_project
from swb_schemas.errors import UnavailableError

__all__ = ["command"]


@click.command("new", short_help="Begin a new adapter as a project of its own.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(tuple(FORMATS)),
    required=True,
    help="Syntax of the national format.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where to write it; NAME-swb in the current folder, where it is not given.",
)
@click.argument("name")
def command(name: str, format_name: str, folder: Path | None) -> Answer:
    """Write a project for the adapter NAME: small letters, digits and hyphens.

    It can be installed, is typed, and passes its tests as it is: an entry point, mapping tables for
    Form D, customs receipts and responses, samples and a README. Its format is invented; replace it
    row by row. Nothing that exists is overwritten, and no name is taken that an installed adapter
    has: two of one name would both be refused.
    """
    if NAME.fullmatch(name) is None:
        message = (
            "expected 2 to 32 small letters, digits and single hyphens, a letter first, "
            f"found {name[:60]!r}"
        )
        raise click.BadParameter(message, param_hint="NAME")
    installed = discover_adapters()
    taken = [(each.info.name, each.distribution) for each in installed.adapters]
    taken += [(each.name, each.distribution) for each in installed.rejected]
    for known, distribution in taken:
        if known == name:
            whose = distribution or "an unknown distribution"
            message = f"expected a name that no installed adapter has, found {name!r} of {whose}"
            raise click.BadParameter(message, param_hint="NAME")
    place = folder or Path(f"{name}-swb")
    project = build_project(name, format_name)
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            message = f"expected a new or an empty folder, found {place}"
            raise click.BadParameter(message, param_hint="--folder")
        for path, content in project.items():
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    except OSError as cause:
        message = f"expected to write into {place}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause
    lines = [f"{place}: an adapter {name} in {format_name}", *(f"  {path}" for path in project)]
    lines.append(
        f"next, in the environment of the broker: python -m pip install -e '{place}[dev]', "
        f"then python -m pytest in {place}"
    )
    return Answer(
        value={
            "name": name,
            "format": format_name,
            "folder": str(place),
            "files": list(project),
        },
        text="\n".join(lines),
    )
