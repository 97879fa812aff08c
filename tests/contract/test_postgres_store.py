"""What only the PostgreSQL store does: writers at a time, servers that go away, and come back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from swb.backends.postgres import store_inbox, store_pulse, store_submissions
from swb.backends.postgres.database import Database
from swb.backends.postgres.migrations import load_schema
from swb.backends.postgres.node import PrivatePostgres, find_postgres
from swb.backends.postgres.store import PostgresMessageStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.duplicates import Disposition
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.records import (
    DOCUMENT,
    LEASE,
    NOW,
    acceptance,
    buried,
    by_line,
    document,
    submission,
    uuid_of,
)
from tests.contract.store_worlds import PostgresStoreWorld, name_schema
from tests.contract.tcp_proxy import TcpProxy
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.store_worlds import Schemas

SOON: Final = 20.0
"""Seconds within which a server that came back must be used again."""


@pytest.fixture
def world(postgres_schemas: Schemas) -> PostgresStoreWorld:
    return PostgresStoreWorld(postgres_schemas.take().url, name_schema())


@contextlib.asynccontextmanager
async def opened(world: PostgresStoreWorld) -> AsyncIterator[PostgresMessageStore]:
    store = PostgresMessageStore(url=world.url, schema=world.schema, connections=4)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def connected(world: PostgresStoreWorld) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection as other programs have it, in autocommit."""
    connection = await psycopg.AsyncConnection.connect(world.url, autocommit=True)
    async with connection:
        await connection.execute("SELECT set_config('search_path', %s, false)", (world.schema,))
        yield connection


# --- several writers ---------------------------------------------------------------------------


async def test_the_feed_never_shows_a_position_before_one_that_appears_later(
    world: PostgresStoreWorld,
) -> None:
    """The first transaction draws its position first, and commits last."""
    async with opened(world) as store, connected(world) as slow, connected(world) as fast:
        await store.accept(acceptance(1))
        before = [each.position for each in await store.list_recorded()]
        async with slow.transaction():
            await store_inbox.accept(slow, acceptance(2))
            async with fast.transaction():
                await store_inbox.accept(fast, acceptance(3))
            # The fast one's rows are there for everybody, with later positions, and not listed.
            assert await store.find_message(uuid_of(3)) is not None
            assert [each.position for each in await store.list_recorded()] == before
            assert await store.list_recorded_octets(after=before[-1]) == []
        listed = await store.list_recorded()
    positions = [each.position for each in listed]
    assert positions[: len(before)] == before
    assert positions == sorted(positions)
    seen = [each.message_id for each in listed if each.message_id in {uuid_of(2), uuid_of(3)}]
    assert seen == [uuid_of(2), uuid_of(3)]


async def test_whoever_follows_the_feed_misses_nothing_while_many_write(
    world: PostgresStoreWorld,
) -> None:
    async with opened(world) as store, opened(world) as other:
        followed: list[str] = []

        async def follow() -> None:
            position = 0
            while len(followed) < 2 * 60:
                for each in await store.list_recorded(after=position, limit=7):
                    assert each.position > position
                    position = each.position
                    followed.append(each.message_id)

        async with asyncio.timeout(60):
            await asyncio.gather(
                follow(),
                *((store, other)[number % 2].accept(acceptance(number)) for number in range(60)),
            )
    assert len(followed) == len(set(followed)) == 2 * 60


async def test_a_writer_that_dawdles_holds_up_the_feed_and_nothing_else(
    world: PostgresStoreWorld,
) -> None:
    async with opened(world) as store, connected(world) as slow:
        async with slow.transaction():
            await store_inbox.accept(slow, acceptance(1))
            assert await store.accept(acceptance(2)) is Disposition.NEW
            assert await store.list_recorded() == []
            assert len(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)) == 1
        assert len(await store.list_recorded()) == 4


async def test_of_two_documents_under_one_id_the_second_commit_is_the_conflict(
    world: PostgresStoreWorld,
) -> None:
    """Neither finds the other's document when it looks; one of them finds it when it writes."""
    forged = replace(
        acceptance(2),
        documents=[document(1, digest="sha-256:forged"), acceptance(2).documents[1]],
        deliveries=(),
        events=(),
    )
    async with opened(world) as store, connected(world) as first:
        async with first.transaction():
            await store_inbox.accept(first, acceptance(1))
            racing = asyncio.create_task(store.accept(forged))
            await _until_somebody_waits(first)
        assert await racing is Disposition.CONFLICT
        assert await store.find_message(uuid_of(2)) is None


