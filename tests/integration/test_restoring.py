"""PostgreSQL stores that were backed up, lost and restored."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from swb.backends.postgres.store import PostgresMessageStore
from swb.core.lifecycle import Fact
from swb.core.reconciling import Kind, Way
from swb.ports import Direction
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.retransmission import RetransmissionReason
from tests.contract.store_worlds import name_schema
from tests.integration.opening import open_world
from tests.integration.reconciling import exchange, open_pair, open_side

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from tests.integration.reconciling import Pair, Side

TEST: Final = Environment.TEST


async def settle(pair: Pair, restarted: Side) -> None:
    """Carry until nobody has anything to say."""
    while True:
        await pair.world.carry()
        if not await pair.th.service.look() + await restarted.service.look():
            return


async def received_certificates(store: PostgresMessageStore) -> list[str]:
    """The documents of all messages that brought certificates."""
    return sorted(
        message.document_id
        for message in await store.list_messages()
        if message.message_type == "CertificateIssue" and message.direction is Direction.IN
    )


async def test_an_inbox_restored_to_before_its_acknowledgements_loses_and_doubles_nothing(
    postgres_server: PrivatePostgres, tmp_path: Path
) -> None:
    """Line and sender believe that all was received; the restored store knows nothing of it."""
    schema = name_schema()
    store = PostgresMessageStore(url=postgres_server.url(), schema=schema)
    dump = tmp_path / "vn.sql"
    async with (
        open_world(tmp_path, protect=True, stores={"VN": store}) as world,
        open_pair(world) as pair,
    ):
        await exchange(world, 1)
        await pair.settle()
        await postgres_server.run("pg_dump", "--schema", schema, "--file", str(dump))
        issued = await exchange(world, 2)
        await pair.settle()
        out = world.vn.drop / "out"
        delivered = sorted(path.name for path in out.iterdir())
        received = await received_certificates(store)

        await store.close()
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute(f"DROP SCHEMA {schema} CASCADE")
        await postgres_server.run("psql", "--set", "ON_ERROR_STOP=1", "--file", str(dump))
        await store.open()
        assert [await store.find_document(each) for each in issued] == [None, None]
        restarted = open_side(world, world.vn, pair.vn.memory, window=3)
        await settle(pair, restarted)

        day = datetime.now(UTC).date()
        verdict = await restarted.judge.judge("TH", TEST, day, wait_for=0)
        missing = {
            each.differing.document_id
            for each in verdict.explained
            if each.differing.kind is Kind.MISSING_HERE and each.differing.way is Way.RECEIVED
        }
        assert missing == set(issued)
        await restarted.judge.repair(
            verdict, TEST, reason=RetransmissionReason.RESTORED, wait_for=0
        )
        await settle(pair, restarted)

        for document_id in issued:
            record = await store.find_document(document_id)
            assert record is not None
            assert record.octets
            assert {Fact.AS2, Fact.AS3} <= (await world.th.facts(document_id)).keys()
        # The national system has what it had, under the ids by which it knows a repetition.
        assert sorted(path.name for path in out.iterdir()) == delivered
        documents = Counter(each.document_id for each in await store.list_documents())
        assert set(documents.values()) == {1}
        # Each certificate came in again, in one message.
        assert await received_certificates(store) == received
        assert (await store.count()).parked == (await store.count()).buried == 0


@pytest.fixture
async def filled(postgres_server: PrivatePostgres) -> AsyncIterator[PostgresMessageStore]:
    """A store that is in use."""
    store = PostgresMessageStore(url=postgres_server.url(), schema=name_schema())
    await store.open()
    yield store
    await store.close()


async def test_a_base_backup_starts_with_what_was_committed_before_it(
    postgres_server: PrivatePostgres, filled: PostgresMessageStore, tmp_path: Path
) -> None:
    from tests.contract.records import acceptance  # noqa: PLC0415 - beside its only use

    for number in range(3):
        await filled.accept(acceptance(number))
    base = tmp_path / "base"
    await postgres_server.run(
        *("pg_basebackup", "--pgdata", str(base), "--wal-method", "stream"),
        *("--checkpoint", "fast", "--no-sync"),
    )
    await filled.accept(acceptance(9))
    schema = filled._database._name  # noqa: SLF001 - what the fixture named
    restored_server = postgres_server.restored(base)
    async with restored_server:
        restored = PostgresMessageStore(url=restored_server.url(), schema=schema)
        await restored.open()
        with contextlib.closing(psycopg.connect(restored_server.url())) as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
        kept = [each.message_id for each in await restored.list_messages()]
        assert kept == [each.message_id for each in await filled.list_messages()][:6]
        await restored.close()
