"""One run of chaos: traders file, faults strike, everything comes to rest, and it is counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb.sandbox.chaos.faults import Faults
from swb.sandbox.chaos.keeper import Keeper
from swb.sandbox.chaos.layout import open_ground
from swb.sandbox.chaos.plan import draw_plan
from swb.sandbox.daemons import start_nursery
from swb.sandbox.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.sandbox.chaos.layout import Ground
    from swb.sandbox.chaos.plan import Kind, Strike
    from swb.sandbox.fleet import Verdict

__all__ = ["ChaosRun", "find_faketime", "run_chaos"]

_LOOK_EVERY: Final = 0.1
_AHEAD: Final = 256
"""Documents that may be filed and not have arrived: traders are faster than any fault ends."""
_FILED_AT_ONCE: Final = 16
_UNMOVED: Final = 15.0
"""Seconds without an arrival after which somebody looks whether RabbitMQ names a node as parted."""
_FAKETIME: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
)


@dataclass(slots=True, kw_only=True)
class ChaosRun:
    """What a run was, and what was left in the end.

    Attributes:
        seed: What the plan was drawn from.
        plan: What was to happen.
        done: Faults that were seen to strike, by kind.
        verdict: What became of the documents.
        seconds: From the first filing until nothing waited any more.
        catch_up_seconds: Of these, since the last fault had ended and everything was filed.
        is_quiet: Whether everything came to rest by itself.
        ended: How often a daemon ended by itself and was started again.
        nodes_restarted: How often a RabbitMQ node was restarted because its cluster did not take it
            back after a hang.
    """

    seed: int
    plan: Sequence[Strike]
    done: Counter[Kind]
    verdict: Verdict
    seconds: float
    catch_up_seconds: float
    is_quiet: bool
    ended: Counter[str] = field(default_factory=Counter)
    nodes_restarted: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether all faults struck, every document arrived, once, and nothing is left over."""
        return self.is_quiet and self.verdict.is_clean and not self.missed

    @property
    def faults(self) -> dict[str, int]:
        """Faults that struck, by kind."""
        return {str(kind): count for kind, count in sorted(self.done.items())}

    @property
    def missed(self) -> dict[str, int]:
        """Faults that were planned and not seen to strike, by kind."""
        return dict(Counter(str(strike.kind) for strike in self.plan) - Counter(self.faults))


def find_faketime() -> Path | None:
    """Find the library that shifts a process's clock."""
    return next((path for path in map(Path, _FAKETIME) if path.is_file()), None)


async def run_chaos(
    folder: Path,
    *,
    seed: int,
    documents: int,
    strikes: int,
    nodes: int,
    postgresql: bool,
    give_up_after: float,
    nursery: str = "swb.sandbox.nursery",
    tell: Callable[[str], None] = lambda _: None,
) -> ChaosRun:
    """Run once.

    Args:
        folder: Empty.
        seed: Of the plan, the goods and the people.
        documents: Certificates.
        strikes: Faults; each kind strikes once at least.
        nodes: Of the RabbitMQ cluster.
        postgresql: Whether routers and half of the gateways keep their stores in PostgreSQL.
        give_up_after: Seconds without anything arriving, and for everything to come to rest.
        nursery: What starts the daemons.
        tell: Called with what happens, for people.

    Raises:
        UnavailableError: ``rabbitmq.*``, ``postgres.*``, ``transport.*``, ``bench.*``.
    """
    async with open_ground(folder, nodes=nodes, postgresql=postgresql, seed=seed) as ground:
        library = find_faketime()
        preloaded = {} if library is None else _fake_time(library, folder)
        async with start_nursery(folder, module=nursery, environment=preloaded) as daemons:
            fleet = Fleet(
                region=ground.region, daemons=daemons, seed=seed, configs=dict(ground.configs)
            )
            clocks = {} if library is None else _clock_environments(ground)
            keeper = Keeper(fleet, clocks)
            plan = draw_plan(seed, strikes=strikes, scale=ground.scale, clocks=bool(clocks))
            faults = Faults(
                fleet=fleet,
                keeper=keeper,
                cluster=ground.cluster,
                postgresql=ground.postgresql,
                lines=ground.lines,
                stores=ground.stores,
                clocks=ground.clocks,
            )
            await keeper.start()
            return await _Run(fleet, keeper, faults, tell).run(
                seed, plan, documents=documents, give_up_after=give_up_after
            )


