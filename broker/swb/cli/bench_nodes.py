"""``swb bench nodes``: what the loss of a RabbitMQ node costs."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Final

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.bench.nodes import NodesBench

__all__ = ["command"]

_LONGEST_HEARTBEAT: Final = 60


def _read_seconds(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        values = tuple(int(each) for each in text.split(","))
    except ValueError as cause:
        message = f"expected whole seconds with commas between them, found {text[:50]!r}"
        raise click.BadParameter(message) from cause
    if not all(1 <= each <= _LONGEST_HEARTBEAT for each in values):
        message = f"expected seconds from 1 to {_LONGEST_HEARTBEAT}, found {text[:50]!r}"
        raise click.BadParameter(message)
    return values


@click.command("nodes", short_help="Lose nodes of a RabbitMQ cluster.")
@click.option(
    "--heartbeats",
    default="1,3,20",
    show_default=True,
    metavar="SECONDS,...",
    callback=_read_seconds,
    help="Heartbeats of the line, each tried on a node that hangs.",
)
@click.option(
    "--net-ticktime",
    default=4,
    show_default=True,
    type=click.IntRange(2, 120),
    help="After how many seconds nodes give up one that hangs; RabbitMQ's own default is 60.",
)
def command(heartbeats: tuple[int, ...], net_ticktime: int) -> Answer:
    """Measure for how long nothing moves when nodes of a three-node cluster are lost.

    The cluster is a private one on this machine (pause_minority, quorum queues of three). A bare
    road publishes with confirms and receives. SIGKILL of the node that leads the queue; SIGSTOP of
    the node that the clients are connected to, without and with the queue's leader on it; SIGKILL
    of two of three, which stops all traffic until they are back. Takes some minutes.
    """
    from swb.sandbox.bench.nodes import run_nodes_bench  # noqa: PLC0415 - slow to import

    result = run_in_order(
        run_nodes_bench(
            heartbeats=heartbeats,
            net_ticktime=net_ticktime,
            tell=make_tell(),
        )
    )
    return Answer(value=_nodes_value(result), text=_nodes_table(result))


def _nodes_value(result: NodesBench) -> dict[str, object]:
    return {
        "nodes": 3,
        "partition_handling": "pause_minority",
        "net_ticktime_seconds": result.net_ticktime_seconds,
        "losses": [
            {
                "what": loss.what,
                "heartbeat_seconds": loss.heartbeat_seconds,
                "seconds_without_progress": round(loss.without_progress, 2),
                "longest_delay_seconds": round(loss.longest_delay, 2),
                "seconds_after_return": None
                if loss.after_return is None
                else round(loss.after_return, 2),
                "restarted": loss.restarted,
                "messages": loss.messages,
                "repeated": loss.repeated,
                "lost": loss.lost,
            }
            for loss in result.losses
        ],
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
    }


def _nodes_table(result: NodesBench) -> str:
    lines = [f"{'heartbeat':>9}  {'nothing moved':>13}  {'longest delay':>13}  lost  what"]
    for loss in result.losses:
        after = "" if loss.after_return is None else f": {loss.after_return:.1f} s after that"
        after += ", which had to be restarted afterwards" if loss.restarted else ""
        lines.append(
            f"{loss.heartbeat_seconds:>7} s  {loss.without_progress:>11.1f} s"
            f"  {loss.longest_delay:>11.1f} s  {loss.lost:>4}  {loss.what}{after}"
        )
    lines += ["", f"three nodes, pause_minority, net_ticktime {result.net_ticktime_seconds} s"]
    return "\n".join(lines)
