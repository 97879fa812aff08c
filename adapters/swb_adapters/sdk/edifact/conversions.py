"""Values as UN/EDIFACT spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.mapping import Conversion, decimal

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["NUMERIC", "numeric"]


def numeric(whole: int = 15, places: int = 6) -> Conversion:
    """A number; its decimal mark is a point, and read is a comma as well (ISO 9735, 10.1).

    Args:
        whole: Digits before the mark at most.
        places: Digits after it at most.
    """
    plain = decimal(whole, places)

    def read(text: str) -> Decimal:
        number: Decimal = plain.read(text.replace(",", "."))
        return number

    return Conversion(f"{plain.words}, decimal mark point or comma", read, plain.write)


NUMERIC: Final = numeric()
