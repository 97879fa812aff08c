"""The lines of one message while they are read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Body"]


@dataclass(frozen=True, slots=True)
class Body:
    """What an arrangement reads.

    Attributes:
        lines: Of the whole message; the first one is the header.
        codes: Of all records of its layout.
        places: Takes the lines, from 1, of what was read, by national path; None where nobody asks.
    """

    lines: list[str]
    codes: frozenset[str]
    places: dict[str, int] | None
