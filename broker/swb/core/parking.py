"""What may be done with what waits for a person, as a pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ParkedState", "check_discard", "check_replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedState:
    """What decides it.

    Attributes:
        item_id: Names it in messages.
        is_held: Whether it only waits to be judged.
        octets: How many are left of it; 0 when they were erased.
        expires_at: When its message expires, where it is to be sent.
        discarded_at: When a person gave it up.
        is_quarantined: Whether a statement on stolen keys stands against its document.
        is_answered: Whether its sender was told of a refusal in writing.
        is_kept_untold: Whether it stands under its id although nobody was told.
    """

    item_id: str
    is_held: bool
    octets: int
    expires_at: datetime | None
    discarded_at: datetime | None
    is_quarantined: bool
    is_answered: bool
    is_kept_untold: bool


def check_replay(state: ParkedState, *, at: datetime) -> None:
    """Require that it can be sent, handed over or judged again as it is.

    Raises:
        RefusedError: ``parked.discarded``, ``parked.erased``, ``parked.expired``,
            ``parked.quarantined``, ``parked.answered``, ``parked.untold``.
    """
    _check_not_discarded(state)
    if state.octets == 0:
        message = f"expected octets of {state.item_id}, found that they are erased"
        raise RefusedError("parked.erased", message, actor=Actor.OPERATOR)
    if state.expires_at is not None and state.expires_at <= at:
        message = (
            f"expected a message that lives, found that {state.item_id} expired at "
            f"{state.expires_at:%FT%TZ}; have the document sent in a new message"
        )
        raise RefusedError("parked.expired", message, actor=Actor.OPERATOR)
    if state.is_quarantined:
        message = f"expected no statement on stolen keys against the document of {state.item_id}"
        raise RefusedError("parked.quarantined", message, actor=Actor.OPERATOR)
    if state.is_answered:
        message = f"expected a dead letter whose sender was not told, found {state.item_id}"
        raise RefusedError("parked.answered", message, actor=Actor.OPERATOR)
    if state.is_kept_untold:
        message = f"expected a dead letter that stands nowhere else, found {state.item_id} kept"
        raise RefusedError("parked.untold", message, actor=Actor.OPERATOR)


def check_discard(state: ParkedState) -> None:
    """Require that it may be given up.

    Raises:
        RefusedError: ``parked.discarded``, ``parked.held``.
    """
    _check_not_discarded(state)
    if state.is_held:
        message = f"expected something that was judged or parked, found {state.item_id} held"
        raise RefusedError("parked.held", message, actor=Actor.OPERATOR)


def _check_not_discarded(state: ParkedState) -> None:
    if state.discarded_at is not None:
        message = f"expected what nobody gave up, found {state.item_id} discarded"
        raise RefusedError("parked.discarded", message, actor=Actor.OPERATOR)
