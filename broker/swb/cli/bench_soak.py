"""``swb bench soak``: the road at half of its capacity for a long time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.options import AMQP_URL
from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.soak import Soak

__all__ = ["command", "describe_soak"]


@click.command("soak", short_help="Look for what grows over a long time.")
@click.option(
    "--minutes",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0.05, 10_080),
    help="How long.",
)
@click.option(
    "--share",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0.01, 1),
    help="Of the capacity, which is measured first.",
)
@click.option(
    "--items",
    default=3,
    show_default=True,
    type=click.IntRange(1, 500),
    help="Items of each Form D.",
)
@click.option(
    "--window",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="Seconds of each line of latency.",
)
@AMQP_URL
def command(
    minutes: float, share: float, items: int, window: float, amqp_url: str | None
) -> Answer:
    """Send Form Ds at a share of capacity, and tell latency and memory over time.

    Two gateways and a router run in processes as in production, on RabbitMQ. Memory is what each
    process holds resident, sampled twelve times a window; the slope is a straight line's through
    all samples but the first quarter, with its 95 % confidence.
    """
    from swb.sandbox.soak import run_soak  # noqa: PLC0415 - slow to import

    tell = make_tell()

    with tempfile.TemporaryDirectory(prefix="swb-soak-") as folder:
        soak = run_in_order(
            run_soak(
                Path(folder),
                minutes=minutes,
                share=share,
                items=items,
                amqp_url=amqp_url,
                window=window,
                tell=tell,
            )
        )
    return describe_soak(soak)


def describe_soak(soak: Soak) -> Answer:
    """Make the command's answer."""
    first, last = soak.windows[0], soak.windows[-1]
    sent = f"{soak.rate:.1f} Form Ds/s, {soak.share:.0%} of {soak.capacity:.1f}"
    lines = [
        f"{sent}, for {soak.minutes:g} minutes",
        f"median ms: first {first.median * 1000:.1f}, last {last.median * 1000:.1f}",
        f"p95 ms: first {first.p95 * 1000:.1f}, last {last.p95 * 1000:.1f}",
    ]
    lines += [
        f"{name:<12} {memory.first:7.1f} MB, then {memory.last:7.1f} MB; "
        f"{memory.slope:+.2f} MB/h, give or take {memory.margin:.2f}: "
        f"{memory.steps} step(s), {memory.stepped:.2f} MB in all, {memory.creep:+.2f} MB/h between"
        for name, memory in soak.memory.items()
    ]
    return Answer(value=soak.value, text="\n".join(lines))