class _Run:
    """Files, strikes, waits and counts."""

    def __init__(
        self, fleet: Fleet, keeper: Keeper, faults: Faults, tell: Callable[[str], None]
    ) -> None:
        self._fleet = fleet
        self._keeper = keeper
        self._faults = faults
        self._tell = tell
        self._arrived = 0
        self._busy_until = 0.0

    async def run(
        self, seed: int, plan: Sequence[Strike], *, documents: int, give_up_after: float
    ) -> ChaosRun:
        begun = time.monotonic()
        filing = asyncio.create_task(self._file(documents))
        tending = asyncio.create_task(self._tend())
        striking: list[asyncio.Task[None]] = []
        waiting = list(plan)
        moved_at = time.monotonic()
        try:
            while self._arrived < documents and time.monotonic() - moved_at < give_up_after:
                arrived = await asyncio.to_thread(self._fleet.count_registered)
                if arrived > self._arrived:
                    self._arrived, moved_at = arrived, time.monotonic()
                while waiting and waiting[0].at * documents <= self._arrived:
                    strike = waiting.pop(0)
                    self._tell(str(strike))
                    striking.append(asyncio.create_task(self._strike(strike)))
                for task in (filing, tending, *striking):
                    if task.done():
                        task.result()
                await asyncio.sleep(_LOOK_EVERY)
            await asyncio.gather(*striking)
            self._tell(f"{self._arrived} of {documents} arrived; waiting for everything to rest")
            is_quiet = not waiting and await self._fleet.until_quiet(within=give_up_after)
            ended = time.monotonic()
        finally:
            for task in (filing, tending, *striking):
                task.cancel()
            await asyncio.gather(filing, tending, *striking, return_exceptions=True)
        # Judged while it stands still.
        verdict, stayed_quiet = await self._fleet.end_and_judge(
            within=give_up_after, stop=self._keeper.stop, start=self._keeper.start
        )
        return ChaosRun(
            seed=seed,
            plan=plan,
            done=self._faults.done,
            verdict=verdict,
            seconds=ended - begun,
            catch_up_seconds=ended - self._busy_until,
            is_quiet=is_quiet and stayed_quiet,
            ended=self._keeper.ended,
            nodes_restarted=self._faults.restarted,
        )

    async def _strike(self, strike: Strike) -> None:
        await self._faults.strike(strike)
        self._busy_until = time.monotonic()

    async def _tend(self) -> None:
        """Stand by as the region's operator does, until cancelled."""
        while True:
            before = self._arrived
            await asyncio.sleep(_UNMOVED)
            if self._arrived != before:
                continue
            restarted = await self._faults.restart_parted()
            if restarted is not None:
                self._tell(f"parted from its cluster, and restarted: rabbitmq node {restarted}")

    async def _file(self, documents: int) -> None:
        while len(self._fleet.filed) < documents:
            if len(self._fleet.filed) - self._arrived >= _AHEAD:
                await asyncio.sleep(_LOOK_EVERY)
                continue
            count = min(_FILED_AT_ONCE, documents - len(self._fleet.filed))
            await asyncio.to_thread(self._fleet.file, self._fleet.draw(count))
        self._busy_until = time.monotonic()


def _fake_time(library: Path, folder: Path) -> dict[str, str]:
    right = folder / "right.clock"
    right.write_text("+0\n", encoding="utf-8")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(right),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        # Else every wait of one thread for another takes 20 ms: measured with 0.9.10.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }


def _clock_environments(ground: Ground) -> dict[str, dict[str, str]]:
    return {name: {"FAKETIME_TIMESTAMP_FILE": str(file)} for name, file in ground.clocks.items()}
