"""``swb bench road``: the road beside a bare pipe, one size and one secrecy at a time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.options import AMQP_URL, STORE
from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.bench.picture import RoadCase

__all__ = ["command", "spell_road"]


@click.command("road", short_help="Measure the road beside a bare pipe.")
@click.option(
    "--documents",
    default=300,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Form Ds of each measurement.",
)
@click.option(
    "--items",
    default=3,
    show_default=True,
    type=click.IntRange(1, 500),
    help="Items of each Form D.",
)
@click.option(
    "--protect/--clear",
    default=True,
    show_default=True,
    help="Whether document bodies are encrypted for the receiving gateway.",
)
@click.option(
    "--evidence/--no-evidence",
    default=True,
    show_default=True,
    help="Whether time-stamps and the evidence log are made beside the traffic.",
)
@click.option(
    "--runs",
    default=3,
    show_default=True,
    type=click.IntRange(1, 25),
    help="How often road and pipe take turns; medians are shown.",
)
@STORE
@AMQP_URL
def command(  # noqa: PLR0917 - one for each option
    documents: int,
    items: int,
    protect: bool,
    evidence: bool,
    runs: int,
    store: str,
    amqp_url: str | None,
) -> Answer:
    """Measure receipted Form Ds a second on RabbitMQ, in processes as in production.

    Two gateways and a router run as they always do. The clock runs from making the first national
    payload visible to the exporting gateway until that gateway has committed the importing
    gateway's receipt (AS2) of every document. Beside it a bare pipe moves octets of the same sizes
    over the same queues in as many processes and does nothing else.
    """
    from swb.sandbox.bench.machine import describe_machine  # noqa: PLC0415 - slow to import
    from swb.sandbox.bench.road import (  # noqa: PLC0415 - as above
        describe_road,
        run_road_bench,
    )

    tell = make_tell()

    with tempfile.TemporaryDirectory(prefix="swb-bench-") as folder:
        result = run_in_order(
            run_road_bench(
                Path(folder),
                documents=documents,
                items=items,
                protect=protect,
                evidence=evidence,
                turns=runs,
                amqp_url=amqp_url,
                store=store,
                tell=tell,
            )
        )
    case = describe_road(result)
    value = {**case.model_dump(), "machine": describe_machine().model_dump()}
    return Answer(value=value, text=spell_road(case))


def spell_road(case: RoadCase) -> str:
    """Write one case of the road for people."""
    sides = {"road": case.road, "bare pipe": case.bare_pipe}
    lines = [f"{'':<10}  {'Form Ds/s':>10}  {'median ms':>10}  {'p95 ms':>10}  {'p99 ms':>10}"]
    lines += [
        f"{name:<10}  {side.documents_per_second:>10.1f}"
        + "".join(
            f"  {seconds * 1000:>10.1f}"
            for seconds in (
                side.latency_at_half_load.median_seconds,
                side.latency_at_half_load.p95_seconds,
                side.latency_at_half_load.p99_seconds,
            )
        )
        for name, side in sides.items()
    ]
    latency = case.road.latency_ratio_to_bare_pipe or {}
    lines += ["", f"road / bare pipe: {case.road.ratio_to_bare_pipe:.3f}"]
    if case.road.ratio_to_grouping_pipe is not None:
        lines.append(
            "road / bare pipe that groups receipts as the road does: "
            f"{case.road.ratio_to_grouping_pipe:.3f}"
        )
    lines.append(
        "latency, road / bare pipe: "
        + ", ".join(f"{name} {ratio:.2f}" for name, ratio in latency.items())
    )
    lines.append(
        "median ms at full load: "
        + ", ".join(
            f"{name} {side.latency_at_full_load.median_seconds * 1000:.1f}"
            for name, side in sides.items()
        )
    )
    body = "encrypted" if case.protected else "clear"
    stamped = "time-stamped and logged" if case.evidence else "without evidence"
    lines.append(
        f"{case.documents} Form Ds of {case.items} items, {body}, {stamped}, {case.store}; medians "
        f"of {case.runs}; latency from the door to the receipt, at half load"
    )
    lines.append(
        "octets a message: " + ", ".join(f"{kind} {size:,}" for kind, size in case.sizes.items())
    )
    lines.append(
        "messages a document on the road: "
        + ", ".join(f"{kind} {count:.2f}" for kind, count in case.messages_per_document.items())
    )
    for name, side in sides.items():
        if side.cpu_seconds_per_document:
            used = ", ".join(
                f"{process} {each * 1000:.2f}"
                for process, each in side.cpu_seconds_per_document.items()
            )
            lines.append(f"processor ms a document, {name}: {used}")
    return "\n".join(lines)
