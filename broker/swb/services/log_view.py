"""A published log as its readers see it: checkpoints, tiles, entries, and the proofs made of them.

Nothing here is believed: whoever reads verifies what it gets against a signed checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.ledger.entry import parse_entry
from swb_schemas.wire.ledger.merkle import Span, consistency_path, hash_span, inclusion_path
from swb_schemas.wire.ledger.tiles import list_bundles, parse_entries, tile_source, tiles_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from swb.ports import LogReader
    from swb_schemas.wire.ledger.entry import LogEntry
    from swb_schemas.wire.ledger.tiles import Tile

__all__ = ["CHECKPOINT", "PENDING", "LogView"]

CHECKPOINT: Final = "checkpoint"
"""The latest checkpoint that enough witnesses have cosigned."""
PENDING: Final = "pending"
"""The latest checkpoint that the log has signed, for witnesses."""

_NOTE_LIMIT: Final = 65_536
_TILE_LIMIT: Final = 262_144


class LogView:
    """Reads one published log.

    Args:
        reader: Where it is published.
        place: How people call that place.
    """

    def __init__(self, reader: LogReader, *, place: str = "the published log") -> None:
        self._reader = reader
        self._place = place

    async def fetch_note(self, name: str) -> bytes | None:
        """Get the checkpoint of that name; None where there is none yet.

        Raises:
            UnavailableError: ``ledger.unreachable``.
        """
        return await self._reader.fetch(name, limit=_NOTE_LIMIT)

    async def get_note(self, name: str) -> bytes:
        """Get the checkpoint of that name.

        Raises:
            UnavailableError: ``ledger.no_checkpoint``, ``ledger.unreachable``.
        """
        found = await self.fetch_note(name)
        if found is None:
            message = f"expected a file {name} in {self._place}, found none"
            raise UnavailableError("ledger.no_checkpoint", message)
        return found

    async def hash_spans(self, spans: Sequence[Span], *, size: int) -> list[bytes]:
        """Hash spans of the published tree.

        Args:
            spans: Of the tree.
            size: Of the tree; there must be a checkpoint of it.

        Raises:
            RefusedError: ``ledger.tile``.
            UnavailableError: ``ledger.unreachable``.
        """
        tiles = {tile: await self._fetch_tile(tile) for tile in tiles_of(spans, size)}
        read = tile_source(tiles)
        return [hash_span(span, read) for span in spans]

    async def prove_consistency(self, first: int, second: int) -> list[bytes]:
        """Make a consistency proof of two sizes of the published tree; see `hash_spans`."""
        return await self.hash_spans(consistency_path(first, second), size=second)

    async def prove_inclusion(self, index: int, size: int) -> list[bytes]:
        """Make an inclusion proof of an entry of the published tree; see `hash_spans`."""
        return await self.hash_spans(inclusion_path(index, size), size=size)

    async def read_root(self, first: int, *, size: int) -> bytes:
        """Compute the root of the first entries of the published tree; see `hash_spans`."""
        (root,) = await self.hash_spans([Span(0, first)], size=size)
        return root

    async def read_entries(self, size: int) -> AsyncIterator[bytes]:
        """Read all entries of the published tree, in order.

        Raises:
            RefusedError: ``ledger.tile``.
            UnavailableError: ``ledger.unreachable``.
        """
        for bundle in list_bundles(size):
            for entry in parse_entries(await self._fetch_tile(bundle), width=bundle.width):
                yield entry

    async def read_log_entries(self, size: int) -> AsyncIterator[LogEntry]:
        """Read all entries of the published tree, in order; see `read_entries`.

        Raises:
            RefusedError: ``ledger.entry``; ``ledger.tile``.
            UnavailableError: ``ledger.unreachable``.
        """
        index = 0
        async for raw in self.read_entries(size):
            try:
                entry = parse_entry(raw)
            except RefusedError as cause:
                bundle = next(list_bundles(size, start=index))
                message = (
                    f"{cause.message}, found another as entry {index}, in {bundle.path} of "
                    f"{self._place}"
                )
                raise RefusedError("ledger.entry", message) from cause
            yield entry
            index += 1

    async def _fetch_tile(self, tile: Tile) -> bytes:
        """Get a tile; where a partial one is gone, the beginning of the full one."""
        raw = await self._reader.fetch(tile.path, limit=_TILE_LIMIT)
        if raw is None and tile != tile.full:
            raw = await self._reader.fetch(tile.full.path, limit=_TILE_LIMIT)
            raw = tile.cut(raw) if raw is not None else None
        if raw is None:
            message = f"expected a file {tile.path} in {self._place}, found none"
            raise RefusedError("ledger.tile", message)
        tile.check(raw)
        return raw
