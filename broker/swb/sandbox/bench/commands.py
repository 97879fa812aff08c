"""The command line as people start it, in a process of its own, and what that takes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

__all__ = ["BARE_PYTHON", "SWB", "Ran", "give_up_after", "run_command", "start_command"]

BARE_PYTHON: Final = (sys.executable, "-c", "pass")
SWB: Final = (sys.executable, "-m", "swb.cli")
_PATIENCE: Final = 300.0
"""Seconds that any command may take, beside what its documents need."""
_PATIENCE_A_DOCUMENT: Final = 1.0
"""More than `swb demo` gives itself, which then tells what is missing."""
_TAIL: Final = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that came to its end.

    Attributes:
        seconds: From its start.
        output: What it wrote to standard output.
    """

    seconds: float
    output: bytes


@asynccontextmanager
async def start_command(
    command: Sequence[str], folder: Path, *, documents: int = 0
) -> AsyncIterator[asyncio.Task[Ran]]:
    """Start a command; it does not outlive the context.

    Args:
        command: Program and arguments.
        folder: For its temporary files.
        documents: That it sends; it may take longer for each.

    Raises:
        UnavailableError: ``bench.process_failed``; waiting for it: ``bench.too_slow``,
            ``bench.process_ended``, where its exit status is not 0.
    """
    begun = time.perf_counter()
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,
        )
    except OSError as cause:
        message = f"expected to start {' '.join(command)}: {cause.strerror}"
        raise UnavailableError("bench.process_failed", message) from cause
    patience = give_up_after(documents)
    ending = asyncio.create_task(_wait_for(process, command, begun, patience))
    try:
        yield ending
    finally:
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_command(command: Sequence[str], folder: Path, *, documents: int = 0) -> Ran:
    """Run a command to its end; see `start_command`."""
    async with start_command(command, folder, documents=documents) as ending:
        return await ending


def give_up_after(documents: int) -> float:
    """Say how many seconds a command may take that sends so many documents."""
    return _PATIENCE + documents * _PATIENCE_A_DOCUMENT


async def _wait_for(
    process: asyncio.subprocess.Process, command: Sequence[str], begun: float, patience: float
) -> Ran:
    try:
        async with asyncio.timeout(patience):
            output, told = await process.communicate()
    except TimeoutError as cause:
        message = f"expected {' '.join(command)} to end within {patience:.0f} s"
        raise UnavailableError("bench.too_slow", message) from cause
    if process.returncode:
        tail = told.decode(errors="replace").strip()[-_TAIL:]
        message = f"{' '.join(command)} ended with status {process.returncode}: {tail}"
        raise UnavailableError("bench.process_ended", message)
    return Ran(seconds=time.perf_counter() - begun, output=output)
