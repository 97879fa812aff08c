"""``swb bench rules``: the rule book beside a bare pass."""

from __future__ import annotations

import os
import platform
from datetime import date
from typing import TYPE_CHECKING

import click

from swb.cli.output import Answer

if TYPE_CHECKING:
    from swb.sandbox.bench.rules import RulesBench

__all__ = ["command"]


@click.command("rules", short_help="Measure the rule book beside a bare pass.")
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
def command(documents: int, items: int, runs: int) -> Answer:
    """Measure how many Form Ds a second all rules together judge on one core.

    The Form Ds are valid ones over all boxes and criteria, judged where and when they are issued,
    with the originals of back-to-back certificates known. Seconds are those of the processor.
    Beside it a bare pass reads every attribute that the rules read, once, and decides nothing.
    """
    from swb.sandbox.bench.rules import run_rules_bench  # noqa: PLC0415 - slow to import

    result = run_rules_bench(
        documents=documents, items=items, turns=runs, seed=1, until=date(2026, 11, 22)
    )
    return Answer(value=_value(result), text=_table(result))


def _value(result: RulesBench) -> dict[str, object]:
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
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
    }


def _table(result: RulesBench) -> str:
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
