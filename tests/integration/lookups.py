"""How often a store is asked about one thing, and how often the same is done."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    import pytest

    from swb.ports import MessageStore, PayloadSource

__all__ = ["count_calls", "count_lookups"]


def count_lookups(
    patch: pytest.MonkeyPatch, store: MessageStore | PayloadSource, **about: str
) -> Counter[str]:
    """Count from now on how often a store or door is asked, by question, for what is given."""
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


@contextmanager
def count_calls(*functions: Callable[..., object]) -> Iterator[Counter[str]]:
    """Count how often functions are called in this thread, as a profiler does: nothing is replaced.

    It counts turns of coroutines and generators as calls, so it is for plain functions.
    """
    names = {each.__code__: each.__name__ for each in functions}
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in names:
            called[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(before)
