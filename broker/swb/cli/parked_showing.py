"""What waits for a person, for programs and for people; never a payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.ports import ParkedKind
from swb_schemas.error_codes import find_error_code
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from swb.core.audit import AuditEntry
    from swb.ports import Parked, Standing
    from swb.services.parking import ParkedDetails

__all__ = ["describe", "describe_details", "describe_standing", "spell", "spell_details"]


def describe(parked: Parked) -> dict[str, object]:
    """Bring it into its JSON form."""
    known = find_error_code(parked.code)
    return {
        "kind": parked.kind,
        "id": parked.item_id,
        "code": parked.code,
        "actor": known.actor if known else None,
        "since": format_instant(parked.since),
        "partner": parked.partner,
        "line": parked.line or None,
        "message_id": parked.message_id or None,
        "message_type": parked.message_type or None,
        "document_id": parked.document_id or None,
        "attempts": parked.attempts,
        "expires_at": _format(parked.expires_at),
        "octets": parked.octets,
        "discarded_at": _format(parked.discarded_at),
    }


def describe_details(
    details: ParkedDetails, acts: Sequence[AuditEntry] | None
) -> dict[str, object]:
    """Bring all that is known of it into its JSON form; `acts` is None where nobody can tell."""
    known = find_error_code(details.parked.code)
    hindrance = details.hindrance
    return {
        **describe(details.parked),
        "meaning": known.meaning if known else None,
        "advice": known.advice if known else None,
        "detail": details.parked.detail or None,
        "status": details.status,
        "events": [
            {
                "at": format_instant(each.at),
                "name": each.name,
                "code": each.code or None,
                "message_id": each.message_id or None,
            }
            for each in details.events
        ],
        "acts": None
        if acts is None
        else [
            {
                "at": format_instant(each.at),
                "who": each.who,
                "action": each.action,
                "reason": each.detail.partition("; reason: ")[2],
            }
            for each in acts
        ],
        "standings": [describe_standing(each) for each in details.standings],
        "can_be_replayed": hindrance is None,
        "hindrance": {"code": hindrance.code, "message": hindrance.message} if hindrance else None,
    }


def describe_standing(standing: Standing) -> dict[str, object]:
    """Bring into its JSON form where a message or a delivery stands."""
    return {
        "kind": standing.kind,
        "id": standing.item_id,
        "line": standing.line or None,
        "state": standing.state,
        "attempts": standing.attempts,
        "code": standing.code or None,
        "due_at": format_instant(standing.due_at),
        "ended_at": _format(standing.ended_at),
    }


def spell(found: Sequence[Parked]) -> Iterator[str]:
    """Write a table."""
    rows = [
        (
            format_instant(each.since),
            each.kind + (" (discarded)" if each.discarded_at else ""),
            each.code,
            each.partner,
            each.message_type,
            each.item_id,
        )
        for each in found
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def spell_details(details: ParkedDetails, acts: Sequence[AuditEntry] | None) -> Iterator[str]:
    """Write all that is known of it."""
    parked, known = details.parked, find_error_code(details.parked.code)
    yield f"{parked.kind} {parked.item_id}"
    if parked.discarded_at is not None:
        yield f"  discarded     {format_instant(parked.discarded_at)}"
    yield f"  waits since   {format_instant(parked.since)}, after {parked.attempts} attempt(s)"
    yield f"  code          {parked.code}"
    if known is not None:
        yield f"  means         {known.meaning}"
        yield f"  who must act  {known.actor}: {known.advice}"
    if parked.detail:
        yield f"  found         {parked.detail}"
    yield f"  partner       {parked.partner}"
    if parked.message_type:
        yield f"  document      {parked.message_type} {parked.document_id}"
        yield f"  message       {parked.message_id}"
    if parked.expires_at is not None:
        yield f"  expires       {format_instant(parked.expires_at)}"
    if details.status is not None:
        yield f"  status        {details.status}"
    for event in details.events:
        code = f"  {event.code}" if event.code else ""
        yield f"    {format_instant(event.at)}  {event.name}{code}"
    for act in acts or ():
        reason = act.detail.partition("; reason: ")[2]
        yield f"    {format_instant(act.at)}  {act.action} by {act.who}: {reason}"
    yield f"  what to do    {_advise(details)}"


def _advise(details: ParkedDetails) -> str:
    parked, hindrance = details.parked, details.hindrance
    if hindrance is not None:
        known = find_error_code(hindrance.code)
        return f"{hindrance.code}: {known.advice if known else hindrance.message}"
    if parked.kind is ParkedKind.HELD:
        return f"it is tried again by itself; at once: swb parked replay {parked.item_id}"
    return (
        f"mend the cause, then swb parked replay {parked.item_id}; "
        f"or give it up: swb parked discard {parked.item_id} --reason TEXT"
    )


def _format(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
