"""What stands on which sheet: rows are packed by their measured heights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.printing.form import Row

__all__ = ["Sheet", "pack_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page.

    Attributes:
        number: From 1.
        rows: In their order.
        room: Height that is left under the rows, in CSS pixels.
    """

    number: int
    rows: Sequence[Row]
    room: float

    @property
    def items(self) -> list[int]:
        """Positions of the items that begin on it."""
        return [row.item for row in self.rows if row.item is not None]


def pack_rows(
    rows: Sequence[Row],
    heights: Sequence[float],
    *,
    first_room: float,
    next_room: float,
    may_hold: Callable[[Sequence[int]], bool],
) -> tuple[Sheet, ...]:
    """Pack rows onto as few sheets as their order allows.

    A row that is higher than a continuation sheet has one of its own; rows are divided before so
    that there is none (`form`).

    Args:
        rows: At least one.
        heights: Of each, in CSS pixels.
        first_room: Height for rows on the first sheet.
        next_room: Height for rows on each other one.
        may_hold: Whether the code of one sheet has room for these items.
    """
    packed: list[list[Row]] = [[]]
    room = [first_room]
    items: list[int] = []
    for row, height in zip(rows, heights, strict=True):
        more = [] if row.item is None else [row.item]
        fits = height <= room[-1] and may_hold([*items, *more])
        if not fits and (packed[-1] or len(packed) == 1):
            packed.append([])
            room.append(next_room)
            items = []
        packed[-1].append(row)
        room[-1] -= height
        items += more
    return tuple(
        Sheet(number=number, rows=tuple(each), room=max(left, 0))
        for number, (each, left) in enumerate(zip(packed, room, strict=True), start=1)
    )
