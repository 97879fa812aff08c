"""A daemon's store, made and filled with documents that nobody sent, for measuring what grows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from swb.app.nodes import open_store
from swb.app.parts import missing_section
from swb.app.reconciliation import open_memory
from swb.app.storing import needs_postgres
from swb.backends.sqlite.filling import fill_concluded
from swb.config import Role, resolve_secret

if TYPE_CHECKING:
    from datetime import datetime

    from swb.config import Config

__all__ = ["fill_store"]


async def fill_store(config: Config, *, documents: int, until: datetime) -> None:
    """Make a daemon's store, and fill it with documents that are over.

    The daemon finds nothing to do in it: nothing waits, what is counted is counted, and what is
    read for reconciliation counts as read.

    Args:
        config: Of a gateway or a router that does not run.
        documents: How many that lead a conversation.
        until: When the youngest of them was recorded; more than a week ago, or partners
            reconcile them.

    Raises:
        RefusedError: ``config.*``.
        UnavailableError: ``store.*``, ``reconciliation.*``.
    """
    section = config.store
    if section is None:
        raise missing_section("store")
    async with open_store(config, create=True):
        pass
    relays = Role.ROUTER in config.roles.run
    state = config.party.state
    if section.kind == "sqlite":
        await asyncio.to_thread(
            fill_concluded,
            section.path,
            state=state,
            relays=relays,
            documents=documents,
            until=until,
        )
    else:
        with needs_postgres():
            from swb.backends.postgres import filling  # noqa: PLC0415 - an extra
        await filling.fill_concluded(
            url=resolve_secret(section.url or "", what="PostgreSQL's connection string"),
            schema=section.schema_name,
            state=state,
            relays=relays,
            documents=documents,
            until=until,
        )
    if config.reconciliation is not None:
        await _count_as_read(config, documents)


async def _count_as_read(config: Config, documents: int) -> None:
    async with open_store(config) as store, open_memory(config, create=True) as memory:
        (last,) = await store.list_recorded(after=documents - 1, limit=1)
        await memory.begin(last.recorded_at.date())
        await memory.move_to(last.position, last.message_id)
