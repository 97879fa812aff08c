"""``swb overview``: the state's day, what waits, and release times, out of the store's figures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Day
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.cli.overview_showing import describe_day, describe_release, spell_overview
from swb.clock import SystemClock
from swb.config import Role, load_config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.services.release_study import Release
    from swb.services.state_day import StateDay

__all__ = ["command"]

_EARLIEST: Final = date(2000, 1, 1)
"""Before it nothing was exchanged; nor can the calendar go back from its first day."""


@click.command("overview", short_help="Tell the state's day, what waits, and release times.")
@config_option("Configuration (TOML) of the gateway whose store is asked", "config_file")
@click.option(
    "--day",
    type=Day(),
    help="The day, as [overview] zone counts it; today where left out.",
)
@click.option(
    "--partner",
    metavar="STATE",
    default="",
    help="Only exchange with this state. Release times are not kept by partner, and left out.",
)
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

    A day that has not begun is refused, as is a partner that this gateway has no connection with.
    """
    told = asyncio.run(_ask(config_file, day, partner.upper(), days))
    return Answer(
        value={
            "day": describe_day(told.day),
            "releases": None
            if told.releases is None
            else {
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
    releases: Sequence[Release] | None
    since: datetime


async def _ask(config_file: Path, day: date | None, partner: str, days: int) -> _Told:
    from swb.app.overview import build_day, build_study, open_overview, read_zone  # noqa: PLC0415 - slow to import
    from swb.app.parts import build_connections, fetch_connections  # noqa: PLC0415 - slow to import
    from swb.app.trusting import build_trust  # noqa: PLC0415 - slow to import

    config, clock = load_config(config_file), SystemClock()
    if Role.GATEWAY not in config.roles.run:
        message = "expected a gateway's configuration: nobody else has these figures"
        raise click.BadParameter(message, param_hint="--config")
    zone = read_zone(config.overview.zone)
    today = clock.now().astimezone(zone).date()
    if day is not None and day > today:
        message = f"expected a day that has begun, and it is {today}, found {day}"
        raise click.BadParameter(message, param_hint="--day")
    if day is not None and day < _EARLIEST:
        message = f"expected a day from {_EARLIEST} on, found {day}"
        raise click.BadParameter(message, param_hint="--day")
    if partner:
        own = config.party.state
        partners = sorted({*(await fetch_connections(config)).members} - {own})
        if partner not in partners:
            found = f"{', '.join(partners) or 'no state'}, found {partner!r}"
            message = f"expected a state that {own} is connected with, which are {found}"
            raise click.BadParameter(message, param_hint="--partner")
    begins_at = datetime.combine(day or today, time(), zone)
    last = datetime.combine(begins_at.date(), time(), UTC)
    since = last - timedelta(days=days - 1)
    async with open_overview(config) as overview:
        study = build_study(config, overview, build_connections(config, build_trust(config)))
        return _Told(
            day=await build_day(config, overview, clock).tell_day(begins_at, partner=partner),
            releases=None
            if partner
            else await study.tell_releases(since, last + timedelta(days=1)),
            since=since,
        )
