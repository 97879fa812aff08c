"""Where the nodes of one payload stand: rows of a sheet, lines of a file.

A table knows of every payload of its format at which names its elements stand. Some syntaxes know
more of the payload in hand, and people look for that: row 14, and not the second item. Such a
syntax makes a `PlacedTree`, and every finding then names the place in the payload. It goes with
tables that spell national paths as they are.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.mapping.shape import REPEATED, Tree
from swb_adapters.sdk.paths import PathMap
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_adapters.sdk.contract import Reading
    from swb_schemas.findings import Finding

__all__ = ["PlacedTree", "place_reading", "place_refusal"]

_MOST_PAIRS: Final = 20_000
"""Places that are spelled out at most; a document of 5,000 items would have some 170,000."""


class PlacedTree(dict[str, Any]):
    """A tree whose syntax remembers where each node stood.

    Args:
        tree: The nodes.
        find_place: From a national path with its positions to the place, in words. Of a path
            where nothing stood it tells where that would have stood.
    """

    __slots__ = ("find_place",)

    def __init__(self, tree: Tree, find_place: Callable[[str], str]) -> None:
        super().__init__(tree)
        self.find_place = find_place


class _PlacedPaths(PathMap):
    """Paths of one payload; worked out when they are asked for, which a good payload never does."""

    __slots__ = ("_made", "_patterns", "_tree")

    def __init__(self, patterns: PathMap, tree: PlacedTree) -> None:
        super().__init__(patterns.pairs)
        self._patterns = patterns
        self._tree = tree
        self._made: tuple[tuple[str, str], ...] | None = None

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The elements of this payload with their places, and behind them the patterns."""
        if self._made is None:
            placed = (pair for pattern in self._pairs for pair in _spell_out(*pattern, self._tree))
            self._made = (*dict.fromkeys(islice(placed, _MOST_PAIRS)), *self._pairs)
        return self._made

    def find_national(self, path: str, *, exact: bool = False) -> str:
        """See `PathMap.find_national`."""
        found = self._patterns.find_national(path, exact=exact)
        return self._tree.find_place(found) if found else ""


def _spell_out(canonical: str, national: str, tree: PlacedTree) -> Iterator[tuple[str, str]]:
    for positions in _list_positions(tree, national.split("/")):
        ours, theirs = canonical, national
        for position in positions:
            ours = ours.replace(REPEATED, f"[{position}]", 1)
            theirs = theirs.replace(REPEATED, f"[{position}]", 1)
        yield ours, tree.find_place(theirs)


def _list_positions(node: object, steps: list[str]) -> Iterator[tuple[int, ...]]:
    """List the positions that a pattern has in a tree."""
    if not steps:
        yield ()
        return
    name = steps[0].removesuffix(REPEATED)
    below = node.get(name) if isinstance(node, dict) else None
    if not steps[0].endswith(REPEATED):
        yield from _list_positions(below, steps[1:])
        return
    for position, entry in enumerate(below if isinstance(below, list) else (), start=1):
        for further in _list_positions(entry, steps[1:]):
            yield (position, *further)


def _place(finding: Finding, tree: PlacedTree) -> Finding:
    return replace(finding, national_path=tree.find_place(finding.national_path))


def place_reading(reading: Reading, tree: PlacedTree) -> Reading:
    """Let a reading name places in its payload."""
    return replace(
        reading,
        findings=tuple(_place(each, tree) for each in reading.findings),
        paths=_PlacedPaths(reading.paths, tree),
    )


def place_refusal(refusal: RefusedError, tree: PlacedTree) -> RefusedError:
    """Let a refusal name places in its payload."""
    findings = tuple(_place(each, tree) for each in refusal.findings)
    message = refusal.message
    if findings:
        before, after = refusal.findings[0].national_path, findings[0].national_path
        message = message.replace(f"{before}:", f"{after}:", 1) if before else message
    return RefusedError(refusal.code, message, findings=findings)
