"""The overview of a daemon's store: opened for pages and commands, and its figures kept."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from swb.app.fault_points import Watched, arm
from swb.app.parts import missing_section
from swb.app.storing import needs_postgres
from swb.backends.sqlite.overview import SqliteOverview
from swb.config import resolve_secret
from swb.core.figures import Awaited
from swb.metrics import Measure
from swb.services.pacing import Pace
from swb.services.release_study import ReleaseStudyService
from swb.services.rolling_up import RollUpService
from swb.services.state_day import DayService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import Config, OverviewConfig, StoreConfig
    from swb.ports import Clock, ConnectionSource, Overview

__all__ = ["build_day", "build_study", "keep_figures", "list_levels", "open_overview", "read_zone"]


@asynccontextmanager
async def open_overview(config: Config) -> AsyncIterator[Overview]:
    """Open the overview of the store that a configuration names, beside whoever has it open.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``.
        UnavailableError: ``store.unavailable``, ``store.schema``, ``store.not_installed``.
    """
    if config.store is None:
        raise missing_section("store")
    overview = arm(Watched.OVERVIEW, _build(config.store))
    await overview.open()
    try:
        yield overview
    finally:
        await overview.close()


def _build(section: StoreConfig) -> Overview:
    if section.kind == "sqlite":
        return SqliteOverview(path=section.path)
    with needs_postgres():
        from swb.backends.postgres.overview import PostgresOverview  # noqa: PLC0415 - an extra
    return PostgresOverview(
        url=resolve_secret(section.url or "", what="PostgreSQL's connection string"),
        schema=section.schema_name,
    )


def build_day(config: Config, overview: Overview, clock: Clock) -> DayService:
    """Build what tells the state's day."""
    return DayService(overview=overview, clock=clock, levels=list_levels(config.overview))


def build_study(
    config: Config, overview: Overview, connections: ConnectionSource
) -> ReleaseStudyService:
    """Build what tells release times."""
    return ReleaseStudyService(state=config.party.state, overview=overview, connections=connections)


def read_zone(text: str) -> timezone:
    """Read an offset from UTC, as ``+07:00``, that was checked before."""
    hours, _, minutes = text[1:].partition(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if text.startswith("-") else offset)


def keep_figures(node: Node, parts: Parts, overview: Overview) -> None:
    """Have what is committed counted, and tell where the figures are behind."""
    section = parts.config.overview
    counting = RollUpService(
        overview=overview,
        clock=parts.clock,
        late_after=timedelta(seconds=section.late_after_seconds),
    )

    async def keep_up() -> int:
        """Rest until the next interval unless behind: a document is then counted once or twice."""
        counted = await counting.roll_up_due()
        return counted if counting.is_behind else 0

    node.paces.append(
        Pace(
            "overview",
            keep_up,
            rest_for=section.interval_seconds,
            heeds_commits=False,
        )
    )
    node.notices["overview"] = lambda: counting.notices

    async def ask() -> Iterable[Measure]:
        return [
            Measure("swb_uncounted", each.behind, {"feed": each.feed.value})
            for each in await overview.find_lag()
        ]

    node.measures.append(ask)


def list_levels(section: OverviewConfig) -> dict[Awaited, timedelta]:
    """List after how long what waits is late, by what it waits for."""
    return {
        Awaited.ARRIVAL: timedelta(seconds=section.arrival_within_seconds),
        Awaited.DELIVERY: timedelta(seconds=section.delivery_within_seconds),
        Awaited.RECEIPT: timedelta(seconds=section.receipt_within_seconds),
        Awaited.RESPONSE: timedelta(days=section.response_within_days),
    }
