"""Release times in the form of a time release study: histograms, and what they tell.

The WCO's *Guide to Measure the Time Required for the Release of Goods* measures from the arrival
of goods to their release, step by step, and tells means, medians and spread by step, office and
kind of goods. A gateway sees documents and no goods: arrival here is that of the document at the
importing gateway (AS2), the steps are its delivery to the single window (AS3), its receipt by
customs (RES) and the response of customs (GIVEN or NOT GIVEN). So these times are the share of
documents in such a study and never the whole of one.

Times are counted in buckets, so that any number of days, authorities and types can be added up
and still tell a median and a 90th percentile, each as exactly as its bucket is narrow.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BOUNDS", "Histogram", "find_bucket"]

BOUNDS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(1, 2, 3, 5, 7, 10, 15, 20, 30, 45),
        *(60 * each for each in (1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45)),
        *(3600 * each for each in (1, 1.5, 2, 3, 4, 6, 8, 12, 16, 20)),
        *(86400 * each for each in (1, 1.5, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180, 365)),
    )
)
"""Upper ends of the buckets, each included; what took longer than the last one is in one more."""


def find_bucket(took: timedelta) -> int:
    """Find the bucket of a time, from 0; clocks that disagree make no time shorter than none."""
    return bisect_left(BOUNDS, took)


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How many documents took how long.

    Attributes:
        counts: By bucket (`find_bucket`).
    """

    counts: Mapping[int, int]

    @property
    def total(self) -> int:
        """How many."""
        return sum(self.counts.values())

    def find_quantile(self, share: float) -> timedelta | None:
        """Find within which time this share of them was done, as the upper end of its bucket.

        Args:
            share: More than 0, at most 1: 0.5 is the median.

        Returns:
            None where there are none, or where it took longer than the last bound.
        """
        wanted = share * self.total
        seen = 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if self.counts[bucket] and seen >= wanted:
                return BOUNDS[bucket] if bucket < len(BOUNDS) else None
        return None
