"""``swb outage``: telling a partner that paper takes the place of the exchange for a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Moment
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.ports import KeptNotice

__all__ = ["command"]

_REASONS: Final = {each.lower().replace("_", "-"): each for each in OutageReason}
_CONFIG: Final = config_option("The gateway's configuration (TOML)", "config_file")


@click.group("outage", short_help="Declare to a partner that paper is taken for a time.")
def command() -> None:
    """Declare and end times in which paper takes the place of the exchange with a partner."""


@command.command("declare", short_help="Declare an outage to a partner.")
@_CONFIG
@click.option("--with", "partner", metavar="STATE", required=True, help="The partner.")
@click.option("--from", "from_at", type=Moment(), help="Its begin; without it, now.")
@click.option("--to", "until_at", type=Moment(), help="Its end, where it is known.")
@click.option("--reason", type=click.Choice(list(_REASONS)), required=True, help="What has failed.")
def declare(
    config_file: Path,
    partner: str,
    from_at: datetime | None,
    until_at: datetime | None,
    reason: str,
) -> Answer:
    """Send the gateway of STATE a signed outage notice; its health shows it there.

    Where the exchange itself has failed, the notice travels when it works again: tell the partner
    by the means that the agreement names, too.
    """
    begin = from_at or SystemClock().now()
    if until_at is not None and until_at <= begin:
        raise click.BadParameter("expected a time after --from", param_hint="--to")
    notice = asyncio.run(_declare(config_file, partner, begin, until_at, _REASONS[reason]))
    return Answer(value=_describe(notice), text=f"declared: {_spell(notice)}")


@command.command("end", short_help="End an outage that was declared here.")
@click.argument("notice_id", metavar="ID")
@_CONFIG
@click.option("--at", "at", type=Moment(), help="Its end; without it, now.")
def end(notice_id: str, config_file: Path, at: datetime | None) -> Answer:
    """End the outage of the notice ID; the partner gets another notice in its place."""
    notice = asyncio.run(_end(config_file, notice_id, at or SystemClock().now()))
    return Answer(value=_describe(notice), text=f"ended: {_spell(notice)}")


@command.command("list", short_help="List outages, declared here and by partners.")
@_CONFIG
def list_(config_file: Path) -> Answer:
    """List the notices that stand, the earliest first."""
    notices = asyncio.run(_list(config_file))
    return Answer(
        value={"notices": [_describe(each) for each in notices]},
        text="\n".join(map(_spell, notices)) or "no outage was declared",
    )


async def _declare(
    config_file: Path,
    partner: str,
    from_at: datetime,
    until_at: datetime | None,
    reason: OutageReason,
) -> KeptNotice:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.parts import fetch_connections  # noqa: PLC0415 - as above
    from swb.app.reconciliation import open_paper  # noqa: PLC0415 - as above

    config = load_config(config_file)
    if partner not in (await fetch_connections(config)).members or partner == config.party.state:
        message = f"expected a state that {config.party.state} is connected with, found {partner!r}"
        raise click.BadParameter(message, param_hint="--with")
    async with open_paper(config) as (desk, clock), open_audit(config, create=True) as trail:

        async def enter(notice: KeptNotice) -> None:
            await trail.append(
                at=clock.now(),
                who=find_operator(),
                action="outage declare",
                subject=partner,
                detail=f"{notice.document_id} {reason}",
            )

        return await desk.declare(
            partner,
            config.party.environment,
            from_at=from_at,
            until_at=until_at,
            reason=reason,
            enter=enter,
        )


async def _end(config_file: Path, notice_id: str, at: datetime) -> KeptNotice:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.reconciliation import open_paper  # noqa: PLC0415 - as above

    config = load_config(config_file)
    async with open_paper(config) as (desk, clock), open_audit(config, create=True) as trail:

        async def enter(notice: KeptNotice) -> None:
            await trail.append(
                at=clock.now(),
                who=find_operator(),
                action="outage end",
                subject=notice.partner,
                detail=notice.replaces,
            )

        return await desk.end(notice_id, config.party.environment, at, enter=enter)


async def _list(config_file: Path) -> Sequence[KeptNotice]:
    from swb.app.reconciliation import open_memory  # noqa: PLC0415 - slow to import

    async with open_memory(load_config(config_file)) as memory:
        return await memory.list_notices()


def _describe(notice: KeptNotice) -> dict[str, object]:
    return {
        "notice_id": notice.document_id,
        "partner": notice.partner,
        "declared_here": notice.own,
        "from": format_instant(notice.from_at),
        "to": format_instant(notice.until_at) if notice.until_at else None,
        "reason": notice.reason,
        "replaces": notice.replaces or None,
    }


def _spell(notice: KeptNotice) -> str:
    by = "to" if notice.own else "by"
    until = format_instant(notice.until_at) if notice.until_at else "an end not known yet"
    return (
        f"{notice.document_id}  {by} {notice.partner}: {notice.reason}, "
        f"from {format_instant(notice.from_at)} to {until}"
    )
