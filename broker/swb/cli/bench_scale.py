"""``swb bench scale``: plans past one machine, by the figures of this one."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

import click

from swb.cli.output import Answer
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.sandbox.bench.scale_plans import Planned, Scale

__all__ = ["command", "describe_demands", "describe_figures", "describe_steps"]


@click.command("scale", short_help="Plan past one machine, by simulation.")
@click.option(
    "--figures",
    required=True,
    metavar="FILE",
    type=click.File("rb"),
    help="What swb bench growth --json printed on the machine to plan by; - is standard input.",
)
def command(figures: IO[bytes]) -> Answer:
    """Say what routers, RabbitMQ nodes, partitions and regions would carry, and where each stops.

    Each step past one machine is reckoned from measured processor time: which part is full first,
    and at how many documents a second; a simulation tells how long documents take. Then plans for
    known and imagined demands, up to the world's trade. Nothing is measured and nothing is sent.
    """
    try:
        from swb.sandbox.bench.scale import read_figures  # noqa: PLC0415 - an extra
        from swb.sandbox.bench.scale_plans import run_scale  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "bench.not_installed",
            "expected the extra 'bench': pip install 'single-window-broker[bench]'",
        ) from cause
    scale = run_scale(read_figures(_read(figures)))
    return Answer(value=scale.value, text=_tell(scale))


def _read(file: IO[bytes]) -> dict[str, Any]:
    try:
        value = json.loads(file.read())
    except ValueError as cause:
        message = "expected what swb bench growth --json prints, found no JSON"
        raise RefusedError("bench.figures", message, actor=Actor.OPERATOR) from cause
    if not isinstance(value, dict):
        message = f"expected what swb bench growth --json prints, found {type(value).__name__}"
        raise RefusedError("bench.figures", message, actor=Actor.OPERATOR)
    return value


def _tell(scale: Scale) -> str:
    tables = (describe_figures(scale), describe_steps(scale), describe_demands(scale))
    return "\n\n".join(tables)


def describe_figures(scale: Scale) -> str:
    """Describe what was measured as a table, in Markdown."""
    figures = scale.figures
    work = {
        "exporting gateway, on SQLite": figures.on_sqlite.exporting,
        "importing gateway, on SQLite": figures.on_sqlite.importing,
        "router, on SQLite": figures.on_sqlite.router,
        "exporting gateway, on PostgreSQL": figures.on_postgres.exporting,
        "importing gateway, on PostgreSQL": figures.on_postgres.importing,
        "router, on PostgreSQL": figures.on_postgres.router,
        "PostgreSQL itself, for each of these stores": figures.store,
        "RabbitMQ, one node": figures.rabbitmq,
    }
    rows = [[name, f"{seconds * 1000:.1f} ms of a processor"] for name, seconds in work.items()]
    rows += [
        ["on one machine, as fast as it went", f"{figures.rate:.1f} documents a second"],
        [
            f"door to receipt, at {figures.half_rate:.1f} a second",
            f"{figures.latency * 1000:.0f} ms",
        ],
        ["of it neither work nor waiting for a processor", f"{scale.rest * 1000:.0f} ms"],
    ]
    return _table(["of one document", ""], rows)


def describe_steps(scale: Scale) -> str:
    """Describe the steps as a table, in Markdown."""
    head = ["step", "machines of the region", "documents a second, at most", "full first", "then"]
    return _table(
        [*head, "median s at half load", "p99 s"],
        [
            [
                f"{number}. {each.plan.name}",
                f"{each.plan.machines}",
                f"{each.capacity:,.0f}",
                each.stations[0].name,
                each.stations[1].name if each.stations[1:] else "",
                *_took(each),
            ]
            for number, each in enumerate(scale.steps, start=1)
        ],
    )


def describe_demands(scale: Scale) -> str:
    """Describe the demands as a table, in Markdown."""
    head = ["demand", "million documents a year", "a second in the busiest hour", "partitions"]
    head += ["machines of the regions", "processes of the largest gateway, cores of its store"]
    return _table(
        [*head, "terabytes a year in routers' stores", "median s", "p99 s"],
        [
            [
                each.demand.name,
                f"{each.demand.documents / 1e6:,.1f}",
                f"{each.demand.rate:,.1f}",
                f"{each.plan.partitions}",
                f"{each.plan.machines}",
                f"{each.plan.gateways}, {each.plan.gateway_cores or '-'}",
                f"{each.demand.stored / 1e12:,.1f}",
                *_took(each),
            ]
            for each in scale.demands
            if each.demand is not None
        ],
    )


def _took(each: Planned) -> tuple[str, str]:
    return f"{each.simulated.median:.2f}", f"{each.simulated.p99:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
