"""``swb drill chaos``: faults of every kind at random moments, and what is left in the end."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.observability import configure_logs
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.chaos.run import ChaosRun

__all__ = ["command", "describe_chaos"]


@click.command("chaos", short_help="Faults of every kind at random moments.")
@click.option(
    "--documents",
    default=20_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Certificates of each run.",
)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    default=(1,),
    show_default=True,
    type=click.IntRange(0, 2**31),
    help="What a run's faults, their moments, goods and people are drawn from; several are "
    "several runs.",
)
@click.option(
    "--faults",
    "strikes",
    default=40,
    show_default=True,
    type=click.IntRange(0, 10_000),
    help="How many of a run; each kind strikes once at least.",
)
@click.option(
    "--nodes",
    default=3,
    show_default=True,
    type=click.IntRange(1, 5),
    help="Nodes of the private RabbitMQ cluster.",
)
@click.option(
    "--postgresql/--sqlite",
    default=True,
    show_default=True,
    help="Whether routers and half of the gateways keep their stores in a private PostgreSQL.",
)
@click.option(
    "--patience",
    default=120.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="Seconds without an arrival, and for everything to come to rest, before a run gives up.",
)
@click.option(
    "--logs",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the daemons' logs of runs that fail.",
)
def command(  # noqa: PLR0917 - one for each option
    documents: int,
    seeds: Sequence[int],
    strikes: int,
    nodes: int,
    postgresql: bool,
    patience: float,
    logs: Path | None,
) -> Answer:
    """Run four gateways, two routers and four simulated authorities through faults.

    Everything is private and on loopback. Faults: SIGKILL of gateways, routers, authorities, a
    RabbitMQ node, PostgreSQL; SIGSTOP of a RabbitMQ node and of a daemon; lines and stores that are
    cut; full disks; clocks that go wrong by a minute to a day (where libfaketime is installed).
    When all is over and at rest, what traders filed is compared with what single windows and
    customs offices saw, and stores are asked what they still hold.

    The last line is one JSON object. Exit status: 0 when every fault was seen to strike, and
    nothing was lost, doubled or stuck.
    """
    configure_logs(level=logging.CRITICAL)
    tell = make_tell()

    if logs is not None:
        _make_room(logs)
    runs = []
    for seed in seeds:
        tell(f"seed {seed}")
        with tempfile.TemporaryDirectory(prefix="swb-chaos-") as folder:
            from swb.sandbox.chaos.run import run_chaos  # noqa: PLC0415 - slow to import

            run = run_in_order(
                run_chaos(
                    Path(folder),
                    seed=seed,
                    documents=documents,
                    strikes=strikes,
                    nodes=nodes,
                    postgresql=postgresql,
                    give_up_after=patience,
                    tell=tell,
                )
            )
            if logs is not None and not run.is_clean:
                _keep_logs(Path(folder), logs / f"seed-{seed}")
        runs.append(run)
        tell(json.dumps(_value([run])))
    return describe_chaos(runs)


def describe_chaos(runs: Sequence[ChaosRun]) -> Answer:
    """Make the command's answer; it is a failure when a document did not arrive once."""
    value = _value(runs)
    failure = None
    if not all(run.is_clean for run in runs):
        found = [
            f"seed {run.seed}: {run.verdict.lost} lost, {run.verdict.duplicated} doubled, "
            f"{run.verdict.refused} refused {run.verdict.refusals or ''}, "
            f"stuck {run.verdict.stuck}, "
            f"faults that did not strike: {run.missed}"
            for run in runs
            if not run.is_clean
        ]
        message = f"expected every document once, found {'; '.join(found)}"
        failure = explain_failure(RefusedError("drill.not_once", message, actor=Actor.OPERATOR))
    return Answer(value=value, text=json.dumps(value), failure=failure)


def _make_room(logs: Path) -> None:
    """Have a folder that can be written before minutes are spent on what goes into it."""
    try:
        logs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=logs):
            pass
    except OSError as cause:
        message = f"expected to write into {logs} (--logs): {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause


def _keep_logs(folder: Path, kept: Path) -> None:
    for log in folder.rglob("*.log"):
        file = kept / log.relative_to(folder)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(log, file)


def _value(runs: Sequence[ChaosRun]) -> dict[str, object]:
    faults: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    for run in runs:
        faults.update(run.faults)
        ended.update(run.ended)
        refusals.update(run.verdict.refusals)
    documents = sum(run.verdict.documents for run in runs)
    seconds = sum(run.seconds for run in runs)
    return {
        "documents": documents,
        "lost": sum(run.verdict.lost for run in runs),
        "duplicated": sum(run.verdict.duplicated for run in runs),
        "stuck": sum(run.verdict.count_stuck() for run in runs),
        "faults": dict(sorted(faults.items())),
        "catch_up_seconds": round(max(run.catch_up_seconds for run in runs), 3),
        "refused": sum(run.verdict.refused for run in runs),
        "refusals": dict(sorted(refusals.items())),
        "handed_over_again": sum(run.verdict.handed_over_again for run in runs),
        "ended_by_themselves": dict(sorted(ended.items())),
        "nodes_restarted": sum(run.nodes_restarted for run in runs),
        "documents_per_second": round(documents / seconds, 2),
        "seeds": [run.seed for run in runs],
    }
