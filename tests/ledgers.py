"""Logs made by hand, honest or not: checkpoints, cosignatures and proofs over given entries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.ledger.checkpoint import Checkpoint, parse_checkpoint
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.merkle import (
    Frontier,
    Span,
    consistency_path,
    hash_span,
    inclusion_path,
    leaf_source,
)
from swb_schemas.wire.ledger.notes import (
    Note,
    cosignature_input,
    sign_as_cosigner,
    sign_as_log,
)
from swb_schemas.wire.ledger.proof import LogProof
from swb_schemas.wire.ledger.tiles import (
    ENTRIES,
    TILE_WIDTH,
    encode_entries,
    list_new_tiles,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from tests.vectors.world import Holder

__all__ = ["ORIGIN", "HandLog", "cosign", "draw_entry", "publish"]

ORIGIN: Final = "log.example/region"


def draw_entry(serial: int, *, sender: str = "urn:swb:party:TH:gateway") -> LogEntry:
    """Make up an entry."""
    message_id = str(UUID(int=(0x019CA3B50EFA7 << 76) | (0x8 << 60) | serial))
    return LogEntry(message_id=message_id, sender=sender, digest=f"sha-256:{serial:064x}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandLog:
    """A log over entries, signed by whoever holds a key."""

    entries: Sequence[LogEntry]
    key: Holder
    origin: str = ORIGIN

    @property
    def leaves(self) -> list[bytes]:
        return [each.leaf for each in self.entries]

    def root(self, size: int) -> bytes:
        return Frontier().append(self.leaves[:size]).root

    def sign(self, size: int | None = None, *, root: bytes | None = None) -> bytes:
        """Sign a checkpoint over the first entries, or over whatever root is given."""
        size = len(self.entries) if size is None else size
        text = Checkpoint(origin=self.origin, size=size, root=root or self.root(size)).text
        certificate = parse_certificate(self.key.der)
        line = sign_as_log(self.origin, certificate, _sign(self.key, text.encode()))
        return Note(text=text, signatures=(line,)).encode()

    def consistency(self, first: int, second: int) -> list[bytes]:
        return self._hash(consistency_path(first, second))

    def prove(self, index: int, checkpoint: bytes, *, named: bool = True) -> LogProof:
        """Make an inclusion proof under a checkpoint of this log."""
        size = parse_checkpoint(checkpoint)[0].size
        return LogProof(
            entry=self.entries[index] if named else None,
            index=index,
            hashes=tuple(self._hash(inclusion_path(index, size))),
            checkpoint=checkpoint,
        )

    def _hash(self, path: Sequence[Span]) -> list[bytes]:
        return [hash_span(span, leaf_source(self.leaves)) for span in path]


def cosign(checkpoint: bytes, *witnesses: Holder, at: datetime) -> bytes:
    """Have witnesses cosign, whatever the checkpoint says."""
    note = parse_checkpoint(checkpoint)[1]
    seconds = int(at.timestamp())
    lines = [
        sign_as_cosigner(
            str(each.party),
            parse_certificate(each.der),
            _sign(each, cosignature_input(note.text, seconds)),
            seconds=seconds,
        )
        for each in witnesses
    ]
    return replace(note, signatures=(*note.signatures, *lines)).encode()


def publish(folder: Path, log: HandLog, checkpoint: bytes, *, names: Sequence[str]) -> None:
    """Publish the tree of a checkpoint, whatever was published before, and the checkpoint.

    Args:
        folder: Where.
        log: Whose entries.
        checkpoint: Of any size of the log.
        names: Under which it is shown: ``checkpoint``, ``pending``.
    """
    size = parse_checkpoint(checkpoint)[0].size
    read = leaf_source(log.leaves)
    for tile in list_new_tiles(0, size):
        start = tile.number * TILE_WIDTH
        if tile.level == ENTRIES:
            raw = encode_entries(
                [each.encode() for each in log.entries[start : start + tile.width]]
            )
        else:
            raw = b"".join(read(8 * tile.level, start + at) for at in range(tile.width))
        _put(folder / tile.path, raw)
    for name in names:
        _put(folder / name, checkpoint)


def _put(path: Path, octets: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)


def _sign(by: Holder, data: bytes) -> bytes:
    """Sign as a member would, also where an event loop runs."""
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(by.key.sign(data, algorithm))
    return r.to_bytes(32) + s.to_bytes(32)
