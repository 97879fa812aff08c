"""A region whose daemons live and die: filed into, waited for, and counted in the end.

What is counted comes from the edges alone: what traders filed, what single windows and customs
offices saw (`swb.sandbox.demo.count_outcome`), and what the stores still hold back.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.clock import SystemClock
from swb.config import load_config
from swb.plugins import discover_adapters
from swb.sandbox.demo import count_outcome
from swb.sandbox.rest import Rest, count_in_doors
from swb.simulator.agreements import draw_under
from swb.simulator.authority import REGISTER, SimulatedAuthority
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from swb.ports import MessageStore
    from swb.sandbox.daemons import Daemons
    from swb.sandbox.demo import DemoResult
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["Fleet", "Verdict"]

_LOOK_EVERY: Final = 0.05
_LOOKS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of everything that was filed.

    Attributes:
        documents: How many certificates were filed.
        lost: Certificates that are not in the importing register, or miss an acknowledgement, or an
            answer that customs gave.
        duplicated: Certificates and answers that took effect more than once.
        stuck: What still waits, is held, parked or buried, by daemon; what lies in doors or is to
            be said later; what was sent and not received; and certificates whose cancellation or
            verification did not come to its end.
        refused: Certificates that were refused although nothing was wrong with them.
        refusals: Payloads that a gateway put aside, by code.
        handed_over_again: Hand-overs that the single window recognised as repetitions.
    """

    documents: int
    lost: int
    duplicated: int
    refused: int
    handed_over_again: int
    stuck: dict[str, dict[str, int]]
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether every document arrived, once, and nothing is left over."""
        return not (self.lost or self.duplicated or self.refused or self.stuck)

    def count_stuck(self) -> int:
        """Everything that is left over."""
        return sum(sum(each.values()) for each in self.stuck.values())


class _Tail:
    """Reads what a register got since the last look: its certificates' keys."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0

    def read(self) -> list[str]:
        try:
            with self._file.open("rb") as file:
                file.seek(self._read)
                octets = file.read()
        except FileNotFoundError:
            return []
        whole = octets[: octets.rfind(b"\n") + 1]
        self._read += len(whole)
        return [json.loads(line)[0] for line in whole.splitlines()]


