"""``swb bench reconcile``: one lost document of many."""

from __future__ import annotations

import logging
import os
import platform
import tempfile
from pathlib import Path

import click

from swb.cli.ending import run_in_order
from swb.cli.output import Answer

__all__ = ["command"]


@click.command("reconcile", short_help="Measure finding one lost document of many.")
@click.option(
    "--documents",
    default=100_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Documents of the day on each side.",
)
def command(documents: int) -> Answer:
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
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
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
