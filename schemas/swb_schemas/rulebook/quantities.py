"""Quantities of goods held against quantities of goods, at six digits of the tariff.

States share six digits (ATIGA Annex 8, Rule 16(2)), of one edition of the Harmonized System. For
some months certificates of one edition meet those of the next: goods of an older code may then be
those of each code that it became, and are never held to be others because a number moved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from swb_schemas.codelists.subheadings import HsEdition, load_hs_step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.documents.declaration_extract import DeclaredItem
    from swb_schemas.documents.elements import CommodityCode

__all__ = [
    "Excess",
    "Goods",
    "Sums",
    "add_up",
    "find_excess",
    "find_places",
    "goods_of",
    "list_kin",
]

_HS6: Final = 6
_EDITION: Final = re.compile(r"(?:AHTN|HS)-?([0-9]{4})")
_YEARS: Final = {edition.valid_from.year: edition for edition in HsEdition}


class Goods(NamedTuple):
    """A subheading: its edition, None where the nomenclature does not tell, and six digits."""

    edition: HsEdition | None
    subheading: str


Sums: TypeAlias = "Mapping[tuple[Goods, str], Decimal]"
"""Quantities by goods and unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """More of some goods than covers them.

    Attributes:
        claimed: The goods of which there is too much.
        covering: The goods that may be the same.
        unit: Of both quantities.
        found: How much there is of the former.
        most: How much there is of the latter.
    """

    claimed: frozenset[Goods]
    covering: frozenset[Goods]
    unit: str
    found: Decimal
    most: Decimal


def goods_of(code: CommodityCode) -> Goods:
    """Cut a tariff code to what states share."""
    found = _EDITION.fullmatch(code.nomenclature)
    edition = _YEARS.get(int(found[1])) if found else None
    return Goods(edition, code.value[:_HS6])


@lru_cache(maxsize=16384)
def list_kin(goods: Goods) -> frozenset[Goods]:
    """List which subheadings goods may stand under elsewhere, their own among them.

    A subheading that no list holds, or of an edition that is not told, is the same as its digits.
    """
    edition, digits = goods
    if edition is None:
        return frozenset(Goods(each, digits) for each in (None, *HsEdition))
    step = load_hs_step()
    if edition is HsEdition.HS_2017:
        other, moved = HsEdition.HS_2022, step.became(digits)
    else:
        other, moved = HsEdition.HS_2017, step.came_of(digits)
    own = {goods, Goods(None, digits)}
    return frozenset(own.union(Goods(other, each) for each in moved or (digits,)))


def add_up(items: Iterable[Item | DeclaredItem]) -> Sums:
    """Add quantities up, in like units only; items without one count for nothing."""
    sums: defaultdict[tuple[Goods, str], Decimal] = defaultdict(Decimal)
    for item in items:
        if item.quantity is not None:
            sums[goods_of(item.commodity_code), item.quantity.unit] += item.quantity.value
    return sums


def find_places(items: Sequence[Item | DeclaredItem]) -> Mapping[tuple[Goods, str], int]:
    """Find the first line of each kind of goods in each unit, counted from 1."""
    places: dict[tuple[Goods, str], int] = {}
    for place, item in enumerate(items, 1):
        if item.quantity is not None:
            places.setdefault((goods_of(item.commodity_code), item.quantity.unit), place)
    return places


def find_excess(claimed: Sums, covering: Sums) -> Iterator[Excess]:
    """Find of what there is more than covers it.

    Goods of one subheading are held against all that may be the same, and then goods that share
    what covers them are held together against all of it. What is covered by nothing, or only in
    another unit, cannot be compared.
    """
    covers = {key: _find_covers(key, covering) for key in claimed}
    exceeding = set()
    for key, quantity in claimed.items():
        most = sum((covering[each] for each in covers[key]), Decimal(0))
        if covers[key] and quantity > most:
            exceeding.add(key)
            yield _tell({key}, covers[key], quantity, most)
    for keys in _find_connected(covers):
        together = {each for key in keys for each in covers[key]}
        quantity = sum((claimed[key] for key in keys), Decimal(0))
        most = sum((covering[each] for each in together), Decimal(0))
        if quantity > most and not exceeding & keys:
            yield _tell(keys, together, quantity, most)


def _find_covers(key: tuple[Goods, str], covering: Sums) -> frozenset[tuple[Goods, str]]:
    goods, unit = key
    return frozenset((kin, unit) for kin in list_kin(goods) if (kin, unit) in covering)


def _find_connected(
    covers: Mapping[tuple[Goods, str], frozenset[tuple[Goods, str]]],
) -> Iterator[set[tuple[Goods, str]]]:
    """Find the keys that share what covers them, at least two together."""
    covered: defaultdict[tuple[Goods, str], set[tuple[Goods, str]]] = defaultdict(set)
    for key, kin in covers.items():
        for each in kin:
            covered[each].add(key)
    seen: set[tuple[Goods, str]] = set()
    for key in covers:
        found, waiting = set(), [key]
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            found.add(each)
            waiting.extend(other for cover in covers[each] for other in covered[cover] - seen)
        if len(found) > 1:
            yield found


def _tell(
    claimed: Collection[tuple[Goods, str]],
    covering: Collection[tuple[Goods, str]],
    found: Decimal,
    most: Decimal,
) -> Excess:
    ((_, unit), *_) = claimed
    return Excess(
        claimed=frozenset(goods for goods, _ in claimed),
        covering=frozenset(goods for goods, _ in covering),
        unit=unit,
        found=found,
        most=most,
    )
