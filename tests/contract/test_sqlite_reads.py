"""Questions that wait for one file are asked in one go, each by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.group_read import GroupReader
from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.migrating import Migration, Schema
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE numbers (number INTEGER)")
    yield connection
    connection.close()


@pytest.fixture
def reader(tmp_path: Path, writer: sqlite3.Connection) -> GroupReader:
    del writer
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
    return GroupReader(connection, name="reads")


def count(connection: sqlite3.Connection) -> int:
    (found,) = connection.execute("SELECT count(*) FROM numbers").fetchone()
    return int(found)


async def test_each_question_has_its_own_snapshot_and_its_own_failure(
    reader: GroupReader, writer: sqlite3.Connection
) -> None:
    may_go_on, began = threading.Event(), threading.Event()

    def look_twice(connection: sqlite3.Connection) -> tuple[int, int]:
        first = count(connection)
        began.set()
        may_go_on.wait(10)
        return first, count(connection)

    def fail(_: sqlite3.Connection) -> int:
        raise KeyError

    slow = asyncio.create_task(reader.read(look_twice))
    await asyncio.to_thread(began.wait, 10)
    others = [asyncio.create_task(reader.read(each)) for each in (count, fail, count)]
    await asyncio.sleep(0)
    writer.execute("INSERT INTO numbers VALUES (1)")
    may_go_on.set()
    assert await slow == (0, 0)
    first, failed, last = await asyncio.gather(*others, return_exceptions=True)
    assert (first, type(failed), last) == (1, KeyError, 1)
    await reader.stop()


async def test_who_gives_up_takes_no_other_along_and_stopping_waits(
    reader: GroupReader, writer: sqlite3.Connection
) -> None:
    writer.execute("INSERT INTO numbers VALUES (1)")
    asked = [asyncio.create_task(reader.read(count)) for _ in range(200)]
    await asyncio.sleep(0)
    asked[100].cancel()
    stopping = asyncio.create_task(reader.stop())
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    await stopping
    assert [each for each in outcomes if each != 1] == [outcomes[100]]
    assert isinstance(outcomes[100], asyncio.CancelledError)


async def test_many_questions_take_few_ways_to_the_thread(
    reader: GroupReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, ways = asyncio.get_running_loop(), 0
    run: Callable[..., asyncio.Future[None]] = loop.run_in_executor

    def counted(*given: object) -> asyncio.Future[None]:
        nonlocal ways
        ways += 1
        return run(*given)

    monkeypatch.setattr(loop, "run_in_executor", counted)
    await asyncio.gather(*(reader.read(count) for _ in range(129)))
    assert ways == 3, "the first alone, and all others by 64"
    monkeypatch.undo()
    await reader.stop()


STEP = Migration(version=1, compatible_with=1, script="CREATE TABLE numbers (number INTEGER);")
SCHEMA = Schema(purpose="numbers", full=STEP.script, migrations=[STEP], error_code="numbers.schema")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(
        path=tmp_path / "b.db", schema=SCHEMA, error_code="store.unavailable", looks_up=True
    )
    await database.open(create=True)
    yield database
    await database.close()


def insert(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO numbers VALUES (1)")


async def test_what_was_committed_is_found_at_once_and_on_no_other_thread(
    database: Database,
) -> None:
    await database.write(insert)
    found = await database.look_up(lambda each: (count(each), threading.get_ident()))
    assert found == (1, threading.get_ident())
    with pytest.raises(UnavailableError, match="readonly"):
        await database.look_up(insert)
    with pytest.raises(UnavailableError, match="no such table"):
        await database.look_up(lambda each: each.execute("SELECT * FROM letters"))
    assert await database.look_up(count) == 1


async def test_where_the_file_is_held_up_the_event_loop_waits_for_nobody(
    database: Database, tmp_path: Path
) -> None:
    await database.write(insert)
    other = sqlite3.connect(tmp_path / "b.db", isolation_level=None)
    asked = []

    def count_unless_held_up(connection: sqlite3.Connection) -> int:
        asked.append(threading.get_ident())
        if len(asked) == 1:
            # What readers meet while another process recovers the log.
            failure = sqlite3.OperationalError("database is locked")
            failure.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
            raise failure
        return count(connection)

    other.execute("BEGIN IMMEDIATE")
    assert await database.look_up(count) == 1, "who writes holds up no reader"
    other.execute("ROLLBACK")
    other.close()
    assert await database.look_up(count_unless_held_up) == 1
    assert len(asked) == 2
    assert asked[0] != asked[1], "the second time on the thread that may wait"


def count_connections(path: Path) -> int:
    return [each.path for each in psutil.Process().open_files()].count(str(path))


async def test_a_connection_is_kept_for_looking_up_only_where_that_is_asked_for(
    tmp_path: Path, database: Database
) -> None:
    assert count_connections(database.path) == 3
    store = SqliteMessageStore(path=tmp_path / "store.db")
    await store.open()
    assert count_connections(tmp_path / "store.db") == 3
    await store.close()
    plain = Database(path=tmp_path / "c.db", schema=SCHEMA, error_code="store.unavailable")
    await plain.open(create=True)
    await plain.write(insert)
    found = await plain.look_up(lambda each: (count(each), threading.get_ident()))
    assert found[0] == 1
    assert found[1] != threading.get_ident(), "on the thread that reads"
    assert count_connections(tmp_path / "c.db") == 2
    await plain.close()


async def test_what_is_closed_says_so(database: Database) -> None:
    await database.close()
    with pytest.raises(UnavailableError, match="not open"):
        await database.look_up(count)
