"""A claim that one connection of PostgreSQL holds open stops no other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
import pytest

from swb.backends.postgres import store_claims, store_deliveries, store_inbox, store_outbox
from swb.ports import ParkedKind, Share
from tests.contract.records import (
    ACK,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    by_line,
    held,
    uuid_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from swb.ports import MessageStore
    from tests.contract.store_worlds import PostgresStoreWorld, Schemas

T = TypeVar("T")
Connection = psycopg.AsyncConnection[tuple[Any, ...]]

NUMBERS: Final = (1, 2, 3)
LATER: Final = NOW + 9 * SECOND
FAR: Final = NOW + 999 * SECOND
DOWN: Final = "test.down"
OCTETS: Final = 1_000_000


@dataclass(frozen=True)
class Case:
    """Something that locks rows.

    Attributes:
        lock: Does it with two of three rows, or with one, in a transaction that stays open.
        do: Does it with what is left, as another process.
        left: How much that is; None: it says nothing of that.
    """

    lock: Callable[[Connection], Awaitable[object]]
    do: Callable[[MessageStore], Awaitable[object]]
    left: int | None = 1


CASES: Final = {
    "claim messages": Case(
        lambda connection: store_claims.claim_outbound(
            connection, LATER, shares=by_line(2), lease_for=LEASE, octets=OCTETS
        ),
        lambda store: store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE),
    ),
    "claim deliveries": Case(
        lambda connection: store_claims.claim_deliveries(
            connection, LATER, share=Share(fresh=2), lease_for=LEASE, octets=OCTETS
        ),
        lambda store: store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE),
    ),
    "claim what is held": Case(
        lambda connection: store_claims.claim_held(connection, LATER, limit=2, lease_for=LEASE),
        lambda store: store.claim_held(LATER, limit=9, lease_for=LEASE),
    ),
    "hasten messages": Case(
        lambda connection: store_outbox.hasten_outbound(
            connection, "TH", LATER, codes=[DOWN], limit=2
        ),
        lambda store: store.hasten_outbound("TH", LATER, codes=[DOWN], limit=9),
    ),
    "hasten deliveries": Case(
        lambda connection: store_deliveries.hasten_deliveries(
            connection, LATER, codes=[DOWN], limit=2
        ),
        lambda store: store.hasten_deliveries(LATER, codes=[DOWN], limit=9),
    ),
    "extend leases of messages": Case(
        lambda connection: store_outbox.mark_published(connection, [uuid_of(1, ACK)], LATER),
        lambda store: store.extend_leases(
            ParkedKind.OUTBOUND, [uuid_of(n, ACK) for n in NUMBERS], LATER, lease_for=LEASE
        ),
        left=None,
    ),
    "extend leases of deliveries": Case(
        lambda connection: store_deliveries.park_delivery(
            connection, uuid_of(1, DOCUMENT), code=DOWN, at=LATER
        ),
        lambda store: store.extend_leases(
            ParkedKind.DELIVERY, [uuid_of(n, DOCUMENT) for n in NUMBERS], LATER, lease_for=LEASE
        ),
        left=None,
    ),
    "extend leases of what is held": Case(
        lambda connection: store_inbox.release_held(connection, held(1).octets_digest),
        lambda store: store.extend_leases(
            ParkedKind.HELD, [held(n).octets_digest for n in NUMBERS], LATER, lease_for=LEASE
        ),
        left=None,
    ),
}


@pytest.fixture
def world(postgres_schemas: Schemas) -> Iterator[PostgresStoreWorld]:
    world = postgres_schemas.take()
    yield world
    postgres_schemas.give_back(world)


async def prepare(store: MessageStore, case: str) -> None:
    """Three rows of each kind: due, or resting, or claimed, as the case needs them."""
    for number in NUMBERS:
        await store.accept(acceptance(number, at=NOW + number * SECOND))
        await store.hold(held(number), due_at=NOW + number * SECOND)
        if case.startswith("hasten"):
            await store.retry_outbound(uuid_of(number, ACK), code=DOWN, due_at=FAR)
            await store.retry_delivery(uuid_of(number, DOCUMENT), code=DOWN, due_at=FAR)
    if case.startswith("extend"):
        await store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE)
        await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
        await store.claim_held(LATER, limit=9, lease_for=LEASE)


async def end_without_waiting(doing: asyncio.Task[T], watcher: Connection) -> T:
    """What it returns; fails as soon as it waits for a lock."""
    while not doing.done():
        cursor = await watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        assert await cursor.fetchone() == (0,), "it waits for another's transaction"
        await asyncio.sleep(0.01)
    return doing.result()


@pytest.mark.parametrize("name", CASES)
async def test_rows_that_another_transaction_holds_are_passed_over(
    world: PostgresStoreWorld, name: str
) -> None:
    case = CASES[name]
    store = world.store()
    await store.open()
    await prepare(store, name)
    connection: Connection = await psycopg.AsyncConnection.connect(world.url, autocommit=True)
    watcher: Connection = await psycopg.AsyncConnection.connect(world.url, autocommit=True)
    async with connection, watcher:
        await connection.execute("SELECT set_config('search_path', %s, false)", (world.schema,))
        async with connection.transaction():
            await case.lock(connection)

            async def do() -> object:
                return await case.do(store)

            found = await end_without_waiting(asyncio.create_task(do()), watcher)
    await store.close()
    if case.left is not None:
        assert (found if isinstance(found, int) else len(found)) == case.left  # type: ignore[arg-type]  # not None here