async def test_of_two_payloads_with_one_certificate_the_second_commit_is_refused(
    world: PostgresStoreWorld,
) -> None:
    async with opened(world) as store, connected(world) as first:
        async with first.transaction():
            await store_submissions.commit_submission(first, submission(1))
            made = submission(2)
            other = replace(made, document=replace(made.document, certificate_key="TH:DFT:1"))
            racing = asyncio.create_task(store.commit_submission(other))
            await _until_somebody_waits(first)
        with pytest.raises(RefusedError, match=r"submission\.certificate_exists"):
            await racing


async def _until_somebody_waits(connection: psycopg.AsyncConnection[Any]) -> None:
    """Return when another transaction waits for a lock of this one."""
    for _ in range(2000):
        cursor = await connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        row = await cursor.fetchone()
        if row is not None and row[0] > 0:
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits")


async def test_keeps_words_that_no_text_of_the_database_can_hold(
    world: PostgresStoreWorld,
) -> None:
    async with opened(world) as store:
        await store.bury(replace(buried(), detail="found 'a\x00b'"))
        [kept] = await store.list_buried()
        assert kept.detail == "found 'a\ufffdb'"
        assert await store.find_trail("TH:DFT:\x00") is None


# --- versions ----------------------------------------------------------------------------------


async def test_many_processes_may_make_the_schema_at_once(world: PostgresStoreWorld) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stores = await asyncio.gather(*(stack.enter_async_context(opened(world)) for _ in range(6)))
        outcomes = await asyncio.gather(*(store.accept(acceptance()) for store in stores))
    assert outcomes.count(Disposition.NEW) == 1


async def test_refuses_data_that_need_newer_code(world: PostgresStoreWorld) -> None:
    async with opened(world):
        pass
    async with connected(world) as connection:
        await connection.execute("UPDATE schema_info SET version = 99, compatible_with = 98")
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(UnavailableError, match=r"store\.schema.*version 99.*version 98"):
            await stack.enter_async_context(opened(world))


async def test_works_on_newer_data_that_say_they_are_compatible(world: PostgresStoreWorld) -> None:
    async with opened(world):
        pass
    async with connected(world) as connection:
        await connection.execute("UPDATE schema_info SET version = 99, compatible_with = 1")
        await connection.execute("ALTER TABLE messages ADD COLUMN added_later text")
    async with opened(world) as store:
        assert await store.accept(acceptance()) is Disposition.NEW


async def test_refuses_a_schema_with_tables_of_something_else(world: PostgresStoreWorld) -> None:
    async with connected(world) as connection:
        await connection.execute(f"CREATE SCHEMA {world.schema}")
        await connection.execute("CREATE TABLE addresses (name text)")
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(UnavailableError, match=r"store\.schema.*something else"):
            await stack.enter_async_context(opened(world))


async def test_makes_nothing_where_only_the_command_may(
    world: PostgresStoreWorld, tmp_path: Path
) -> None:
    careful: PostgresMessageStore | SqliteMessageStore
    for careful in (
        PostgresMessageStore(url=world.url, schema=world.schema, migrates=False),
        SqliteMessageStore(path=tmp_path / "store.db", migrates=False),
    ):
        assert await careful.find_schema() is None
        with pytest.raises(UnavailableError, match=r"store\.schema.*swb migrate"):
            await careful.open()
    await PostgresMessageStore(url=world.url, schema=world.schema).migrate()
    await SqliteMessageStore(path=tmp_path / "store.db").migrate()
    for careful in (
        PostgresMessageStore(url=world.url, schema=world.schema, migrates=False),
        SqliteMessageStore(path=tmp_path / "store.db", migrates=False),
    ):
        await careful.open()
        assert await careful.accept(acceptance()) is Disposition.NEW
        await careful.close()


