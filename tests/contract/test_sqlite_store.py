"""What only the embedded store does: schema versions, and a file that is damaged or locked."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.store import SqliteMessageStore
from swb.backends.sqlite.topology import apply_topology
from swb.core.duplicates import Disposition
from swb.ports import Share
from swb_schemas.errors import UnavailableError
from tests.contract.records import LEASE, NOW, acceptance, by_line, relay, uuid_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@contextlib.asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteMessageStore]:
    store = SqliteMessageStore(path=path)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@contextlib.contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(connection):
        yield connection


async def test_is_durable_in_a_write_ahead_log(path: Path) -> None:
    async with opened(path):
        pass
    with connected(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_every_commit_reaches_the_disk_whatever_the_library_was_built_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt is sent only after the commit, so the commit must outlive a loss of power."""
    connect = sqlite3.connect

    def connect_carelessly(*arguments: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401 - as SQLite's
        connection: sqlite3.Connection = connect(*arguments, **named)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_carelessly)
    database = Database(
        path=path,
        schema=load_schema("store", error_code="store.schema"),
        error_code="store.unavailable",
    )
    await database.open(create=True)
    full = (2,)
    assert await database.write(_ask_synchronous) == full
    await database.close()


def _ask_synchronous(connection: sqlite3.Connection) -> object:
    return connection.execute("PRAGMA synchronous").fetchone()


async def test_a_relayed_message_is_written_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, statements = sqlite3.connect, list[str]()

    def connect_watched(*arguments: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401 - as SQLite's
        connection: sqlite3.Connection = connect(*arguments, **named)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_watched)
    given = relay()
    async with opened(path) as store:
        await store.accept(given)
    written = [each for each in statements if each.lstrip().startswith("INSERT INTO messages")]
    assert len(written) == len(given.outbound) == 2, "what came and leaves, and the receipt"


async def test_is_for_its_owner_only(path: Path) -> None:
    async with opened(path) as store:
        await store.ping()
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file.name


async def test_many_processes_may_make_the_file_at_once(path: Path) -> None:
    stores = [SqliteMessageStore(path=path) for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    outcomes = await asyncio.gather(*(store.accept(acceptance()) for store in stores))
    assert outcomes.count(Disposition.NEW) == 1
    for store in stores:
        await store.close()


# --- versions ----------------------------------------------------------------------------------


async def test_refuses_data_that_need_newer_code(path: Path) -> None:
    async with opened(path):
        pass
    with connected(path) as connection:
        connection.execute("UPDATE schema_info SET version = 99, compatible_with = 98")
    with pytest.raises(UnavailableError, match=r"store\.schema.*version 99.*version 98"):
        await SqliteMessageStore(path=path).open()
    with connected(path) as connection:
        assert connection.execute("SELECT version FROM schema_info").fetchall() == [(99,)]


async def test_works_on_newer_data_that_say_they_are_compatible(path: Path) -> None:
    async with opened(path) as store:
        await store.accept(acceptance())
    with connected(path) as connection:
        connection.execute("UPDATE schema_info SET version = 99, compatible_with = 1")
        connection.execute("ALTER TABLE messages ADD COLUMN added_later TEXT")
    async with opened(path) as store:
        assert await store.accept(acceptance()) is Disposition.REPEAT
        assert await store.accept(acceptance(2)) is Disposition.NEW


async def test_refuses_a_file_of_the_transport(path: Path) -> None:
    await apply_topology(path=path, members=["TH"])
    with pytest.raises(UnavailableError, match=r"store\.schema.*transport"):
        await SqliteMessageStore(path=path).open()


async def test_refuses_a_database_of_another_application(path: Path) -> None:
    with connected(path) as connection:
        connection.execute("CREATE TABLE addresses (name TEXT)")
    with pytest.raises(UnavailableError, match=r"store\.schema"):
        await SqliteMessageStore(path=path).open()


# --- a file that cannot be used ----------------------------------------------------------------


@pytest.fixture(params=[b"x" * 8192, b"SQLite format 3\x00" + b"\xff" * 4080], ids=["no", "half"])
def damaged(path: Path, request: pytest.FixtureRequest) -> Path:
    path.write_bytes(request.param)
    return path


async def test_is_unavailable_when_the_file_is_no_database(damaged: Path) -> None:
    with pytest.raises(UnavailableError, match=r"store\.unavailable") as caught:
        await SqliteMessageStore(path=damaged).open()
    assert isinstance(caught.value.__cause__, sqlite3.Error)


async def test_is_unavailable_when_its_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"store\.unavailable") as caught:
        await SqliteMessageStore(path=tmp_path / "nowhere" / "store.sqlite").open()
    assert isinstance(caught.value.__cause__, OSError)


