"""Long text in rows of limited width, cut where nobody sees it and put together exactly.

Each row has a mark: a space where a text begins, ``/`` where its next line begins, ``+`` where the
same line goes on.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["BEGINS", "GOES_ON", "MARKS", "NEXT_LINE", "cut_text", "join_rows"]

BEGINS: Final = " "
NEXT_LINE: Final = "/"
GOES_ON: Final = "+"
MARKS: Final = frozenset({BEGINS, NEXT_LINE, GOES_ON})
_JOINERS: Final = "\u200d\u1039\u17d2"
"""What takes the next character to itself: ZWJ, Burmese and Khmer stacking signs."""
_BACK: Final = 16
"""Characters that a cut goes back at most: no script stacks as many, a hostile text may."""


def cut_text(text: str, width: int) -> list[tuple[str, str]]:
    """Cut a text into rows, as (mark, characters).

    Args:
        text: In lines parted by line feeds.
        width: Characters of a row.
    """
    if len(text) <= width and "\n" not in text:
        return [(BEGINS, text)]
    rows = []
    mark = BEGINS
    for line in text.split("\n"):
        start = 0
        while True:
            end = len(line) if len(line) - start <= width else _find_cut(line, start, start + width)
            rows.append((mark, line[start:end]))
            start = end
            if start >= len(line):
                break
            mark = GOES_ON
        mark = NEXT_LINE
    return rows


def _find_cut(line: str, start: int, end: int) -> int:
    """Find the last place, not after `end`, that parts no character from its marks."""
    for place in range(end, max(end - _BACK, start), -1):
        if not _is_joined(line[place - 1], line[place]):
            return place
    return end


def _is_joined(before: str, after: str) -> bool:
    if before.isascii() and after.isascii():
        return False
    joins = before in _JOINERS or after in "\u200c\u200d"
    return joins or unicodedata.category(after).startswith("M")


def join_rows(rows: Iterable[tuple[str, str]]) -> str:
    """Put rows together; the first one's mark says nothing."""
    parts: list[str] = []
    for mark, characters in rows:
        if mark == NEXT_LINE and parts:
            parts.append("\n")
        parts.append(characters)
    return "".join(parts)
