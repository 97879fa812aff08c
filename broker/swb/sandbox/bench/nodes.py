"""What the loss of a RabbitMQ node costs: seconds in which nothing moves on a bare road.

The road is one line on a private cluster of three: messages of a few octets are published with
confirms, some at a time and each again until it is confirmed, and are received and settled at the
other end. A node is lost, and the longest time without a message received is read.

What is measured is this machine's cluster, its settings and this project's client. Nodes on one
machine have no network between them, so what a network adds is not in it.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.app.losing import LosingCluster, open_losing_cluster
from swb.ports import LineEnd, Settlement
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from swb.ports import Transport

__all__ = ["Loss", "NodesBench", "run_nodes_bench"]

_MEMBER: Final = "TH"
_PUBLISHERS: Final = 8
_REST: Final = 0.02
"""Seconds between two messages of one publisher: the road is not to be full."""
_AGAIN_AFTER: Final = 0.1
_STEADY_FOR: Final = 3.0
_SLOTS: Final = 6
"""Steady is a road on which something moved in each of so many parts of that time."""
_GIVE_UP_AFTER: Final = 180.0
_LOOK_EVERY: Final = 0.05
_STOPPED_FOR: Final = 5.0
"""Seconds for which two of three nodes stay away."""
_NOTICED_WITHIN: Final = 5.0
"""Seconds in which a node that was given up and goes on notices that, and stops to join again."""
_OPENINGS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss of nodes.

    Attributes:
        what: What was done, and to whom.
        heartbeat_seconds: Of the line's ends.
        without_progress: Longest time in which no message was received, in seconds.
        longest_delay: From the first attempt to publish a message to its receipt, at worst.
        after_return: From the return of what was lost to the next message; where that was needed.
        restarted: Whether the node did not join the others again when it went on, and was
            restarted.
        messages: Published and confirmed.
        repeated: Received more than once.
        lost: Confirmed and never received.
    """

    what: str
    heartbeat_seconds: int
    without_progress: float
    longest_delay: float
    after_return: float | None = None
    restarted: bool = False
    messages: int
    repeated: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesBench:
    """All losses, and under which settings.

    Attributes:
        net_ticktime_seconds: Of the cluster.
        losses: In the order in which they were made.
    """

    net_ticktime_seconds: int
    losses: Sequence[Loss]


@dataclass
class _Road:
    """Messages on one line, and when what happened to each."""

    member: Transport
    router: Transport
    tried: dict[str, float] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    received: dict[str, float] = field(default_factory=dict)
    repeated: int = 0
    ending: bool = False

    async def publish(self, publisher: int) -> None:
        """Publish one message after the other, each until it is confirmed."""
        number = 0
        while not self.ending:
            number += 1
            name = f"{publisher}-{number}"
            self.tried[name] = time.monotonic()
            while name not in self.confirmed:
                try:
                    await self.member.publish(
                        name.encode(), message_id=name, message_type="", environment="test"
                    )
                except UnavailableError:
                    await asyncio.sleep(_AGAIN_AFTER)
                else:
                    self.confirmed.add(name)
            await asyncio.sleep(_REST)

    async def receive(self) -> None:
        """Receive and settle for ever."""
        async for delivery in self.router.deliveries():
            name = delivery.body.decode()
            if name in self.received:
                self.repeated += 1
            elif name in self.tried:
                self.received[name] = time.monotonic()
            await self.router.settle(delivery, Settlement.ACCEPT)

    def is_steady(self, since: float) -> bool:
        """Whether something moved all the time lately, and that time is all after a moment."""
        now = time.monotonic()
        if now - since < _STEADY_FOR:
            return False
        part = _STEADY_FOR / _SLOTS
        moved = {int((now - at) / part) for at in self.received.values() if now - at < _STEADY_FOR}
        return len(moved) == _SLOTS

    def longest_gap(self, since: float) -> float:
        """The longest time without a message received, from a moment on."""
        before = max((at for at in self.received.values() if at <= since), default=since)
        after = sorted(at for at in self.received.values() if at > since)
        moments = [before, *after]
        return max(
            (later - max(earlier, since) for earlier, later in zip(moments, after, strict=False)),
            default=time.monotonic() - since,
        )

    def longest_delay(self) -> float:
        """The longest time from a first attempt to the receipt."""
        return max(at - self.tried[name] for name, at in self.received.items())


async def run_nodes_bench(
    *, heartbeats: Sequence[int], net_ticktime: int, tell: Callable[[str], None]
) -> NodesBench:
    """Lose nodes of a private cluster in every way, one after the other.

    Args:
        heartbeats: Of the line's ends, in seconds; each for a node that hangs.
        net_ticktime: Of the cluster, in seconds.
        tell: Told what is being done.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.*``, ``bench.too_slow``.
    """
    losses: list[Loss] = []
    tell("starting three nodes")
    async with open_losing_cluster(_MEMBER, net_ticktime=net_ticktime) as cluster:
        shortest = min(heartbeats)
        tell("SIGKILL of the node that leads the queue")
        losses.append(await _kill_leader(cluster, shortest))
        for leads in (False, True):
            for heartbeat in heartbeats:
                tell(f"SIGSTOP, heartbeat {heartbeat} s" + (", of the leader too" * leads))
                losses.append(await _suspend(cluster, heartbeat, leads=leads))
        tell("SIGKILL of two of three")
        losses.append(await _kill_two(cluster, shortest))
    return NodesBench(net_ticktime_seconds=net_ticktime, losses=tuple(losses))


