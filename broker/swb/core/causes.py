"""What an exception came from, however often the chain comes back to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["unfold"]


def unfold(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it is a group of, and what it came from; each of them once.

    Libraries that keep an exception and raise it again from another one tie chains into rings.
    """
    told: set[int] = set()
    waiting = [error]
    while waiting:
        found = waiting.pop()
        if id(found) in told:
            continue
        told.add(id(found))
        yield found
        cause = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        if cause is not None:
            waiting.append(cause)
        if isinstance(found, BaseExceptionGroup):
            waiting.extend(reversed(found.exceptions))
