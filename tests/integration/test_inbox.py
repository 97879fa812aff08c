"""The loop over a line's deliveries: what becomes of each, and that nothing ends the loop."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from swb.backends.sqlite.store import SqliteMessageStore
from swb.backends.sqlite.topology import apply_topology
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.core.retrying import RetryPolicy
from swb.ports import HeldMessage, LineEnd
from swb.services.faults import INTERNAL_FAULT
from swb.services.inbox import InboxService
from swb_schemas.errors import Actor, RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire.digest import digest_text_of
from tests.integration.world import Clock, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from swb.ports import BuriedMessage

PATIENCE = RetryPolicy(first_delay=timedelta(milliseconds=20), max_attempts=3)


class Bench:
    """A line with an inbox on it whose judge a test gives."""

    def __init__(self, store: SqliteMessageStore, member: SqliteTransport) -> None:
        self.store = store
        self.member = member
        self.clock = Clock(datetime.now(UTC))
        self.judged: list[bytes] = []
        self.judge: Callable[[bytes], Awaitable[None]] = self._accept
        self.retrying = PATIENCE
        self.concurrency = 4
        self.lease_for = timedelta(seconds=30)

    async def _accept(self, raw: bytes) -> None:
        self.judged.append(raw)

    def inbox(self, line: SqliteTransport) -> InboxService:
        async def judge(raw: bytes, *_: object) -> None:
            await self.judge(raw)

        return InboxService(
            line="TH",
            transport=line,
            store=self.store,
            judge=judge,
            clock=self.clock,
            jitter=lambda: 0.0,
            retrying=self.retrying,
            concurrency=self.concurrency,
            batch=10,
            lease_for=self.lease_for,
            on_commit=lambda: None,
        )

    async def send(self, *bodies: bytes) -> None:
        for body in bodies:
            await self.member.publish(
                body, message_id=body.decode(), message_type="", environment="test"
            )


@asynccontextmanager
async def opened_bench(
    folder: Path, store_class: type[SqliteMessageStore] = SqliteMessageStore
) -> AsyncIterator[tuple[Bench, SqliteTransport]]:
    await apply_topology(path=folder / "broker.db", members=["TH"])
    file = TransportFile(path=folder / "broker.db")
    store = store_class(path=folder / "store.db")
    member = SqliteTransport(file=file, line="TH", end=LineEnd.MEMBER)
    router = SqliteTransport(file=file, line="TH", end=LineEnd.ROUTER)
    await store.open()
    await member.open()
    await router.open()
    try:
        yield Bench(store, member), router
    finally:
        await member.close()
        await router.close()
        await store.close()


@asynccontextmanager
async def running(inbox: InboxService, line: SqliteTransport) -> AsyncIterator[None]:
    task = asyncio.create_task(inbox.run())
    try:
        yield
    finally:
        await line.close()
        async with asyncio.timeout(5):
            await task


async def test_buries_a_message_that_breaks_its_reader_after_five_attempts(tmp_path: Path) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        attempts = 0

        async def judge(raw: bytes) -> None:
            nonlocal attempts
            if raw == b"poison":
                attempts += 1
                raise KeyError(raw)
            bench.judged.append(raw)

        bench.judge = judge
        bench.retrying = replace(PATIENCE, max_attempts=100)
        inbox = bench.inbox(line)
        async with running(inbox, line):
            await bench.send(b"poison", b"good")
            await until(lambda: bench.judged == [b"good"])
            for _ in range(20):
                bench.clock.turn(timedelta(minutes=11))
                await inbox.judge_held()

        assert attempts == 5
        (letter,) = await bench.store.list_buried()
        assert (letter.octets, letter.code) == (b"poison", INTERNAL_FAULT)
        assert (await bench.store.count()).held == 0


async def test_one_fault_after_a_long_wait_for_something_else_buries_nothing(
    tmp_path: Path,
) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        failures: list[Exception] = [
            *(UndeterminedError("trust.list_expired", "x") for _ in range(9)),
            KeyError("once"),
        ]

        async def judge(raw: bytes) -> None:
            if failures:
                raise failures.pop(0)
            bench.judged.append(raw)

        bench.judge = judge
        inbox = bench.inbox(line)
        async with running(inbox, line):
            await bench.send(b"good")
            await until(lambda: len(failures) == 9)
            while not bench.judged:
                bench.clock.turn(timedelta(minutes=11))
                await inbox.judge_held()

        assert await bench.store.list_buried() == []
        assert (await bench.store.count()).held == 0


async def test_a_fault_of_ours_is_no_refusal(tmp_path: Path) -> None:
    """Codes for developers say that the code is wrong, not the message."""
    async with opened_bench(tmp_path) as (bench, line):

        async def judge(_: bytes) -> None:
            raise RefusedError("store.conflict", "x", actor=Actor.DEVELOPER)

        bench.judge = judge
        inbox = bench.inbox(line)
        async with running(inbox, line):
            await bench.send(b"good")

            async def held() -> bool:
                return (await bench.store.count()).held == 1

            await until(held)
        assert await bench.store.list_buried() == []


async def test_a_reason_that_cannot_be_written_is_written_otherwise(tmp_path: Path) -> None:
    """A lone surrogate is no Unicode text; the dead letter must be kept nevertheless."""
    async with opened_bench(tmp_path) as (bench, line):

        async def judge(_: bytes) -> None:
            raise RefusedError("xml.malformed", "found \udcff\x00")

        bench.judge = judge
        async with running(bench.inbox(line), line):
            await bench.send(b"bad")

            async def buried() -> bool:
                return bool(await bench.store.list_buried())

            await until(buried)
        (letter,) = await bench.store.list_buried()
        assert letter.code == "xml.malformed"


class FaultyStore(SqliteMessageStore):
    """A store with a programming error: what is to be buried or held raises."""

    faults = 3

    async def bury(self, buried: BuriedMessage) -> None:
        self._fail()
        await super().bury(buried)

    async def hold(self, held: HeldMessage, *, due_at: datetime) -> int:
        self._fail()
        return await super().hold(held, due_at=due_at)

    def _fail(self) -> None:
        if self.faults:
            self.faults -= 1
            raise RuntimeError


@pytest.mark.parametrize(
    "failure", [RefusedError("xml.malformed", "x"), UndeterminedError("trust.list_expired", "x")]
)
async def test_an_unforeseen_fault_of_the_store_does_not_end_the_loop(
    tmp_path: Path, failure: Exception
) -> None:
    async with opened_bench(tmp_path, FaultyStore) as (bench, line):

        async def judge(raw: bytes) -> None:
            if raw == b"bad":
                raise failure
            bench.judged.append(raw)

        bench.judge = judge
        async with running(bench.inbox(line), line):
            await bench.send(b"bad", b"good")
            await until(lambda: bench.judged == [b"good"])

            async def kept() -> bool:
                counts = await bench.store.count()
                return counts.held + counts.buried == 1

            await until(kept)


async def test_a_delivery_rests_ever_longer_while_the_store_is_down(tmp_path: Path) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        at: list[float] = []

        async def judge(_: bytes) -> None:
            at.append(asyncio.get_running_loop().time())
            if len(at) < 5:
                raise UnavailableError("store.unavailable", "x")

        bench.judge = judge
        async with running(bench.inbox(line), line):
            await bench.send(b"good")
            await until(lambda: len(at) == 5)
        rests = [later - earlier for earlier, later in itertools.pairwise(at)]
        assert rests[3] > rests[0] * 2
        assert sum(rests) >= 0.02 + 0.04 + 0.08 + 0.16


async def test_a_closing_line_does_not_wait_for_deliveries_that_rest(tmp_path: Path) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        begun = asyncio.Event()

        async def judge(_: bytes) -> None:
            begun.set()
            raise UnavailableError("store.unavailable", "x")

        bench.judge = judge
        bench.retrying = RetryPolicy(first_delay=timedelta(minutes=5))
        async with asyncio.timeout(4), running(bench.inbox(line), line):
            await bench.send(b"good")
            await begun.wait()
            await asyncio.sleep(0.05)


async def test_what_was_begun_when_the_line_closes_is_finished(tmp_path: Path) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def judge(raw: bytes) -> None:
            begun.set()
            await go_on.wait()
            bench.judged.append(raw)

        bench.judge = judge
        task = asyncio.create_task(bench.inbox(line).run())
        await bench.send(b"good")
        await begun.wait()
        await line.close()
        go_on.set()
        async with asyncio.timeout(5):
            await task
        assert bench.judged == [b"good"]


async def test_judges_no_more_at_a_time_than_allowed(tmp_path: Path) -> None:
    async with opened_bench(tmp_path) as (bench, line):
        at_once = most = 0

        async def judge(raw: bytes) -> None:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.005)
            at_once -= 1
            bench.judged.append(raw)

        bench.judge = judge
        async with running(bench.inbox(line), line):
            await bench.send(*(f"m{number}".encode() for number in range(20)))
            await until(lambda: len(bench.judged) == 20)
        assert most == bench.concurrency


async def test_what_was_held_is_judged_by_one_process_however_long_that_takes(
    tmp_path: Path,
) -> None:
    class Counting(SqliteMessageStore):
        extended = 0

        async def extend_leases(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
            await super().extend_leases(*arguments, **named)
            self.extended += 1

        def was_asked(self, times: int) -> bool:
            return self.extended >= times

    async with opened_bench(tmp_path, Counting) as (bench, line):
        store = bench.store
        assert isinstance(store, Counting)
        goes_on, begun = asyncio.Event(), 0

        async def judge(raw: bytes) -> None:
            nonlocal begun
            begun += 1
            await goes_on.wait()
            bench.judged.append(raw)

        bench.judge = judge
        bench.lease_for = timedelta(milliseconds=60)
        for raw in (b"one", b"two"):
            digest = digest_text_of(raw)
            waits = HeldMessage(octets_digest=digest, octets=raw, line="TH", attempts=1, code="x")
            await store.hold(waits, due_at=bench.clock.now())
        judging = asyncio.create_task(bench.inbox(line).judge_held())
        await until(lambda: begun == 1)
        for _ in range(5):
            bench.clock.turn(bench.lease_for / 2)
            await until(partial(store.was_asked, store.extended + 2))
            assert await bench.inbox(line).judge_held() == 0
        goes_on.set()
        assert await judging == 2
        assert bench.judged == [b"one", b"two"]
        assert (await store.count()).held == 0
