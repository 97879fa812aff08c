"""The overview of an embedded store, on connections of its own (`swb.ports.Overview`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb.backends.sqlite import overview_counting as counting
from swb.backends.sqlite import overview_reads as reads
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

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

__all__ = ["SqliteOverview"]


class SqliteOverview:
    """`swb.ports.Overview` over one SQLite file that a store made."""

    def __init__(self, *, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._database = Database(
            path=path,
            schema=load_schema("store", error_code="store.schema"),
            error_code="store.unavailable",
            overwrites=True,
            migrates=False,
        )

    async def open(self) -> None:
        """See `Overview.open`."""
        await self._database.open(create=False)

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
        return await self._database.read(partial(counting.read_facts, limit=limit))

    async def read_remarks(self, *, limit: int = 500) -> RemarkPage:
        """See `Overview.read_remarks`."""
        return await self._database.read(partial(counting.read_remarks, limit=limit))

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
