"""All attacks, in the order in which docs/reference/attacks.md tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.attacks.stories import (
    evidence,
    injection,
    insiders,
    logs,
    members,
    octets,
    region,
    secrecy,
    signatures,
    times,
    trust,
    wrapping,
)

if TYPE_CHECKING:
    from tests.attacks.story import Attack, Book

__all__ = ["ATTACKS", "BOOKS"]

BOOKS: Final[tuple[Book, ...]] = (
    wrapping.BOOK,
    signatures.BOOK,
    octets.BOOK,
    secrecy.BOOK,
    times.BOOK,
    trust.BOOK,
    members.BOOK,
    region.BOOK,
    logs.BOOK,
    evidence.BOOK,
    insiders.BOOK,
    injection.BOOK,
)
ATTACKS: Final[tuple[Attack, ...]] = tuple(each for book in BOOKS for each in book.attacks)
