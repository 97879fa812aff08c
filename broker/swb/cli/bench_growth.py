"""``swb bench growth``: whether the road stays as fast as everything around it grows."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.output import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.sandbox.bench.growth import GrowthBench
    from swb.sandbox.bench.growth_sizes import Size

__all__ = ["command", "describe_growth"]

_PARTS: Final = ("store", "items", "routers", "members", "memory")
_STORES: Final = ("sqlite", "postgres")
_MOST_ITEMS: Final = 5000
_MOST_ROUTERS: Final = 8
_MEMBERS: Final = (2, 11)


def _read_names(known: Sequence[str]) -> Callable[[click.Context, click.Parameter, str], object]:
    def read(_: click.Context, __: click.Parameter, text: str) -> Sequence[str]:
        names = tuple(dict.fromkeys(text.split(",")))
        if not set(names) <= set(known):
            message = f"expected some of {','.join(known)}, found {text[:80]!r}"
            raise click.BadParameter(message)
        return names

    return read


def _read_sizes(
    least: int, most: int
) -> Callable[[click.Context, click.Parameter, str], Sequence[int]]:
    def read(_: click.Context, __: click.Parameter, text: str) -> Sequence[int]:
        try:
            sizes = tuple(dict.fromkeys(int(each) for each in text.split(",")))
        except ValueError as cause:
            message = f"expected whole numbers with commas between them, found {text[:50]!r}"
            raise click.BadParameter(message) from cause
        if not all(least <= each <= most for each in sizes):
            message = f"expected numbers from {least} to {most}, found {text[:50]!r}"
            raise click.BadParameter(message)
        return sizes

    return read


@click.command("growth", short_help="Look for what grows with stores, time and members.")
@click.option(
    "--parts",
    default=",".join(_PARTS),
    show_default=True,
    metavar="NAMES",
    callback=_read_names(_PARTS),
    help="What to measure, with commas between.",
)
@click.option(
    "--stores",
    default=",".join(_STORES),
    show_default=True,
    metavar="NAMES",
    callback=_read_names(_STORES),
    help="Kinds of store that are filled.",
)
@click.option(
    "--stored",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(100, 10_000_000),
    help="Documents in a full store.",
)
@click.option(
    "--documents",
    default=300,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Form Ds of each measurement; fewer where they have many items.",
)
@click.option(
    "--runs",
    default=3,
    show_default=True,
    type=click.IntRange(1, 25),
    help="How often all sizes take turns; medians are shown.",
)
@click.option(
    "--minutes",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.05, 1440),
    help="Of half load, while memory is watched.",
)
@click.option(
    "--items",
    default="1,50,500,5000",
    show_default=True,
    metavar="NUMBERS",
    callback=_read_sizes(1, _MOST_ITEMS),
    help="Items of a Form D.",
)
@click.option(
    "--routers",
    default="1,2,3",
    show_default=True,
    metavar="NUMBERS",
    callback=_read_sizes(1, _MOST_ROUTERS),
    help="Routers that share the lines.",
)
@click.option(
    "--members",
    default="2,5,11",
    show_default=True,
    metavar="NUMBERS",
    callback=_read_sizes(*_MEMBERS),
    help="Member states, all connected with each other.",
)
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with idle vhosts of all eleven members (swb.TH, swb.VN ...), in place of a "
    "private one [SWB_AMQP_URL].",
)
def command(  # noqa: PLR0917 - one for each option
    parts: Sequence[str],
    stores: Sequence[str],
    stored: int,
    documents: int,
    runs: int,
    minutes: float,
    items: Sequence[int],
    routers: Sequence[int],
    members: Sequence[int],
    amqp_url: str | None,
) -> Answer:
    """Measure the road as stores, documents, routers, members and time grow.

    Two gateways and a router run in processes as in production, on RabbitMQ. Sizes take turns:
    empty and full stores on SQLite and PostgreSQL; documents of few and of many items; routers;
    members that have lines and connections, and send nothing. Then half load for a while, with
    the memory that each process holds. All of it takes three quarters of an hour and 8 GB of disk
    below TMPDIR; --parts chooses.

    Exit status: 0, whether or not the targets are met; the answer says which are.
    """
    from swb.sandbox.bench.growth import (  # noqa: PLC0415 - slow to import
        GrowthPlan,
        run_growth_bench,
    )

    plan = GrowthPlan(
        parts=parts,
        stores=stores,
        stored=stored,
        documents=documents,
        turns=runs,
        minutes=minutes,
        items=items,
        routers=routers,
        members=members,
    )
    with tempfile.TemporaryDirectory(prefix="swb-bench-") as folder:
        result = run_in_order(
            run_growth_bench(
                Path(folder),
                plan,
                amqp_url=amqp_url,
                tell=make_tell(),
            )
        )
    return describe_growth(result)


def describe_growth(result: GrowthBench) -> Answer:
    """Make the command's answer."""
    machine = {"processors": os.cpu_count(), "python": platform.python_version()}
    return Answer(value={**result.value, "machine": machine}, text=_table(result))


def _table(result: GrowthBench) -> str:
    lines = [f"{'':<28}  {'Form Ds/s':>9}  {'processor ms each':>17}"]
    for each in result.stored:
        lines.append(_line(f"{each.kind}, empty store", each.empty))
        lines.append(_line(f"{each.kind}, {each.documents:,} stored", each.full))
    for name, sizes in (
        ("items", result.items),
        ("routers", result.routers),
        ("members", result.members),
    ):
        lines += [_line(f"{size.of:,} {name}", size) for size in sizes]
    if result.soak is not None:
        lines += ["", f"{result.soak.minutes:g} minutes at half load:"]
        lines += [
            f"{name:<28}  {held.first:.1f} MB, then {held.last:.1f} MB"
            for name, held in result.soak.memory.items()
        ]
    lines.append("")
    for target in result.targets:
        wanted = (
            f"at least {target.at_least:g}"
            if target.at_least is not None
            else f"at most {target.at_most:g}"
        )
        met = "met" if target.is_met else "MISSED"
        lines.append(f"{target.name}: {target.found:.3g}, {wanted}: {met}")
    return "\n".join(lines)


def _line(name: str, size: Size) -> str:
    return f"{name:<28}  {size.documents_per_second:>9.1f}  {size.own_cpu * 1000:>17.2f}"
