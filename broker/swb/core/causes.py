"""What an exception came from, however often the chain comes back to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["unfold"]


def unfold(error: BaseException, *, also_hidden: bool = False) -> Iterator[BaseException]:
    """The exception, what it is a group of, and what it came from; each of them once.

    Libraries that keep an exception and raise it again from another one tie chains into rings.

    Args:
        error: The last one.
        also_hidden: Whether to tell what somebody raised another one in the place of (``from
            None``): for who looks for a reason, not for who writes it down.
    """
    told: set[int] = set()
    waiting = [error]
    while waiting:
        found = waiting.pop()
        if id(found) in told:
            continue
        told.add(id(found))
        yield found
        hidden = found.__suppress_context__ and not also_hidden
        cause = found.__cause__ or (None if hidden else found.__context__)
        if cause is not None:
            waiting.append(cause)
        if isinstance(found, BaseExceptionGroup):
            waiting.extend(reversed(found.exceptions))
