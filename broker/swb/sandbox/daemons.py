"""Daemons of a region in processes of their own, to be killed, halted and started again at will."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

__all__ = ["Daemons", "start_nursery"]

_READY_WITHIN: Final = 30.0
"""Seconds for Python to import everything."""
_STOP_WITHIN: Final = 40.0
"""Seconds for an ordered shutdown."""
_LOG_TAIL: Final = 1_500
_LINE_LIMIT: Final = 1_048_576


@dataclass(slots=True)
class _Life:
    """One life of one daemon."""

    born: asyncio.Future[int]
    ended: asyncio.Future[int]
    log_from: int


@dataclass(slots=True)
class Daemons:
    """Starts and ends daemons by name; see `start_nursery`.

    Attributes:
        folder: Where each has its log.
        environment: What every daemon has beside its own.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _nursery: asyncio.subprocess.Process | None = None
    _lives: dict[str, _Life] = field(default_factory=dict)

    async def start(
        self, name: str, *configs: Path, environment: Mapping[str, str] | None = None
    ) -> int:
        """Start one daemon; returns its process's id.

        Args:
            name: Not running.
            configs: Its configuration files.
            environment: What it has beside everybody's.
        """
        loop = asyncio.get_running_loop()
        log = self.log(name)
        log.touch()
        life = _Life(loop.create_future(), loop.create_future(), log.stat().st_size)
        self._lives[name] = life
        order = {
            "name": name,
            "configs": [str(file) for file in configs],
            "log": str(log),
            "environment": {**self.environment, **(environment or {})},
        }
        stdin = self._nursery.stdin if self._nursery else None
        assert stdin is not None  # noqa: S101 - `start_nursery` makes no other
        stdin.write(json.dumps(order).encode() + b"\n")
        await stdin.drain()
        return await asyncio.shield(life.born)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a daemon, if it still runs."""
        life = self._lives[name]
        if not life.ended.done():
            with suppress(ProcessLookupError):
                os.kill(life.born.result(), number)

    async def kill(self, name: str) -> int:
        """End a daemon without warning; returns its status."""
        await asyncio.shield(self._lives[name].born)
        self.send(name, signal.SIGKILL)
        return await self.ended(name)

    async def stop(self, name: str) -> int:
        """Have a daemon end in order, or else end it; returns its status."""
        try:
            async with asyncio.timeout(_STOP_WITHIN):
                await asyncio.shield(self._lives[name].born)
                self.send(name, signal.SIGCONT)
                self.send(name, signal.SIGTERM)
                return await self.ended(name)
        except TimeoutError:
            return await self.kill(name)

    async def ended(self, name: str) -> int:
        """Wait until a daemon has ended; returns its status, negative for a signal."""
        return await asyncio.shield(self._lives[name].ended)

    def status(self, name: str) -> int | None:
        """How a daemon ended; None while it runs."""
        ended = self._lives[name].ended
        return ended.result() if ended.done() else None

    def pid(self, name: str) -> int:
        """The process's id."""
        return self._lives[name].born.result()

    def running(self) -> list[str]:
        """Names of those that run."""
        return [name for name, life in self._lives.items() if not life.ended.done()]

    async def until_started(self, name: str, *, within: float = 30.0) -> None:
        """Wait until a daemon says that it runs.

        Raises:
            UnavailableError: ``bench.process_ended``, ``bench.too_slow``.
        """
        log, life = self.log(name), self._lives[name]
        deadline = asyncio.get_running_loop().time() + within
        while b'"event": "started"' not in log.read_bytes()[life.log_from :]:
            if life.ended.done():
                message = f"{name} ended with {life.ended.result()}: {self.tail(name)}"
                raise UnavailableError("bench.process_ended", message)
            if asyncio.get_running_loop().time() > deadline:
                message = f"expected {name} to start within {within:.0f} s: {self.tail(name)}"
                raise UnavailableError("bench.too_slow", message)
            await asyncio.sleep(0.02)

    def log(self, name: str) -> Path:
        """What a daemon wrote to standard error, over all its lives."""
        return self.folder / f"{name}.log"

    def tail(self, name: str) -> str:
        """The end of a daemon's log."""
        return self.log(name).read_bytes()[-_LOG_TAIL:].decode(errors="replace")

    async def _listen(self, stream: asyncio.StreamReader, ready: asyncio.Future[None]) -> None:
        while line := await stream.readline():
            told: dict[str, Any] = json.loads(line)
            if "ready" in told:
                ready.set_result(None)
                continue
            life = self._lives[told["name"]]
            if "status" in told:
                life.ended.set_result(told["status"])
            else:
                life.born.set_result(told["pid"])


@asynccontextmanager
async def start_nursery(
    folder: Path, *, module: str = "swb.sandbox.nursery", environment: Mapping[str, str] = {}
) -> AsyncIterator[Daemons]:
    """Have daemons started by forks of one process; none outlives the context.

    Args:
        folder: For their logs.
        module: What is run in the place of the nursery; it has to end by calling it.
        environment: What that process has beside this one's.

    Raises:
        UnavailableError: ``bench.process_failed``.
    """
    with (folder / "nursery.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, **environment},
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
    daemons = Daemons(folder, _nursery=process)
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
    listening = asyncio.create_task(daemons._listen(process.stdout, ready))  # noqa: SLF001 - its own, before anybody has it
    try:
        await asyncio.wait([ready], timeout=_READY_WITHIN)
        if not ready.done():
            text = (folder / "nursery.log").read_bytes()[-_LOG_TAIL:].decode(errors="replace")
            message = f"expected {module} to be ready within {_READY_WITHIN:.0f} s: {text}"
            raise UnavailableError("bench.process_failed", message)
        yield daemons
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            if not ready.done():
                process.kill()
        await process.wait()
        await listening
