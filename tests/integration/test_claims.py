"""What one process works on, however long that takes, no other process begins.

Leases are short here and end by a clock that the test turns. Counts decide, no time does: a test
goes on when the store was asked to extend, however long that took.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.retrying import RetryPolicy
from swb.ports import ParkedKind
from swb.services import claims
from swb.services.claims import Claims
from swb.services.dispatch import DispatchService
from swb_schemas.errors import UnavailableError
from tests.contract.records import NOW, submission, uuid_of
from tests.integration.test_returning import Line
from tests.integration.world import Clock, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    import pytest

LEASE: Final = timedelta(milliseconds=60)
MINUTE: Final = timedelta(minutes=1)


class Store(SqliteMessageStore):
    """A store that counts how often it is asked to extend leases, and can fail at it."""

    asked = 0
    fails = False

    async def extend_leases(
        self, kind: ParkedKind, item_ids: Sequence[str], now: datetime, *, lease_for: timedelta
    ) -> None:
        if self.fails:
            self.asked += 1
            raise UnavailableError("store.unavailable", "by the test")
        await super().extend_leases(kind, item_ids, now, lease_for=lease_for)
        self.asked += 1

    async def until_asked(self, times: int) -> None:
        """Wait for so many more extensions that end."""
        wanted = self.asked + times
        await until(lambda: self.asked >= wanted)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Store, SqliteMessageStore]]:
    """A store as two processes have it open."""
    one, other = Store(path=folder / "store.db"), SqliteMessageStore(path=folder / "store.db")
    await one.open()
    await other.open()
    try:
        yield one, other
    finally:
        await one.close()
        await other.close()


def dispatching(store: SqliteMessageStore, line: Line, clock: Clock) -> DispatchService:
    return DispatchService(
        store=store,
        lines={"TH": line},
        clock=clock,
        jitter=lambda: 0.0,
        retrying=RetryPolicy(max_attempts=5),
        batch=8,
        lease_for=LEASE,
        ticks=clock.ticks,
    )


async def submit(store: SqliteMessageStore, count: int) -> list[str]:
    for number in range(count):
        await store.commit_submission(submission(number, at=NOW))
    return [uuid_of(number) for number in range(count)]


async def test_a_batch_that_takes_longer_than_its_lease_is_published_once(tmp_path: Path) -> None:
    clock, slow, quick = Clock(NOW), Line(), Line()
    async with opened(tmp_path) as (store, other_store):
        ids = await submit(store, 8)
        one, other = dispatching(store, slow, clock), dispatching(other_store, quick, clock)
        slow.goes_on.clear()
        assert await one.look() == 8
        await until(lambda: slow.tried == 8)
        for _ in range(5):
            clock.turn(LEASE / 2)
            await store.until_asked(2)  # the second of them began after the clock was turned
            assert await other.dispatch_due() == 0
        slow.goes_on.set()
        await one.settle()
        clock.turn(10 * LEASE)
        assert await other.dispatch_due() == await one.dispatch_due() == 0
        assert sorted(slow.took) == ids
        assert quick.tried == 0


async def test_what_a_process_works_on_it_does_not_begin_again_though_its_lease_ended(
    tmp_path: Path,
) -> None:
    """The store could not extend it; by now the message is old, and old ones have places too."""
    clock, line = Clock(NOW), Line()
    async with opened(tmp_path) as (store, _):
        await submit(store, 3)
        service = dispatching(store, line, clock)
        store.fails = True
        line.goes_on.clear()
        assert await service.look() == 3
        await store.until_asked(1)
        for _ in range(3):
            clock.turn(MINUTE)
            assert await service.look() == 0
        line.goes_on.set()
        await service.settle()
        clock.turn(MINUTE)
        assert await service.dispatch_due() == 0
        assert line.tried == len(line.took) == 3


async def test_work_that_never_ends_is_left_to_others_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "EXTENSIONS", 3)
    clock, hung, quick = Clock(NOW), Line(), Line()
    async with opened(tmp_path) as (store, other_store):
        ids = await submit(store, 2)
        one, other = dispatching(store, hung, clock), dispatching(other_store, quick, clock)
        hung.goes_on.clear()
        await one.look()
        await store.until_asked(3)
        clock.turn(2 * LEASE)
        assert await other.dispatch_due() == 2
        assert sorted(quick.took) == ids
        assert store.asked == 3
        hung.goes_on.set()
        await one.settle()


async def test_work_that_is_done_soon_costs_no_extension(tmp_path: Path) -> None:
    clock, line = Clock(NOW), Line()
    async with opened(tmp_path) as (store, _):
        await submit(store, 8)
        kept = Claims(ParkedKind.OUTBOUND, store=store, clock=clock, lease_for=LEASE)
        assert kept.take(["a", "b"]) == {"a", "b"}
        assert kept.take(["b", "c"]) == {"c"}
        kept.end(["a", "b", "c"])
        assert await dispatching(store, line, clock).dispatch_due() == 8
        asked = store.asked
        await asyncio.sleep(LEASE.total_seconds())
        assert store.asked == asked, "nothing is left that would be extended"
