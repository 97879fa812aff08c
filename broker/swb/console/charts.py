"""Charts: where bars stand and how tall they are; templates write them as SVG.

Across, everything is a percentage, so that a chart is as wide as its place and its letters keep
their size on every screen. A chart says nothing that a table beside it does not say, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bars", "Columns", "draw_columns", "share_bars"]

_HEIGHT: Final = 150.0
"""Pixels of the tallest column."""
_STEPS: Final = (1, 2, 5)
_MOST_LINES: Final = 5
_WIDTH: Final = 72.0
"""Percent of an hour's place that its columns fill."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in percent across and pixels down."""

    x: float
    y: float
    width: float
    height: float
    series: int
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars behind each other: of one row of a table.

    Attributes:
        bars: Across from 0 to 100.
    """

    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns.

    Attributes:
        height: Pixels of the tallest column there can be.
        bars: All columns.
        lines: Values of the scale, each with how far down it is.
    """

    height: float
    bars: Sequence[Bar]
    lines: Sequence[tuple[int, float]]


def draw_columns(groups: Sequence[Sequence[int]]) -> Columns:
    """Draw groups of columns beside each other, over a scale of round figures.

    Args:
        groups: For each place across, a value of each series.
    """
    largest = max((value for group in groups for value in group), default=0)
    step = _find_step(largest)
    top = max(step, -(-largest // step) * step)
    place = 100 / max(1, len(groups))
    bars = []
    for at, group in enumerate(groups):
        width = place * _WIDTH / 100 / max(1, len(group))
        for series, value in enumerate(group):
            height = _HEIGHT * value / top
            x = at * place + place * (100 - _WIDTH) / 200 + series * width
            bars.append(Bar(x, _HEIGHT - height, width, height, series, value))
    lines = [(value, _HEIGHT - _HEIGHT * value / top) for value in range(0, top + 1, step)]
    return Columns(_HEIGHT, [bar for bar in bars if bar.value], lines)


def share_bars(values: Sequence[int], largest: int) -> Bars:
    """Draw values behind each other, so that `largest` is as wide as there is room."""
    bars, x = [], 0.0
    for series, value in enumerate(values):
        width = 100 * value / largest if largest else 0.0
        bars.append(Bar(x, 0, width, 0, series, value))
        x += width
    return Bars([bar for bar in bars if bar.value])


def _find_step(largest: int) -> int:
    """Find the round figure of which a few make the scale."""
    power = 1
    while True:
        for factor in _STEPS:
            if factor * power * _MOST_LINES >= largest:
                return factor * power
        power *= 10
