"""Quotas: how much of a member's traffic is taken in, as token buckets.

A bucket holds what may come at once and refills evenly. What is taken may leave it in debt; the
next one then waits until the debt is paid, so a message larger than the whole bucket passes too,
and the rate holds over any longer time. Nothing is ever dropped for a quota: it says how long to
wait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["Bucket", "Quota", "QuotaState", "give_back", "take"]

_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one member may send.

    Attributes:
        messages_per_second: None is any number, as with the others.
        octets_per_second: Of messages.
        messages_per_day: Spread over the day: at once a whole day's, and refilled evenly.
        burst_seconds: For so long a member that was silent may send at once what it saved.
    """

    messages_per_second: float | None = None
    octets_per_second: float | None = None
    messages_per_day: float | None = None
    burst_seconds: float = 10

    def open(self, at: float) -> QuotaState:
        """Begin with full buckets.

        Args:
            at: Seconds of a clock that nobody sets.
        """
        buckets = []
        for rate, per_octet in ((self.messages_per_second, False), (self.octets_per_second, True)):
            if rate is not None:
                size = max(1.0, rate * self.burst_seconds)
                buckets.append(Bucket(rate=rate, size=size, level=size, per_octet=per_octet))
        if self.messages_per_day is not None:
            size = max(1.0, self.messages_per_day)
            buckets.append(Bucket(rate=self.messages_per_day / _DAY, size=size, level=size))
        return QuotaState(buckets=tuple(buckets), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket.

    Attributes:
        rate: What comes back a second.
        size: What it holds at most.
        level: What it holds; less than 0 is a debt.
        per_octet: Whether octets are counted, or messages.
    """

    rate: float
    size: float
    level: float
    per_octet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaState:
    """Where a member stands.

    Attributes:
        buckets: One for each bound.
        at: When that was.
    """

    buckets: tuple[Bucket, ...]
    at: float


def take(state: QuotaState, *, octets: int, at: float) -> tuple[QuotaState, float]:
    """Take one message.

    Args:
        state: Where the member stands.
        octets: Of the message.
        at: When it comes; a clock that goes back is one that stands.

    Returns:
        Where it stands then, and for how many seconds this message waits.
    """
    passed = max(0.0, at - state.at)
    buckets = tuple(
        replace(
            each,
            level=min(each.size, each.level + passed * each.rate)
            - (octets if each.per_octet else 1),
        )
        for each in state.buckets
    )
    waits = max((-each.level / each.rate for each in buckets if each.level < 0), default=0.0)
    return QuotaState(buckets=buckets, at=max(state.at, at)), waits


def give_back(state: QuotaState) -> QuotaState:
    """Give one message back that was taken and shall not count; octets stay taken."""
    buckets = tuple(
        each if each.per_octet else replace(each, level=min(each.size, each.level + 1))
        for each in state.buckets
    )
    return replace(state, buckets=buckets)
