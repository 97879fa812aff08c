"""The overview of a PostgreSQL store, on connections of its own (`swb.ports.Overview`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.backends.postgres import overview_counting as counting
from swb.backends.postgres import overview_reads as reads
from swb.backends.postgres.database import Database
from swb.backends.postgres.feed import find_feed_end
from swb.backends.postgres.migrations import load_schema
from swb.backends.postgres.operations import reading, writing

if TYPE_CHECKING:
    from swb.ports import (
        FactPage,
        RemarkPage,
    )

__all__ = ["PostgresOverview"]


class PostgresOverview:
    """`swb.ports.Overview` over one PostgreSQL schema that a store made."""

    def __init__(self, *, url: str, schema: str = "swb", connections: int = 4) -> None:
        """Name the schema; nothing is opened yet.

        Args:
            url: libpq's connection string or URL.
            schema: The PostgreSQL schema: small letters, digits and underscores.
            connections: How many this process may have at a time for it.

        Raises:
            RefusedError: ``config.invalid``: no connection string.
        """
        self._database = Database(
            url=url,
            name=schema,
            schema=load_schema("store", error_code="store.schema"),
            error_code="store.unavailable",
            connections=connections,
            migrates=False,
        )
        self._ends = {"events": 0, "remarks": 0}

    async def open(self) -> None:
        """See `Overview.open`."""
        await self._database.open()

    async def close(self) -> None:
        """See `Overview.close`."""
        await self._database.close()

    # searching

    search_documents = reading(reads.search_documents)
    list_glances = reading(reads.list_glances)
    list_courses = reading(reads.list_courses)

    # figures

    list_figures = reading(reads.list_figures)
    list_sums = reading(reads.list_sums)
    list_totals = reading(reads.list_totals)
    list_ages = reading(reads.list_ages)

    # what the follower does

    async def read_facts(self, *, limit: int = 500) -> FactPage:
        """See `Overview.read_facts`."""
        end = await self._find_end("events")
        return await self._database.read_snapshot(
            partial(counting.read_facts, end=end, limit=limit)
        )

    async def read_remarks(self, *, limit: int = 500) -> RemarkPage:
        """See `Overview.read_remarks`."""
        end = await self._find_end("remarks")
        return await self._database.read_snapshot(
            partial(counting.read_remarks, end=end, limit=limit)
        )

    commit_facts = writing(counting.commit_facts)
    commit_remarks = writing(counting.commit_remarks)
    find_lag = reading(counting.find_lag)

    async def _find_end(self, table: str) -> int:
        """Find how far a feed can be shown; no further than before where somebody dawdles."""
        end = await self._database.read(partial(find_feed_end, table=table))
        if end is not None:
            self._ends[table] = end
        return self._ends[table]
