"""``swb status``: where a document stands, and everything that led there."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import spell_reference
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.cli.parked_showing import describe_standing
from swb.cli.utilised_showing import describe_utilised, find_utilised, spell_utilised
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import DECISIONS, Fact
from swb.ports import ParkedKind
from swb.services.following import find_detail, follow
from swb_schemas.exchanges import MACHINES, spell_state
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from swb.core.waiting import Waiting
    from swb.ports import DocumentRecord, MessageRecord, Standing, Trail
    from swb.services.following import Followed
    from swb.services.learning import Learnt
    from swb_schemas.exchanges import Exceeded, ExchangeState

__all__ = ["command"]

_SAME_MOMENT: Final = timedelta(seconds=1)
"""Customs dates in whole seconds; a time as near as this says nothing more."""


@click.command("status", short_help="Show where a document stands, and its road.")
@click.argument("reference")
@config_option("Configuration (TOML) of the gateway whose store is asked", "config_file")
def command(reference: str, config_file: Path) -> Answer:
    """Show where the document REFERENCE stands, its events with their times, answers, messages.

    REFERENCE is a certificate's key STATE:office:number (percent-encoded where the office or the
    number has a colon or a percent sign), a document id or a message id. The status is the event
    that weighs most: AS1 (sent), AS2 and AS3 (arrived), RES-REC or RES-NOT (customs), then the
    latest customs response: GIVEN, NOT GIVEN or PENDING. CANCELLED and WITHDRAWN outweigh these,
    and so do VERIFICATION SUSPENDING while preference is suspended and VERIFICATION DENIED until
    customs responds NOT GIVEN; QUARANTINED outweighs them all: its seal may be that of a thief.
    Events stand in the order in which this gateway learnt of them; a time that somebody else gives
    stands beside it where it differs.
    """
    found = asyncio.run(_follow(config_file, spell_reference(reference)))
    trail = found.trail
    return Answer(
        value={
            "status": found.status,
            "exchange": _describe_exchange(found.exchange),
            "limits": [_describe_limit(each) for each in found.limits],
            "waiting": _describe_waiting(found.waiting) if found.waiting else None,
            "utilised": describe_utilised(find_utilised(trail)),
            "document": _describe_document(trail.document),
            "events": [_describe_event(each, trail) for each in found.learnt],
            "answers": [_describe_document(each) for each in trail.answers],
            "messages": [_describe_message(each) for each in found.messages],
            "unfinished": [describe_standing(each) for each in found.unfinished],
        },
        text="\n".join(_spell(found)),
    )


async def _follow(config_file: Path, reference: str) -> Followed:
    from swb.app import open_store  # noqa: PLC0415 - slow to import, and help does not need it

    async with open_store(load_config(config_file)) as store:
        return await follow(store, reference, at=SystemClock().now())


# --- for programs ------------------------------------------------------------------------------


def _describe_document(record: DocumentRecord) -> dict[str, object]:
    return {
        "document_id": record.document_id,
        "message_type": record.message_type,
        "certificate_key": record.certificate_key or None,
        "conversation_id": record.conversation_id,
        "issuing_party": record.issuing_party,
        "receiving_party": record.receiving_party,
        "environment": record.environment,
        "digest": record.digest,
        "direction": record.direction,
        "recorded_at": format_instant(record.recorded_at),
        "erased": not record.octets,
    }


def _describe_exchange(state: ExchangeState) -> dict[str, object]:
    return {
        each.machine: {"state": state.get(each.machine)[0], "number": state.get(each.machine)[1]}
        for each in MACHINES
    }


def _describe_limit(exceeded: Exceeded) -> dict[str, object]:
    return {
        "code": exceeded.limit.code,
        "gravity": exceeded.gravity,
        "number": exceeded.number,
        "due_at": format_instant(exceeded.due_at),
        "came_at": format_instant(exceeded.came_at) if exceeded.came_at else None,
        "clause": exceeded.limit.clause or None,
    }


def _describe_waiting(waiting: Waiting) -> dict[str, object]:
    return {
        "for": waiting.awaited,
        "since": format_instant(waiting.since),
        "until": format_instant(waiting.until) if waiting.until else None,
        "refusal_until": format_instant(waiting.refusal_until) if waiting.refusal_until else None,
        "clause": waiting.clause or None,
    }


def _describe_event(learnt: Learnt, trail: Trail) -> dict[str, object]:
    event = learnt.event
    return {
        "known_at": format_instant(learnt.known_at),
        "at": format_instant(event.at),
        "name": event.name,
        "message_id": event.message_id or None,
        "code": event.code or None,
        "detail": find_detail(event, trail) or None,
        "revision": event.revision,
    }


def _describe_message(record: MessageRecord) -> dict[str, object]:
    return {
        "message_id": record.message_id,
        "message_type": record.message_type,
        "document_id": record.document_id,
        "sender": record.sender,
        "receiver": record.receiver,
        "digest": record.digest,
        "direction": record.direction,
        "expires_at": format_instant(record.expires_at),
        "recorded_at": format_instant(record.recorded_at),
        "erased": not record.octets,
    }


# --- for people --------------------------------------------------------------------------------


def _spell(found: Followed) -> Iterator[str]:
    trail, waiting = found.trail, found.waiting
    document = trail.document
    what = f"{document.message_type} {document.certificate_key}".rstrip()
    erased = "" if document.octets else " (ERASED: what is left proves it, swb evidence export)"
    yield f"{found.status or 'nothing known'}: {what}{erased}"
    yield f"  document      {document.document_id}, {document.environment}, {document.direction}"
    yield f"  issued by     {document.issuing_party}"
    yield f"  addressed to  {document.receiving_party}"
    yield f"  digest        {document.digest}"
    yield f"  conversation  {document.conversation_id}"
    if waiting is not None:
        yield f"  waits for     {waiting.awaited} since {format_instant(waiting.since)}"
        if waiting.until is not None:
            yield f"                until {format_instant(waiting.until)} at the latest"
        if waiting.refusal_until is not None:
            told = format_instant(waiting.refusal_until)
            yield f"                a refusal is due by {told} ({waiting.clause})"
    exchange = spell_state(found.exchange)
    if exchange:
        yield f"  exchange      {exchange}"
    for late in found.limits:
        yield f"  {late.gravity:<13} {late.limit.code}, due by {format_instant(late.due_at)}"
    for each in found.unfinished:
        yield f"  {_spell_standing(each)}"
    yield from _spell_table("utilised", spell_utilised(find_utilised(trail)))
    yield from _spell_table("events", [_spell_event(each, trail) for each in found.learnt])
    yield from _spell_table("answers", [_spell_answer(each) for each in trail.answers])
    yield from _spell_table("messages", [_spell_message(each) for each in found.messages])


def _spell_standing(standing: Standing) -> str:
    what = "its delivery to the national system"
    if standing.kind is ParkedKind.OUTBOUND:
        what = f"message {standing.item_id} to line {standing.line}"
    why = f", last {standing.code}" if standing.code else ""
    if standing.state == "waiting":
        return f"waits here    {what}, {standing.attempts} attempt(s){why}"
    return f"{standing.state:<13} {what}{why}: swb parked show {standing.item_id}"


def _spell_table(title: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    yield ""
    yield title
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width)
        yield f"  {'  '.join(cells)}".rstrip()


def _spell_event(learnt: Learnt, trail: Trail) -> tuple[str, ...]:
    event = learnt.event
    differs = abs(event.at - learnt.known_at) > _SAME_MOMENT
    said = f"(dated {_spell_instant(event.at)})" if differs else ""
    detail = find_detail(event, trail)
    revision = f"{_count(Fact(event.name))} {event.revision}" if event.revision else ""
    why = f"{event.code}: {detail}" if event.code else detail
    return (_spell_instant(learnt.known_at), said, event.name, revision, why)


def _count(fact: Fact) -> str:
    """Name what the number of an event counts."""
    if fact in DECISIONS:
        return "response"
    return "statement" if fact in {Fact.QUARANTINED, Fact.RELEASED} else "no."


def _spell_instant(at: datetime) -> str:
    """Spell a time as wide as any other, so that a column of them is aligned: milliseconds."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _spell_answer(record: DocumentRecord) -> tuple[str, ...]:
    at = _spell_instant(record.recorded_at)
    erased = "" if record.octets else "ERASED"
    ids = (record.document_id, record.issuing_party, erased)
    return (at, record.direction, record.message_type, *ids)


def _spell_message(record: MessageRecord) -> tuple[str, ...]:
    at = _spell_instant(record.recorded_at)
    road = f"{record.sender} to {record.receiver}"
    erased = "" if record.octets else "ERASED"
    return (at, record.direction, record.message_type, record.message_id, road, erased)
