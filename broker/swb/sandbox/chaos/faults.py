"""The faults: each is done to real processes and ended again."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, Protocol

from swb.atomic import replace_file
from swb.sandbox.chaos.plan import Kind
from swb.sandbox.chaos.signs import has_other_clock, is_held, listens, read_limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from swb.sandbox.chaos.keeper import Keeper
    from swb.sandbox.chaos.plan import Strike
    from swb.sandbox.fleet import Fleet
    from swb.sandbox.proxy import CuttableProxy

__all__ = ["Cluster", "Faults", "RabbitNode", "Server", "write_clock"]

_FULL: Final = 512
"""Octets up to which a process may still write into any file while its disk is full."""
_ALIVE_WITHIN: Final = 30.0
"""Seconds for a daemon that found no server to be started until it runs."""
_LOOK_EVERY: Final = 0.02


class RabbitNode(Protocol):
    """A private RabbitMQ node, as far as it is struck."""

    async def kill(self) -> None:
        """End it without warning, and keep its data."""

    async def start(self) -> None:
        """Have it run again."""

    def suspend(self) -> None:
        """Hold it."""

    def resume(self) -> None:
        """Let it go on."""

    async def answers(self) -> bool:
        """Whether it greets who connects."""


class Cluster(Protocol):
    """A private RabbitMQ cluster."""

    @property
    def nodes(self) -> Sequence[RabbitNode]:
        """Its nodes, by number."""

    async def find_parted(self) -> int | None:
        """Find the node that RabbitMQ names as parted from most others, by number."""


class Server(Protocol):
    """A private PostgreSQL, as far as it is struck."""

    port: int

    async def kill(self) -> None:
        """End it without warning, and keep its data."""

    async def restart(self) -> None:
        """Have it run again."""


class Faults:
    """Strikes; each target is struck by one fault at a time.

    Args:
        fleet: The daemons.
        keeper: Starts again what was killed.
        cluster: RabbitMQ.
        postgresql: Where there is one.
        lines: By daemon: the ways between it and each node of RabbitMQ.
        stores: By daemon: the way between it and PostgreSQL.
        clocks: Files that say by how much a daemon's clock is wrong.

    Attributes:
        done: Faults that were seen to strike, by kind: whoever was killed, held or cut off was
            looked at from outside.
        restarted: How often a node that its cluster did not take back was restarted.
    """

    def __init__(
        self,
        *,
        fleet: Fleet,
        keeper: Keeper,
        cluster: Cluster,
        postgresql: Server | None,
        lines: Mapping[str, Sequence[CuttableProxy]],
        stores: Mapping[str, CuttableProxy],
        clocks: Mapping[str, Path],
    ) -> None:
        self._fleet = fleet
        self._keeper = keeper
        self._cluster = cluster
        self._nodes = cluster.nodes
        self._postgresql = postgresql
        self._lines = lines
        self._stores = stores
        self._clocks = clocks
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.done: Counter[Kind] = Counter()
        self.restarted = 0

    async def strike(self, strike: Strike) -> None:
        """Do it, look whether it struck, wait, and end it."""
        async with self._one_at_a_time[_struck(strike)]:
            if strike.target in self._fleet.configs:
                await self._until_alive(strike.target)
            await self._begin(strike)
            try:
                if await self._is_felt(strike):
                    self.done[strike.kind] += 1
                await asyncio.sleep(strike.lasts_for)
            finally:
                await self._end(strike)

    async def restart_parted(self) -> int | None:
        """Do what the runbook says where nothing moves: restart a node that is named as parted.

        RabbitMQ does not take every node back that hung (3.10): that is a person's to mend.

        Returns:
            Number of the node; None where none is parted.
        """
        parted = await self._cluster.find_parted()
        if parted is not None:
            async with self._one_at_a_time[f"node {parted}"]:
                await self._nodes[parted].kill()
                await self._nodes[parted].start()
            self.restarted += 1
        return parted

    async def _until_alive(self, daemon: str) -> None:
        """Wait until a daemon that ended by itself runs again: a dead one cannot be struck."""
        deadline = asyncio.get_running_loop().time() + _ALIVE_WITHIN
        while daemon not in self._fleet.daemons.running():
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(_LOOK_EVERY)

    async def _is_felt(self, strike: Strike) -> bool:
        """Whether what was struck is seen to be dead, to stand still, to be cut off or misled."""
        target, daemons = strike.target, self._fleet.daemons
        match strike.kind:
            case Kind.KILL_GATEWAY | Kind.KILL_ROUTER | Kind.KILL_AUTHORITY:
                felt = daemons.status(target) == -signal.SIGKILL
            case Kind.HOLD_DAEMON:
                felt = await is_held(daemons.pid(target))
            case Kind.KILL_RABBITMQ | Kind.HOLD_RABBITMQ:
                felt = not await self._nodes[int(target)].answers()
            case Kind.KILL_POSTGRESQL:
                felt = self._postgresql is not None and not await listens(self._postgresql.port)
            case Kind.CUT_LINE:
                felt = not any([await listens(line.port) for line in self._lines[target]])
            case Kind.CUT_STORE:
                felt = not await listens(self._stores[target].port)
            case Kind.FULL_DISK:
                felt = read_limit(daemons.pid(target), "Max file size").startswith(f"{_FULL} ")
            case Kind.CLOCK_STEP:
                told = self._clocks[target].read_text(encoding="utf-8")
                felt = int(told) == strike.step and has_other_clock(daemons.pid(target))
        return felt

    async def _begin(self, strike: Strike) -> None:
        target = strike.target
        match strike.kind:
            case Kind.KILL_GATEWAY | Kind.KILL_ROUTER | Kind.KILL_AUTHORITY:
                await self._keeper.kill(target)
            case Kind.HOLD_DAEMON:
                self._fleet.daemons.send(target, signal.SIGSTOP)
            case Kind.KILL_RABBITMQ:
                await self._nodes[int(target)].kill()
            case Kind.HOLD_RABBITMQ:
                self._nodes[int(target)].suspend()
            case Kind.KILL_POSTGRESQL if self._postgresql is not None:
                await self._postgresql.kill()
            case Kind.CUT_LINE:
                await asyncio.gather(*(line.cut() for line in self._lines[target]))
            case Kind.CUT_STORE:
                await self._stores[target].cut()
            case Kind.FULL_DISK:
                self._limit_files(target, _FULL)
            case Kind.CLOCK_STEP:
                write_clock(self._clocks[target], strike.step)

    async def _end(self, strike: Strike) -> None:
        target = strike.target
        match strike.kind:
            case Kind.KILL_GATEWAY | Kind.KILL_ROUTER | Kind.KILL_AUTHORITY:
                self._keeper.let_run(target)
            case Kind.HOLD_DAEMON:
                self._fleet.daemons.send(target, signal.SIGCONT)
            case Kind.KILL_RABBITMQ:
                await self._nodes[int(target)].start()
            case Kind.HOLD_RABBITMQ:
                self._nodes[int(target)].resume()
            case Kind.KILL_POSTGRESQL if self._postgresql is not None:
                await self._postgresql.restart()
            case Kind.CUT_LINE:
                await asyncio.gather(*(line.mend() for line in self._lines[target]))
            case Kind.CUT_STORE:
                await self._stores[target].mend()
            case Kind.FULL_DISK:
                self._limit_files(target, resource.RLIM_INFINITY)
            case Kind.CLOCK_STEP:
                write_clock(self._clocks[target], 0)

    def _limit_files(self, daemon: str, octets: int) -> None:
        """Let one process write no file beyond so many octets (prlimit(2)); no rights are needed.

        What it writes fails as on a full disk: its store, its drop folder, its log.
        """
        if self._fleet.daemons.status(daemon) is None:
            pid = self._fleet.daemons.pid(daemon)
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (octets, hard))


def write_clock(file: Path, step: int) -> None:
    """Say by how many seconds a clock is wrong, as libfaketime reads it."""
    replace_file(file, f"{step:+d}\n".encode(), mode=None, durable=False)


def _struck(strike: Strike) -> str:
    """What may be struck by one fault at a time."""
    match strike.kind:
        case Kind.KILL_RABBITMQ | Kind.HOLD_RABBITMQ:
            return f"node {strike.target}"
        case Kind.CUT_LINE | Kind.CUT_STORE:
            return f"{strike.kind} of {strike.target}"
        case _:
            return strike.target
