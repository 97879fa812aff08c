"""How often a store is asked about one thing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from swb.ports import MessageStore

__all__ = ["count_lookups"]


def count_lookups(patch: pytest.MonkeyPatch, store: MessageStore, **about: str) -> Counter[str]:
    """Count from now on how often a store is asked, by question, for what is given to each."""
    asked: Counter[str] = Counter()

    def count(name: str, wanted: str) -> None:
        ask = getattr(store, name)

        async def counted(key: str) -> object:
            asked[name] += key == wanted
            return await ask(key)

        patch.setattr(store, name, counted)

    for name, wanted in about.items():
        count(name, wanted)
    return asked