async def test_tells_which_file_needs_newer_code(path: Path) -> None:
    """A daemon has several files, each with a schema of its own."""
    async with opened(path):
        pass
    with connected(path) as connection:
        connection.execute("UPDATE schema_info SET version = 99, compatible_with = 98")
    with pytest.raises(UnavailableError, match=r"version 98 or later") as caught:
        await SqliteMessageStore(path=path).open()
    assert caught.value.code == "store.schema"
    assert caught.value.message.startswith(f"{path}: ")


def database(path: Path, *, busy_for: timedelta) -> Database:
    return Database(
        path=path,
        schema=load_schema("store", error_code="store.schema"),
        error_code="store.unavailable",
        busy_for=busy_for,
    )


async def test_waits_for_another_process_no_longer_than_allowed(path: Path) -> None:
    impatient = database(path, busy_for=timedelta(milliseconds=200))
    await impatient.open(create=True)
    with connected(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(UnavailableError, match=r"store\.unavailable.*locked"):
            await impatient.beat()
        assert time.monotonic() - began < 2
        connection.execute("ROLLBACK")
    await impatient.beat()
    await impatient.close()


async def test_waits_for_another_process_that_writes(path: Path) -> None:
    async with opened(path) as store:
        with connected(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            accepting = asyncio.create_task(store.accept(acceptance()))
            await asyncio.sleep(0.2)
            assert not accepting.done()
            # Whoever reads does not wait for whoever writes.
            assert await store.find_message(uuid_of(1)) is None
            connection.execute("ROLLBACK")
        assert await accepting is Disposition.NEW


async def test_a_full_disk_fails_the_whole_group_and_nothing_more(path: Path) -> None:
    store = database(path, busy_for=timedelta(seconds=1))
    await store.open(create=True)

    def fill(connection: sqlite3.Connection) -> int:
        connection.execute(
            "INSERT INTO held (octets_digest, line, code, due_at, octets)"
            " VALUES (hex(randomblob(8)), '', '', 0, zeroblob(100000))"
        )
        [(count,)] = connection.execute("SELECT count(*) FROM held")
        return int(count)

    def limit_pages(connection: sqlite3.Connection, pages: int) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages:d}").fetchone()

    assert await store.write(fill) == 1
    await store.write(lambda connection: limit_pages(connection, 120))
    outcomes = await asyncio.gather(*(store.write(fill) for _ in range(10)), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, UnavailableError)]
    assert failures
    assert "full" in failures[0].message
    successes = [outcome for outcome in outcomes if isinstance(outcome, int)]
    await store.write(lambda connection: limit_pages(connection, 100_000))
    assert await store.write(fill) == 1 + len(successes) + 1
    await store.close()


async def test_more_callers_than_places_wait_for_their_turn(path: Path) -> None:
    async with opened(path) as store:
        outcomes = await asyncio.gather(
            *(store.accept(acceptance(number)) for number in range(1500))
        )
    assert set(outcomes) == {Disposition.NEW}


async def test_a_claim_troubles_the_writer_only_where_something_is_due(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Database.write
    written = []

    async def write(self: Database, work: Any) -> Any:  # noqa: ANN401 - whatever the store does
        written.append(work)
        return await honest(self, work)

    async with opened(path) as store:
        monkeypatch.setattr(Database, "write", write)
        assert not await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
        assert not await store.claim_deliveries(NOW, share=Share(fresh=9, old=9), lease_for=LEASE)
        assert not await store.claim_held(NOW, limit=9, lease_for=LEASE)
        assert written == []
        await store.accept(acceptance(1))
        written.clear()
        assert await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
        assert len(written) == 1
