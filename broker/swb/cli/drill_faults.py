"""``swb drill faults``: daemons die at every fault point, and every document arrives once."""

from __future__ import annotations

import logging
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.observability import configure_logs
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from swb.sandbox.crash_drill import CrashDrill

__all__ = ["command", "describe_crash_drill"]

_STATES: Final = ("TH", "VN")


@click.command("faults", short_help="Have daemons die at every fault point.")
@click.option("--list", "lists", is_flag=True, help="Only list the fault points by name.")
@click.option(
    "--transport",
    default="embedded",
    show_default=True,
    type=click.Choice(["embedded", "rabbitmq"]),
    help="What carries the messages; rabbitmq starts a private node.",
)
@click.option(
    "--each-once",
    is_flag=True,
    help="Die at each point in one daemon alone, not in every daemon that comes by it.",
)
def command(lists: bool, transport: str, each_once: bool) -> Answer:
    """Kill daemons at every commit, publish, confirmation, settlement and naming of a file.

    A region of two states runs on this machine. Each daemon is started so that it kills itself at
    one fault point, comes by it, dies, and is started again for the next one, while traders file.
    In the end every certificate, acknowledgement and answer must have taken effect once.

    Exit status: 0 when nothing was lost, doubled or left over, and every point was come by.
    """
    from swb.app.fault_points import list_fault_points  # noqa: PLC0415 - slow to import

    if lists:
        points = list_fault_points()
        return Answer(value={"points": list(points)}, text="\n".join(points))
    configure_logs(level=logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="swb-drill-") as folder:
        begun = time.monotonic()
        drill = run_in_order(_drill(Path(folder), transport, each_once=each_once))
        seconds = time.monotonic() - begun
    return describe_crash_drill(drill, seconds=seconds)


async def _drill(folder: Path, transport: str, *, each_once: bool) -> CrashDrill:
    from swb.app.provision import open_rabbitmq  # noqa: PLC0415 - slow to import
    from swb.sandbox.crash_drill import is_tried_once, run_crash_drill  # noqa: PLC0415 - slow to import

    tell = make_tell()

    async with AsyncExitStack() as stack:
        url = None
        if transport == "rabbitmq":
            url = await stack.enter_async_context(open_rabbitmq(None, _STATES))
        choose = is_tried_once if each_once else lambda _daemon, _point: True
        return await run_crash_drill(folder, amqp_url=url, points=choose, tell=tell)


def describe_crash_drill(drill: CrashDrill, *, seconds: float) -> Answer:
    """Make the command's answer; it is a failure when a document did not arrive once."""
    verdict = drill.verdict
    assert verdict is not None  # noqa: S101 - a drill that ended has one
    value: dict[str, object] = {
        "seconds": round(seconds, 3),
        "deaths": sum(each.died for each in drill.crashes),
        "points": len({each.point for each in drill.crashes}),
        "not_come_by": drill.missed,
        "documents": verdict.documents,
        "lost": verdict.lost,
        "duplicated": verdict.duplicated,
        "refused": verdict.refused,
        "stuck": verdict.count_stuck(),
        "handed_over_again": verdict.handed_over_again,
        "crashes": [
            {
                "daemon": each.daemon,
                "point": each.point,
                "died": each.died,
                "provoked_by": each.provoked_by or None,
            }
            for each in drill.crashes
        ],
    }
    failure = None
    if not verdict.is_clean:
        message = (
            f"expected every document once, found {verdict.lost} lost, {verdict.duplicated} "
            f"doubled, {verdict.refused} refused, stuck {verdict.stuck}"
        )
        failure = explain_failure(RefusedError("drill.not_once", message, actor=Actor.OPERATOR))
    elif drill.missed:
        message = f"expected a death at every point, found none at {drill.missed}"
        failure = explain_failure(RefusedError("drill.not_come_by", message, actor=Actor.OPERATOR))
    text = (
        f"{value['deaths']} deaths at {value['points']} points in {seconds:.1f} s; "
        f"{verdict.documents} certificates: lost {verdict.lost}, doubled {verdict.duplicated}, "
        f"refused {verdict.refused}, left over {verdict.count_stuck()}; the single windows "
        f"recognised {verdict.handed_over_again} hand-over(s) that were repeated"
    )
    return Answer(value=value, text=text, failure=failure)
