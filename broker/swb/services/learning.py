"""When this gateway learnt of what it knows: its own clock orders a road, nobody else's does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb_schemas.exchanges import LIMITS, Move

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from swb.ports import Documents, Event, Trail

__all__ = ["Learnt", "list_learnt", "list_moves"]

_ORDER: Final = {fact: place for place, fact in enumerate(Fact)}
"""What one message told, or several of the same moment, in the order in which it happened."""
_MOVES: Final = frozenset(map(str, Move))
_BEGINS: Final = frozenset().union(*(map(str, each.begins) for each in LIMITS))
"""Moves from which time runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """An event as this gateway learnt of it.

    Attributes:
        event: The event; its own time is by the clock of whoever says so.
        known_at: When the message that told it was committed here; for what happened here, when
            it happened.
    """

    event: Event
    known_at: datetime


async def list_learnt(store: Documents, trail: Trail) -> list[Learnt]:
    """List the events of a trail in the order in which this gateway learnt of them.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    told = {message.message_id: message.recorded_at for message in trail.messages}
    learnt = []
    for event in trail.events:
        if event.message_id and event.message_id not in told:
            message = await store.find_message(event.message_id)
            told[event.message_id] = message.recorded_at if message else event.at
        # What a person gave up names the message that it was; the message does not tell it.
        is_ours = event.name == Fact.DISCARDED
        known_at = event.at if is_ours else told.get(event.message_id, event.at)
        learnt.append(Learnt(event=event, known_at=known_at))
    return sorted(
        learnt,
        key=lambda each: (each.known_at, _ORDER[Fact(each.event.name)], each.event.revision),
    )


async def list_moves(store: Documents, events: Iterable[Event]) -> list[tuple[Move, int, datetime]]:
    """List the moves among events, each with its number and the moment that time limits count by.

    Time runs from when this gateway learnt of what begins it, by its own clock: a date in a
    payload that is long past, or yet to come, moves no limit. What ends it counts by its own date.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    moves = []
    for event in events:
        if event.name not in _MOVES:
            continue
        begins = event.message_id and event.name in _BEGINS
        told = await store.find_message(event.message_id) if begins else None
        moves.append((Move(event.name), event.revision, told.recorded_at if told else event.at))
    return moves
