"""``swb reconcile``: whether two states have the same of a day, and what to do where not."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Day
from swb.cli.operator import find_operator
from swb.cli.options import config_option
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.observability import configure_logs
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.retransmission import RetransmissionReason
from swb_schemas.errors import Actor, RefusedError, SwbError, UndeterminedError
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from swb.config import Config
    from swb.services.judging_days import DayVerdict, Explained, Repaired

__all__ = ["command"]

_SHOWN: Final = 50
"""Documents that people are shown; with ``--json`` up to 1000 are there."""
_ONE_DAY: Final = timedelta(days=1)


@click.command("reconcile", short_help="Compare what two states exchanged on a day; repair it.")
@click.argument("first", metavar="STATE")
@click.argument("second", metavar="STATE")
@click.option("--day", type=Day(), help="The day in UTC; without it, yesterday.")
@config_option("Configuration (TOML) of the gateway of one of the two states", "config_file")
@click.option(
    "--environment",
    type=click.Choice([each.value for each in Environment]),
    help="Of the documents; without it, what the gateway serves.",
)
@click.option(
    "--wait",
    "wait_for",
    metavar="SECONDS",
    type=click.FloatRange(min=0, max=86400),
    default=30.0,
    show_default=True,
    help="How long to wait for the other side; 0 asks nobody and compares with its last word.",
)
@click.option(
    "--repair",
    is_flag=True,
    help="Ask for what is missing here, and send again what is missing there.",
)
@click.option(
    "--reason",
    type=click.Choice([each.value for each in RetransmissionReason], case_sensitive=False),
    default=RetransmissionReason.LOST.value,
    show_default=True,
    help="What the other side is told with --repair.",
)
def command(  # noqa: PLR0917 - one for each option
    first: str,
    second: str,
    day: date | None,
    config_file: Path,
    environment: str | None,
    wait_for: float,
    repair: bool,
    reason: str,
) -> Answer:
    """Compare what the two states STATE STATE exchanged on a day, by what both have sealed.

    The gateway's daemon and the other state's must run: the other side is asked what it has now,
    and for its documents in the parts that differ. Each document is named with the way that it
    went, what is missing on which side, and which receipts are here.

    Exit status: 0 both have the same, or it was repaired; 1 they differ; 3 the other side has not
    answered. With --wait 0, 0 says no more than that both had the same when the other side last
    told, at the moment that is shown.
    """
    configure_logs(level=logging.ERROR)
    config = load_config(config_file)
    partner = _find_partner(config, first, second)
    served = config.party.environment
    chosen = Environment(environment) if environment else served
    today = SystemClock().now().date()
    when = day or today - _ONE_DAY
    if when > today:
        message = f"expected a day that has begun, and it is {today}, found {when}"
        raise click.BadParameter(message, param_hint="--day")
    asyncio.run(_require_connected(config, partner, chosen))
    verdict, repaired = asyncio.run(
        _reconcile(
            config,
            partner,
            chosen,
            when,
            wait_for=wait_for,
            reason=RetransmissionReason(reason.upper()) if repair else None,
        )
    )
    error = _judge(verdict, repaired)
    return Answer(
        value=_describe(verdict, repaired),
        text="\n".join(_spell(config.party.state, verdict, repaired)),
        failure=explain_failure(error) if error else None,
    )


def _find_partner(config: Config, first: str, second: str) -> str:
    own = config.party.state
    if own not in {first, second} or first == second:
        message = (
            f"expected {own}, whose gateway this is, and another state, found {first} and {second}"
        )
        raise click.UsageError(message)
    return second if own == first else first


async def _require_connected(config: Config, partner: str, environment: Environment) -> None:
    """Ask nobody whom the region's router would not let answer."""
    from swb.app.parts import fetch_connections  # noqa: PLC0415 - slow to import

    own, served = config.party.state, config.party.environment
    table = await fetch_connections(config)
    if not table.may_have_carried(frozenset({own, partner}), environment, served):
        message = (
            f"expected a state that {own} is or was connected with in {environment}, "
            f"found {partner}"
        )
        raise click.UsageError(message)


async def _reconcile(
    config: Config,
    partner: str,
    environment: Environment,
    day: date,
    *,
    wait_for: float,
    reason: RetransmissionReason | None,
) -> tuple[DayVerdict, Repaired | None]:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.reconciliation import open_reconciling  # noqa: PLC0415 - as above
    from swb.services.judging_days import DayJudge  # noqa: PLC0415 - as above

    async with open_reconciling(config) as parts, open_audit(config, create=True) as trail:
        judge = DayJudge(
            store=parts.store,
            memory=parts.memory,
            service=parts.service,
            retransmitting=parts.retransmitting,
        )
        verdict = await judge.judge(partner, environment, day, wait_for=wait_for)
        if reason is None:
            return verdict, None
        repaired = await judge.repair(verdict, environment, reason=reason, wait_for=wait_for)
        await trail.append(
            at=parts.clock.now(),
            who=find_operator(),
            action="reconcile repair",
            subject=f"{partner} {environment} {day.isoformat()}",
            detail=f"{reason}: asked for {len(repaired.asked)}, sent again {len(repaired.sent)}, "
            f"asked for acknowledgements of {len(repaired.acknowledgements)}",
        )
        return verdict, repaired


