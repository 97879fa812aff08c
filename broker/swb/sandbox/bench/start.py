"""How long it takes to begin: the command's help beside bare Python, and the first document."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.sandbox.bench.commands import BARE_PYTHON, SWB, run_command, start_command
from swb.sandbox.bench.picture import StartFigures
from swb.simulator.authority import read_register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["run_start_bench"]

_HELPS_A_TURN: Final = 3
_TURNS_A_DEMONSTRATION: Final = 3
_LOOK_EVERY: Final = 0.01


async def run_start_bench(
    folder: Path, *, documents: int, turns: int, tell: Callable[[str], None]
) -> StartFigures:
    """Measure beginnings.

    Args:
        folder: Empty; demonstrations lie in it.
        documents: Of each demonstration.
        turns: Help is asked for three times as often, beside bare Python each time, and a third as
            many demonstrations are begun, one at least.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.process_failed``, ``bench.process_ended``, ``bench.too_slow``.
    """
    tell("start: swb --help and python -c pass")
    helps, bare = [], []
    for _ in range(_HELPS_A_TURN * turns):
        helps.append((await run_command((*SWB, "--help"), folder)).seconds)
        bare.append((await run_command(BARE_PYTHON, folder)).seconds)
    firsts, whole = [], []
    for number in range(1, max(1, turns // _TURNS_A_DEMONSTRATION) + 1):
        tell(f"start: demonstration {number}")
        place = folder / f"demonstration-{number}"
        place.mkdir()
        first, ended = await _time_demonstration(place, documents)
        firsts.append(first)
        whole.append(ended)
    pairs = zip(helps, bare, strict=True)
    return StartFigures(
        python_seconds=round(median(bare), 5),
        help_seconds=round(median(helps), 5),
        help_ratio_to_python=round(median(one / other for one, other in pairs), 3),
        demo_first_document_seconds=round(median(firsts), 3),
        demo_seconds=round(median(whole), 3),
        runs=len(helps),
    )


async def _time_demonstration(folder: Path, documents: int) -> tuple[float, float]:
    """Seconds until the first certificate is in the other state's register, and until the end."""
    begun = time.perf_counter()
    command = (*SWB, "demo", "--documents", str(documents), "--json")
    async with start_command(command, folder, documents=documents) as ending:
        while not (ending.done() or _has_arrived(folder)):  # noqa: ASYNC110 - another process
            await asyncio.sleep(_LOOK_EVERY)
        first = time.perf_counter() - begun
        ran = await ending
    return first, ran.seconds


def _has_arrived(folder: Path) -> bool:
    """Whether any state's single window has registered a certificate."""
    with suppress(OSError, ValueError):
        return any(read_register(each) for each in folder.glob("swb-demo-*/region/national/*"))
    return False