@dataclass(slots=True, kw_only=True)
class Fleet:
    """A laid-out region and its daemons.

    Attributes:
        region: Where everything lies.
        daemons: What runs of it.
        seed: Of goods and simulated people.
        configs: Configuration files by the daemon's name, where they are not the region's own.
        filed: What traders filed so far.
        rubbish: Digests of what was put on a line on purpose; that it is buried is right.
    """

    region: Region
    daemons: Daemons
    seed: int
    configs: dict[str, Path] = field(default_factory=dict)
    filed: list[CertificateOfOrigin] = field(default_factory=list)
    rubbish: set[str] = field(default_factory=set)
    _drawn: int = 0
    _registered: set[str] = field(default_factory=set)
    _registers: dict[str, _Tail] = field(default_factory=dict)
    _windows: dict[str, SimulatedAuthority] = field(default_factory=dict)
    _rest: Rest = field(init=False)

    def __post_init__(self) -> None:
        """Know every daemon by the name of its configuration."""
        self._rest = Rest(self.region)
        region = self.region
        files = (region.router, *region.gateways.values(), *region.authorities.values())
        self.configs = {**{file.stem: file for file in files}, **self.configs}

    async def start(self, *names: str, environment: dict[str, str] | None = None) -> None:
        """Start daemons; without names, all."""
        for name in names or self.configs:
            await self.daemons.start(name, self.configs[name], environment=environment)

    async def stop(self) -> None:
        """Have everything end in order."""
        await asyncio.gather(*(self.daemons.stop(name) for name in self.daemons.running()))

    def draw(self, count: int) -> Sequence[CertificateOfOrigin]:
        """Draw the next certificates, each pair in turn; nobody files them yet."""
        pairs = self.region.pairs
        on = SystemClock().now().date()
        drawn = [
            draw_under(pairs[(serial - 1) % len(pairs)], serial=serial, seed=self.seed, on=on)
            for serial in range(self._drawn + 1, self._drawn + count + 1)
        ]
        self._drawn += count
        return drawn

    def file(self, certificates: Sequence[CertificateOfOrigin]) -> None:
        """Have traders file certificates; blocks."""
        for certificate in certificates:
            self._window(certificate.issuing_country).file([certificate])
            self.filed.append(certificate)

    def count_registered(self) -> int:
        """How many certificates stand in the registers of the importing states; blocks."""
        for state in self.region.states:
            for line in self._register(state).read():
                self._registered.add(line)
        return len(self._registered)

    async def count(self) -> DemoResult:
        """Count everything, from what is on disk and in the stores."""
        return await count_outcome(self.region, self.filed, seed=self.seed, seconds=0, transport="")

    async def until_quiet(self, *, within: float) -> bool:
        """Wait until nothing waits anywhere and nothing is missing; whether it came to that.

        Nothing is to come then either: no answer, cancellation or verification, and no reply.
        """
        deadline = asyncio.get_running_loop().time() + within
        while asyncio.get_running_loop().time() < deadline:
            looked_at = time.monotonic()
            if (
                self.count_registered() >= len(self.filed)
                and not await self.find_stuck()
                and await self._is_at_rest()
            ):
                result = await self.count()
                if not result.total("lost") and not result.unfinished:
                    return True
            # A look takes as long as much was filed; those who work need the machine more.
            await asyncio.sleep(max(_LOOK_EVERY, time.monotonic() - looked_at))
        return False

    async def end_and_judge(
        self,
        *,
        within: float,
        stop: Callable[[], Awaitable[None]],
        start: Callable[[], Awaitable[None]],
    ) -> tuple[Verdict, bool]:
        """Have everything end in order, and judge what was left.

        What was said while all were ending lies on the lines: who starts again hears it. So where
        nothing else is left over, all are started once more, come to rest, end and are judged.

        Args:
            within: Seconds for everything to come to rest again.
            stop: Ends all in order.
            start: Starts all.

        Returns:
            The last verdict, after which nothing runs; and whether what was started again came to
            rest each time.
        """
        is_quiet = True
        for _ in range(_LOOKS - 1):
            await stop()
            verdict = await self.judge()
            if set(verdict.stuck) != {"lines"}:
                return verdict, is_quiet
            await start()
            is_quiet = await self.until_quiet(within=within) and is_quiet
        await stop()
        return await self.judge(), is_quiet

    async def judge(self) -> Verdict:
        """Judge what is there now."""
        result = await self.count()
        stuck = await self.find_stuck()
        if result.unfinished:
            stuck["exchanges"] = {"unfinished": result.unfinished}
        if in_doors := count_in_doors(self.region):
            stuck["doors"] = {"payloads": in_doors}
        if on_lines := await self.count_on_lines():
            stuck["lines"] = {"messages": on_lines}
        return Verdict(
            documents=len(self.filed),
            lost=result.total("lost"),
            duplicated=result.total("duplicated"),
            refused=result.total("refused"),
            handed_over_again=result.total("handed_over_again"),
            stuck=stuck,
            refusals=dict(sorted(result.refusals.items())),
        )

    async def find_stuck(self) -> dict[str, dict[str, int]]:
        """What stores still hold back, by daemon; a store that several share counts once."""
        found: dict[str, dict[str, int]] = {}
        for file in (self.region.router, *self.region.gateways.values()):
            async with open_store(load_config(file)) as store:
                counts = await store.count()
                buried = await store.list_buried() if counts.buried else ()
            held = Counter(
                outbound=counts.outbound,
                deliveries=counts.deliveries,
                held=counts.held,
                parked=counts.parked,
                buried=sum(each.octets_digest not in self.rubbish for each in buried),
            )
            if held.total():
                found[file.stem] = {name: number for name, number in held.items() if number}
        return found

    async def count_on_lines(self) -> int:
        """How many messages were sent and did not come in where they went."""
        async with self._opened() as stores:
            return await self._rest.count_on_lines(stores)

    async def _is_at_rest(self) -> bool:
        async with self._opened() as stores:
            return await self._rest.is_reached(stores)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Mapping[str, MessageStore]]:
        files = {REGION: self.region.router, **self.region.gateways}
        async with AsyncExitStack() as stack:
            yield {
                state: await stack.enter_async_context(open_store(load_config(file)))
                for state, file in files.items()
            }

    def _register(self, state: str) -> _Tail:
        if state not in self._registers:
            self._registers[state] = _Tail(self.region.drop_folder(state) / REGISTER)
        return self._registers[state]

    def _window(self, state: str) -> SimulatedAuthority:
        """The single window that traders of a state file with."""
        if state not in self._windows:
            national = load_config(self.region.authorities[state]).national
            names = national.adapters if national else ()
            folder = self.region.drop_folder(state)
            (folder / "in").mkdir(parents=True, exist_ok=True)
            self._windows[state] = SimulatedAuthority(
                state=state,
                folder=folder,
                adapters=[discover_adapters().get(name) for name in names],
                seed=self.seed,
                now=SystemClock().now,
            )
        return self._windows[state]
