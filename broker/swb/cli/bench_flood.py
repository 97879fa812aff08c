"""``swb bench flood``: what others feel of a member that sends ten times its quota."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.bench.flood import FloodBench, FloodRun

__all__ = ["flood"]


@click.command("flood", short_help="Measure what others feel of a flooding member.")
@click.option(
    "--rate",
    default=6.0,
    show_default=True,
    type=click.FloatRange(0.1, 1000),
    help="Form Ds a second that two other states exchange.",
)
@click.option(
    "--quota",
    default=4.0,
    show_default=True,
    type=click.FloatRange(0.1, 1000),
    help="Messages a second that the third member may send; it sends ten times as many.",
)
@click.option(
    "--seconds",
    default=20.0,
    show_default=True,
    type=click.FloatRange(1, 600),
    help="Of each run.",
)
@click.option(
    "--runs",
    default=7,
    show_default=True,
    type=click.IntRange(1, 25),
    help="Pairs of runs, within the quota and beyond it, in turn; medians are shown.",
)
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with the idle vhosts swb.TH, swb.VN and swb.ID, in place of a private one "
    "[SWB_AMQP_URL].",
)
def flood(rate: float, quota: float, seconds: float, runs: int, amqp_url: str | None) -> Answer:
    """Measure rate and latency of two states while a third one floods the region.

    Two gateways and a router run as they always do; the third member's messages were sealed and
    signed before. Latency runs from the door to the receipt (AS2). p99 is shown and not judged.
    """
    from swb.sandbox.bench.flood import run_flood_bench  # noqa: PLC0415 - slow to import

    tell = make_tell()

    with tempfile.TemporaryDirectory(prefix="swb-flood-") as folder:
        result = run_in_order(
            run_flood_bench(
                Path(folder),
                rate=rate,
                quota=quota,
                seconds=seconds,
                pairs=runs,
                amqp_url=amqp_url,
                tell=tell,
            )
        )
    failure = None
    if not result.is_held:
        message = "expected two states whose rate and median latency move by less than 20 %, found"
        found = f"ratios {result.rate_ratio:.3f} and {result.latency_ratio(50):.3f}"
        if not result.is_flooded:
            message, found = "expected a member at ten times its quota, found that it sent", "less"
        failure = explain_failure(
            RefusedError("bench.not_held", f"{message} {found}", actor=Actor.OPERATOR)
        )
    return Answer(value=_value(result), text=_table(result), failure=failure)


def _value(result: FloodBench) -> dict[str, object]:
    return {
        "quota": result.quota,
        "rate": result.rate,
        "seconds": result.seconds,
        "runs": len(result.within),
        "within": _side(result.within),
        "beyond": _side(result.beyond),
        "ratios": {
            "documents_per_second": round(result.rate_ratio, 4),
            "median_latency": round(result.latency_ratio(50), 4),
            "p99_latency": round(result.latency_ratio(99), 4),
        },
        "flooded": result.is_flooded,
        "held": result.is_held,
    }


def _side(runs: Sequence[FloodRun]) -> list[dict[str, object]]:
    return [
        {
            "documents_per_second": round(run.others.documents_per_second, 3),
            "median_seconds": round(run.latency(50), 5),
            "p99_seconds": round(run.latency(99), 5),
            "attempted_per_second": round(run.attempted, 2),
            "offered_per_second": round(run.offered, 2),
            "relayed_per_second": round(run.relayed, 2),
            "told_to_wait": run.told_to_wait,
        }
        for run in runs
    ]


def _table(result: FloodBench) -> str:
    lines = [
        (
            f"{'':<20}  {'Form Ds/s':>10}  {'median ms':>10}  {'p99 ms':>10}  {'tried/s':>10}"
            f"  {'relayed/s':>10}"
        )
    ]
    for calm, wild in zip(result.within, result.beyond, strict=True):
        for name, run in (("within its quota", calm), ("ten times its quota", wild)):
            lines.append(
                f"{name:<20}  {run.others.documents_per_second:>10.2f}"
                f"  {run.latency(50) * 1000:>10.1f}  {run.latency(99) * 1000:>10.1f}"
                f"  {run.attempted:>10.1f}  {run.relayed:>10.1f}"
            )
    lines += [
        "",
        (
            f"with the flood by without, medians of {len(result.within)}: rate "
            f"{result.rate_ratio:.3f}, median latency {result.latency_ratio(50):.3f}; p99 "
            f"{result.latency_ratio(99):.3f}, not judged"
        ),
        "held: neither is worse by 20 %"
        if result.is_held
        else "NOT HELD: expected neither to be worse by 20 %",
    ]
    return "\n".join(lines)
