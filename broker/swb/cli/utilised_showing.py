"""How much of a certificate customs gave preference for, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.documents import CertificateOfOrigin, CustomsResponse
from swb_schemas.rulebook.utilisation import add_up
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb.ports import Trail
    from swb_schemas.documents.elements import Measure
    from swb_schemas.rulebook.utilisation import Utilised

__all__ = ["UtilisedItem", "describe_utilised", "find_utilised", "spell_utilised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilisedItem:
    """What was utilised of one item.

    Attributes:
        number: The item's.
        certified: How much was certified; None where that is not said, or is erased.
        utilised: The parts, by declaration.
    """

    number: int
    certified: Measure | None
    utilised: Utilised


def find_utilised(trail: Trail) -> list[UtilisedItem]:
    """Find what was utilised of a certificate; nothing of what customs gave no preference for."""
    read = [read_kept(each.octets)[1] for each in trail.answers if each.octets]
    found = add_up(each for each in read if isinstance(each, CustomsResponse))
    if not found:
        return []
    document = read_kept(trail.document.octets)[1] if trail.document.octets else None
    items = document.items if isinstance(document, CertificateOfOrigin) else ()
    certified = {each.sequence_number: each.quantity for each in items}
    return [
        UtilisedItem(number=number, certified=certified.get(number), utilised=utilised)
        for number, utilised in found.items()
    ]


def describe_utilised(items: Iterable[UtilisedItem]) -> list[dict[str, object]]:
    """Describe it for programs; a part without a quantity is the whole item."""
    return [
        {
            "item": each.number,
            "certified": _describe(each.certified),
            "parts": [
                {"declaration_number": declaration or None, "quantity": _describe(part)}
                for declaration, part in each.utilised.parts.items()
            ],
            "total": None
            if (total := each.utilised.total(each.certified)) is None
            else f"{total:f}",
        }
        for each in items
    ]


def spell_utilised(items: Iterable[UtilisedItem]) -> list[tuple[str, ...]]:
    """Spell it for people: the item, how much of what, and each declaration's part."""
    return [
        (f"item {each.number}", _spell_total(each), each.utilised.spell_parts()) for each in items
    ]


def _spell_total(item: UtilisedItem) -> str:
    total = item.utilised.total(item.certified)
    if item.certified is None:
        return "no quantity was certified"
    certified = f"{item.certified.value:f} {item.certified.unit}"
    return f"{'not comparable' if total is None else f'{total:f}'} of {certified}"


def _describe(measure: Measure | None) -> dict[str, str] | None:
    return None if measure is None else {"value": f"{measure.value:f}", "unit": measure.unit}
