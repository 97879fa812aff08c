"""Faults of ours: exceptions that nobody foresaw, met while one thing was worked on.

A fault concerns the one message, payload or document that was worked on; the others go on. It is
tried again a few times, because what caused it may have passed, and then set aside for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.core.retrying import decide_delay

if TYPE_CHECKING:
    from datetime import timedelta

    from swb.core.retrying import RetryPolicy

__all__ = ["ATTEMPTS_WITH_FAULTS", "INTERNAL_FAULT", "decide_rest"]

INTERNAL_FAULT: Final = "internal.fault"
"""The code in logs and records; the log has the place, and never what was worked on."""

ATTEMPTS_WITH_FAULTS: Final = 5
"""After so many attempts, the last of which met a fault, it is set aside."""


def decide_rest(
    attempts: int, code: str, *, jitter: float, policy: RetryPolicy
) -> timedelta | None:
    """Decide what follows a failed attempt, of which a fault of ours allows fewer than others.

    Args:
        attempts: How many attempts failed so far, the last one included; 1 or more.
        code: Why the last one failed.
        jitter: A random number in [0, 1), drawn by the caller.
        policy: How patient to be.

    Returns:
        How long to wait before the next attempt, or None: set it aside, a person must look.

    Raises:
        RefusedError: ``retry.argument``, as of `decide_delay`.
    """
    delay = decide_delay(attempts, jitter=jitter, policy=policy)
    return None if code == INTERNAL_FAULT and attempts >= ATTEMPTS_WITH_FAULTS else delay
