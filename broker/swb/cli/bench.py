"""``swb bench``: figures of this machine, each beside the floor that it stands on."""

from __future__ import annotations

import logging
import os
import platform
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.bench_adapters import command as adapters
from swb.cli.bench_flood import flood
from swb.cli.bench_growth import command as growth
from swb.cli.bench_nodes import command as nodes
from swb.cli.bench_pages import command as pages
from swb.cli.bench_scale import command as scale
from swb.cli.bench_soak import command as soak
from swb.cli.ending import run_in_order
from swb.cli.entry import wants_json
from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.bench.catch_up import CatchUpBench, Steady
    from swb.sandbox.bench.road import RoadBench, Side
    from swb.sandbox.bench.rules import RulesBench

__all__ = ["command"]


@click.group("bench", short_help="Measure the road of a document, and the rules.")
def command() -> None:
    """Measure on this machine, each figure beside its floor from the same run."""


command.add_command(adapters)
command.add_command(growth)
command.add_command(nodes)
command.add_command(pages)
command.add_command(scale)


command.add_command(flood)


command.add_command(soak)


@command.command("road", short_help="Measure the road beside a bare pipe.")
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
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with the idle vhosts swb.TH and swb.VN, in place of a private one "
    "[SWB_AMQP_URL].",
)
def road(  # noqa: PLR0917 - one for each option
    documents: int,
    items: int,
    protect: bool,
    evidence: bool,
    runs: int,
    amqp_url: str | None,
) -> Answer:
    """Measure receipted Form Ds a second on RabbitMQ, in processes as in production.

    Two gateways and a router run as they always do. The clock runs from making the first national
    payload visible to the exporting gateway until that gateway has committed the importing
    gateway's receipt (AS2) of every document. Beside it a bare pipe moves octets of the same sizes
    over the same queues in as many processes and does nothing else.
    """
    from swb.sandbox.bench.road import run_road_bench  # noqa: PLC0415 - slow to import

    quiet = wants_json()

    def tell(what: str) -> None:
        if not quiet:
            click.echo(what, err=True)

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
                tell=tell,
            )
        )
    return Answer(value=_value(result), text=_table(result))


@command.command("rules", short_help="Measure the rule book beside a bare pass.")
@click.option(
    "--documents",
    default=1000,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Form Ds of each measurement.",
)
@click.option(
    "--items",
    default=10,
    show_default=True,
    type=click.IntRange(1, 50),
    help="Items of each Form D.",
)
@click.option(
    "--runs",
    default=5,
    show_default=True,
    type=click.IntRange(1, 25),
    help="How often rule book and bare pass take turns; medians are shown.",
)
def rules(documents: int, items: int, runs: int) -> Answer:
    """Measure how many Form Ds a second all rules together judge on one core.

    The Form Ds are valid ones over all boxes and criteria, judged where and when they are issued,
    with the originals of back-to-back certificates known. Seconds are those of the processor.
    Beside it a bare pass reads every attribute that the rules read, once, and decides nothing.
    """
    from swb.sandbox.bench.rules import run_rules_bench  # noqa: PLC0415 - slow to import

    result = run_rules_bench(
        documents=documents, items=items, turns=runs, seed=1, until=date(2026, 11, 22)
    )
    return Answer(value=_rules_value(result), text=_rules_table(result))


@command.command("catch-up", short_help="Measure a returned state's backlog.")
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
def catch_up(waiting: int, rate: float, seconds: float, share: float, octets: int) -> Answer:
    """Measure how the backlog of a returned state drains, and what the others notice.

    A router's store, lines and dispatch: first the others' traffic alone, then beside the backlog
    at its share, then the backlog alone with the whole capacity.
    """
    from swb.sandbox.bench.catch_up import run_catch_up_bench  # noqa: PLC0415 - slow to import

    quiet = wants_json()

    def tell(what: str) -> None:
        if not quiet:
            click.echo(what, err=True)

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
    return Answer(value=_catch_up_value(result), text=_catch_up_table(result))


def _catch_up_value(result: CatchUpBench) -> dict[str, object]:
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
        "machine": _machine(),
    }


def _steady(steady: Steady) -> dict[str, float]:
    return {
        "messages_per_second": round(steady.per_second, 2),
        "median_seconds": round(steady.median_seconds, 5),
        "p95_seconds": round(steady.p95_seconds, 5),
    }


def _catch_up_table(result: CatchUpBench) -> str:
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


