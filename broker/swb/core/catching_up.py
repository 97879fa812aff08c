"""How fast a backlog drains beside the traffic of the day, as a pure decision.

What has been due for a while is old. Old messages of a destination that is back get a named share
of the capacity: that part of the places, and that part of the time, for whoever worked so long on
them rests so much longer. What is fresh never waits behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from swb_schemas.errors import Actor, RefusedError

__all__ = ["CatchUpPolicy", "count_places", "decide_rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpPolicy:
    """What is old, and what it gets.

    Attributes:
        share: Of the capacity, for all that is old together; above 0, and 1 is everything.
        after: What has been due for longer is old.

    Raises:
        RefusedError: ``retry.policy`` when a value is out of its range.
    """

    share: float = 0.5
    after: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.after <= timedelta(0):
            message = f"expected 0 < share <= 1 and after > 0, found {self.share} and {self.after}"
            raise RefusedError("retry.policy", message, actor=Actor.OPERATOR)


def count_places(places: int, policy: CatchUpPolicy) -> int:
    """Count the places of so many that old messages may take; one at least."""
    return max(1, int(places * policy.share))


def decide_rest(worked: float, *, among: int, policy: CatchUpPolicy) -> float:
    """Decide for how long one destination's backlog rests after work on it.

    Args:
        worked: Seconds that the last piece took.
        among: Destinations that catch up at the same time, this one included; they share alike.
        policy: What they get together.

    Returns:
        Seconds, so that the work is no more than its share of work and rest.
    """
    share = policy.share / max(1, among)
    return max(0.0, worked) * (1 - share) / share
