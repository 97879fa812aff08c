"""Processes of a measurement: started, watched, ended whatever happens, and what they cost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Sequence

__all__ = ["Child", "Program", "read_cpu_seconds", "run_beside", "start_children", "sum_cpu_of"]

T = TypeVar("T")

_STOP_FOR: Final = 40.0
"""Seconds that a child may take to end; then it is killed."""
_LOG_TAIL: Final = 1_500
"""Octets of a log that an error shows."""
_PROC: Final = Path("/proc")
_STAT_PARENT, _STAT_UTIME, _STAT_STIME = 1, 11, 12
"""Fields of /proc/PID/stat (proc(5)), counted from the state, which follows the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a child runs.

    Attributes:
        name: For people and for the name of its log.
        module: Run as ``python -m``; it must end when its standard input closes.
        arguments: Nothing secret: everybody on the machine sees them.
    """

    name: str
    module: str
    arguments: Sequence[str] = ()


class Child:
    """One running child.

    Args:
        name: For people.
        process: The process, its standard input and output pipes.
        log: Where its standard error goes.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._log = log

    async def ask(self, line: str) -> None:
        """Write one line to its standard input."""
        if self._process.stdin is not None:
            self._process.stdin.write(f"{line}\n".encode())
            with contextlib.suppress(ConnectionError):
                await self._process.stdin.drain()

    async def hear(self) -> str:
        """Read one line of its standard output.

        Raises:
            UnavailableError: ``bench.process_ended``.
        """
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            await self.watch()
        return line.decode().rstrip("\n")

    async def watch(self) -> NoReturn:
        """Wait until it ends, which it should not.

        Raises:
            UnavailableError: ``bench.process_ended``, with the end of its log.
        """
        status = await self._process.wait()
        message = f"{self.name} ended with status {status}: {_tail(self._log)}"
        raise UnavailableError("bench.process_ended", message)

    async def stop(self) -> None:
        """Have it end in order, or else end it. Safe to repeat."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_FOR):
                await self._process.wait()
        except TimeoutError:
            await self._kill()
        except asyncio.CancelledError:
            await self._kill()
            raise

    async def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def start_children(programs: Sequence[Program], folder: Path) -> AsyncIterator[list[Child]]:
    """Have children run while the context lasts; logs go into the folder.

    Raises:
        UnavailableError: ``bench.process_failed``: one cannot be started, or does not end.
    """
    async with AsyncExitStack() as stack:
        children = []
        for program in programs:
            child = await _start(program, folder)
            stack.push_async_callback(child.stop)
            children.append(child)
        try:
            yield children
        finally:
            # All at once; the stack sees to those that this does not reach.
            await asyncio.gather(*(child.stop() for child in children), return_exceptions=True)


async def run_beside(
    children: Sequence[Child], work: Coroutine[object, object, T], *, give_up_after: float
) -> T:
    """Do some work as long as all children live.

    Args:
        children: What the work needs.
        work: What to do.
        give_up_after: Seconds.

    Raises:
        UnavailableError: ``bench.process_ended``, ``bench.too_slow``, or what the work raises.
    """
    working = asyncio.create_task(work)
    watching = [asyncio.create_task(child.watch()) for child in children]
    tasks: list[asyncio.Task[T] | asyncio.Task[NoReturn]] = [working, *watching]
    try:
        done, _ = await asyncio.wait(
            tasks, timeout=give_up_after, return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            message = f"expected an end within {give_up_after:.0f} s"
            raise UnavailableError("bench.too_slow", message)
        for ended in watching:
            if ended in done:
                await ended
        return await working
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def read_cpu_seconds(pid: int) -> float | None:
    """Read what a process has used on all its threads; None where the system cannot tell."""
    fields = _read_stat(_PROC / str(pid))
    if fields is None:
        return None
    return (int(fields[_STAT_UTIME]) + int(fields[_STAT_STIME])) / os.sysconf("SC_CLK_TCK")


def sum_cpu_of(name: str) -> float | None:
    """Sum what all descendants of this process with a name have used; None without any."""
    parents: dict[int, int] = {}
    named: list[int] = []
    for entry in _PROC.glob("[0-9]*"):
        fields = _read_stat(entry)
        if fields is None:
            continue
        pid = int(entry.name)
        parents[pid] = int(fields[_STAT_PARENT])
        with contextlib.suppress(OSError):
            if (entry / "comm").read_text(encoding="utf-8").strip() == name:
                named.append(pid)
    used = [read_cpu_seconds(pid) for pid in named if _descends(pid, parents)]
    known = [seconds for seconds in used if seconds is not None]
    return sum(known) if known else None


def _descends(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False


def _read_stat(entry: Path) -> list[str] | None:
    try:
        text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


async def _start(program: Program, folder: Path) -> Child:
    log = folder / f"{program.name.replace(' ', '-')}.log"
    try:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                program.module,
                *program.arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                # An interrupt from the keyboard is for whoever measures; he ends his children.
                start_new_session=True,
            )
    except OSError as cause:
        message = f"expected to start {program.name}: {cause.strerror}"
        raise UnavailableError("bench.process_failed", message) from cause
    return Child(program.name, process, log)


def _tail(log: Path) -> str:
    try:
        octets = log.read_bytes()[-_LOG_TAIL:]
    except OSError:
        return "no log"
    return octets.decode(errors="replace").strip() or "it logged nothing"
