"""How a state that is back drains its backlog, and what the others notice of it.

A router's real store and lines, and its dispatch as the daemon paces it. Messages are octets of one
size, committed as relayed ones are; members at the other ends take what comes. Three times, one
after the other: the others alone; the others beside the backlog at its named share; the backlog
alone with the whole capacity. What the backlog got is the part of the time for which messages of
it were on the way; rates are told beside it, and hang on what else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.lines import build_lines
from swb.clock import SystemClock, new_id
from swb.config import load_config
from swb.core.catching_up import CatchUpPolicy
from swb.core.retrying import RetryPolicy
from swb.ports import Acceptance, Direction, MessageRecord, OutboundMessage, Settlement
from swb.sandbox.region import lay_out_region
from swb.services.dispatch import DispatchService
from swb.services.pacing import Pace
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from swb.config import Config
    from swb.ports import MessageStore, Transport

__all__ = ["CatchUpBench", "Steady", "run_catch_up_bench"]

RETURNED: Final = "VN"
OTHERS: Final = "TH"
_WAITED: Final = timedelta(hours=12)
"""How long ago the backlog began."""
_AT_A_TIME: Final = 256
"""Commits in one group while the backlog is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """What the others' traffic was like.

    Attributes:
        per_second: Messages that arrived.
        median_seconds: From commit to arrival.
        p95_seconds: The same.
    """

    per_second: float
    median_seconds: float
    p95_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpBench:
    """What was measured.

    Attributes:
        waiting: Messages that waited for the state that is back.
        share: The named one.
        measured_share: The part of the time for which the backlog was worked on beside the others,
            as long as there was any.
        alone: The others without a backlog.
        beside: The others beside it.
        drained_beside: Messages of the backlog that arrived in a second beside the others.
        drained_alone: With the whole capacity and nobody else.
        in_order: Whether the backlog arrived in the order of age, but for what was on the way at
            the same time.
    """

    waiting: int
    share: float
    measured_share: float
    alone: Steady
    beside: Steady
    drained_beside: float
    drained_alone: float
    in_order: bool


@dataclass
class _Member:
    """One member at the far end of its line.

    Attributes:
        arrived: Message ids and moments, in seconds of a clock that nobody sets.
    """

    arrived: list[tuple[str, float]] = field(default_factory=list)

    async def take(self, line: Transport) -> None:
        """Take what comes until the line ends; the prefetch bounds how much at once."""
        async with asyncio.TaskGroup() as settling:
            async for delivery in line.deliveries():
                self.arrived.append((delivery.claimed_message_id, time.monotonic()))
                settling.create_task(line.settle(delivery, Settlement.ACCEPT))


async def run_catch_up_bench(
    folder: Path,
    *,
    waiting: int,
    rate: float,
    seconds: float,
    share: float,
    octets: int,
    tell: Callable[[str], None],
) -> CatchUpBench:
    """Measure.

    Args:
        folder: Empty.
        waiting: Messages of the backlog.
        rate: Messages a second of the others.
        seconds: Of each of the three measurements.
        share: Named one of the backlog.
        octets: Of each message.
        tell: Told what begins.

    Raises:
        UnavailableError: Store or lines cannot be opened.
    """
    region = await lay_out_region(
        folder, states=(OTHERS, RETURNED), at=SystemClock().now(), log=False
    )
    config = load_config(region.router)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config, create=True))
        lines = build_lines(config)
        far = {
            state: build_lines(load_config(file))[state] for state, file in region.gateways.items()
        }
        for line in (*lines.values(), *far.values()):
            await line.open()
            stack.push_async_callback(line.close)
        members = {state: _Member() for state in far}
        tasks = [asyncio.create_task(members[state].take(far[state])) for state in far]
        try:
            world = _World(config=config, store=store, lines=lines, members=members, octets=octets)
            tell(f"the others alone, {seconds:g} s")
            alone = await world.measure(seconds=seconds, rate=rate, share=share)
            tell(f"{waiting} messages wait")
            ids = await world.make_backlog(waiting)
            tell(f"the others beside the backlog, {seconds:g} s")
            beside = await world.measure(seconds=seconds, rate=rate, share=share)
            drained_beside = world.rate_of_drain(seconds)
            measured_share = world.drained_for / max(0.001, world.time_of_drain(seconds))
            in_order = _is_in_order(ids, [each for each, _ in members[RETURNED].arrived])
            await world.make_backlog(world.count_drained())
            tell(f"the backlog alone, {seconds:g} s")
            drained_alone = await world.drain_alone(seconds)
        finally:
            for line in far.values():
                line.end_deliveries()
            await asyncio.gather(*tasks)
    return CatchUpBench(
        waiting=waiting,
        share=share,
        measured_share=measured_share,
        alone=alone,
        beside=beside,
        drained_beside=drained_beside,
        drained_alone=drained_alone,
        in_order=in_order,
    )


