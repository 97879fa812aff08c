"""The published form of a log: static files in the layout of c2sp.org/tlog-tiles.

``tile/<level>/<number>`` holds 256 hashes of complete subtrees, ``tile/entries/<number>`` the 256
entries below them, each behind its length in two octets; the last of each row is partial and its
name says how wide it is. Any proof can be made of the tiles, the whole tree of the entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.merkle import hash_children, subtrees_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from swb_schemas.wire.ledger.merkle import Span

__all__ = [
    "ENTRIES",
    "TILE_WIDTH",
    "Tile",
    "encode_entries",
    "list_bundles",
    "list_new_tiles",
    "parse_entries",
    "tile_source",
    "tiles_of",
]

TILE_WIDTH: Final = 256
ENTRIES: Final = -1
"""Stands in the place of a level for bundles of entries."""

_HEIGHT: Final = 8
"""Levels of a tree between two levels of tiles."""
_HASH_OCTETS: Final = 32
_LENGTH_OCTETS: Final = 2


class Tile(NamedTuple):
    """One published file.

    Attributes:
        level: Of tiles, from 0 for the leaves' hashes; `ENTRIES` for the entries.
        number: Within the level, from 0.
        width: How many hashes or entries are in it.
    """

    level: int
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its path below the log's prefix."""
        digits = f"{self.number:03d}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        steps = [f"x{group}" for group in groups[:-1]] + [groups[-1]]
        kind = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{kind}/{'/'.join(steps)}{partial}"

    @property
    def full(self) -> Tile:
        """The tile that takes this one's place once it is full."""
        return self._replace(width=TILE_WIDTH)

    def cut(self, full: bytes) -> bytes:
        """Take this partial tile out of the full one.

        Raises:
            RefusedError: ``ledger.tile``.
        """
        if self.level != ENTRIES:
            return full[: self.width * _HASH_OCTETS]
        return encode_entries(parse_entries(full, width=TILE_WIDTH)[: self.width])

    def check(self, raw: bytes) -> None:
        """Require octets to be as many as this tile has.

        Raises:
            RefusedError: ``ledger.tile``.
        """
        if self.level != ENTRIES and len(raw) != self.width * _HASH_OCTETS:
            message = f"expected {self.width} hashes in {self.path}, found {len(raw)} octets"
            raise RefusedError("ledger.tile", message)


def _tile_at(level: int, number: int, size: int) -> Tile:
    """Name a tile of a tree, as wide as it is at that size."""
    hashes = size if level == ENTRIES else size >> (_HEIGHT * level)
    return Tile(level, number, min(TILE_WIDTH, hashes - number * TILE_WIDTH))


def tiles_of(spans: Iterable[Span], size: int) -> tuple[Tile, ...]:
    """Name the tiles of which spans of a tree can be hashed, each once."""
    found = {
        _tile_at(level // _HEIGHT, (index << level % _HEIGHT) // TILE_WIDTH, size)
        for span in spans
        for level, index in subtrees_of(span)
    }
    return tuple(sorted(found))


def list_bundles(size: int, *, start: int = 0) -> Iterator[Tile]:
    """Name the bundles of entries of a tree, from the one with entry `start`."""
    for number in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
        yield _tile_at(ENTRIES, number, size)


def list_new_tiles(before: int, size: int) -> Iterator[Tile]:
    """Name what has to be published when a tree grows, bundles of entries first."""
    yield from list_bundles(size, start=before)
    level = 0
    while hashes := size >> (_HEIGHT * level):
        known = before >> (_HEIGHT * level)
        if hashes > known:
            for number in range(known // TILE_WIDTH, -(-hashes // TILE_WIDTH)):
                yield _tile_at(level, number, size)
        level += 1


def tile_source(tiles: Mapping[Tile, bytes]) -> Callable[[int, int], bytes]:
    """Make a source of complete subtrees out of tiles (see `merkle.hash_span`)."""
    octets = {(tile.level, tile.number): raw for tile, raw in tiles.items()}

    def read(level: int, index: int) -> bytes:
        height = level % _HEIGHT
        first = index << height
        raw = octets[level // _HEIGHT, first // TILE_WIDTH]
        start = first % TILE_WIDTH
        row = [
            raw[at * _HASH_OCTETS : (at + 1) * _HASH_OCTETS]
            for at in range(start, start + (1 << height))
        ]
        while len(row) > 1:
            row = [hash_children(*row[at : at + 2]) for at in range(0, len(row), 2)]
        return row[0]

    return read


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Write a bundle of entries."""
    return b"".join(len(each).to_bytes(_LENGTH_OCTETS) + each for each in entries)


def parse_entries(raw: bytes, *, width: int) -> tuple[bytes, ...]:
    """Read a bundle of entries.

    Raises:
        RefusedError: ``ledger.tile``: it is none, or does not hold as many.
    """
    entries, at = [], 0
    while at < len(raw):
        end = at + _LENGTH_OCTETS + int.from_bytes(raw[at : at + _LENGTH_OCTETS])
        entries.append(raw[at + _LENGTH_OCTETS : end])
        at = end
    if at != len(raw) or len(entries) != width:
        message = f"expected a bundle of {width} entries, found {len(entries)}"
        raise RefusedError("ledger.tile", message)
    return tuple(entries)
