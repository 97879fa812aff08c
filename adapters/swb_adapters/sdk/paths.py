"""Where an element of the canonical document stands in the national payload, and back.

A path is the element names from the root, joined by ``/``, with a 1-based position on every
element that may repeat and on no other: ``CertificateOfOrigin/Item[2]/Invoice[1]/Date``.
Attributes are written ``@unit``, ``@xml:lang``. National paths follow the same rule in XML; an
adapter of another syntax may use its own spelling, with positions that count from 1 as well and
steps parted by ``/`` or ``.`` (``barang[1].posTarif``).

Most mappings keep positions, so a `PathMap` is a short table of patterns that is built once for
a message type and not for each document. ``[*]`` stands for any position, and the n-th ``[*]`` of
one side is the n-th of the other::

    PathMap([("Certificate/Item[*]/GrossMeasure", "FormD/Goods[*]/Weight")])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PathMap"]

_STAR: Final = re.compile(r"\[\*\]")


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a pair: as an expression that finds, and as a template that is filled in."""

    expression: re.Pattern[str]
    template: str

    @classmethod
    def of(cls, pattern: str) -> _Side:
        pieces = _STAR.split(pattern)
        return cls(
            re.compile(r"(?:\[(\d+)\])?".join(re.escape(piece) for piece in pieces)),
            "[{}]".join(piece.replace("{", "{{").replace("}", "}}") for piece in pieces),
        )


def _look_around(path: str) -> str:
    """Cut a path down: to all entries of what repeats, else to what is around it."""
    cut = path.rfind("[") if path.endswith("]") else max(path.rfind("/"), path.rfind("."))
    return path[: max(cut, 0)]


class PathMap:
    """A two-way table of path patterns.

    The first pair that fits wins in either direction; so an element that comes from one of
    several places is named by the pair that stands first.

    Args:
        pairs: (canonical pattern, national pattern), the latter in the format's own spelling.

    Raises:
        ValueError: The two sides of a pair have different numbers of ``[*]``.
    """

    __slots__ = ("_exact", "_pairs", "_sides")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)
        for canonical, national in self._pairs:
            if canonical.count("[*]") != national.count("[*]"):
                msg = f"expected as many [*] in {canonical!r} as in {national!r}"
                raise ValueError(msg)
        self._sides: tuple[tuple[int, tuple[_Side, _Side]], ...] | None = None
        self._exact: tuple[dict[str, int], dict[str, int]] = ({}, {})

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(canonical pattern, national pattern), as given."""
        return self._pairs

    def find_national(self, path: str, *, exact: bool = False) -> str:
        """Find the national path of a canonical one.

        Args:
            path: Canonical path.
            exact: Do not fall back on the nearest element around it that is known.

        Returns:
            The path, or an empty string when nothing is known.
        """
        return self._find(path, 0, exact_only=exact)

    def find_canonical(self, path: str, *, exact: bool = False) -> str:
        """Find the canonical path of a national one; like `find_national`."""
        return self._find(path, 1, exact_only=exact)

    def _find(self, path: str, side: int, *, exact_only: bool) -> str:
        # Only refusals come here, so the patterns are compiled at the first of them.
        sides = self._compile() if self._sides is None else self._sides
        exact = self._exact[side]
        while path:
            known = exact.get(path)
            for number, pair in sides:
                if known is not None and known < number:
                    break
                match = pair[side].expression.fullmatch(path)
                if match is not None:
                    positions = (position or "1" for position in match.groups())
                    return pair[1 - side].template.format(*positions)
            if known is not None:
                return self.pairs[known][1 - side]
            if exact_only:
                return ""
            path = _look_around(path)
        return ""

    def _compile(self) -> tuple[tuple[int, tuple[_Side, _Side]], ...]:
        """Compile what has positions; paths of one document's own have none, and may be many."""
        patterns = []
        for number, (canonical, national) in enumerate(self.pairs):
            if "[*]" in canonical:
                patterns.append((number, (_Side.of(canonical), _Side.of(national))))
            else:
                self._exact[0].setdefault(canonical, number)
                self._exact[1].setdefault(national, number)
        self._sides = tuple(patterns)
        return self._sides

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PathMap) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        return f"PathMap({len(self.pairs)} pairs)"