async def _kill_leader(cluster: LosingCluster, heartbeat: int) -> Loss:
    leader = await cluster.find_leader(ask=0)
    used = (leader + 1) % 3
    async with _open_road(cluster, used, heartbeat) as road:
        begun = time.monotonic()
        await cluster.kill(leader)
        await _until(road, lambda: road.is_steady(begun))
        gap = road.longest_gap(begun)
        await cluster.start(leader)
        await cluster.until_whole(ask=used)
    return _tell(road, "SIGKILL of the queue's leader; clients on another node", heartbeat, gap)


async def _suspend(cluster: LosingCluster, heartbeat: int, *, leads: bool) -> Loss:
    leader = await cluster.find_leader(ask=0)
    used = leader if leads else (leader + 1) % 3
    async with _open_road(cluster, used, heartbeat) as road:
        begun = time.monotonic()
        cluster.suspend(used)
        try:
            await _until(road, lambda: road.is_steady(begun))
        finally:
            cluster.resume(used)
        gap = road.longest_gap(begun)
        await asyncio.sleep(_NOTICED_WITHIN)
        other = (used + 1) % 3
        if restarted := not await cluster.is_whole(ask=other):
            await cluster.kill(used)
            await cluster.start(used)
            await cluster.until_whole(ask=other)
    which = "that the clients are connected to" + (", which leads the queue" if leads else "")
    what = f"SIGSTOP of the node {which}"
    return _tell(road, what, heartbeat, gap, restarted=restarted)


async def _kill_two(cluster: LosingCluster, heartbeat: int) -> Loss:
    async with _open_road(cluster, 0, heartbeat) as road:
        begun = time.monotonic()
        await asyncio.gather(cluster.kill(1), cluster.kill(2))
        await asyncio.sleep(_STOPPED_FOR)
        if time.monotonic() - max(road.received.values()) < _STOPPED_FOR / 2:
            message = "expected the loss of two of three nodes to stop all traffic"
            raise UnavailableError("bench.too_slow", message)
        await asyncio.gather(cluster.start(1), cluster.start(2))
        back = time.monotonic()
        await _until(road, lambda: road.is_steady(back))
        gap = road.longest_gap(begun)
        resumed = min(at for at in road.received.values() if at > begun + _STOPPED_FOR)
        await cluster.until_whole(ask=0)
    what = f"SIGKILL of two of three nodes, back after {_STOPPED_FOR:.0f} s"
    return _tell(road, what, heartbeat, gap, after_return=max(0.0, resumed - back))


@asynccontextmanager
async def _open_road(cluster: LosingCluster, used: int, heartbeat: int) -> AsyncIterator[_Road]:
    """Have messages move, both ends connected to one node; see them all arrive in the end."""
    async with AsyncExitStack() as stack:
        member = await _open_at(cluster, used, LineEnd.MEMBER, heartbeat)
        stack.push_async_callback(member.close)
        router = await _open_at(cluster, used, LineEnd.ROUTER, heartbeat)
        stack.push_async_callback(router.close)
        road = _Road(member, router)
        receiving = asyncio.create_task(road.receive())
        publishing = [asyncio.create_task(road.publish(each)) for each in range(_PUBLISHERS)]
        try:
            begun = time.monotonic()
            await _until(road, lambda: road.is_steady(begun))
            yield road
            road.ending = True
            async with asyncio.timeout(_GIVE_UP_AFTER):
                await asyncio.gather(*publishing)
            await _until(road, lambda: road.confirmed <= road.received.keys())
        finally:
            for task in (receiving, *publishing):
                task.cancel()
            await asyncio.gather(receiving, *publishing, return_exceptions=True)


async def _open_at(cluster: LosingCluster, used: int, end: LineEnd, heartbeat: int) -> Transport:
    """Open an end of the line until chance has it connected to the node that is wanted."""
    for _ in range(_OPENINGS):
        line = cluster.line(end, heartbeat=heartbeat)
        if line.node == cluster.address(used):
            await line.open()
            if line.node == cluster.address(used):
                return line
            await line.close()
    message = f"expected a connection to the node at {cluster.address(used)}"
    raise UnavailableError("bench.too_slow", message)


async def _until(road: _Road, holds: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(_GIVE_UP_AFTER):
            while not holds():  # noqa: ASYNC110 - it asks for time too
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError as cause:
        missing = len(road.confirmed - road.received.keys())
        message = (
            f"expected messages to move within {_GIVE_UP_AFTER:.0f} s, found {len(road.received)} "
            f"received, {missing} confirmed and not received"
        )
        raise UnavailableError("bench.too_slow", message) from cause


def _tell(
    road: _Road,
    what: str,
    heartbeat: int,
    gap: float,
    *,
    after_return: float | None = None,
    restarted: bool = False,
) -> Loss:
    return Loss(
        what=what,
        heartbeat_seconds=heartbeat,
        without_progress=gap,
        longest_delay=road.longest_delay(),
        after_return=after_return,
        restarted=restarted,
        messages=len(road.confirmed),
        repeated=road.repeated,
        lost=len(road.confirmed - road.received.keys()),
    )