def _judge(verdict: DayVerdict, repaired: Repaired | None) -> SwbError | None:
    """Say why the command failed, where it did."""
    day, partner = verdict.day.isoformat(), verdict.partner
    if verdict.theirs is None or verdict.unlisted:
        what = "its lists" if verdict.theirs else "a summary"
        message = f"expected {what} of {day} from {partner}, found none"
        return UndeterminedError("reconciliation.unanswered", message)
    if verdict.asked and not verdict.answered:
        told = format_instant(verdict.theirs.sealed_at)
        message = (
            f"expected an answer of {partner}'s on {day}, found none: its last word is of {told}"
        )
        return UndeterminedError("reconciliation.unanswered", message)
    open_ones = verdict.differing
    if repaired is not None:
        open_ones -= len(repaired.arrived) + len(repaired.sent)
    if open_ones <= 0:
        return None
    message = f"expected the same documents of {day} on both sides, found {open_ones} that differ"
    return RefusedError("reconciliation.differs", message, actor=Actor.OPERATOR)


# --- for programs ------------------------------------------------------------------------------


def _describe(verdict: DayVerdict, repaired: Repaired | None) -> dict[str, object]:
    theirs = verdict.theirs
    return {
        "partner": verdict.partner,
        "environment": verdict.environment,
        "day": verdict.day.isoformat(),
        "equal": verdict.is_equal if verdict.answered else None,
        "equal_when_told": verdict.is_equal if theirs else None,
        "answered": verdict.answered,
        "sent": verdict.here.sent.count,
        "received": verdict.here.received.count,
        "refused": verdict.here.refused,
        "waiting": len(verdict.here.waiting),
        "theirs": {
            "revision": theirs.revision,
            "sealed_at": format_instant(theirs.sealed_at),
            "document_id": theirs.document_id,
        }
        if theirs
        else None,
        "differing": verdict.differing,
        "unlisted_buckets": verdict.unlisted,
        "documents": [_describe_document(each) for each in verdict.explained],
        "without_evidence": {
            fact: len(verdict.here.unproven.get(fact, ()))
            for fact in (Fact.RELAYED, Fact.AS2, Fact.AS3)
        },
        "repaired": {
            "asked": list(repaired.asked),
            "arrived": list(repaired.arrived),
            "not_coming": dict(repaired.not_coming),
            "sent": list(repaired.sent),
            "acknowledgements_asked": list(repaired.acknowledgements),
        }
        if repaired
        else None,
    }


def _describe_document(each: Explained) -> dict[str, object]:
    return {
        "document_id": each.differing.document_id,
        "way": each.differing.way,
        "difference": each.differing.kind,
        "digest_here": each.differing.digest_here or None,
        "digest_there": each.differing.digest_there or None,
        "message_type": each.message_type or None,
        "certificate_key": each.certificate_key or None,
        "evidence_here": list(each.evidence),
        "evidence_missing": list(each.missing),
        "why": each.why,
        "repair": each.repair or None,
    }


# --- for people --------------------------------------------------------------------------------


def _spell(own: str, verdict: DayVerdict, repaired: Repaired | None) -> Iterator[str]:
    pair = f"{own} and {verdict.partner}, {verdict.environment}, {verdict.day.isoformat()}"
    if verdict.theirs is None:
        yield f"not compared: {pair}: no summary of {verdict.partner} came"
    elif verdict.answered:
        yield f"equal: {pair}" if verdict.is_equal else f"{verdict.differing} differ: {pair}"
    else:
        told = format_instant(verdict.theirs.sealed_at)
        found = "no difference" if verdict.is_equal else f"{verdict.differing} differ"
        why = "has not answered" if verdict.asked else "was not asked"
        yield f"not known now: {pair}: {verdict.partner} {why}; by its word of {told}, {found}"
    here = verdict.here
    yield f"  sent      {here.sent.count}" + (
        f" ({here.refused} more were refused)" if here.refused else ""
    )
    yield f"  received  {here.received.count}"
    if verdict.theirs is not None:
        told = format_instant(verdict.theirs.sealed_at)
        yield f"  by {verdict.partner}'s summary {verdict.theirs.revision}, sealed {told}"
    for fact in (Fact.RELAYED, Fact.AS2, Fact.AS3):
        count = len(here.unproven.get(fact, ()))
        if count:
            yield f"  without {fact}: {count} of those sent"
    for each in verdict.explained[:_SHOWN]:
        yield from _spell_document(each, is_repaired=repaired is not None)
    if verdict.differing > _SHOWN:
        yield f"... and {verdict.differing - _SHOWN} more"
    if repaired is not None:
        yield from _spell_repaired(repaired)


def _spell_repaired(repaired: Repaired) -> Iterator[str]:
    yield f"asked for {len(repaired.asked)}, of which {len(repaired.arrived)} are here now"
    for document_id, said in repaired.not_coming.items():
        yield f"  {document_id}  does not come: {said}"
    yield f"sent again {len(repaired.sent)}"
    if repaired.acknowledgements:
        yield f"asked for the acknowledgements of {len(repaired.acknowledgements)}"


def _spell_document(each: Explained, *, is_repaired: bool) -> Iterator[str]:
    what = f"{each.message_type} {each.certificate_key}".strip()
    yield f"{each.differing.document_id}  {each.differing.way}, {each.differing.kind}  {what}"
    yield f"  {each.why}"
    if each.evidence or each.missing:
        yield f"  evidence here: {', '.join(each.evidence) or 'none'}" + (
            f"; missing: {', '.join(each.missing)}" if each.missing else ""
        )
    if each.repair and not is_repaired:
        yield f"  --repair would {each.repair}"
