"""What leaves by a line: when, how often, and what becomes of what cannot leave."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.core.lifecycle import Fact
from swb.ports import LineEnd, Share
from swb.services.dispatch import DispatchService
from swb_schemas.errors import UnavailableError
from tests.integration.opening import LEASE, RETRYING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from swb.ports import Clock, Delivery, Settlement, Transport
    from tests.integration.world import World


def dispatching(
    world: World, lines: Mapping[str, Transport], *, clock: Clock | None = None
) -> DispatchService:
    """TH's dispatch over other lines."""
    return DispatchService(
        store=world.th.store,
        lines=lines,
        clock=clock or world.clock,
        jitter=lambda: 0.0,
        retrying=RETRYING,
        batch=64,
        lease_for=LEASE,
        ticks=world.clock.ticks,
    )


def dispatching_in_vain(world: World) -> DispatchService:
    """TH's dispatch over a line that is not open."""
    file = TransportFile(path=world.folder / "broker.db")
    return dispatching(world, {"TH": SqliteTransport(file=file, line="TH", end=LineEnd.MEMBER)})


async def test_publishes_later_what_cannot_leave_now(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    service = dispatching_in_vain(world)
    assert await service.dispatch_due() == 1
    assert service.outages == {"line TH": "transport.unreachable"}
    world.clock.turn(timedelta(minutes=1))
    assert await service.dispatch_due() == 0, "a line that answers no ping gets no message"

    await world.carry()
    assert Fact.AS3 in await world.th.facts(document_id)


async def test_no_message_uses_up_its_attempts_while_its_line_is_down(world: World) -> None:
    await world.th.issue(world.certificate())
    service = dispatching_in_vain(world)
    for _ in range(3 * RETRYING.max_attempts):
        await service.dispatch_due()
        world.clock.turn(timedelta(minutes=2))
    counts = await world.th.store.count()
    assert (counts.outbound, counts.parked) == (1, 0)
    (waiting,) = await world.th.store.claim_outbound(
        world.clock.now(), shares={"TH": Share(fresh=1)}, lease_for=LEASE
    )
    assert waiting.attempts == 0


async def test_parks_what_alone_could_not_leave_too_often(world: World) -> None:
    await world.th.issue(world.certificate())
    await world.th.issue(world.certificate())
    messages = await world.th.sent("CertificateIssue")
    unclear = UnavailableError("transport.unconfirmed", "x")
    line = LineWithFault(world.th.line, {messages[0].message_id}, unclear)
    service = dispatching(world, {"TH": line})
    for _ in range(RETRYING.max_attempts):
        await service.dispatch_due()
        world.clock.turn(timedelta(minutes=2))
    counts = await world.th.store.count()
    assert (counts.outbound, counts.parked) == (0, 1)
    assert service.outages == {}


async def test_parks_a_message_that_has_expired(world: World) -> None:
    await world.th.issue(world.certificate())
    world.clock.turn(timedelta(days=31))

    await world.carry()

    counts = await world.th.store.count()
    assert (counts.outbound, counts.parked) == (0, 1)
    assert await world.router_store.list_messages() == []


async def test_keeps_what_has_no_line_in_the_configuration(world: World) -> None:
    await world.th.issue(world.certificate())
    assert await dispatching(world, {}).dispatch_due() == 1
    counts = await world.th.store.count()
    assert (counts.outbound, counts.parked) == (1, 0)


class SteppedClock:
    """A clock that gives no time from one question on, as one that was set under a daemon."""

    def __init__(self, world: World, *, answers: int) -> None:
        self._world = world
        self.answers: float = answers

    def now(self) -> datetime:
        self.answers -= 1
        if self.answers < 0:
            raise UnavailableError("clock.stepped", "expected the right time")
        return self._world.clock.now()


@pytest.mark.parametrize("answers", [1, 2, 3, 4])
async def test_a_clock_that_goes_wrong_under_a_claim_costs_no_more_than_its_lease(
    world: World, answers: int
) -> None:
    """Else the claim would be kept, and extended, for work that nobody does."""
    await world.th.issue(world.certificate())
    clock = SteppedClock(world, answers=answers)
    service = dispatching(world, {"TH": world.th.line}, clock=clock)
    with pytest.raises(UnavailableError, match=r"clock\.stepped"):
        await service.dispatch_due()
    clock.answers = math.inf
    world.clock.turn(LEASE + timedelta(seconds=1))
    await service.dispatch_due()
    assert (await world.th.store.count()).outbound == 0


class LineWithFault:
    """A line with a programming error for some messages; for the others it is real."""

    def __init__(self, line: Transport, faulty: set[str], error: Exception | None = None) -> None:
        self._line = line
        self._faulty = faulty
        self._error = error or RuntimeError("fault")

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        if message_id in self._faulty:
            raise self._error
        await self._line.publish(
            body, message_id=message_id, message_type=message_type, environment=environment
        )

    async def open(self) -> None:
        raise NotImplementedError

    def when_back(self, call: Callable[[], None]) -> None:
        raise NotImplementedError

    def end_deliveries(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def ping(self) -> None:
        raise NotImplementedError

    def deliveries(self) -> AsyncIterator[Delivery]:
        raise NotImplementedError

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_one_message_that_cannot_be_published_holds_up_no_other(
    world: World, position: int
) -> None:
    for _ in range(3):
        await world.th.issue(world.certificate())
    messages = await world.th.sent("CertificateIssue")
    faulty = messages[position]
    service = dispatching(world, {"TH": LineWithFault(world.th.line, {faulty.message_id})})

    assert await service.dispatch_due() == 3
    await world.drained()

    assert (await world.th.store.count()).outbound == 1, "the two others are marked as published"
    for _ in range(RETRYING.max_attempts):
        world.clock.turn(timedelta(minutes=2))
        await service.dispatch_due()
    assert (await world.th.store.count()).parked == 1


async def test_a_message_that_left_twice_takes_effect_once(world: World) -> None:
    """The process died between publishing and noting it."""
    document_id = await world.th.issue(world.certificate())
    (outbound,) = await world.th.store.claim_outbound(
        world.clock.now(), shares={"TH": Share(fresh=1)}, lease_for=LEASE
    )
    await world.hand_in("TH", outbound.message.octets)
    world.clock.turn(LEASE * 2)

    await world.carry()

    assert len(await world.vn.received("CertificateIssue")) == 1
    assert Fact.AS3 in await world.th.facts(document_id)
    assert (await world.th.store.count()).outbound == 0


async def test_a_lease_that_ends_before_the_publish_does_sends_the_same_message_twice(
    world: World,
) -> None:
    """Two processes, one slow: the receiver tells one message from two."""
    document_id = await world.th.issue(world.certificate())
    reached, go_on = asyncio.Event(), asyncio.Event()

    class SlowLine(LineWithFault):
        async def publish(
            self, body: bytes, *, message_id: str, message_type: str, environment: str
        ) -> None:
            reached.set()
            await go_on.wait()
            await super().publish(
                body, message_id=message_id, message_type=message_type, environment=environment
            )

    slow = dispatching(world, {"TH": SlowLine(world.th.line, set())})
    late = asyncio.create_task(slow.dispatch_due())
    await reached.wait()
    world.clock.turn(LEASE * 2)
    await world.carry()
    go_on.set()
    assert await late == 1
    await world.carry()

    assert len(await world.vn.received("CertificateIssue")) == 1
    names = [event.name for event in await world.th.store.list_events(document_id)]
    assert sorted(names) == ["AS1", "AS2", "AS3", "RELAYED"]
