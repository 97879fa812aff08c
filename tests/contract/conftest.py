"""The back ends that the behaviour suites run against."""

from __future__ import annotations

import asyncio
import itertools
import string
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.contract.store_worlds import Schemas, SqliteStoreWorld, StoreWorld
from tests.contract.transport_worlds import RabbitWorld, SqliteWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from swb.backends.rabbitmq.node import PrivateNode
    from swb.ports import MessageStore, Overview
    from tests.contract.transport_worlds import TransportWorld


class MakeTransportWorld(Protocol):
    """Makes a fresh world whose queues hold so many messages."""

    async def __call__(self, *, max_length: int = 10_000) -> TransportWorld: ...


@pytest.fixture(scope="session")
def unused_states(rabbitmq_node: PrivateNode) -> Iterator[str]:
    """States whose vhosts nobody has used yet; made at once, because each call is slow."""
    states = ["".join(pair) for pair in itertools.product("QXZ", string.ascii_uppercase)]
    asyncio.run(rabbitmq_node.add_vhosts(*(f"swb.{state}" for state in states)))
    return iter(states)


@pytest.fixture(params=["sqlite", "rabbitmq"])
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> MakeTransportWorld:
    async def make(*, max_length: int = 10_000) -> TransportWorld:
        world: SqliteWorld | RabbitWorld
        if request.param == "sqlite":
            world = SqliteWorld(path=tmp_path / "transport.sqlite")
        else:
            world = RabbitWorld(node=node, states=states)
        await world.make(max_length=max_length)
        return world

    if request.param == "rabbitmq":
        node = request.getfixturevalue("rabbitmq_node")
        states = request.getfixturevalue("unused_states")
    return make


@pytest.fixture
async def world(make_world: MakeTransportWorld) -> TransportWorld:
    return await make_world()


# --- stores ------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def store_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    if request.param == "sqlite":
        yield SqliteStoreWorld(path=tmp_path / "store.sqlite")
        return
    schemas: Schemas = request.getfixturevalue("postgres_schemas")
    world = schemas.take()
    yield world
    schemas.give_back(world)


@pytest.fixture(scope="session")
def postgres_schemas(postgres_server: PrivatePostgres) -> Schemas:
    return Schemas(postgres_server.url())


@pytest.fixture
async def store(store_world: StoreWorld) -> AsyncIterator[MessageStore]:
    store = store_world.store()
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def other_store(store: MessageStore, store_world: StoreWorld) -> AsyncIterator[MessageStore]:
    """The same data as another process has them open."""
    del store
    other = store_world.store()
    await other.open()
    yield other
    await other.close()


@pytest.fixture
async def overview(store: MessageStore, store_world: StoreWorld) -> AsyncIterator[Overview]:
    """The overview of the same data."""
    del store
    overview = store_world.overview()
    await overview.open()
    yield overview
    await overview.close()
