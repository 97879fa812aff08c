"""``swb bench``: figures of this machine, each beside the floor that it stands on."""

from __future__ import annotations

import json
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.bench_adapters import command as adapters
from swb.cli.bench_catch_up import command as catch_up
from swb.cli.bench_flood import flood
from swb.cli.bench_growth import command as growth
from swb.cli.bench_nodes import command as nodes
from swb.cli.bench_pages import command as pages
from swb.cli.bench_reconcile import command as reconcile
from swb.cli.bench_road import command as road
from swb.cli.bench_rules import command as rules
from swb.cli.bench_scale import command as scale
from swb.cli.bench_soak import command as soak
from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.output import Answer
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from swb.sandbox.bench.picture import Picture
    from swb.sandbox.bench.whole import Extent

__all__ = ["command"]

_PARTS: Final = ("road", "peers", "steps", "start", "demo", "growth")
_STORED: Final = "the one of this version"


def _read_parts(_: click.Context, __: click.Parameter, text: str) -> tuple[str, ...]:
    wanted = [each.strip() for each in text.split(",")]
    for each in wanted:
        if each not in _PARTS:
            message = f"expected some of {', '.join(_PARTS)}, found {each[:50]!r}"
            raise click.BadParameter(message)
    return tuple(part for part in _PARTS if part in wanted)


def _read_items(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    most = 500
    try:
        items = tuple(dict.fromkeys(int(each) for each in text.split(",")))
    except ValueError as cause:
        message = f"expected whole numbers with commas between them, found {text[:50]!r}"
        raise click.BadParameter(message) from cause
    if not all(1 <= each <= most for each in items):
        message = f"expected numbers from 1 to {most}, found {text[:50]!r}"
        raise click.BadParameter(message)
    return items


@click.group(
    "bench",
    invoke_without_command=True,
    short_help="Measure the road of a document, and all that it consists of.",
)
@click.option(
    "--parts",
    default=",".join(_PARTS),
    show_default=True,
    metavar="PART,...",
    callback=_read_parts,
    help="What to measure.",
)
@click.option(
    "--documents",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Form Ds of each measurement of the road.",
)
@click.option(
    "--items",
    default="3,30",
    show_default=True,
    metavar="N,...",
    callback=_read_items,
    help="Items of a Form D, each size a case of its own.",
)
@click.option(
    "--runs",
    default=7,
    show_default=True,
    type=click.IntRange(1, 25),
    help="How often two sides take turns; medians are shown.",
)
@click.option(
    "--turn-seconds",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0.001, 10),
    help="Of the processor, for a turn of a step; a turn of a peer is twenty of these.",
)
@click.option(
    "--evidence/--no-evidence",
    default=True,
    show_default=True,
    help="Whether time-stamps and the evidence log are made beside the road's traffic.",
)
@click.option(
    "--store",
    default="sqlite",
    show_default=True,
    type=click.Choice(["sqlite", "postgres"]),
    help="What keeps the stores of the road: files, or a private PostgreSQL.",
)
@click.option(
    "--demo-documents",
    default=200,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Documents of each demonstration.",
)
@click.option(
    "--stored",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(100, 10_000_000),
    help="Documents in a full store; part growth.",
)
@click.option(
    "--minutes",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.05, 1440),
    help="Of half load, while memory is watched; part growth.",
)
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with the idle vhosts swb.TH and swb.VN for road and steps, in place of "
    "private ones [SWB_AMQP_URL].",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures there too, as --show and --compare read them.",
)
@click.option(
    "--show",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Measure nothing: show what an earlier run wrote.",
)
@click.option(
    "--compare",
    metavar="[FILE]",
    is_flag=False,
    flag_value=_STORED,
    help="Compare every ratio with an earlier run's; without FILE with the stored one, of which "
    "docs/reference/performance.md is made.",
)
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: click.Context,
    parts: tuple[str, ...],
    documents: int,
    items: tuple[int, ...],
    runs: int,
    turn_seconds: float,
    evidence: bool,
    store: str,
    demo_documents: int,
    stored: int,
    minutes: float,
    amqp_url: str | None,
    out: Path | None,
    show: Path | None,
    compare: str | None,
) -> Answer | None:
    """Measure on this machine, each figure beside its floor from the same run.

    Without a COMMAND it is the whole picture, one part after the other: *road*, receipted Form Ds a
    second beside a bare pipe, clear and encrypted; *peers*, pyas2lib's codec and a plain pipeline;
    *steps*, one by one beside their floors; *start*, of the command and of the demonstration;
    *demo*, the demonstration on either transport; *growth*, the road as stores, documents, routers,
    members and time grow (`swb bench growth` has more to choose). RabbitMQ and PostgreSQL are
    private ones on loopback. All of it takes about an hour and a half on two cores, half of it
    growth, and says so before; --parts leaves some out. Targets are shown as met or missed, and the
    exit status is 0 all the same.
    """
    if ctx.invoked_subcommand is not None:
        return None
    from swb.cli.bench_showing import spell_changes, spell_picture  # noqa: PLC0415 - slow to import
    from swb.sandbox.bench.picture import (  # noqa: PLC0415 - as above
        STORED,
        load_picture,
    )
    from swb.sandbox.bench.targets import (  # noqa: PLC0415 - as above
        compare_pictures,
        describe_target,
        judge,
    )

    earlier = None
    if compare is not None:
        earlier = load_picture(STORED if compare == _STORED else Path(compare))
    if show is not None:
        picture = load_picture(show)
    else:
        if out is not None:
            _check_place(out)
        from swb.sandbox.bench.whole import Extent  # noqa: PLC0415 - as above

        picture = _measure(
            Extent(
                parts=parts,
                documents=documents,
                items=items,
                runs=runs,
                evidence=evidence,
                store=store,
                turn_seconds=turn_seconds,
                demo_documents=demo_documents,
                stored=stored,
                minutes=minutes,
                amqp_url=amqp_url,
            ),
            out,
        )
    value = picture.model_dump()
    text = spell_picture(picture)
    if show is not None and out is not None:
        _write(out, picture)
    value["targets"] = [describe_target(each) for each in judge(picture)]
    if earlier is not None:
        changes = compare_pictures(earlier, picture)
        value["changes"] = [
            {"name": each.name, "before": each.before, "now": each.now} for each in changes
        ]
        text += "\n\n" + spell_changes(changes, earlier)
    return Answer(value=value, text=text)


def _measure(extent: Extent, out: Path | None) -> Picture:
    from swb.sandbox.bench.whole import estimate_minutes, run_bench  # noqa: PLC0415 - slow to import

    tell = make_tell()

    minutes = max(1, round(estimate_minutes(extent)))
    tell(f"this takes about {minutes} minute{'s' if minutes > 1 else ''} on two cores")
    with tempfile.TemporaryDirectory(prefix="swb-bench-") as folder:
        keep = partial(_write, out) if out is not None else _forget
        return run_in_order(run_bench(Path(folder), extent, tell=tell, keep=keep))


def _check_place(file: Path) -> None:
    """Check that a file can be written before an hour has been measured for it."""
    place = file if file.exists() else file.parent
    if not os.access(place, os.W_OK):
        message = f"expected to write {file}: {place} is missing or must not be written"
        raise UnavailableError("cli.output", message)


def _forget(_picture: Picture) -> None:
    """Keep nothing: nobody named a file."""


def _write(file: Path, picture: Picture) -> None:
    text = json.dumps(picture.model_dump(), indent=1) + "\n"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause


for each in (adapters, catch_up, flood, growth, nodes, pages, reconcile, road, rules, scale, soak):
    command.add_command(each)
