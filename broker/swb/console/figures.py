"""A day's figures, arranged for people: by column, with what is drawn beside them.

Where they come from, and what they count, says `swb.services.state_day`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb.ports import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from swb.services.state_day import Counted, Hour

__all__ = ["Line", "gather_hour", "gather_lines"]

_BOTH: Final = (Direction.OUT, Direction.IN)
_COLUMN_OF: Final[Mapping[tuple[str, str], str]] = {
    (Direction.OUT, Fact.AS1): "sent",
    (Direction.IN, Fact.AS2): "received",
    **{(way, Fact.GIVEN): "given" for way in _BOTH},
    **{(way, Fact.NOT_GIVEN): "not_given" for way in _BOTH},
    **{(way, Fact.REFUSED): "refused" for way in _BOTH},
}
"""What of all that is counted a person is shown, by direction and fact."""


@dataclass(slots=True, kw_only=True)
class Line:
    """What a partner, a document type, an hour or the whole day had.

    Attributes:
        sent: Documents that left here (AS1).
        received: Documents that came (AS2).
        given: Documents on which preference was given, either way.
        not_given: The same, not given.
        refused: Documents that were refused, here or there.
    """

    sent: int = 0
    received: int = 0
    given: int = 0
    not_given: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """Documents that went either way."""
        return self.sent + self.received

    def add(self, direction: str, fact: str, count: int) -> None:
        """Add what is shown; other facts add nothing."""
        column = _COLUMN_OF.get((direction, fact))
        if column is not None:
            setattr(self, column, getattr(self, column) + count)


def gather_lines(counted: Iterable[Counted]) -> Sequence[tuple[str, Line]]:
    """Gather what was counted by whom it is of; those that had most first."""
    lines: dict[str, Line] = {}
    for each in counted:
        lines.setdefault(each.of, Line()).add(each.direction, each.name, each.count)
    return sorted(lines.items(), key=lambda each: (-each[1].total, each[0]))


def gather_hour(hour: Hour) -> Line:
    """Gather what one hour had."""
    line = Line()
    for (direction, fact), count in hour.facts.items():
        line.add(direction, fact, count)
    return line
