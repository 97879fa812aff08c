"""``swb bench pages``: how long what pages ask takes with many documents."""

from __future__ import annotations

import logging
import os
import platform
from typing import TYPE_CHECKING

import click

from swb.cli.ending import run_in_order
from swb.cli.entry import make_tell
from swb.cli.outcome import Failure, Status
from swb.cli.output import Answer
from swb.observability import configure_logs
from swb_schemas.errors import Actor

if TYPE_CHECKING:
    from swb.sandbox.bench.pages import PagesBench

__all__ = ["command", "describe_pages_bench"]


@click.command("pages", short_help="Measure what pages ask, with many documents.")
@click.option(
    "--documents",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(100, 10_000_000),
    help="Certificates in the store, each with its message and its facts.",
)
@click.option(
    "--times",
    default=200,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How often each question is asked.",
)
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="NAME",
    help="Ask only this one; may be given several times.",
)
def command(documents: int, times: int, questions: tuple[str, ...]) -> Answer:
    """Measure searches, lists, every page and all that the API shows, on a private PostgreSQL.

    The server is filled with documents of 400 days, nine partners and three types; their figures
    are counted by the same follower as in a daemon. Then each question is asked again and again,
    about other documents and days. A million documents take some ten minutes and 4 GB of disk.

    Exit status: 0 when 95 of 100 answers to each question came in the time that it may take.
    """
    from swb.sandbox.bench.pages import QUESTIONS, run_pages_bench  # noqa: PLC0415 - slow to import

    known = [each.name for each in QUESTIONS]
    for name in questions:
        if name not in known:
            message = f"expected one of {'; '.join(known)}, found {name[:80]!r}"
            raise click.UsageError(message)
    configure_logs(level=logging.CRITICAL)
    result = run_in_order(
        run_pages_bench(
            documents=documents,
            times=times,
            only=questions,
            tell=make_tell(),
        )
    )
    return describe_pages_bench(result)


def describe_pages_bench(result: PagesBench) -> Answer:
    """Make the command's answer; it is a failure where a question took too long."""
    slow = [each for each in result.asked if not each.is_in_time]
    value: dict[str, object] = {
        "documents": result.documents,
        "facts": result.facts,
        "fill_seconds": round(result.fill_seconds, 1),
        "count_seconds": round(result.count_seconds, 1),
        "questions": [
            {
                "name": each.question.name,
                "median_ms": round(each.median * 1000, 2),
                "p95_ms": round(each.p95 * 1000, 2),
                "longest_ms": round(each.longest * 1000, 2),
                "within_ms": round(each.question.within * 1000),
                "in_time": each.is_in_time,
            }
            for each in result.asked
        ],
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
    }
    failure = None
    if slow:
        message = f"expected every answer in time, found {len(slow)} question(s) that took longer"
        failure = Failure(
            code="bench.too_slow",
            actor=Actor.OPERATOR,
            final=False,
            message=message,
            status=Status.UNAVAILABLE,
        )
    return Answer(value=value, text=_table(result), failure=failure)


def _table(result: PagesBench) -> str:
    lines = [f"{'median':>10}{'p95':>10}{'longest':>10}{'within':>10}"]
    for each in result.asked:
        times = (each.median, each.p95, each.longest, each.question.within)
        cells = "".join(f"{seconds * 1000:>7.1f} ms" for seconds in times)
        late = "" if each.is_in_time else "  TOO LONG"
        lines.append(f"{cells}  {each.question.name}{late}")
    rate = result.facts / max(result.count_seconds, 1e-9)
    lines += [
        "",
        f"{result.documents:,} documents, filled in {result.fill_seconds:.0f} s",
        f"{result.facts:,} facts and remarks, counted at {rate:,.0f} a second",
    ]
    return "\n".join(lines)
