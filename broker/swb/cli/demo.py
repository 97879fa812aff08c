"""``swb demo``: the main job on one machine, on embedded defaults or over RabbitMQ."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.app.provision import open_rabbitmq
from swb.cli.entry import wants_json
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.observability import configure_logs
from swb.sandbox.demo import DemoResult, draw_certificates, run_demo
from swb.sandbox.keeping import keep_region
from swb.sandbox.region import lay_out_region, list_states
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["command"]

_FIGURES: Final = (
    "documents",
    "delivered",
    "given",
    "not_given",
    "pending",
    "lost",
    "duplicated",
    "refused",
)
_PATIENCE: Final = 60.0
"""Seconds that a demonstration may take, beside what its documents need."""
_PATIENCE_A_DOCUMENT: Final = 0.5


@click.command("demo", short_help="Send Form Ds across a border and back.")
@click.option(
    "--documents",
    default=20,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many certificates, in both directions in turn.",
)
@click.option(
    "--transport",
    default="embedded",
    show_default=True,
    type=click.Choice(["embedded", "rabbitmq"]),
    help="What carries the messages.",
)
@click.option(
    "--seed", default=1, show_default=True, type=int, help="What goods and answers are drawn from."
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave every message, sealed document and payload, the roots and the bundle in DIR.",
)
@click.option(
    "--amqp-url",
    metavar="URL",
    envvar="SWB_AMQP_URL",
    help="A RabbitMQ with the vhosts swb.TH and swb.VN, in place of a private one [SWB_AMQP_URL].",
)
@click.option(
    "--protect/--clear",
    default=False,
    show_default=True,
    help="Whether document bodies are encrypted for the receiving gateway.",
)
def command(  # noqa: PLR0917 - one for each option
    documents: int,
    transport: str,
    seed: int,
    keep: Path | None,
    amqp_url: str | None,
    protect: bool,
) -> Answer:
    """Run gateways, router and simulated authorities of two states on this machine.

    Certificates of origin (Form D) cross the border in both directions; each is followed through
    AS1, AS2, AS3 and the customs receipt (RES) to GIVEN, NOT GIVEN or PENDING. Authorities,
    traders and goods are simulated; everything else is real.

    Exit status: 0 when nothing was lost, doubled or refused, 1 otherwise.
    """
    configure_logs(level=logging.ERROR)
    if keep is not None and keep.exists() and any(keep.iterdir()):
        message = f"expected {keep} to be empty or missing"
        raise RefusedError("demo.keep_not_empty", message, actor=Actor.OPERATOR)
    with tempfile.TemporaryDirectory(prefix="swb-demo-") as folder:
        result = asyncio.run(
            _demonstrate(
                Path(folder),
                documents=documents,
                transport=transport,
                seed=seed,
                keep=keep,
                amqp_url=amqp_url,
                protect=protect,
            )
        )
    return _answer(result, keep)


async def _demonstrate(
    folder: Path,
    *,
    documents: int,
    transport: str,
    seed: int,
    keep: Path | None,
    amqp_url: str | None,
    protect: bool,
) -> DemoResult:
    states = list_states()
    async with AsyncExitStack() as stack:
        url = None
        if transport == "rabbitmq":
            url = await stack.enter_async_context(open_rabbitmq(amqp_url, states))
            if amqp_url is not None:
                from swb.sandbox.pipe import check_idle  # noqa: PLC0415 - needs an extra

                await check_idle(url, states)
        now = SystemClock().now()
        region = await lay_out_region(
            folder / "region", states=states, at=now, amqp_url=url, seed=seed, protect=protect
        )
        certificates = draw_certificates(
            states=states, documents=documents, seed=seed, on=now.date()
        )
        with _progress(documents) as advance:
            result = await run_demo(
                region,
                certificates,
                seed=seed,
                transport=transport,
                on_progress=advance,
                give_up_after=_PATIENCE + documents * _PATIENCE_A_DOCUMENT,
            )
        if keep is not None:
            try:
                await keep_region(region, keep)
            except OSError as cause:
                message = f"expected to write into {keep}: {cause.strerror}"
                raise UnavailableError("demo.keep_unwritable", message) from cause
    return result


class _progress:  # noqa: N801 - used as a context, like a function
    """A progress bar on standard error, where a person looks on."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - slow to import
        from rich.progress import (  # noqa: PLC0415 - slow to import
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._bar = Progress(
            TextColumn("Form Ds whose road has ended"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=wants_json(),
            transient=False,
        )
        self._total = total

    def __enter__(self) -> Callable[[int], None]:
        self._bar.start()
        task = self._bar.add_task("road", total=self._total)
        return lambda ended: self._bar.update(task, completed=ended)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _answer(result: DemoResult, keep: Path | None) -> Answer:
    value: dict[str, object] = {name: result.total(name) for name in _FIGURES}
    value["seconds"] = round(result.seconds, 3)
    value["transport"] = result.transport
    value["pairs"] = [
        {"from": each.pop("exporting"), "to": each.pop("importing"), **each}
        for each in (asdict(pair) for pair in result.pairs)
    ]
    bad = {name: result.total(name) for name in ("lost", "duplicated", "refused")}
    failure = None
    if any(bad.values()):
        told = ", ".join(f"{count} {name}" for name, count in bad.items())
        failure = explain_failure(
            RefusedError(
                "demo.incomplete",
                f"expected every document to arrive once, found {told}",
                actor=Actor.OPERATOR,
            )
        )
    return Answer(value=value, text=_table(result, keep), failure=failure)


def _table(result: DemoResult, keep: Path | None) -> str:
    heads = ("", *(name.replace("_", " ") for name in _FIGURES))
    rows = [
        (f"{pair.exporting} to {pair.importing}", *(getattr(pair, name) for name in _FIGURES))
        for pair in result.pairs
    ]
    rows.append(("all", *(result.total(name) for name in _FIGURES)))
    widths = [max(len(str(row[at])) for row in (heads, *rows)) for at in range(len(heads))]
    lines = [
        "  ".join(
            str(cell).ljust(width) if at == 0 else str(cell).rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    ]
    lines.append("")
    lines.append(f"{result.seconds:.1f} s over the {result.transport} transport")
    if keep is not None:
        lines.append(f"kept in {keep}: messages, sealed, national, trust")
    return "\n".join(lines)
