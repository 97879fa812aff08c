"""A store whose disk is full: it says so, keeps what it has, and goes on when there is room.

SQLite is full when the file may have no more pages, which it tells by the same code as a full disk.
PostgreSQL's disk is full for one table only: the kernel's own full device stands in the place of
the file that would have to grow. Neither needs any rights.
"""

from __future__ import annotations

import os
import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import psycopg
import pytest

from swb.core.duplicates import Disposition
from swb.ports import Share
from swb_schemas.errors import UnavailableError
from tests.contract.records import ACK, DOCUMENT, LEASE, NOW, acceptance, by_line, uuid_of
from tests.contract.store_worlds import PostgresStoreWorld, SqliteStoreWorld, name_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.ports import Acceptance, MessageStore
    from tests.contract.store_worlds import Schemas

FULL: Final = Path("/dev/full")
PLENTY: Final = 1_000_000


class Disk(Protocol):
    """What a store stands on."""

    def store(self) -> MessageStore: ...

    def fill(self) -> None:
        """Have no room left for a document."""

    def make_room(self) -> None: ...

    def is_told_by(self, cause: BaseException | None) -> bool:
        """Whether the back end's own words are those for a full disk."""


class SqliteDisk:
    """A file that may not grow."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        self._connections: list[sqlite3.Connection] = []
        connect = sqlite3.connect

        def remember(*arguments: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401 - as SQLite's
            connection: sqlite3.Connection = connect(*arguments, **named)
            self._connections.append(connection)
            return connection

        monkeypatch.setattr(sqlite3, "connect", remember)

    def store(self) -> MessageStore:
        return SqliteStoreWorld(self._path).store()

    def fill(self) -> None:
        (pages,) = self._writer.execute("PRAGMA page_count").fetchone()
        self._limit(pages + 4)

    def make_room(self) -> None:
        self._limit(PLENTY)

    def is_told_by(self, cause: BaseException | None) -> bool:
        return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_FULL

    @property
    def _writer(self) -> sqlite3.Connection:
        return self._connections[0]

    def _limit(self, pages: int) -> None:
        assert self._writer.execute(f"PRAGMA max_page_count = {pages:d}").fetchone() == (pages,)


class PostgresDisk:
    """A server that has no room where the octets of documents are kept."""

    def __init__(self, world: PostgresStoreWorld) -> None:
        self._world = world
        self._file: Path | None = None

    def store(self) -> MessageStore:
        return self._world.store()

    def fill(self) -> None:
        """Checkpointed before, so that nobody has to synchronise the device."""
        with psycopg.connect(self._world.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            row = connection.execute(
                "SELECT current_setting('data_directory'), pg_relation_filepath(c.reltoastrelid)"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relname = 'documents' AND n.nspname = %s",
                (self._world.schema,),
            ).fetchone()
        assert row is not None
        file = Path(row[0], row[1])
        assert file.stat().st_size == 0
        file.rename(file.with_suffix(".aside"))
        file.symlink_to(FULL)
        self._file = file
        self._forget_files()

    def make_room(self) -> None:
        if self._file is not None:
            self._file.with_suffix(".aside").replace(self._file)
            self._file = None
            self._forget_files()

    def _forget_files(self) -> None:
        """End the store's connections: each server process keeps the files that it opened."""
        with psycopg.connect(self._world.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'swb'"
            )

    def is_told_by(self, cause: BaseException | None) -> bool:
        return isinstance(cause, psycopg.errors.DiskFull)


@pytest.fixture(params=["sqlite", "postgres"])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Disk]:
    if request.param == "sqlite":
        yield SqliteDisk(tmp_path / "store.sqlite", monkeypatch)
        return
    if not (FULL.is_char_device() and os.access(FULL, os.W_OK)):
        pytest.skip("this system has no /dev/full")
    schemas: Schemas = request.getfixturevalue("postgres_schemas")
    made = PostgresDisk(PostgresStoreWorld(schemas.take().url, name_schema()))
    yield made
    made.make_room()


def large(number: int) -> Acceptance:
    """A message whose document takes pages of its own, and cannot be made smaller."""
    given = acceptance(number)
    first, *others = given.documents
    octets = random.Random(number).randbytes(100_000)  # noqa: S311 - no secret
    return replace(
        given,
        documents=[replace(first, octets=octets), *others],
        deliveries=[replace(each, octets=octets) for each in given.deliveries],
    )


async def test_a_full_store_refuses_keeps_what_it_has_and_goes_on_when_there_is_room(
    disk: Disk,
) -> None:
    store = disk.store()
    await store.open()
    assert await store.accept(acceptance(1)) is Disposition.NEW
    recorded = await store.list_recorded()
    disk.fill()

    for _ in range(2):
        with pytest.raises(UnavailableError) as refused:
            await store.accept(large(2))
        assert refused.value.code == "store.unavailable"
        assert not refused.value.final
        assert disk.is_told_by(refused.value.__cause__)

    assert await store.find_message(uuid_of(2)) is None
    assert await store.find_document(uuid_of(2, DOCUMENT)) is None
    assert await store.find_message(uuid_of(2, ACK)) is None
    assert await store.list_events(uuid_of(2, DOCUMENT)) == []
    assert await store.list_recorded() == recorded
    kept = await store.find_document(uuid_of(1, DOCUMENT))
    assert kept is not None
    assert kept.octets == acceptance(1).documents[0].octets
    counts = await store.count()
    assert (counts.outbound, counts.deliveries) == (1, 1)

    disk.make_room()
    await store.ping()
    assert await store.accept(large(2)) is Disposition.NEW
    assert await store.accept(large(2)) is Disposition.REPEAT
    claimed = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    arrived = [*acceptance(1).deliveries, *large(2).deliveries]
    assert [each.octets for each in claimed] == [each.octets for each in arrived]
    assert len(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == 2
    await store.close()
