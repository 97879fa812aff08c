"""A destination as one process sees it: whether it takes anything, and how its backlog drains."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.breaking import (
    CLOSED,
    Breaker,
    fail_probe,
    hear_from,
    record_failure,
    record_success,
)
from swb.core.catching_up import count_places, decide_rest
from swb.ports import Share

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from swb.core.breaking import BreakPolicy
    from swb.core.catching_up import CatchUpPolicy

__all__ = ["HASTENED_AT_A_TIME", "Destination"]

_log = structlog.get_logger("swb.destination")

_LOOK_FOR_OLD: Final = 1.0
"""Seconds between two looks for a backlog where there was none."""
HASTENED_AT_A_TIME: Final = 500
"""Rows in one transaction when a destination is back; the others write in between."""


class Destination:
    """One line, or the national system.

    Args:
        name: For logs and health.
        places: Messages or documents on the way at the same time.
        ticks: Seconds of a clock that nobody sets.
        jitter: Draws a number in [0, 1).
        breaking: When it counts as down.
        catching_up: What its backlog gets.
    """

    def __init__(
        self,
        name: str,
        *,
        places: int,
        ticks: Callable[[], float],
        jitter: Callable[[], float],
        breaking: BreakPolicy,
        catching_up: CatchUpPolicy,
    ) -> None:
        self.name = name
        self.has_backlog = False
        self._places = places
        self._ticks = ticks
        self._jitter = jitter
        self._breaking = breaking
        self._catching_up = catching_up
        self._breaker: Breaker = CLOSED
        self._old_at = 0.0

    # whether it takes anything

    @property
    def is_down(self) -> bool:
        """Whether nothing but probes goes there."""
        return self._breaker.is_open

    @property
    def code(self) -> str:
        """Why it is down; empty where it is not."""
        return self._breaker.code if self._breaker.is_open else ""

    @property
    def is_probe_due(self) -> bool:
        """Whether it is down, and time to try."""
        return self._breaker.is_probe_due(self._ticks())

    def fail(self, code: str, *, subject: str, surely: bool) -> bool:
        """Take in a failure.

        Args:
            code: Its code.
            subject: The message or document that was not taken.
            surely: Whether it is the destination's for certain.

        Returns:
            Whether it is down now, so that the failure is no message's own.
        """
        before = self._breaker
        self._breaker = record_failure(
            before,
            now=self._ticks(),
            jitter=self._jitter(),
            policy=self._breaking,
            code=code,
            subject=subject,
            surely=surely,
        )
        if self._breaker.is_open and not before.is_open:
            _log.warning("destination_down", destination=self.name, code=code)
        return self._breaker.is_open

    def fail_probe(self, code: str) -> None:
        """Take in that a probe was in vain."""
        self._breaker = fail_probe(
            self._breaker,
            now=self._ticks(),
            jitter=self._jitter(),
            policy=self._breaking,
            code=code,
        )
        _log.info("probe_failed", destination=self.name, code=code, vain=self._breaker.vain)

    def leave_alone(self, wait_for: timedelta | None) -> None:
        """Heed how long it asks to be left alone: no probe is due before; None asks nothing."""
        if wait_for is not None and self._breaker.is_open:
            until = self._ticks() + wait_for.total_seconds()
            self._breaker = replace(self._breaker, probe_at=max(self._breaker.probe_at, until))

    def succeed(self) -> None:
        """Take in that something was handed over, other than by a probe."""
        self._breaker = record_success(self._breaker, now=self._ticks(), policy=self._breaking)

    def hear(self) -> None:
        """Take in a sign of life: the next probe is due at once, or soon."""
        self._breaker = hear_from(self._breaker, now=self._ticks(), policy=self._breaking)

    def come_back(self) -> None:
        """Take in that a probe was taken: everything goes again."""
        if self._breaker.is_open:
            _log.warning("destination_back", destination=self.name, probes=self._breaker.vain)
        self._breaker = CLOSED
        self._old_at = 0.0

    # how its backlog drains

    def share_of_fresh(self, now: datetime) -> Share:
        """Ask for what became due of late."""
        return Share(fresh=self._places, old_before=now - self._catching_up.after)

    def share_of_old(self, now: datetime) -> Share | None:
        """Ask for what has been due for long; None while that rests."""
        if self._ticks() < self._old_at:
            return None
        old = count_places(self._places, self._catching_up)
        return Share(fresh=0, old=old, old_before=now - self._catching_up.after)

    def find_no_backlog(self) -> None:
        """Take in that nothing old waits."""
        self.has_backlog = False
        self._old_at = self._ticks() + _LOOK_FOR_OLD

    def rest_after(self, worked: float, *, among: int) -> float:
        """Rest after work on the backlog; returns for how many seconds."""
        rest = decide_rest(worked, among=among, policy=self._catching_up)
        self._old_at = self._ticks() + rest
        return rest
