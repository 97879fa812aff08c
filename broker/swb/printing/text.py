"""Lines of text on paper, and how long ones are divided among boxes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Line", "divide", "to_lines"]

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_SARA_AM: Final = frozenset("\u0e33\u0eb3")
"""Thai and Lao letters that no line begins with (Unicode Standard Annex 29, SpacingMark)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, which may be drawn as several.

    Attributes:
        text: The line.
        lang: Its language, BCP 47.
        label: What it is, in English, in front of it.
    """

    text: str
    lang: str = "en"
    label: str = ""

    @property
    def direction(self) -> str:
        """``rtl`` where its first letter is of a script that runs from the right."""
        kinds = map(unicodedata.bidirectional, self.text)
        first = next((kind for kind in kinds if kind in {"L", *_RIGHT_TO_LEFT}), "L")
        return "rtl" if first in _RIGHT_TO_LEFT else "ltr"

    @property
    def width(self) -> int:
        """About how wide it is, in Latin letters."""
        wide = sum(unicodedata.east_asian_width(each) in "WF" for each in self.text)
        return len(self.label) + len(self.text) + wide


def to_lines(text: str | None, lang: str = "en") -> tuple[Line, ...]:
    """Take a text apart at its line feeds."""
    return tuple(Line(each, lang) for each in (text or "").split("\n") if each)


def divide(lines: Sequence[Line], *, width: int, count: int) -> list[tuple[Line, ...]]:
    """Divide lines into pieces that a box has room for.

    Args:
        lines: In their order.
        width: The greatest sum of widths of one piece.
        count: The greatest number of lines of one piece.

    Returns:
        The pieces in their order; none where there are no lines.
    """
    pieces: list[list[Line]] = []
    left = 0
    for line in lines:
        for part in _break(line, width):
            if not pieces or part.width > left or len(pieces[-1]) == count:
                pieces.append([])
                left = width
            pieces[-1].append(part)
            left -= part.width
    return [tuple(piece) for piece in pieces]


def _break(line: Line, width: int) -> Iterator[Line]:
    """Break a line that is wider than a piece: at a space, else between two characters."""
    while line.width > width:
        end = max(width // 2 - len(line.label), 1)  # every letter may be a wide one
        space = line.text.rfind(" ", end // 2, end)
        end = space + 1 if space > 0 else end
        while end < len(line.text) and _belongs_to_letter(line.text[end]):
            end += 1
        yield replace(line, text=line.text[:end].rstrip())
        line = replace(line, text=line.text[end:].lstrip(), label="")
    if line.text:
        yield line


def _belongs_to_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _SARA_AM
