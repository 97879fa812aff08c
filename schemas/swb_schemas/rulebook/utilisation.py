"""How much of a certificate was utilised, over all that customs said of it.

A certificate may be utilised in parts, by one declaration after the other, and a response may be
repeated or reversed by a later one. So of each declaration the latest response counts, whatever
order they came in, and the parts of different declarations are added up. A refusal that names no
declaration is of the whole item: nothing that was said before counts any more. That customs has not
decided yet takes nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from swb_schemas.documents.customs import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from swb_schemas.documents.customs import CustomsResponse, ItemDecision
    from swb_schemas.documents.elements import Measure

__all__ = ["Utilised", "add_up", "find_refusing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilised:
    """What was utilised of one item.

    Attributes:
        parts: Declaration (empty where none was named) to how much it claimed; None is the whole.
    """

    parts: Mapping[str, Measure | None]

    def total(self, certified: Measure | None) -> Decimal | None:
        """Add the parts up, in the unit of what was certified.

        Returns:
            None where they cannot be compared: in another unit, or nothing was certified.
        """
        if certified is None:
            return None
        total = Decimal(0)
        for part in self.parts.values():
            if part is not None and part.unit != certified.unit:
                return None
            total += certified.value if part is None else part.value
        return total

    def spell_parts(self) -> str:
        """Spell what each declaration claimed, for people."""
        return ", ".join(
            ("the whole" if part is None else f"{part.value:f} {part.unit}")
            + (f" under declaration {declaration}" if declaration else "")
            for declaration, part in self.parts.items()
        )

    def exceeds(self, certified: Measure | None) -> bool:
        """Whether more was utilised than was certified, as far as that can be told."""
        total = self.total(certified)
        if total is not None and certified is not None:
            return total > certified.value
        return len(self.parts) > 1 and None in self.parts.values()


def add_up(responses: Iterable[CustomsResponse]) -> Mapping[int, Utilised]:
    """Add up what responses on one certificate gave preference for.

    Args:
        responses: In any order, repeated or not; one number stands for one response.

    Returns:
        By item number; items that nothing was utilised of are missing.
    """
    parts: dict[int, dict[str, Measure | None]] = {}
    by_number = {each.response_number: each for each in responses}
    for _, response in sorted(by_number.items()):
        declaration = (response.declaration_number or "").strip()
        for item in response.items:
            _enter(parts.setdefault(item.sequence_number, {}), item, declaration)
    return {number: Utilised(parts=each) for number, each in sorted(parts.items()) if each}


def find_refusing(responses: Iterable[CustomsResponse]) -> frozenset[int]:
    """Find the responses that refuse an item which the last one that named it did not.

    Args:
        responses: In any order, repeated or not; one number stands for one response.

    Returns:
        Their numbers.
    """
    refusing: set[int] = set()
    refused: set[int] = set()
    by_number = {each.response_number: each for each in responses}
    for number, response in sorted(by_number.items()):
        items = {
            each.sequence_number for each in response.items if each.decision is Decision.NOT_GIVEN
        }
        if items - refused:
            refusing.add(number)
        refused = (refused - {each.sequence_number for each in response.items}) | items
    return frozenset(refusing)


def _enter(of_item: dict[str, Measure | None], item: ItemDecision, declaration: str) -> None:
    if item.decision is Decision.GIVEN:
        of_item[declaration] = item.utilised_quantity
    elif item.decision is Decision.NOT_GIVEN and not declaration:
        of_item.clear()
    elif item.decision is Decision.NOT_GIVEN:
        of_item.pop(declaration, None)
