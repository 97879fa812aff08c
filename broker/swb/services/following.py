"""Following: where one document stands, on its road and in its exchange, as this store knows it.

What the command line, the console and the HTTP interface say of a reference is said here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact, is_to_reverse, judge_exchange, judge_status
from swb.core.waiting import Waiting, find_waiting
from swb.services.learning import list_learnt, list_moves
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.exchanges import State, find_exceeded
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import MessageStore, Standing, Trail
    from swb.services.learning import Learnt
    from swb_schemas.exchanges import Exceeded, ExchangeState

__all__ = ["Followed", "follow"]

_FINISHED: Final = frozenset({"published", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where a document stands.

    Attributes:
        trail: What the store has of it.
        learnt: Its events, in the order in which this gateway learnt of them.
        status: The fact that stands; None where nothing is known.
        exchange: Where the exchange about it stands.
        waiting: What it waits for; None where nothing is to come.
        limits: Time limits of the exchange that have passed.
        standings: Messages that carry it, and its delivery.
    """

    trail: Trail
    learnt: Sequence[Learnt]
    status: Fact | None
    exchange: ExchangeState
    waiting: Waiting | None
    limits: Sequence[Exceeded]
    standings: Sequence[Standing]

    @property
    def unfinished(self) -> Sequence[Standing]:
        """What of it is neither published nor handed over."""
        return [each for each in self.standings if each.state not in _FINISHED]


async def follow(store: MessageStore, reference: str, *, at: datetime) -> Followed | None:
    """Find where a document stands.

    Args:
        store: Of the gateway that is asked.
        reference: A certificate's key, a document id or a message id.
        at: The moment that time limits are judged for.

    Returns:
        None where the store knows nothing of it.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    trail = await store.find_trail(reference)
    if trail is None:
        return None
    facts = [(Fact(event.name), event.revision) for event in trail.events]
    exchange = judge_exchange(facts)
    return Followed(
        trail=trail,
        learnt=await list_learnt(store, trail),
        status=judge_status(facts),
        exchange=exchange,
        waiting=_find_waiting(trail, exchange),
        limits=await _find_limits(store, trail, at),
        standings=await store.list_standings(trail.document.document_id),
    )


def _find_waiting(trail: Trail, exchange: ExchangeState) -> Waiting | None:
    kind = CATALOGUE.get(trail.document.message_type)
    if kind is None or not kind.leads or not trail.document.octets:
        return None
    header, _ = read_kept(trail.document.octets)
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


async def _find_limits(store: MessageStore, trail: Trail, at: datetime) -> Sequence[Exceeded]:
    if not trail.document.octets:
        return ()
    header, _ = read_kept(trail.document.octets)
    moves = await list_moves(store, trail.events)
    return tuple(find_exceeded(moves, agreement=header.agreement or "", at=at))
