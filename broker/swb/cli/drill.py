"""``swb drill``: a malicious router against real gateways, on one page; and faults of our own."""

from __future__ import annotations

import logging
import re
import tempfile
import time
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import click

from swb.cli.drill_chaos import command as chaos
from swb.cli.drill_faults import command as faults
from swb.cli.ending import run_in_order
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.observability import configure_logs
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.sandbox.drill import Outcome

__all__ = ["command", "describe_drill"]

_WIDTH: Final = 100
_POLL_SECONDS: Final = 0.05
"""How long the gateways of a drill rest."""
_UNNOTICED: Final = "UNNOTICED"


@click.group("drill", short_help="Try out what notices what.")
def command() -> None:
    """Mount attacks for good, and show who noticed them; crash for good, and show what is left."""


command.add_command(faults)
command.add_command(chaos)


@command.command("region", short_help="A malicious router against real gateways.")
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave every proof, and the trust bundle that judges it, in DIR.",
)
def region(keep: Path | None) -> Answer:
    """Run a malicious router against the gateways of two states.

    Gateways, router, log and keys are real, in a region of their own on this machine. The router
    reads, alters, re-addresses, replays, delays, drops, forges in others' names, rolls its log back
    and forks it. For each attack the page says who noticed, and by what proof. An honest
    certificate arrives before the first attack and after the last.

    Exit status: 0 when every attack was noticed, 1 otherwise.
    """
    configure_logs(level=logging.CRITICAL)
    if keep is not None:
        _make_room(keep)
    with tempfile.TemporaryDirectory(prefix="swb-drill-") as folder:
        begun = time.monotonic()
        outcomes, bundle = run_in_order(_drill(Path(folder)))
        seconds = time.monotonic() - begun
    if keep is not None:
        _keep(outcomes, bundle, keep)
    return describe_drill(outcomes, seconds=seconds, keep=keep)


async def _drill(folder: Path) -> tuple[list[Outcome], bytes]:
    from swb.sandbox.drill import run_drill  # noqa: PLC0415 - slow to import
    from swb.sandbox.region import lay_out_region  # noqa: PLC0415 - slow to import

    laid_out = await lay_out_region(
        folder / "region",
        at=SystemClock().now(),
        answers=False,
        limits={"poll_seconds": _POLL_SECONDS},
    )
    return await run_drill(laid_out), laid_out.bundle.read_bytes()


# --- what is left behind -----------------------------------------------------------------------


def _make_room(keep: Path) -> None:
    try:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            message = f"expected {keep} to be empty or missing"
            raise RefusedError("demo.keep_not_empty", message, actor=Actor.OPERATOR)
    except OSError as cause:
        message = f"expected to write into {keep}: {cause.strerror}"
        raise UnavailableError("demo.keep_unwritable", message) from cause


def _keep(outcomes: Sequence[Outcome], bundle: bytes, keep: Path) -> None:
    try:
        (keep / "bundle.json").write_bytes(bundle)
        for at, outcome in enumerate(outcomes, start=1):
            if outcome.file:
                (keep / _file_name(at, outcome)).write_bytes(outcome.file)
    except OSError as cause:
        message = f"expected to write into {keep}: {cause.strerror}"
        raise UnavailableError("demo.keep_unwritable", message) from cause


def _file_name(at: int, outcome: Outcome) -> str:
    words = re.sub(r"[^a-z]+", "-", outcome.attack.lower()).strip("-")
    return f"{at:02}-{words}{outcome.suffix}"


# --- the page ----------------------------------------------------------------------------------


def describe_drill(outcomes: Sequence[Outcome], *, seconds: float, keep: Path | None) -> Answer:
    """Make the command's answer; it is a failure when an attack went unnoticed."""
    unnoticed = [each.attack for each in outcomes if not each.noticed]
    value: dict[str, object] = {
        "seconds": round(seconds, 3),
        "mounted": len(outcomes),
        "noticed": len(outcomes) - len(unnoticed),
        "attacks": [
            {
                "attack": each.attack,
                "noticed": each.noticed,
                "noticed_by": each.noticed_by or None,
                "met": each.code or None,
                "proof": each.proof or None,
                "file": _file_name(at, each) if keep and each.file else None,
            }
            for at, each in enumerate(outcomes, start=1)
        ],
    }
    failure = None
    if unnoticed:
        message = f"expected every attack to be noticed, found that nobody did: {unnoticed}"
        failure = explain_failure(RefusedError("drill.unnoticed", message, actor=Actor.OPERATOR))
    return Answer(value=value, text="\n".join(_spell(outcomes, seconds, keep)), failure=failure)


def _spell(outcomes: Sequence[Outcome], seconds: float, keep: Path | None) -> Iterator[str]:
    rows = [
        ("the router", "who noticed", "met", "proof"),
        *(
            (each.attack, each.noticed_by or _UNNOTICED, each.code or "-", each.proof or "-")
            for each in outcomes
        ),
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    left = sum(widths) + 2 * len(widths)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        first, *rest = wrap(row[3], max(30, _WIDTH - left)) or [""]
        yield "  ".join([*cells, first]).rstrip()
        yield from (f"{'':{left}}{line}" for line in rest)
    noticed = sum(each.noticed for each in outcomes)
    yield ""
    yield (
        f"{len(outcomes)} attacks mounted, {noticed} noticed, in {seconds:.1f} s; an honest "
        f"certificate arrived before the first and after the last"
    )
    if keep is None:
        yield "Add --keep DIR to have the proofs as files."
    else:
        yield f"Proofs and the trust bundle that judges them are in {keep}"
