"""Private servers whose faults somebody wants to see: a RabbitMQ cluster, a PostgreSQL.

Only sandboxes and tests use them; every server listens on loopback and ends with its starter.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from swb.backends.postgres.node import PrivatePostgres
    from swb.backends.rabbitmq.cluster import PrivateCluster
    from swb.ports import MessageStore, Overview

__all__ = ["Filled", "open_cluster", "open_filled_store", "open_postgres"]

_ATTEMPTS: Final = 10
_REST: Final = 1.0
"""Seconds between two attempts to find every vhost on a cluster that just started."""


@asynccontextmanager
async def open_cluster(members: Sequence[str], *, nodes: int) -> AsyncIterator[PrivateCluster]:
    """Have a private RabbitMQ with every member's line, and its nodes to be killed and held.

    Args:
        members: The states.
        nodes: 1 is no cluster.

    Raises:
        UnavailableError: ``transport.not_installed``, ``rabbitmq.*``, ``transport.*``.
    """
    try:
        from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra
        from swb.backends.rabbitmq.cluster import PrivateCluster  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "transport.not_installed",
            "expected the extra 'rabbitmq': pip install 'single-window-broker[rabbitmq]'",
        ) from cause
    vhosts = [topology.vhost_name(member) for member in members]
    async with PrivateCluster(vhosts=vhosts, nodes=nodes) as cluster:
        await _apply(cluster, members)
        yield cluster


async def _apply(cluster: PrivateCluster, members: Sequence[str]) -> None:
    """Apply the topology; a node that just started may not know every vhost yet.

    Raises:
        UnavailableError: ``transport.*``.
    """
    from swb.backends.rabbitmq import topology  # noqa: PLC0415 - an extra

    for attempt in range(1, _ATTEMPTS + 1):
        node = cluster.nodes[attempt % len(cluster.nodes)]
        try:
            await topology.apply_topology(amqp_url=node.amqp_url(), members=members)
        except UnavailableError:
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(_REST)
        else:
            return


@asynccontextmanager
async def open_postgres(*, database: str) -> AsyncIterator[PrivatePostgres]:
    """Have a private PostgreSQL with one empty database.

    Raises:
        UnavailableError: ``store.not_installed``, ``postgres.*``.
    """
    try:
        from swb.backends.postgres.node import PrivatePostgres  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "store.not_installed",
            "expected the extra 'postgres': pip install 'single-window-broker[postgres]'",
        ) from cause
    async with PrivatePostgres(durable=True) as server:
        await server.add_database(database)
        yield server


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A store full of documents that nobody sent.

    Attributes:
        url: Of its PostgreSQL, with a password.
        store: Opened.
        overview: Opened; nothing is counted yet.
        document_ids: About a thousand of them, spread evenly over the time.
    """

    url: str
    store: MessageStore
    overview: Overview
    document_ids: Sequence[str]


@asynccontextmanager
async def open_filled_store(*, documents: int, now: datetime) -> AsyncIterator[Filled]:
    """Have a private PostgreSQL with a store of so many documents, up to a moment.

    Raises:
        UnavailableError: ``store.not_installed``, ``postgres.*``, ``store.unavailable``.
    """
    async with open_postgres(database="pages") as server:
        from swb.backends.postgres.filling import fill_store  # noqa: PLC0415 - an extra
        from swb.backends.postgres.overview import PostgresOverview  # noqa: PLC0415 - an extra
        from swb.backends.postgres.store import PostgresMessageStore  # noqa: PLC0415 - an extra

        url = server.url(database="pages")
        store = PostgresMessageStore(url=url, connections=2)
        await store.open()
        try:
            ids = await fill_store(url=url, schema="swb", documents=documents, now=now)
            overview = PostgresOverview(url=url)
            await overview.open()
            try:
                yield Filled(url=url, store=store, overview=overview, document_ids=ids)
            finally:
                await overview.close()
        finally:
            await store.close()
