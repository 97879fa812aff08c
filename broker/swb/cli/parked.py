"""``swb parked``: what waits for a person, and what a person does with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Age, Reason, known_code, known_state
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.cli.parked_showing import describe, describe_details, spell, spell_details
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.approving import Guarded
from swb.ports import ParkedFilter, ParkedKind
from swb.services.parking import list_acts, name_act
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from swb.core.audit import AuditEntry
    from swb.ports import Parked
    from swb.services.parking import ParkedDetails, Treated

__all__ = ["command"]

_CONFIG: Final = config_option("Configuration (TOML) of the daemon whose store is asked")
_FILTERS: Final = (
    click.option(
        "--kind",
        type=click.Choice([each.value for each in ParkedKind]),
        help="Only what is of one kind.",
    ),
    click.option(
        "--code", metavar="CODE", callback=known_code, help="Only what waits for this code."
    ),
    click.option(
        "--partner",
        metavar="STATE",
        callback=known_state,
        help="Only what goes to, or came from, this state.",
    ),
    click.option("--older-than", type=Age(), help="Only what waits longer than, for example, 36h."),
)
_APPROVAL: Final = click.option(
    "--approval",
    metavar="ID",
    help="Id of the request that another person agreed to, where policy asks for two people.",
)
_LIMIT: Final = click.IntRange(1, 100_000)


def _filtered(function: Callable[..., Answer]) -> Callable[..., Answer]:
    for option in reversed(_FILTERS):
        function = option(function)
    return function


@click.group("parked", short_help="Look after what waits for a person: replay, discard.")
def command() -> None:
    """Look after what waits for a person.

    outbound: a message that was tried too often, or expired before it could leave. delivery: a
    document that the national system, or judgement, did not let through. held: a received message
    that cannot be judged yet; it is tried as long as it takes. dead-letter: a received message that
    was refused, or given up for a fault of ours. No octets of any of them are shown.
    """


@command.command("list", short_help="List what waits.")
@_CONFIG
@_filtered
@click.option("--discarded", is_flag=True, help="What people gave up, too.")
@click.option("--limit", default=100, show_default=True, type=_LIMIT, help="So many, at most.")
def list_(  # noqa: PLR0917 - one for each option
    file: Path,
    kind: str | None,
    code: str | None,
    partner: str | None,
    older_than: timedelta | None,
    discarded: bool,
    limit: int,
) -> Answer:
    """List what waits for a person, the longest waiting first."""
    wanted = _filter(kind, code, partner, older_than, discarded=discarded)
    found = asyncio.run(_list(file, wanted, limit))
    more = f"\nthe first {limit}; --limit shows more" if len(found) == limit else ""
    return Answer(
        value={"parked": [describe(each) for each in found]},
        text="\n".join(spell(found)) + more if found else _nothing(wanted),
    )


@command.command("show", short_help="Show why something waits, and what can be done.")
@click.argument("item_id", metavar="ID")
@_CONFIG
def show(item_id: str, file: Path) -> Answer:
    """Show what waits under ID: what its code means, who must act, its history, what can be done.

    ID is a message id, a document id, or the digest of a held message or dead letter, as `swb
    parked list` shows them.
    """
    details, acts = asyncio.run(_show(file, item_id))
    return Answer(
        value=describe_details(details, acts), text="\n".join(spell_details(details, acts))
    )


@command.command("replay", short_help="Send, hand over or judge again what waits.")
@click.argument("item_ids", metavar="[ID]...", nargs=-1)
@_CONFIG
@click.option("--all", "everything", is_flag=True, help="All that the filters leave.")
@_filtered
@click.option("--limit", default=1000, show_default=True, type=_LIMIT, help="With --all.")
@click.option("--reason", default="", metavar="TEXT", help="For the audit trail. No personal data.")
@_APPROVAL
def replay(  # noqa: PLR0917 - one for each option
    item_ids: tuple[str, ...],
    file: Path,
    everything: bool,
    kind: str | None,
    code: str | None,
    partner: str | None,
    older_than: timedelta | None,
    limit: int,
    reason: str,
    approval: str | None,
) -> Answer:
    """Make each ID, or all that the filters leave, due again.

    A message leaves under the id and with the octets that it has; a document is judged by its seal
    once more and handed over under its own id; what was held or buried is judged anew, by when it
    came. Attempts are counted from the start. The running daemon sees it at once.
    """
    wanted = _filter(kind, code, partner, older_than)
    _check_named(item_ids, wanted, everything=everything)
    treated = asyncio.run(
        _replay(file, item_ids, wanted, limit=limit, reason=reason, approval=approval)
    )
    return _tell(treated, "replayed")


@command.command("discard", short_help="Give up what waits.")
@click.argument("item_ids", metavar="ID...", nargs=-1, required=True)
@_CONFIG
@click.option(
    "--reason",
    type=Reason(),
    required=True,
    metavar="TEXT",
    help="Why, for the record. No personal data.",
)
@_APPROVAL
def discard(item_ids: tuple[str, ...], file: Path, reason: str, approval: str | None) -> Answer:
    """Give up what waits under each ID; nobody tries it again.

    Its record and octets stay, `swb parked list --discarded` shows it, and the status of its
    document says DISCARDED. What is only held cannot be given up.
    """
    treated = asyncio.run(_discard(file, item_ids, reason=reason, approval=approval))
    return _tell(treated, "discarded")


def _filter(
    kind: str | None,
    code: str | None,
    partner: str | None,
    older_than: timedelta | None,
    *,
    discarded: bool = False,
) -> ParkedFilter:
    return ParkedFilter(
        kind=None if kind is None else ParkedKind(kind),
        code=code or "",
        partner=partner or "",
        before=None if older_than is None else SystemClock().now() - older_than,
        discarded=discarded,
    )


def _check_named(item_ids: Sequence[str], wanted: ParkedFilter, *, everything: bool) -> None:
    if item_ids and (everything or wanted != ParkedFilter()):
        message = "expected ids, or --all with filters, found both"
        raise click.UsageError(message)
    if not item_ids and not everything:
        message = "expected ids, or --all, best with filters such as --code transport.unconfirmed"
        raise click.UsageError(message)


def _nothing(wanted: ParkedFilter) -> str:
    """Tell a clean store from filters that leave nothing."""
    if wanted == ParkedFilter(discarded=wanted.discarded):
        return "nothing waits for a person"
    return "nothing that waits for a person is left by these filters; without them all is shown"


async def _list(file: Path, wanted: ParkedFilter, limit: int) -> Sequence[Parked]:
    from swb.app.parking import open_parking  # noqa: PLC0415 - slow to import

    async with open_parking(load_config(file)) as parking:
        return await parking.list_parked(wanted, limit=limit)


async def _show(file: Path, item_id: str) -> tuple[ParkedDetails, Sequence[AuditEntry] | None]:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.parking import open_parking  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_parking(config) as parking:
        details = await parking.show(item_id)
    try:
        async with open_audit(config) as trail:
            return details, await list_acts(trail, details.parked.item_id)
    except UnavailableError:
        return details, None  # there is no trail yet, or it is down: the rest helps without it


async def _replay(
    file: Path,
    item_ids: Sequence[str],
    wanted: ParkedFilter,
    *,
    limit: int,
    reason: str,
    approval: str | None,
) -> Treated:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import
    from swb.app.parking import open_parking  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_parking(config) as parking:
        items = [await parking.find(each) for each in item_ids]
        items = items or list(await parking.list_parked(wanted, limit=limit))
        if items:
            act = name_act(Guarded.REPLAY, "parked replay", items, reason)
            async with open_approvals(config, who=find_operator()) as approvals:
                await approvals.enter(act, approval=approval)
        return await parking.replay(items)


async def _discard(
    file: Path, item_ids: Sequence[str], *, reason: str, approval: str | None
) -> Treated:
    from swb.app.auditing import open_approvals  # noqa: PLC0415 - slow to import
    from swb.app.parking import open_parking  # noqa: PLC0415 - slow to import

    config = load_config(file)
    async with open_parking(config) as parking:
        items = [await parking.find(each) for each in item_ids]
        act = name_act(Guarded.DISCARD, "parked discard", items, reason)
        async with open_approvals(config, who=find_operator()) as approvals:
            await approvals.enter(act, approval=approval)
        return await parking.discard(items, reason=reason)


def _tell(treated: Treated, done: str) -> Answer:
    if treated.left and not treated.done:
        raise treated.left[0][1]
    lines = [f"{done}: {len(treated.done)}"]
    lines += [f"left: {each.item_id}  {error.code}: {error}" for each, error in treated.left]
    return Answer(
        value={
            done: [describe(each) for each in treated.done],
            "left": [
                {"id": each.item_id, "code": error.code, "message": error.message}
                for each, error in treated.left
            ],
        },
        text="\n".join(lines),
    )
