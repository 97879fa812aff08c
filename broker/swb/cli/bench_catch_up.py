"""``swb bench catch-up``: the backlog of a state that is back."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.bench.catch_up import CatchUpBench, Steady

__all__ = ["command"]


@click.command("catch-up", short_help="Measure a returned state's backlog.")
@click.option(
    "--waiting",
    default=50_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Messages that wait for the state that is back.",
)
@click.option(
    "--rate",
    default=50.0,
    show_default=True,
    type=click.FloatRange(0.1, 10_000),
    help="Messages a second of the others.",
)
@click.option(
    "--seconds",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help="Of each of the three measurements.",
)
@click.option(
    "--share",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="What the backlog may get of the capacity ([limits] catch_up_share).",
)
@click.option(
    "--octets",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 7_000_000),
    help="Of each message.",
)
def command(waiting: int, rate: float, seconds: float, share: float, octets: int) -> Answer:
    """Measure how the backlog of a returned state drains, and what the others notice.

    A router's store, lines and dispatch: first the others' traffic alone, then beside the backlog
    at its share, then the backlog alone with the whole capacity.
    """
    from swb.sandbox.bench.catch_up import run_catch_up_bench  # noqa: PLC0415 - slow to import

    tell = make_tell()

    with tempfile.TemporaryDirectory(prefix="swb-bench-") as folder:
        result = run_in_order(
            run_catch_up_bench(
                Path(folder),
                waiting=waiting,
                rate=rate,
                seconds=seconds,
                share=share,
                octets=octets,
                tell=tell,
            )
        )
    return Answer(value=_value(result), text=_table(result))


def _value(result: CatchUpBench) -> dict[str, object]:
    return {
        "waiting": result.waiting,
        "share": result.share,
        "measured_share": round(result.measured_share, 3),
        "drained_per_second": {
            "beside_the_others": round(result.drained_beside, 1),
            "alone": round(result.drained_alone, 1),
        },
        "in_order_of_age": result.in_order,
        "others": {
            "alone": _steady(result.alone),
            "beside_the_backlog": _steady(result.beside),
        },
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
    }


def _steady(steady: Steady) -> dict[str, float]:
    return {
        "messages_per_second": round(steady.per_second, 2),
        "median_seconds": round(steady.median_seconds, 5),
        "p95_seconds": round(steady.p95_seconds, 5),
    }


def _table(result: CatchUpBench) -> str:
    sides = {"others alone": result.alone, "others beside": result.beside}
    lines = [f"{'':<16}  {'messages/s':>10}  {'median ms':>10}  {'p95 ms':>10}"]
    lines += [
        f"{name:<16}  {side.per_second:>10.1f}  {side.median_seconds * 1000:>10.1f}"
        f"  {side.p95_seconds * 1000:>10.1f}"
        for name, side in sides.items()
    ]
    lines += [
        f"{'backlog beside':<16}  {result.drained_beside:>10.1f}",
        f"{'backlog alone':<16}  {result.drained_alone:>10.1f}",
        "",
    ]
    order = "in" if result.in_order else "NOT in"
    lines.append(
        f"share: named {result.share:g}, measured {result.measured_share:.2f}; "
        f"{result.waiting} waited; {order} the order of age"
    )
    return "\n".join(lines)
