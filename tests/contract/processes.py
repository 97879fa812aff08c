"""Starts `victim` processes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

__all__ = ["Victim", "Victims"]


class Victim:
    """A running victim."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def hear(self, count: int, *, within: float = 20.0) -> list[str]:
        """Wait for so many lines."""
        assert self._process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(within):
            while len(lines) < count:
                line = await self._process.stdout.readline()
                assert line, "the victim ended before its time"
                lines.append(line.decode().strip())
        return lines

    async def kill(self) -> list[str]:
        """End it without warning, and return what else it had said."""
        assert self._process.stdout is not None
        self._process.kill()
        rest = await self._process.stdout.read()
        await self._process.wait()
        # A last line without its end was not fully said.
        return [line.decode() for line in rest.split(b"\n")[:-1]]

    async def end(self, *, within: float = 40.0) -> tuple[int, list[str]]:
        """Wait until it ends by itself.

        Returns:
            Its exit status (-9 is its own SIGKILL) and what it said.
        """
        async with asyncio.timeout(within):
            said, _ = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, said.decode().splitlines()


class Victims:
    """Starts victims.

    Args:
        command: How `victim` is called.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    @contextlib.asynccontextmanager
    async def __call__(self, *arguments: str) -> AsyncIterator[Victim]:
        """Start one; it does not outlive the test."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *arguments,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield Victim(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()
