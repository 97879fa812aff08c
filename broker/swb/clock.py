"""The system's clock and ids: the only places where time and chance come from."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from uuid6 import uuid7

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SystemClock", "new_id"]

_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's counts on while the machine sleeps, as the wall clock does."""


def _read_steady() -> float:
    """Seconds since some moment, by a clock that nobody sets."""
    return time.clock_gettime(_STEADY)


def _read_wall() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """`swb.ports.Clock` of the machine, to the millisecond.

    A clock that is set while a daemon runs was wrong before or is wrong after, and nobody here can
    tell which. Messages that are dated by a wrong clock are refused elsewhere, messages of others
    would be refused here, and what is put off waits for as long as the clock was ahead. So a
    clock that was set by more than is allowed gives no time at all: everything waits until it is
    right again, or somebody starts the daemon anew and so says that it is right now.

    Args:
        may_step: By how much it may be set while this process runs; None allows everything.
        wall: What shows the date.
        steady: What counts seconds whatever is set.
    """

    def __init__(
        self,
        *,
        may_step: timedelta | None = None,
        wall: Callable[[], datetime] = _read_wall,
        steady: Callable[[], float] = _read_steady,
    ) -> None:
        self._may_step = may_step
        self._wall = wall
        self._steady = steady
        self._began = wall() - timedelta(seconds=steady())

    def now(self) -> datetime:
        """The present instant, aware, in UTC.

        Raises:
            UnavailableError: ``clock.stepped``.
        """
        moment = self._wall()
        if self._may_step is not None:
            step = moment - timedelta(seconds=self._steady()) - self._began
            if abs(step) > self._may_step:
                message = (
                    f"expected a clock that is set by {self._may_step} at most while a daemon "
                    f"runs, found one that was set by {step.total_seconds():+.0f} s"
                )
                raise UnavailableError("clock.stepped", message)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562, 5.7)."""
    return str(uuid7())
