"""Free text: how lines of any length become the components of segments such as FTX, and back.

A tree has a text whole, with line feeds. A `TextRule` says how a kind of message parts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["TextRule"]


@dataclass(frozen=True, slots=True)
class TextRule:
    """How text stands in segments of one tag.

    Without codes each component is a line, as it is in the published directories, and segments
    that follow each other add lines. With them each segment is one line, its components are the
    pieces of it, and the code says what a segment adds to the one before it.

    Attributes:
        element: Position of the data element that holds the text.
        components: How many it has.
        longest: Characters of a component at most.
        coded: Position of the data element that holds the codes.
        line: Code of a further line; empty where components are lines.
        piece: Code of a segment that goes on with the line.
    """

    element: int = 4
    components: int = 5
    longest: int = 70
    coded: int = 2
    line: str = ""
    piece: str = ""

    def join(self, components: Sequence[str]) -> str:
        """Make one text of the components of a segment."""
        return ("" if self.line else "\n").join(each for each in components if each)

    def continues(self, code: str) -> str | None:
        """Tell what parts a segment's text from the one before it; None where it is a new text."""
        if code and code == self.line:
            return "\n"
        return "" if code and code == self.piece else None

    def part(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Part a text into code and components of each segment."""
        rows = text.split("\n")
        if not self.line:
            for start in range(0, len(rows), self.components):
                yield "", rows[start : start + self.components]
            return
        size = self.longest
        for position, row in enumerate(rows):
            pieces = [row[at : at + size] for at in range(0, len(row), size)] or [""]
            for start in range(0, len(pieces), self.components):
                code = self.piece if start else self.line if position else ""
                yield code, pieces[start : start + self.components]
