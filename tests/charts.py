"""Bar charts as SVG text: what a page needs to show figures side by side, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Bar", "draw_bars"]

_WIDTH: Final = 760
_NAMES: Final = 210
"""Of the column of names; bars begin behind it."""
_FIGURES: Final = 110
"""Of the room behind the longest bar."""
_ROW: Final = 20
_GAP: Final = 10
_HEAD: Final = 52
_FOOT: Final = 14
_LETTER: Final = 6.6
"""About as wide as a letter of the legend is on average."""
_COLOURS: Final = ("#1b6ca8", "#b9c4ce", "#e08e28", "#4c9f70", "#8e5ea2", "#c44e52", "#7f7f7f")
"""Of the first, second ... part of a bar; told apart also without colours, by their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar.

    Attributes:
        name: Before it.
        parts: Lengths by the legend's names; one after the other.
        told: Behind it; empty is the sum.
        begins_group: Whether some room goes before it.
    """

    name: str
    parts: Mapping[str, float]
    told: str = ""
    begins_group: bool = False


def draw_bars(title: str, bars: Sequence[Bar], *, unit: str) -> str:
    """Draw bars from left to right, from nothing to the longest.

    Args:
        title: What is shown.
        bars: In order from above.
        unit: Of all lengths.
    """
    kinds = list(dict.fromkeys(kind for bar in bars for kind in bar.parts))
    longest = max(sum(bar.parts.values()) for bar in bars) or 1.0
    scale = (_WIDTH - _NAMES - _FIGURES) / longest
    height = _HEAD + sum(_ROW + _GAP * bar.begins_group for bar in bars) + _FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"',
        f'  width="{_WIDTH}" height="{height}" role="img"',
        '  font-family="Noto Sans, DejaVu Sans, Arial, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="18" font-size="14" font-weight="bold">{escape(title)}, {unit}</text>',
        *_draw_legend(kinds),
    ]
    top = _HEAD
    for bar in bars:
        top += _GAP * bar.begins_group
        lines += _draw_bar(bar, kinds, top, scale)
        top += _ROW
    return "\n".join([*lines, "</svg>", ""])


def _draw_legend(kinds: Sequence[str]) -> Iterator[str]:
    left = 8.0
    if len(kinds) == 1:
        return
    for number, kind in enumerate(kinds):
        yield f'<rect x="{left:.0f}" y="28" width="11" height="11" fill="{_colour(number)}"/>'
        yield f'<text x="{left + 15:.0f}" y="38">{escape(kind)}</text>'
        left += 30 + _LETTER * len(kind)


def _draw_bar(bar: Bar, kinds: Sequence[str], top: int, scale: float) -> Iterator[str]:
    middle = top + _ROW / 2
    yield (
        f'<text x="{_NAMES - 8}" y="{middle + 4:.0f}" text-anchor="end">{escape(bar.name)}</text>'
    )
    left = float(_NAMES)
    for kind, length in bar.parts.items():
        width = length * scale
        yield (
            f'<rect x="{left:.1f}" y="{top + 2}" width="{width:.1f}" height="{_ROW - 4}" '
            f'fill="{_colour(kinds.index(kind))}"/>'
        )
        left += width
    told = bar.told or f"{sum(bar.parts.values()):,.1f}"
    yield f'<text x="{left + 6:.1f}" y="{middle + 4:.0f}">{escape(told)}</text>'


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]
