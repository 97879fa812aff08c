"""When something is due, by a clock that may leap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = ["bring_forward"]


def bring_forward(due_at: datetime, *, now: datetime, every: timedelta) -> datetime:
    """Keep what was planned no further away than its rhythm allows.

    A plan that was made while the clock had leapt ahead would else rest until the clock is there
    again. Asked at each look, and what it returns is kept, this costs one rest at most.

    Args:
        due_at: As it was planned.
        now: Of this look.
        every: The longest rest.
    """
    return min(due_at, now + every)