@dataclass(kw_only=True)
class _World:
    config: Config
    store: MessageStore
    lines: Mapping[str, Transport]
    members: Mapping[str, _Member]
    octets: int
    drained_for: float = 0.0
    _wake: Callable[[], None] = lambda: None
    _began: float = 0.0

    async def measure(self, *, seconds: float, rate: float, share: float) -> Steady:
        """Have the others send at a rate, and tell what arrived of it."""
        others = self.members[OTHERS]
        before, sent = len(others.arrived), dict[str, float]()
        async with self._dispatching(share):
            due = self._began = time.monotonic()
            ends = due + seconds
            while (now := time.monotonic()) < ends:
                if now < due:
                    await asyncio.sleep(due - now)
                message_id = await self._commit(OTHERS)
                sent[message_id] = time.monotonic()
                due += 1 / rate
            arrived = others.arrived[before:]
        waits = sorted(at - sent[name] for name, at in arrived if name in sent)
        if len(waits) < 2:  # noqa: PLR2004 - for a quantile
            waits = [seconds, seconds]
        return Steady(
            per_second=len(arrived) / seconds,
            median_seconds=median(waits),
            p95_seconds=quantiles(waits, n=20)[18],
        )

    async def make_backlog(self, count: int) -> list[str]:
        """Commit what has waited for half a day, the oldest first."""
        ids: list[str] = []
        for first in range(0, count, _AT_A_TIME):
            numbers = range(first, min(first + _AT_A_TIME, count))
            ids += await asyncio.gather(
                *(self._commit(RETURNED, age=_WAITED, number=number) for number in numbers)
            )
        return ids

    def count_drained(self) -> int:
        """Count what arrived of the backlog so far."""
        return len(self.members[RETURNED].arrived)

    def time_of_drain(self, seconds: float) -> float:
        """For how long there was a backlog: until the end, or its last message arrived."""
        arrived = self.members[RETURNED].arrived
        return min(seconds, arrived[-1][1] - self._began) if arrived else seconds

    def rate_of_drain(self, seconds: float) -> float:
        """Messages a second that arrived, as long as there was a backlog."""
        return self.count_drained() / max(0.001, self.time_of_drain(seconds))

    async def drain_alone(self, seconds: float) -> float:
        """Drain with everything there is; messages a second."""
        arrived = self.members[RETURNED].arrived
        before = len(arrived)
        async with self._dispatching(1):
            began = time.monotonic()
            await asyncio.sleep(seconds)
            drained = len(arrived) - before
        last = arrived[before + drained - 1][1] if drained else began + seconds
        return drained / max(0.001, min(seconds, last - began))

    @asynccontextmanager
    async def _dispatching(self, share: float) -> AsyncIterator[None]:
        limits = self.config.limits
        service = DispatchService(
            store=self.store,
            lines=self.lines,
            clock=SystemClock(),
            jitter=random.random,
            retrying=RetryPolicy(),
            batch=limits.batch,
            lease_for=timedelta(seconds=limits.lease_seconds),
            catching_up=CatchUpPolicy(share=share),
        )
        pace = Pace("dispatch", service.look, rest_for=limits.poll_seconds, settle=service.settle)
        service.when_room(pace.wake)
        self._wake = pace.wake
        running = asyncio.create_task(pace.run())
        try:
            yield
        finally:
            pace.stop()
            await running
            self.drained_for = service.drained_for

    async def _commit(self, line: str, *, age: timedelta = timedelta(0), number: int = 0) -> str:
        """Commit one relayed message, as the router does; returns its id."""
        at = SystemClock().now() - age + number * timedelta(milliseconds=1)
        message_id, octets = new_id(), os.urandom(self.octets)
        digest = digest_text_of(octets)
        message = MessageRecord(
            message_id=message_id,
            message_type="CertificateIssue",
            document_id=message_id,
            sender=f"urn:swb:party:{OTHERS}:gateway",
            receiver=f"urn:swb:party:{line}:gateway",
            digest=digest,
            direction=Direction.IN,
            octets=octets,
            expires_at=at + timedelta(days=30),
            recorded_at=at,
        )
        outbound = OutboundMessage(message=message, line=line, environment="test")
        await self.store.accept(Acceptance(message=message, outbound=[outbound]))
        if not age:
            self._wake()
        return message_id


def _is_in_order(ids: list[str], arrived: list[str]) -> bool:
    """Whether what arrived is the oldest, and piece by piece in the order of age."""
    place = {message_id: at for at, message_id in enumerate(ids)}
    places = [place[each] for each in arrived if each in place]
    return all(abs(found - at) <= _AT_A_TIME for at, found in enumerate(places))
