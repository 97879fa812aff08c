"""The overview of a PostgreSQL store, on connections of its own (`swb.ports.Overview`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.backends.postgres import overview_counting as counting
from swb.backends.postgres import overview_reads as reads
from swb.backends.postgres.database import Database
from swb.backends.postgres.feed import find_feed_end
from swb.backends.postgres.migrations import load_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.ports import (
        Aged,
        CountedFigure,
        Course,
        FactPage,
        Figure,
        FigureFilter,
        Glance,
        GlanceFilter,
        Lag,
        PlaceInList,
        RemarkPage,
        Total,
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

    async def search_documents(self, reference: str, *, limit: int = 50) -> Sequence[Glance]:
        """See `Overview.search_documents`."""
        return await self._database.read(
            partial(reads.search_documents, reference=reference, limit=limit)
        )

    async def list_glances(
        self, wanted: GlanceFilter, *, behind: PlaceInList | None = None, limit: int = 50
    ) -> Sequence[Glance]:
        """See `Overview.list_glances`."""
        return await self._database.read(
            partial(reads.list_glances, wanted=wanted, behind=behind, limit=limit)
        )

    async def list_courses(self, certificate_keys: Sequence[str]) -> Sequence[Course]:
        """See `Overview.list_courses`."""
        return await self._database.read(
            partial(reads.list_courses, certificate_keys=certificate_keys)
        )

    # figures

    async def list_figures(self, wanted: FigureFilter) -> Sequence[CountedFigure]:
        """See `Overview.list_figures`."""
        return await self._database.read(partial(reads.list_figures, wanted=wanted))

    async def list_sums(self, wanted: FigureFilter) -> Sequence[CountedFigure]:
        """See `Overview.list_sums`."""
        return await self._database.read(partial(reads.list_sums, wanted=wanted))

    async def list_totals(self, wanted: FigureFilter) -> Sequence[Total]:
        """See `Overview.list_totals`."""
        return await self._database.read(partial(reads.list_totals, wanted=wanted))

    async def list_ages(self, now: datetime, ages: Sequence[timedelta]) -> Sequence[Aged]:
        """See `Overview.list_ages`."""
        return await self._database.read(partial(reads.list_ages, now=now, ages=ages))

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

    async def commit_facts(self, page: FactPage, changes: Mapping[Figure, int]) -> bool:
        """See `Overview.commit_facts`."""
        return await self._database.write(
            partial(counting.commit_facts, page=page, changes=changes)
        )

    async def commit_remarks(self, page: RemarkPage, changes: Mapping[Figure, int]) -> bool:
        """See `Overview.commit_remarks`."""
        return await self._database.write(
            partial(counting.commit_remarks, page=page, changes=changes)
        )

    async def find_lag(self) -> Sequence[Lag]:
        """See `Overview.find_lag`."""
        return await self._database.read(counting.find_lag)

    async def _find_end(self, table: str) -> int:
        """Find how far a feed can be shown; no further than before where somebody dawdles."""
        end = await self._database.read(partial(find_feed_end, table=table))
        if end is not None:
            self._ends[table] = end
        return self._ends[table]