@command.command("reconcile", short_help="Measure finding one lost document of many.")
@click.option(
    "--documents",
    default=100_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Documents of the day on each side.",
)
def reconcile(documents: int) -> Answer:
    """Measure how long swb reconcile takes to name a document that was deleted, and to repair it.

    Two gateways and a router run; one document of the day is deleted from the importing gateway's
    store, after both sides had found that they agree. The command runs in processes of its own: it
    names the document at either gateway, repairs it, and finds both sides equal.
    """
    from swb.observability import configure_logs  # noqa: PLC0415 - slow to import
    from swb.sandbox.bench.reconcile import run_reconcile_bench  # noqa: PLC0415 - as above

    configure_logs(level=logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="swb-bench-") as folder:
        result = run_in_order(run_reconcile_bench(Path(folder), documents=documents))
    value = {
        "documents": result.documents,
        "named": result.named,
        "repaired": result.repaired,
        "seconds_to_name": round(result.seconds_to_name, 3),
        "seconds_to_name_at_sender": round(result.seconds_to_name_at_sender, 3),
        "seconds_to_repair": round(result.seconds_to_repair, 3),
        "seconds_when_equal": round(result.seconds_again, 3),
        "processor_seconds": round(result.processor_seconds, 3),
        "machine": _machine(),
    }
    named = "named" if result.named else "NOT named"
    repaired = "repaired" if result.repaired else "NOT repaired"
    text = (
        f"1 of {result.documents:,} lost: {named} in {result.seconds_to_name:.1f} s, "
        f"at its sender in {result.seconds_to_name_at_sender:.1f} s, "
        f"{repaired} in {result.seconds_to_repair:.1f} s, equal again in "
        f"{result.seconds_again:.1f} s"
    )
    return Answer(value=value, text=text)


def _machine() -> dict[str, object]:
    return {"processors": os.cpu_count(), "python": platform.python_version()}


def _rules_value(result: RulesBench) -> dict[str, object]:
    return {
        "documents": result.documents,
        "items": result.items,
        "runs": len(result.rules.seconds),
        "rules": {
            "documents_per_second": round(result.rules.documents_per_second, 1),
            "runs": [round(each, 1) for each in result.rules.rates],
            "count": result.lines,
            "findings": result.findings,
            "ratio_to_bare_pass": round(result.ratio, 4),
        },
        "bare_pass": {
            "documents_per_second": round(result.bare_pass.documents_per_second, 1),
            "runs": [round(each, 1) for each in result.bare_pass.rates],
        },
        "machine": _machine(),
    }


def _rules_table(result: RulesBench) -> str:
    sides = {"all rules": result.rules, "bare pass": result.bare_pass}
    lines = [f"{'':<10}  {'Form Ds/s':>10}  {'us each':>10}"]
    lines += [
        f"{name:<10}  {side.documents_per_second:>10,.0f}"
        f"  {1_000_000 / side.documents_per_second:>10.1f}"
        for name, side in sides.items()
    ]
    lines += ["", f"all rules / bare pass: {result.ratio:.3f}"]
    lines.append(
        f"{result.lines} rules, {result.documents} Form Ds of {result.items} items, "
        f"{result.findings} findings; medians of {len(result.rules.seconds)}, of processor time"
    )
    return "\n".join(lines)


def _value(result: RoadBench) -> dict[str, object]:
    road_side = _side(result.road)
    road_side["ratio_to_bare_pipe"] = round(result.ratio, 4)
    return {
        "documents": result.documents,
        "items": result.items,
        "protected": result.protected,
        "evidence": result.evidence,
        "runs": len(result.road.turns),
        "road": road_side,
        "bare_pipe": _side(result.pipe),
        "sizes": dict(result.sizes),
        "machine": _machine(),
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "documents_per_second": round(side.documents_per_second, 2),
        "runs": [round(turn.full.documents_per_second, 2) for turn in side.turns],
        "latency_at_half_load": {
            "median_seconds": round(side.latency(50), 5),
            "p95_seconds": round(side.latency(95), 5),
        },
        "cpu_seconds_per_document": {name: round(used, 6) for name, used in side.cpu.items()},
    }


def _table(result: RoadBench) -> str:
    sides = {"road": result.road, "bare pipe": result.pipe}
    lines = [f"{'':<10}  {'Form Ds/s':>10}  {'median ms':>10}  {'p95 ms':>10}"]
    lines += [
        f"{name:<10}  {side.documents_per_second:>10.1f}  {side.latency(50) * 1000:>10.1f}"
        f"  {side.latency(95) * 1000:>10.1f}"
        for name, side in sides.items()
    ]
    lines += ["", f"road / bare pipe: {result.ratio:.3f}"]
    body = "encrypted" if result.protected else "clear"
    stamped = "time-stamped and logged" if result.evidence else "without evidence"
    lines.append(
        f"{result.documents} Form Ds of {result.items} items, {body}, {stamped}; medians of "
        f"{len(result.road.turns)}; latency from the door to the receipt, at half load"
    )
    lines.append(
        "octets a message: " + ", ".join(f"{kind} {size:,}" for kind, size in result.sizes.items())
    )
    for name, side in sides.items():
        if side.cpu:
            used = ", ".join(f"{process} {each * 1000:.2f}" for process, each in side.cpu.items())
            lines.append(f"processor ms a document, {name}: {used}")
    return "\n".join(lines)
