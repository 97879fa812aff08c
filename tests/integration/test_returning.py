"""A line that goes down and comes back: the others do not notice, and what waited drains in order.

Counts decide here, and a clock that the test turns; nothing is timed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.breaking import BreakPolicy
from swb.core.catching_up import CatchUpPolicy
from swb.core.retrying import RetryPolicy
from swb.ports import Share
from swb.services.dispatch import DispatchService
from swb_schemas.errors import UnavailableError
from tests.contract.records import LEASE, NOW, SECOND, relay, submission, uuid_of
from tests.integration.world import Clock, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from swb.ports import Delivery, Settlement

MINUTE = timedelta(minutes=1)


class Line:
    """A line that does what the test says, and remembers what it took."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self.fails_with = ""
        self.answers_pings = True
        self.pings = 0
        self.tried = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        del body, message_type, environment
        self.tried += 1
        await self.goes_on.wait()
        if self.fails_with:
            raise UnavailableError(self.fails_with, "by the test")
        self.took.append(message_id)

    def has_taken(self, count: int) -> bool:
        return len(self.took) == count

    async def ping(self) -> None:
        self.pings += 1
        if not self.answers_pings:
            raise UnavailableError("transport.unreachable", "by the test")

    async def open(self) -> None:
        raise NotImplementedError

    def when_back(self, call: Callable[[], None]) -> None:
        raise NotImplementedError

    def end_deliveries(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    def deliveries(self) -> AsyncIterator[Delivery]:
        raise NotImplementedError

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        raise NotImplementedError


class Router:
    """A store, two lines, and what empties the outbox into them."""

    def __init__(self, store: SqliteMessageStore, *, share: float = 0.5, places: int = 8) -> None:
        self.store = store
        self.clock = Clock(NOW)
        self.th, self.vn = Line(), Line()
        self.dispatching = DispatchService(
            store=store,
            lines={"TH": self.th, "VN": self.vn},
            clock=self.clock,
            jitter=lambda: 0.0,
            retrying=RetryPolicy(max_attempts=5),
            batch=places,
            lease_for=LEASE,
            breaking=BreakPolicy.within(first_delay=SECOND, ceiling=30 * SECOND),
            catching_up=CatchUpPolicy(share=share, after=30 * SECOND),
            ticks=self.clock.ticks,
        )

    async def for_vn(self, *numbers: int) -> list[str]:
        """Have the router relay messages to VN, the receipts of which have left already."""
        for number in numbers:
            given = relay(number, at=self.clock.now())
            await self.store.accept(given)
            (_, receipt) = given.outbound
            await self.store.mark_published([receipt.message.message_id], self.clock.now())
            self.clock.turn(timedelta(milliseconds=1))
        return [uuid_of(number) for number in numbers]

    async def for_th(self, *numbers: int) -> list[str]:
        for number in numbers:
            await self.store.commit_submission(submission(number, at=self.clock.now()))
        return [uuid_of(number) for number in numbers]

    async def attempts_of(self, line: str) -> Counter[int]:
        claimed = await self.store.claim_outbound(
            self.clock.now() + timedelta(days=1), shares={line: Share(fresh=999)}, lease_for=LEASE
        )
        return Counter(each.attempts for each in claimed)

    async def carry(self) -> None:
        while await self.dispatching.dispatch_due():
            pass


@asynccontextmanager
async def opened(folder: Path, *, share: float = 0.5, places: int = 8) -> AsyncIterator[Router]:
    store = SqliteMessageStore(path=folder / "store.db")
    await store.open()
    try:
        yield Router(store, share=share, places=places)
    finally:
        await store.close()


async def test_a_line_that_is_down_takes_nothing_from_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as router:
        await router.for_vn(*range(100, 150))
        router.vn.fails_with = "transport.unreachable"
        router.vn.answers_pings = False
        for number in range(20):
            (fresh,) = await router.for_th(number)
            await router.dispatching.dispatch_due()
            assert router.th.took[-1] == fresh
            router.clock.turn(MINUTE)
        assert router.vn.tried == 8, "the first batch, and no message more"
        assert await router.attempts_of("VN") == {0: 50}


async def test_a_line_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as router:
        await router.for_vn(100)
        router.vn.goes_on.clear()
        await router.dispatching.look()
        await until(lambda: router.vn.tried == 1)
        for number in range(1, 21):
            await router.for_th(number)
            await router.dispatching.look()
            await until(partial(router.th.has_taken, number))
        router.vn.goes_on.set()
        await router.dispatching.settle()
        assert router.vn.took == [uuid_of(100)]


async def test_what_waited_leaves_in_the_order_of_age_when_the_line_is_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, share=1) as router:
        ids = await router.for_vn(*range(100, 140))
        router.vn.fails_with, router.vn.answers_pings = "transport.unreachable", False
        for _ in range(10):
            await router.dispatching.dispatch_due()
            router.clock.turn(MINUTE)
        pings = router.vn.pings
        assert pings >= 5, "somebody looks whether it is back"

        router.vn.fails_with, router.vn.answers_pings = "", True
        router.clock.turn(MINUTE)
        assert await router.dispatching.dispatch_due() == 1, "one message is the probe"
        await router.carry()

        assert router.vn.took == ids
        assert router.vn.pings == pings + 1


