"""The evidence log: what it keeps, where it is published, and what a witness remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from swb_schemas.wire.ledger.checkpoint import Checkpoint
    from swb_schemas.wire.ledger.entry import LogEntry
    from swb_schemas.wire.ledger.notes import NoteSignature
    from swb_schemas.wire.ledger.tiles import Tile

__all__ = [
    "CosignedCheckpoint",
    "KeptCheckpoint",
    "LedgerStore",
    "LogFolder",
    "LogIncident",
    "LogReader",
    "LogState",
    "WitnessStore",
]


# --- the log's own side ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """How far a log has come.

    Attributes:
        position: Of the last record of the message store that is in the log.
        last_message_id: Of that record; empty for an empty log.
        checkpoint: Origin, size and root of the tree as it is committed.
    """

    position: int
    last_message_id: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheckpoint:
    """A checkpoint that the log has signed.

    Attributes:
        size: Of the tree.
        note: With the log's line and those of the witnesses, as they came in.
        witnesses: Names of the witnesses, each once.
        signed_at: When the log signed.
    """

    size: int
    note: bytes
    witnesses: tuple[str, ...]
    signed_at: datetime


class LedgerStore(Protocol):
    """What the log of one origin must never forget. Each method is one transaction.

    Every method may raise `UnavailableError` ``ledger.unavailable`` when it cannot be reached or
    written, and then nothing of it happened.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``ledger.unavailable``; ``ledger.schema`` when the data need newer
                code; ``ledger.other_log`` when they are another log's.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    async def claim(self, owner: str, now: datetime, *, lease_for: timedelta) -> bool:
        """Become, or stay, the one who sequences, until the lease ends.

        Returns:
            False while somebody else is.
        """
        ...

    async def release(self, owner: str) -> None:
        """End the lease, if it is still this one's."""
        ...

    async def load(self) -> LogState:
        """Say how far the log has come."""
        ...

    async def append(
        self, owner: str, *, after: int, entries: Sequence[LogEntry], position: int
    ) -> LogState:
        """Append entries, and remember how far the message store has been read.

        What the log holds already is not appended twice.

        Args:
            owner: Who sequences.
            after: The position that was reached before.
            entries: In order.
            position: The position that is reached with them.

        Raises:
            UnavailableError: ``ledger.lease_lost``: somebody else sequences, or has gone on from
                there. ``ledger.conflict``: an entry's message is in the log with another digest.
                Nothing is appended.
        """
        ...

    async def keep_checkpoint(self, note: bytes, *, size: int, at: datetime) -> KeptCheckpoint:
        """Keep a checkpoint that was signed, before anybody is shown it.

        Returns:
            The one that stands: the first that was kept for that size.
        """
        ...

    async def add_cosignature(self, size: int, signature: NoteSignature, at: datetime) -> None:
        """Keep a witness's line below a checkpoint; the first of each witness stands."""
        ...

    async def find_checkpoint(self, size: int) -> KeptCheckpoint | None:
        """Find what was signed for a size."""
        ...

    async def find_latest(self, *, witnesses: int = 0) -> KeptCheckpoint | None:
        """Find the largest checkpoint with lines of at least so many witnesses."""
        ...

    async def read_tile(self, tile: Tile) -> bytes:
        """Read a tile, or a bundle of entries, of the committed tree."""
        ...


class LogReader(Protocol):
    """Where a log is published: a folder, or a web server."""

    async def fetch(self, path: str, *, limit: int = ...) -> bytes | None:
        """Get one file by its path below the log's prefix; None where there is none.

        Args:
            path: For example ``tile/0/000``.
            limit: Octets that it may have at most.

        Raises:
            UnavailableError: ``ledger.unreachable``.
        """
        ...


class LogFolder(LogReader, Protocol):
    """Where the log publishes. Whoever serves the folder serves the log."""

    async def put(self, path: str, octets: bytes) -> None:
        """Put one whole file in its place, durably; readers see the old one or the new one.

        Raises:
            UnavailableError: ``ledger.unpublished``.
        """
        ...

    async def discard(self, path: str) -> None:
        """Remove a folder that nobody needs any more; there need not be any."""
        ...


# --- a witness's side --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedCheckpoint:
    """A checkpoint that this witness has accepted.

    Attributes:
        size: Of the tree.
        note: With the log's own lines.
        line: This witness's cosignature; empty when it came no further than to accept it.
        accepted_at: When.
    """

    size: int
    note: bytes
    line: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIncident:
    """A checkpoint that this witness would not cosign.

    Attributes:
        origin: The log.
        code: Why: ``ledger.forked``, ``ledger.rewritten``, ``ledger.rolled_back``.
        first: The checkpoint that was cosigned before.
        second: The one that does not fit.
        proof: What convinces a third party (`swb_schemas.wire.ledger.faults`); empty where the
            two checkpoints alone prove nothing.
        seen_at: When it was seen first.
    """

    origin: str
    code: str
    first: bytes
    second: bytes
    proof: bytes
    seen_at: datetime


class WitnessStore(Protocol):
    """What a witness must never forget. Each method is one transaction.

    Every method may raise `UnavailableError` ``ledger.unavailable``, and then nothing happened.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``ledger.unavailable``, or ``ledger.schema``.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    async def find_last(self, origin: str) -> CosignedCheckpoint | None:
        """Find the largest checkpoint that was accepted."""
        ...

    async def accept(
        self, origin: str, *, before: int, size: int, note: bytes, at: datetime
    ) -> bool:
        """Accept a checkpoint that continues the last one.

        Args:
            origin: The log.
            before: Size of the last accepted checkpoint, 0 for none.
            size: Of this one; larger.
            note: With the log's own lines.
            at: When.

        Returns:
            False when another process has accepted one meanwhile; nothing is changed then.
        """
        ...

    async def keep_line(self, origin: str, size: int, line: str) -> None:
        """Keep the cosignature of an accepted checkpoint."""
        ...

    async def list_cosigned(
        self, origin: str, *, after: int = 0, limit: int = 500
    ) -> Sequence[CosignedCheckpoint]:
        """List accepted checkpoints by size."""
        ...

    async def list_latest(self, origin: str, *, limit: int) -> Sequence[CosignedCheckpoint]:
        """List the largest accepted checkpoints, the largest first."""
        ...

    async def keep_incident(self, incident: LogIncident) -> bool:
        """Keep what would not be cosigned; False where it is kept already."""
        ...

    async def list_incidents(self, origin: str) -> Sequence[LogIncident]:
        """List incidents, the earliest first."""
        ...
