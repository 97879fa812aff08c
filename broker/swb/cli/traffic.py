"""``swb traffic``: what members sent and received, by day and type."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from swb.app import open_store
from swb.cli.arguments import Day
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.traffic import count_by_member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from swb.core.traffic import MemberTraffic

__all__ = ["command"]


@click.command("traffic", short_help="Add up what members sent and received.")
@config_option("Configuration (TOML) of the router, or gateway, whose store is asked")
@click.option("--from", "first", type=Day(), help="First day, in UTC; today where left out.")
@click.option("--to", "last", type=Day(), help="Last day, in UTC; today where left out.")
@click.option("--member", metavar="STATE", help="Only of this state.")
def command(file: Path, first: date | None, last: date | None, member: str | None) -> Answer:
    """Show messages and octets by day, member, direction and type, as the store recorded them.

    At a router that is the traffic of every member; at a gateway its own. A message that was
    recorded and then refused counts too; octets that were erased, and messages that retention
    removed, do not. Days are those of UTC.
    """
    today = SystemClock().now().date()
    begin, end = first or min(last or today, today), last or max(first or today, today)
    if begin > end:
        message = f"expected --from not after --to, found {begin} and {end}"
        raise click.UsageError(message)
    found = [
        each
        for each in asyncio.run(_count(file, begin, end))
        if member is None or each.member == member.upper()
    ]
    value = {
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "traffic": [asdict(each) | {"day": each.day.isoformat()} for each in found],
    }
    return Answer(value=value, text=_spell(found, member))


async def _count(file: Path, begin: date, end: date) -> Sequence[MemberTraffic]:
    async with open_store(load_config(file)) as store:
        since = datetime.combine(begin, time(), UTC)
        until = datetime.combine(end, time(), UTC) + timedelta(days=1)
        return count_by_member(await store.list_traffic(since, until))


def _spell(found: Sequence[MemberTraffic], member: str | None) -> str:
    if not found:
        return f"no messages of {member!r} were recorded" if member else "no messages were recorded"
    head = f"{'day':<10}  {'member':<6}  {'':<8}  {'type':<24}  {'messages':>10}  {'octets':>15}"
    lines = [
        f"{each.day}  {each.member:<6}  {each.direction:<8}  {each.message_type:<24}"
        f"  {each.messages:>10,}  {each.octets:>15,}"
        for each in found
    ]
    messages, octets = sum(each.messages for each in found), sum(each.octets for each in found)
    foot = f"{'in all':<10}  {'':<6}  {'':<8}  {'':<24}  {messages:>10,}  {octets:>15,}"
    return "\n".join([head, *lines, foot])
