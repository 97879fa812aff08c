"""Text and numbers as national systems write them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_schemas.documents import fold_text
from swb_schemas.documents.origin_criterion import format_criterion, parse_criterion
from swb_schemas.documents.text import check_lines, check_text
from swb_schemas.errors import RefusedError
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from swb_schemas.documents.origin_criterion import OriginCriterion

__all__ = [
    "fold_foreign_text",
    "format_decimal",
    "format_exact_criterion",
    "parse_decimal",
    "parse_whole_number",
    "read_criterion",
]

_DECIMAL: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_WHOLE: Final = re.compile(r"[0-9]{1,15}")


def fold_foreign_text(text: str, *, lines: bool = False) -> str:
    """Bring text of a payload into canonical form, changing nothing that already has it.

    `fold_text` also turns runs of spaces into one, which would change a canonical text that holds
    two; so it is used only where something has to be mended.

    Args:
        text: Text as the payload has it.
        lines: Whether line breaks are part of it.
    """
    try:
        return check_lines(text) if lines else check_text(text)
    except ValueError:
        return fold_text(text, lines=lines)


def parse_decimal(text: str) -> Decimal:
    """Read digits with a point, at most 15 before and 6 after it, no sign, no exponent.

    Raises:
        RefusedError: ``adapter.value``.
    """
    if _DECIMAL.fullmatch(text) is None:
        message = f"expected digits with at most 6 after a point, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    return Decimal(text)


def format_decimal(value: Decimal, *, places: int = 0) -> str:
    """Write a number exactly: no exponent, no needless zeros.

    Args:
        value: The number.
        places: Digits after the point that are written at least, as money has them.
    """
    text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole


def parse_whole_number(text: str) -> int:
    """Read digits.

    Raises:
        RefusedError: ``adapter.value``.
    """
    if _WHOLE.fullmatch(text) is None:
        message = f"expected digits, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    return int(text)


@lru_cache(maxsize=1024)
def read_criterion(text: str, *, agreement: str = "ATIGA") -> OriginCriterion:
    """Read box 8 as an agreement's form spells it; see `parse_criterion`.

    The items of a certificate mostly share a few criteria, so the last ones are remembered.
    """
    return parse_criterion(text, agreement=agreement)


@lru_cache(maxsize=1024)
def _spell_criterion(criterion: OriginCriterion, agreement: str) -> str | None:
    try:
        text = format_criterion(criterion, agreement=agreement)
        return text if parse_criterion(text, agreement=agreement) == criterion else None
    except RefusedError:
        return None


def format_exact_criterion(
    criterion: OriginCriterion, *, agreement: str = "ATIGA", path: str = ""
) -> str:
    """Write a criterion as box 8 spells it, where reading that gives the same again.

    Raises:
        RefusedError: ``adapter.value`` at `path`: the agreement's form has no spelling for it.
    """
    text = _spell_criterion(criterion, agreement)
    if text is None:
        found = " + ".join(criterion.bases)
        message = f"expected a criterion that the form of {agreement} can spell, found {found!r}"
        raise refuse("adapter.value", message, path=path)
    return text
