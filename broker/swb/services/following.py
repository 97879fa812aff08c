"""Following: where a document stands, what led there, and what is awaited, by a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.core.deciding import find_response, spell_items
from swb.core.lifecycle import DECISIONS, Fact, is_to_reverse, judge_exchange, judge_status
from swb.core.waiting import Waiting, find_waiting
from swb.services.learning import Learnt, list_learnt, list_moves
from swb.services.trails import get_trail
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.exchanges import State, find_exceeded
from swb_schemas.wire.sealed import read_kept_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import Event, MessageRecord, MessageStore, Standing, Trail
    from swb_schemas.exchanges import Exceeded, ExchangeState, Move

__all__ = ["Followed", "find_detail", "follow"]

_FINISHED: Final = frozenset({"published", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """All that is known of one document.

    Attributes:
        trail: As the store has it.
        status: The fact that stands; None where nothing is known.
        exchange: Where the exchange about it stands.
        learnt: Its events, in the order in which this gateway learnt of them.
        messages: Those that carry it or its answers, in the order of the commits.
        unfinished: What is still to be sent or handed over, or waits for a person.
        waiting: What is awaited; None where nothing is.
        limits: Time limits of the exchange that have passed.
    """

    trail: Trail
    status: Fact | None
    exchange: ExchangeState
    learnt: Sequence[Learnt]
    messages: Sequence[MessageRecord]
    unfinished: Sequence[Standing]
    waiting: Waiting | None
    limits: Sequence[Exceeded]


async def follow(store: MessageStore, reference: str, *, at: datetime) -> Followed:
    """Find where a document stands.

    Args:
        store: Of the gateway or router.
        reference: A certificate's key as stores spell it, a document id or a message id.
        at: The present.

    Raises:
        RefusedError: ``reference.unknown``.
        UnavailableError: ``store.unavailable``.
    """
    trail = await get_trail(store, reference)
    standings = await store.list_standings(trail.document.document_id)
    moves = await list_moves(store, trail.events)
    facts = [(Fact(event.name), event.revision) for event in trail.events]
    exchange = judge_exchange(facts)
    return Followed(
        trail=trail,
        status=judge_status(facts),
        exchange=exchange,
        learnt=await list_learnt(store, trail),
        messages=sorted(trail.messages, key=lambda each: (each.recorded_at, each.message_id)),
        unfinished=[each for each in standings if each.state not in _FINISHED],
        waiting=_find_waiting(trail, exchange),
        limits=_find_limits(trail, moves, at),
    )


def find_detail(event: Event, trail: Trail) -> str:
    """Find what there is to say of an event: of a decision, its items and their reasons."""
    if Fact(event.name) in DECISIONS:
        kept = [each.octets for each in trail.answers if each.octets]
        response = find_response(kept, event.revision)
        if response is not None:
            return spell_items(response.items)
    return event.detail


def _find_waiting(trail: Trail, exchange: ExchangeState) -> Waiting | None:
    kind = CATALOGUE.get(trail.document.message_type)
    if kind is None or not kind.leads or not trail.document.octets:
        return None
    header = read_kept_header(trail.document.octets)
    facts: dict[Fact, datetime] = {}
    for event in trail.events:
        fact = Fact(event.name)
        facts[fact] = max(event.at, facts.get(fact, event.at))
    return find_waiting(
        facts,
        agreement=header.agreement or "",
        expires_at=max((each.expires_at for each in trail.messages), default=None),
        valid_until=header.valid_until,
        answers=kind.answers,
        cancelled=exchange.standing is State.CANCELLED,
        denied=is_to_reverse(exchange),
    )


def _find_limits(
    trail: Trail, moves: Sequence[tuple[Move, int, datetime]], at: datetime
) -> Sequence[Exceeded]:
    """Find the time limits of the exchange that have passed."""
    if not trail.document.octets:
        return []
    header = read_kept_header(trail.document.octets)
    return list(find_exceeded(moves, agreement=header.agreement or "", at=at))
