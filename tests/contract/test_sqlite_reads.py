"""Questions that wait for one file are asked in one go, each by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.group_read import GroupReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