async def test_works_for_a_user_that_owns_nothing(world: PostgresStoreWorld) -> None:
    await PostgresMessageStore(url=world.url, schema=world.schema).migrate()
    user = f"user_of_{world.schema}"
    async with connected(world) as connection:
        await connection.execute(f"CREATE USER {user} PASSWORD 'open'")
        await connection.execute(f"GRANT USAGE ON SCHEMA {world.schema} TO {user}")
        await connection.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {world.schema} TO {user}"
        )
        await connection.execute(
            f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {world.schema} TO {user}"
        )
    url = psycopg.conninfo.make_conninfo(world.url, user=user, password="open")
    store = PostgresMessageStore(url=url, schema=world.schema, migrates=False)
    await store.open()
    await store.ping()
    assert await store.accept(acceptance()) is Disposition.NEW
    assert len(await store.list_recorded()) == 2
    await store.close()


# --- servers that go away ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://swb:secret@127.0.0.1:1/postgres",
        "host=/nowhere password=secret",
    ],
)
async def test_is_unavailable_when_nobody_is_there(url: str) -> None:
    with pytest.raises(UnavailableError, match=r"store\.unavailable") as caught:
        await PostgresMessageStore(url=url).open()
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    assert "secret" not in str(caught.value)


def test_refuses_what_is_no_connection_string() -> None:
    with pytest.raises(RefusedError, match=r"config\.invalid") as caught:
        PostgresMessageStore(url="postgresql://swb:secret@[half")
    assert "secret" not in str(caught.value)


@pytest.fixture
async def own_server() -> AsyncIterator[PrivatePostgres]:
    """A server that this test may kill."""
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")
    async with PrivatePostgres() as server:
        yield server


async def test_goes_on_with_a_server_that_was_killed_and_came_back(
    own_server: PrivatePostgres,
) -> None:
    """Also where the connection string names several hosts, of which one is never there."""
    given = psycopg.conninfo.conninfo_to_dict(own_server.url())
    url = psycopg.conninfo.make_conninfo(
        own_server.url(), host="127.0.0.1,127.0.0.1", port=f"1,{given['port']}"
    )
    async with opened(PostgresStoreWorld(url, "swb")) as store:
        assert await store.accept(acceptance(1)) is Disposition.NEW
        await own_server.kill()
        with pytest.raises(UnavailableError, match=r"store\.unavailable"):
            await store.accept(acceptance(2))
        await own_server.restart()
        async with asyncio.timeout(SOON):
            while True:
                with contextlib.suppress(UnavailableError):
                    assert await store.accept(acceptance(2)) in {
                        Disposition.NEW,
                        Disposition.REPEAT,
                    }
                    break
        # Killed and back between two operations: nobody notices.
        await own_server.kill()
        await own_server.restart()
        assert await store.accept(acceptance(3)) is Disposition.NEW
        assert await store.find_message(uuid_of(1)) is not None
        # Held, as a machine that swaps: it is given up, and it goes on by itself.
        database = Database(
            url=url,
            name="swb",
            schema=load_schema("store", error_code="store.schema"),
            error_code="store.unavailable",
            work_for=timedelta(seconds=0.5),
            wait_for=timedelta(seconds=2),
        )
        await database.open()
        await database.write(store_pulse.beat)
        backends = await _pids(own_server)
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(UnavailableError, match=r"no answer within"):
                await database.write(store_pulse.beat)
        finally:
            for pid in backends:
                os.kill(pid, signal.SIGCONT)
        await database.write(store_pulse.beat)
        await database.close()


async def _pids(server: PrivatePostgres) -> list[int]:
    """Processes that serve connections."""
    connection = await psycopg.AsyncConnection.connect(server.url(), autocommit=True)
    async with connection:
        cursor = await connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'swb'"
        )
        return [row[0] for row in await cursor.fetchall()]


async def test_a_link_that_breaks_in_a_commit_leaves_one_effect(
    world: PostgresStoreWorld,
) -> None:
    """The operation is done again, and finds what it wrote, if it wrote it."""
    given = psycopg.conninfo.conninfo_to_dict(world.url)
    async with TcpProxy(int(str(given["port"]))) as proxy:
        url = psycopg.conninfo.make_conninfo(world.url, port=proxy.port)
        async with opened(PostgresStoreWorld(url, world.schema)) as store:
            for number in range(8):
                accepting = asyncio.create_task(store.accept(acceptance(number)))
                for _ in range(number * 3):
                    await asyncio.sleep(0)
                await proxy.cut()
                assert await accepting in {Disposition.NEW, Disposition.REPEAT}
            assert len(await store.list_messages()) == 2 * 8
            assert len(await store.list_events(uuid_of(3, DOCUMENT))) == 1
