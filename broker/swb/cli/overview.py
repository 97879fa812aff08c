"""``swb overview``: the state's day, what waits, and release times, out of the store's figures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE, Day
from swb.cli.output import Answer
from swb.cli.overview_showing import describe_day, describe_release, spell_overview
from swb.clock import SystemClock
from swb.config import load_config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.services.release_study import Release
    from swb.services.state_day import StateDay

__all__ = ["command"]


@click.command("overview", short_help="Tell the state's day, what waits, and release times.")
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    required=True,
    envvar="SWB_CONFIG",
    type=EXISTING_FILE,
    help="Configuration (TOML) of the gateway, or router, whose store is asked [SWB_CONFIG].",
)
@click.option(
    "--day",
    type=Day(),
    help="The day, as [overview] zone counts it; today where left out.",
)
@click.option("--partner", metavar="STATE", default="", help="Only exchange with this state.")
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 366),
    help="Release times of what arrived on so many days in UTC, up to that day.",
)
def command(config_file: Path, day: date | None, partner: str, days: int) -> Answer:
    """Tell a day out of the figures that the daemon keeps: it need not run.

    Sent is what this state's gateway took from its single window (AS1), received what came from
    others (AS2); what customs decided stands by the moment of the decision. What waits, waits now,
    whichever the day: by age since this gateway first had it, and late by the service levels of
    [overview]. Release times run from the arrival of a document to its delivery, receipt and
    response, as the upper end of a narrow bucket.
    """
    told = asyncio.run(_ask(config_file, day, partner.upper(), days))
    return Answer(
        value={
            "day": describe_day(told.day),
            "releases": {
                "from": told.since.date().isoformat(),
                "days": days,
                "authorities": [describe_release(each) for each in told.releases],
            },
        },
        text="\n".join(spell_overview(told.day, told.releases, days=days)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    day: StateDay
    releases: Sequence[Release]
    since: datetime


async def _ask(config_file: Path, day: date | None, partner: str, days: int) -> _Told:
    from swb.app.overview import build_day, build_study, open_overview, read_zone  # noqa: PLC0415
    from swb.app.parts import build_connections  # noqa: PLC0415 - slow to import, as above
    from swb.app.trusting import build_trust  # noqa: PLC0415

    config, clock = load_config(config_file), SystemClock()
    zone = read_zone(config.overview.zone)
    begins_at = datetime.combine(day or clock.now().astimezone(zone).date(), time(), zone)
    last = datetime.combine(begins_at.date(), time(), UTC)
    since = last - timedelta(days=days - 1)
    async with open_overview(config) as overview:
        study = build_study(config, overview, build_connections(config, build_trust(config)))
        return _Told(
            day=await build_day(config, overview, clock).tell_day(begins_at, partner=partner),
            releases=await study.tell_releases(since, last + timedelta(days=1)),
            since=since,
        )
