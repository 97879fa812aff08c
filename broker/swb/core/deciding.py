"""What customs decided, in one line for people."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from swb_schemas.documents import CustomsResponse, fold_text
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb_schemas.documents.customs import ItemDecision

__all__ = ["find_response", "spell_items"]


def find_response(kept: Iterable[bytes], number: int) -> CustomsResponse | None:
    """Find the customs response of this number among kept sealed documents.

    Args:
        kept: Octets of answers to one certificate, each verified before it was kept.
        number: Its response number, which an event has as its revision.
    """
    for octets in kept:
        _, document = read_kept(octets)
        if isinstance(document, CustomsResponse) and document.response_number == number:
            return document
    return None


def spell_items(items: Iterable[ItemDecision]) -> str:
    """Spell box 4: which items were given, not given or are pending, and why.

    Items of the same decision for the same reasons stand together, so that a response on thousands
    of items stays a line.
    """
    alike: dict[str, list[int]] = {}
    for item in items:
        alike.setdefault(_spell_decision(item), []).append(item.sequence_number)
    return "; ".join(
        f"item{'s' if len(numbers) > 1 else ''} {_spell_numbers(numbers)} {told}"
        for told, numbers in alike.items()
    )


def _spell_decision(item: ItemDecision) -> str:
    reasons = "".join(f" ({fold_text(reason.text)})" for reason in item.reasons)
    return item.decision.replace("_", " ").lower() + reasons


def _spell_numbers(numbers: list[int]) -> str:
    """Spell numbers as runs: 1-3, 7."""
    ordered = sorted(numbers)
    breaks = [at for at, (one, next_) in enumerate(pairwise(ordered), 1) if next_ != one + 1]
    runs = [ordered[start:end] for start, end in pairwise([0, *breaks, len(ordered)])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