async def test_a_sign_of_life_ends_the_wait(tmp_path: Path) -> None:
    async with opened(tmp_path) as router:
        ids = await router.for_vn(100, 101)
        router.vn.fails_with, router.vn.answers_pings = "transport.full", True
        for _ in range(8):
            await router.dispatching.dispatch_due()
            router.clock.turn(30 * SECOND)
        await router.dispatching.dispatch_due()
        router.vn.fails_with = ""
        router.clock.turn(2 * SECOND)
        assert await router.dispatching.dispatch_due() == 0, "the next probe is 28 seconds away"
        router.dispatching.hear("VN")
        await router.carry()
        assert router.vn.took == ids


async def test_one_probe_at_a_time_finds_out_that_a_line_is_full(tmp_path: Path) -> None:
    async with opened(tmp_path) as router:
        await router.for_vn(*range(100, 150))
        router.vn.fails_with = "transport.full"
        await router.dispatching.dispatch_due()
        assert router.vn.tried == 8
        for tried in range(9, 15):
            router.clock.turn(MINUTE)
            assert await router.dispatching.dispatch_due() == 1
            assert router.vn.tried == tried
        assert await router.attempts_of("VN") == {0: 50}


async def test_a_message_that_no_probe_gets_through_lets_the_next_one_try(tmp_path: Path) -> None:
    """The line answers pings and confirms nothing of the first message."""
    async with opened(tmp_path) as router:
        ids = await router.for_vn(100, 101, 102)
        router.vn.fails_with = "transport.unconfirmed"
        for _ in range(4):
            await router.dispatching.dispatch_due()
            router.clock.turn(MINUTE)
        assert router.dispatching.outages == {"line VN": "transport.unconfirmed"}
        router.vn.fails_with = ""
        await router.carry()
        assert sorted(router.vn.took) == ids
        assert router.dispatching.outages == {}


@pytest.mark.parametrize(("share", "old_places"), [(0.5, 8), (0.25, 4), (1, 16)])
async def test_a_backlog_takes_its_share_of_the_places_and_fresh_messages_the_rest(
    tmp_path: Path, share: float, old_places: int
) -> None:
    async with opened(tmp_path, share=share, places=16) as router:
        backlog = await router.for_vn(*range(1000, 1064))
        router.clock.turn(2 * MINUTE)
        for number in range(4):
            others = await router.for_th(*range(number * 16, number * 16 + 16))
            (own,) = await router.for_vn(2000 + number)
            claimed = await router.dispatching.dispatch_due()

            assert claimed == old_places + 17
            assert router.th.took[-16:] == others, "the others leave at once"
            assert own in router.vn.took, "and so do fresh ones of the state that is back"
        left = [each for each in router.vn.took if each in set(backlog)]
        assert left == backlog[: 4 * old_places], "in the order of age"


async def test_a_backlog_rests_as_long_as_its_share_of_the_time_asks(tmp_path: Path) -> None:
    """Each piece takes a second by the clock; in 100 seconds it works for 25 of them."""
    async with opened(tmp_path, share=0.25, places=4) as router:
        await router.for_vn(*range(1000, 1064))
        router.clock.turn(2 * MINUTE)
        real = router.vn.publish

        async def slow(body: bytes, **rest: str) -> None:
            router.clock.turn(SECOND)
            await real(body, **rest)

        router.vn.publish = slow  # type: ignore[method-assign]  # a slow line
        for _ in range(400):
            before = router.clock.now()
            await router.dispatching.dispatch_due()
            if router.clock.now() == before:
                router.clock.turn(SECOND / 4)
        worked = len(router.vn.took)
        passed = (router.clock.now() - NOW - 2 * MINUTE).total_seconds()
        assert worked == pytest.approx(passed * 0.25, abs=2)


async def test_messages_to_a_line_that_nobody_configured_are_told_and_kept(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as router:
        given = relay(1)
        await router.store.accept(given)
        service = DispatchService(
            store=router.store,
            lines={"TH": router.th},
            clock=router.clock,
            jitter=lambda: 0.0,
            retrying=RetryPolicy(max_attempts=5),
            batch=8,
            lease_for=LEASE,
            ticks=router.clock.ticks,
        )
        for _ in range(20):
            await service.dispatch_due()
            router.clock.turn(MINUTE)
        assert service.outages == {"line VN": "transport.no_line"}
        assert await router.attempts_of("VN") == {0: 1}
        router.clock.turn(timedelta(days=31))
        await service.dispatch_due()
        assert (await router.store.count()).parked == 1, "it has expired"


async def test_a_store_that_fails_while_messages_are_on_the_way_is_told_at_the_next_look(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as router:
        await router.for_th(1)
        router.th.goes_on.clear()
        await router.dispatching.look()
        await until(lambda: router.th.tried == 1)
        await router.store.close()
        router.th.goes_on.set()
        await router.dispatching.settle()
        with pytest.raises(UnavailableError) as told:
            await router.dispatching.look()
        assert told.value.code == "store.unavailable"
        await router.store.open()
        router.clock.turn(2 * LEASE)
        await router.carry()
        assert router.th.took == [uuid_of(1), uuid_of(1)], "under the same id"
