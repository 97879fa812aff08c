"""Whether a destination takes what is sent to it, as a pure decision: a circuit breaker.

Closed, everything goes. What is surely of the destination (it cannot be reached, it is full) opens
it at once; what may be of the one message opens it when it happens to several in a row. Open,
nothing goes and nobody's attempts are counted, until a moment that lies further away with every
vain probe, up to a ceiling, a part of it left to chance. Then one probe goes. A sign of life brings
the probe forward, never closer to the last failure than the first delay.

Seconds are those of a clock that nobody sets. The state is one process's own: what is forgotten by
a restart is found out by the first message.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta

from swb.core.retrying import RetryPolicy, decide_delay

__all__ = [
    "CLOSED",
    "BreakPolicy",
    "Breaker",
    "fail_probe",
    "hear_from",
    "record_failure",
    "record_success",
]

_WITHOUT_END = sys.maxsize
"""Probes have no last one: a destination is given up by people, never by a count."""


def _delays() -> RetryPolicy:
    return RetryPolicy(ceiling=timedelta(seconds=30), max_attempts=_WITHOUT_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakPolicy:
    """How soon a destination counts as down, and how often it is probed then.

    Attributes:
        delays: Between the first failure and the first probe, and from probe to probe.
        threshold: Failures of so many different messages, without a success between them, are the
            destination's.
    """

    delays: RetryPolicy = field(default_factory=_delays)
    threshold: int = 3

    @classmethod
    def within(cls, *, first_delay: timedelta, ceiling: timedelta) -> BreakPolicy:
        """Probe after `first_delay`, and never rarer than each `ceiling`."""
        delays = RetryPolicy(
            first_delay=first_delay, ceiling=max(first_delay, ceiling), max_attempts=_WITHOUT_END
        )
        return cls(delays=delays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is known of one destination.

    Attributes:
        suspects: Messages that failed since the last success, while it is closed.
        vain: Failures in a row that opened it or kept it open; 0 while it is closed.
        failed_at: When the last of them was, in seconds.
        probe_at: When the next probe is due, in seconds.
        code: Of the last failure.
    """

    suspects: frozenset[str] = frozenset()
    vain: int = 0
    failed_at: float = 0.0
    probe_at: float = 0.0
    code: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing but probes goes."""
        return self.vain > 0

    def is_probe_due(self, now: float) -> bool:
        """Whether it is time for a probe."""
        return self.is_open and now >= self.probe_at


CLOSED = Breaker()


def record_failure(
    breaker: Breaker,
    *,
    now: float,
    jitter: float,
    policy: BreakPolicy,
    code: str,
    subject: str,
    surely: bool,
) -> Breaker:
    """Take in that something could not be handed over.

    Args:
        breaker: As it was.
        now: In seconds.
        jitter: A random number in [0, 1).
        policy: How soon it counts as down.
        code: Of the failure.
        subject: The message or document.
        surely: Whether the failure is the destination's for certain.
    """
    if breaker.is_open:
        return breaker  # what was on the way when it opened says nothing new
    suspects = breaker.suspects | {subject}
    if not surely and len(suspects) < policy.threshold:
        return replace(breaker, suspects=suspects, code=code)
    return _open(breaker, now, jitter, policy, code)


def fail_probe(
    breaker: Breaker, *, now: float, jitter: float, policy: BreakPolicy, code: str
) -> Breaker:
    """Take in that a probe was in vain: the next one is further away."""
    return _open(breaker, now, jitter, policy, code)


def record_success(breaker: Breaker, *, now: float, policy: BreakPolicy) -> Breaker:
    """Take in that something was handed over, other than by a probe, which closes it."""
    return hear_from(breaker, now=now, policy=policy) if breaker.is_open else CLOSED


def hear_from(breaker: Breaker, *, now: float, policy: BreakPolicy) -> Breaker:
    """Take in a sign of life: it is worth a probe now, not a flood."""
    if not breaker.is_open:
        return breaker
    soonest = breaker.failed_at + policy.delays.first_delay.total_seconds()
    return replace(breaker, probe_at=min(breaker.probe_at, max(now, soonest)))


def _open(breaker: Breaker, now: float, jitter: float, policy: BreakPolicy, code: str) -> Breaker:
    vain = breaker.vain + 1
    delay = decide_delay(vain, jitter=jitter, policy=policy.delays) or policy.delays.ceiling
    return Breaker(vain=vain, failed_at=now, probe_at=now + delay.total_seconds(), code=code)
