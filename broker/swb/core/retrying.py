"""When to try again, as a pure decision: nothing sleeps here.

The delay before the next attempt grows by a factor up to a ceiling, and a part of it is left to
chance, so that members which lost the same line at the same moment do not come back at the same
moment. Chance is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from swb_schemas.errors import Actor, RefusedError

__all__ = ["RetryPolicy", "decide_delay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently something is tried again.

    Attributes:
        first_delay: Between the first failed attempt and the second one, before jitter.
        factor: What each further delay is multiplied by; 1 or more.
        ceiling: No delay is longer than this, before jitter.
        max_attempts: After so many failed attempts it is parked.
        jitter_share: The part of a delay that chance may take away, from 0 (none) to 1 (all).

    Raises:
        RefusedError: ``retry.policy`` when a value is out of its range.
    """

    first_delay: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    ceiling: timedelta = timedelta(minutes=10)
    max_attempts: int = 50
    jitter_share: float = 0.5

    def __post_init__(self) -> None:
        if self.first_delay <= timedelta(0) or self.ceiling < self.first_delay:
            message = "expected 0 < first_delay <= ceiling"
            raise RefusedError("retry.policy", message, actor=Actor.OPERATOR)
        if self.factor < 1 or self.max_attempts < 1 or not 0 <= self.jitter_share <= 1:
            message = "expected factor >= 1, max_attempts >= 1 and 0 <= jitter_share <= 1"
            raise RefusedError("retry.policy", message, actor=Actor.OPERATOR)


def decide_delay(attempts: int, *, jitter: float, policy: RetryPolicy) -> timedelta | None:
    """Decide what follows a failed attempt.

    Args:
        attempts: How many attempts failed so far, the last one included; 1 or more.
        jitter: A random number in [0, 1), drawn by the caller.
        policy: How patient to be.

    Returns:
        How long to wait before the next attempt, or None: park it, a person must look.

    Raises:
        RefusedError: ``retry.argument`` when `attempts` or `jitter` is out of its range.
    """
    if attempts < 1 or not 0 <= jitter < 1:
        message = f"expected attempts >= 1 and jitter in [0, 1), found {attempts} and {jitter}"
        raise RefusedError("retry.argument", message, actor=Actor.DEVELOPER)
    if attempts >= policy.max_attempts:
        return None
    first, ceiling = policy.first_delay.total_seconds(), policy.ceiling.total_seconds()
    try:
        seconds = min(first * policy.factor ** (attempts - 1), ceiling)
    except OverflowError:
        seconds = ceiling
    return timedelta(seconds=seconds * (1 - policy.jitter_share * jitter))
