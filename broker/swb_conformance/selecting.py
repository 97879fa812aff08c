"""Which cases of a profile a run tries."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_conformance.testing import SuiteCase

__all__ = ["Shard", "select_cases"]

_MOST_SUGGESTED: Final = 3


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a profile, which run beside each other.

    A case is in the same part in every run, whatever else is selected.

    Attributes:
        part: Which one; 1 is the first.
        parts: Of how many.
    """

    part: int = 1
    parts: int = 1

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}"

    def has(self, name: str) -> bool:
        """Whether a case is in this part."""
        drawn = int.from_bytes(sha256(name.encode()).digest()[:8])
        return drawn % self.parts == self.part - 1


def select_cases(
    cases: Sequence[SuiteCase], *, only: Sequence[str] = (), shard: Shard | None = None
) -> tuple[SuiteCase, ...]:
    """Select the cases of a run, in their order.

    Args:
        cases: All of the profile.
        only: Names, patterns of names with ``*``, both with or without the profile before them, or
            ids of requirements in any case; empty selects all.
        shard: The part of those; None is all of them.

    Raises:
        RefusedError: ``conformance.no_such_case``: one of `only` fits no case.
    """
    for pattern in only:
        if not any(_fits(each, pattern) for each in cases):
            message = (
                f"expected the name of a case, a pattern or a requirement, found {pattern!r}"
                f"{_suggest(cases, pattern)}; `swb conformance list --cases` has them all"
            )
            raise RefusedError("conformance.no_such_case", message, actor=Actor.OPERATOR)
    return tuple(
        each
        for each in cases
        if (not only or any(_fits(each, pattern) for pattern in only))
        and (shard is None or shard.has(each.name))
    )


def _fits(case: SuiteCase, pattern: str) -> bool:
    return pattern.upper() in case.requirements or any(
        fnmatchcase(name, pattern) for name in (case.name, _shorten(case.name))
    )


def _shorten(name: str) -> str:
    """Spell a name as the page of coverage does, below the heading of its profile."""
    return name.partition("/")[2]


def _suggest(cases: Sequence[SuiteCase], pattern: str) -> str:
    names = {each.name: each.name for each in cases}
    short = {_shorten(each): each for each in names}
    ids = {name: name for each in cases for name in each.requirements}
    near = get_close_matches(pattern, {**names, **short}, n=_MOST_SUGGESTED)
    near += get_close_matches(pattern.upper(), ids, n=1)
    found = dict.fromkeys({**names, **short, **ids}[each] for each in near)
    return f"; near it: {', '.join(found)}" if found else ""
