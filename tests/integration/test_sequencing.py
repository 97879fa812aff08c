"""The log of the router: everything once, whoever dies when, and nothing that is contradicted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.backends.files import FileLogFolder
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb.services.log_view import CHECKPOINT, PENDING, LogView
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.ledger.checkpoint import parse_checkpoint
from swb_schemas.wire.ledger.entry import LogEntry, parse_entry
from swb_schemas.wire.ledger.merkle import Frontier
from tests.contract.records import NOW, acceptance
from tests.integration.sequencer import DELAY, build_sequencing, log_signer
from tests.integration.world import Clock, until
from tests.ledgers import ORIGIN
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from swb.services.sequencing import SequencingService


class DeadError(BaseException):
    """The process was killed."""


@dataclass
class Death:
    """Kills before or after a certain call to anything outside of the process."""

    at: int
    after: bool
    calls: int = 0
    shown: list[bytes] = field(default_factory=list)

    def guard(self, part: Any) -> Any:  # noqa: ANN401 - any port
        return _Guarded(part, self)


class _Guarded:
    def __init__(self, part: Any, death: Death) -> None:  # noqa: ANN401 - any port
        self._part = part
        self._death = death

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any operation
        found = getattr(self._part, name)
        if not asyncio.iscoroutinefunction(found):
            return found
        return self._count(name, found)

    def _count(
        self, name: str, call: Callable[..., Awaitable[object]]
    ) -> Callable[..., Awaitable[object]]:
        async def counted(*args: object, **kwargs: object) -> object:
            self._death.calls += 1
            dies = self._death.calls == self._death.at
            if dies and not self._death.after:
                raise DeadError
            result = await call(*args, **kwargs)
            if name == "put" and args[0] in {PENDING, CHECKPOINT}:
                self._death.shown.append(args[1])  # type: ignore[arg-type]  # a checkpoint
            if dies:
                raise DeadError
            return result

        return counted


@contextlib.asynccontextmanager
async def opened(
    folder: Path, death: Death | None = None, clock: Clock | None = None, owner: str = "one"
) -> AsyncIterator[tuple[SequencingService, SqliteMessageStore, SqliteLedgerStore]]:
    """One life of a sequencing process."""
    store = SqliteMessageStore(path=folder / "store.db")
    ledger = SqliteLedgerStore(path=folder / "ledger.db", origin=ORIGIN)
    await store.open()
    await ledger.open()
    guard: Callable[[Any], Any] = death.guard if death else lambda part: part
    try:
        yield (
            build_sequencing(
                owner=owner,
                store=guard(store),
                ledger=guard(ledger),
                folder=guard(FileLogFolder(folder / "log")),
                clock=clock or Clock(NOW),
                signer=guard(log_signer()),
            ),
            store,
            ledger,
        )
    finally:
        await store.close()
        await ledger.close()


def remove(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink()


async def record(store: SqliteMessageStore, first: int, last: int) -> None:
    """Have the router record messages, each with another that it sends."""
    for number in range(first, last):
        await store.accept(acceptance(number))


async def recorded(folder: Path) -> list[LogEntry]:
    """What the message store says."""
    store = SqliteMessageStore(path=folder / "store.db")
    await store.open()
    found = await store.list_recorded(limit=10_000)
    await store.close()
    return [LogEntry(message_id=e.message_id, sender=e.sender, digest=e.digest) for e in found]


async def published(folder: Path) -> list[LogEntry]:
    """What the log says to its readers, held against the root that it signed."""
    view = LogView(FileLogFolder(folder / "log"))
    checkpoint, _ = parse_checkpoint(await view.get_note(PENDING))
    entries = [parse_entry(raw) async for raw in view.read_entries(checkpoint.size)]
    assert Frontier().append(each.leaf for each in entries).root == checkpoint.root
    assert await view.read_root(checkpoint.size, size=checkpoint.size) == checkpoint.root
    return entries


def check_shown(shown: list[bytes], entries: list[LogEntry]) -> None:
    """Require every checkpoint that anybody could have seen to be one of this tree."""
    for raw in shown:
        checkpoint, _ = parse_checkpoint(raw)
        tree = Frontier().append(each.leaf for each in entries[: checkpoint.size])
        assert (tree.size, tree.root) == (checkpoint.size, checkpoint.root)


async def test_everything_that_was_recorded_is_in_the_log_in_its_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sequencing, store, _):
        assert await sequencing.sequence_due() == 0
        assert not (tmp_path / "log").exists(), "an empty log has nothing to show"
        for first, last in ((1, 3), (3, 20), (20, 21)):
            await record(store, first, last)
            assert await sequencing.sequence_due() == 0
        await sequencing.sequence_due()
    assert await published(tmp_path) == await recorded(tmp_path)
    assert len(await recorded(tmp_path)) == 40


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
async def test_whatever_call_it_dies_at_nothing_is_lost_doubled_or_contradicted(
    tmp_path: Path, *, after: bool
) -> None:
    """Every call of two steps in turn is the one at which the process ends."""
    total = Death(at=0, after=False)
    folder = tmp_path / "whole"
    folder.mkdir()
    async with opened(folder, total) as (sequencing, store, _):
        await record(store, 1, 3)
        await sequencing.sequence_due()
        await record(store, 3, 6)
        await sequencing.sequence_due()
    assert total.calls > 20
    for at in range(1, total.calls + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        shown: list[bytes] = []
        survived = False
        death = Death(at=at, after=after)
        for last, life in ((3, death), (6, death), (6, Death(at=0, after=False))):
            async with opened(folder, life) as (sequencing, store, _):
                await record(store, 1, last)
                try:
                    await sequencing.sequence_due()
                except DeadError:
                    survived = True
            shown += life.shown
        entries = await published(folder)
        assert entries == await recorded(folder), f"died at call {at}"
        check_shown(shown, entries)
        assert survived


def owner_of(folder: Path) -> str:
    with contextlib.closing(sqlite3.connect(folder / "ledger.db")) as connection:
        ((owner,),) = connection.execute("SELECT owner FROM log").fetchall()
    return str(owner)


async def test_two_processes_on_one_store_never_both_sequence(tmp_path: Path) -> None:
    store = SqliteMessageStore(path=tmp_path / "store.db")
    ledger = SqliteLedgerStore(path=tmp_path / "ledger.db", origin=ORIGIN)
    await store.open()
    await ledger.open()
    command = [sys.executable, "-m", "tests.integration.sequencer", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    processes = [
        await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]

    async def size() -> int:
        return (await ledger.load()).checkpoint.size

    async def reach(count: int) -> None:
        async def reached() -> bool:
            return await size() == count

        await until(reached, within=40)

    try:
        await record(store, 1, 20)
        await reach(38)
        # Whoever sequences is killed; the other one takes over when the lease has ended.
        owner = owner_of(tmp_path)
        first = next(each for each in processes if owner == f"process {each.pid}")
        first.kill()
        await record(store, 20, 30)
        await reach(58)
        await until((tmp_path / "log" / PENDING).exists)

        async def shown() -> bool:
            raw = (tmp_path / "log" / PENDING).read_bytes()
            return parse_checkpoint(raw)[0].size == 58

        await until(shown, within=20)
        last_owner = owner_of(tmp_path)
    finally:
        for each in processes:
            with contextlib.suppress(ProcessLookupError):
                each.kill()
        said = [(await each.communicate())[0].decode().splitlines() for each in processes]
        await store.close()
        await ledger.close()
    assert await published(tmp_path) == await recorded(tmp_path)
    assert owner != last_owner
    codes = {line for lines in said for line in lines if line.startswith("ledger.")}
    assert codes <= {"ledger.lease_lost"}


async def test_only_the_holder_of_the_lease_takes_steps(tmp_path: Path) -> None:
    clock = Clock(NOW)
    async with (
        opened(tmp_path, clock=clock) as (one, store, ledger),
        opened(tmp_path, clock=clock, owner="two") as (two, _, _),
    ):
        await record(store, 1, 2)
        await one.sequence_due()
        await record(store, 2, 3)
        await two.sequence_due()
        assert (await ledger.load()).checkpoint.size == 2
        await one.release()
        await two.sequence_due()
        assert (await ledger.load()).checkpoint.size == 4


async def test_a_log_put_back_to_an_older_state_signs_nothing_more(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sequencing, store, _):
        await record(store, 1, 3)
        await sequencing.sequence_due()
    older = (tmp_path / "ledger.db").read_bytes()
    async with opened(tmp_path) as (sequencing, store, _):
        await record(store, 3, 5)
        await sequencing.sequence_due()
    shown = (tmp_path / "log" / PENDING).read_bytes()
    remove(tmp_path, "ledger.db*")
    (tmp_path / "ledger.db").write_bytes(older)
    async with opened(tmp_path) as (sequencing, store, ledger):
        with pytest.raises(UnavailableError) as stopped:
            await sequencing.sequence_due()
        assert stopped.value.code == "ledger.contradicted"
        assert await ledger.find_checkpoint(8) is None, "nothing was signed"
    assert (tmp_path / "log" / PENDING).read_bytes() == shown


async def test_a_log_is_fed_from_one_store(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sequencing, store, _):
        await record(store, 1, 3)
        await sequencing.sequence_due()
    remove(tmp_path, "store.db*")
    async with opened(tmp_path) as (sequencing, store, _):
        for number in (0, 7):
            await record(store, number, number + 1)
            with pytest.raises(UnavailableError) as stopped:
                await sequencing.sequence_due()
            assert stopped.value.code == "ledger.other_store"


async def test_health_tells_when_the_promise_is_in_danger(tmp_path: Path) -> None:
    clock = Clock(NOW)
    async with opened(tmp_path, clock=clock) as (sequencing, store, _):
        await record(store, 1, 2)
        await sequencing.check()
        clock.turn(DELAY / 2 + timedelta(seconds=1))
        with pytest.raises(UnavailableError) as late:
            await sequencing.check()
        assert late.value.code == "ledger.late"
        await sequencing.sequence_due()
        await sequencing.check()
        await sequencing.check_witnesses()
        clock.turn(DELAY + timedelta(seconds=1))
        with pytest.raises(UnavailableError) as alone:
            await sequencing.check_witnesses()
        assert alone.value.code == "ledger.unwitnessed"


async def test_partial_tiles_go_when_the_full_one_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (sequencing, store, _):
        for first, last in ((1, 50), (50, 140)):
            await record(store, first, last)
            while await sequencing.sequence_due():
                pass
    names = {str(path.relative_to(tmp_path / "log")) for path in (tmp_path / "log").rglob("*")}
    assert {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"} <= names
    assert "tile/0/000.p" not in names
    assert await published(tmp_path) == await recorded(tmp_path)
