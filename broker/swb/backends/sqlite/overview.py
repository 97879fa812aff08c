"""The overview of an embedded store, on connections of its own (`swb.ports.Overview`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.sqlite import overview_counting as counting
from swb.backends.sqlite import overview_reads as reads
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import reading, writing

if TYPE_CHECKING:
    from pathlib import Path


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

    search_documents = reading(reads.search_documents)
    list_glances = reading(reads.list_glances)
    list_courses = reading(reads.list_courses)

    # figures

    list_figures = reading(reads.list_figures)
    list_sums = reading(reads.list_sums)
    list_totals = reading(reads.list_totals)
    list_ages = reading(reads.list_ages)

    # what the follower does

    read_facts = reading(counting.read_facts)
    read_remarks = reading(counting.read_remarks)
    commit_facts = writing(counting.commit_facts)
    commit_remarks = writing(counting.commit_remarks)
    find_lag = reading(counting.find_lag)
