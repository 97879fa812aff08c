"""Which cases of a profile a run tries."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_conformance.testing import SuiteCase

__all__ = ["Shard", "select_cases"]


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
        only: Names, patterns of names with ``*``, or ids of requirements; empty selects all.
        shard: The part of those; None is all of them.

    Raises:
        RefusedError: ``conformance.no_such_case``: one of `only` fits no case.
    """
    for pattern in only:
        if not any(_fits(each, pattern) for each in cases):
            message = f"expected the name of a case, a pattern or a requirement, found {pattern!r}"
            raise RefusedError("conformance.no_such_case", message, actor=Actor.OPERATOR)
    return tuple(
        each
        for each in cases
        if (not only or any(_fits(each, pattern) for pattern in only))
        and (shard is None or shard.has(each.name))
    )


def _fits(case: SuiteCase, pattern: str) -> bool:
    return pattern in case.requirements or fnmatchcase(case.name, pattern)
