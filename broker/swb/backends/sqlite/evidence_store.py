"""The embedded evidence store: one SQLite file, apart from the messages that it is about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.ports import KeptTrust, Leaf, LeafKind, StampedBatch, StampedLeaf, Tally

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.ports import Feed

__all__ = ["SqliteEvidenceStore"]

Row: TypeAlias = "tuple[Any, ...]"

_GET_POSITION: Final = "SELECT position FROM positions WHERE feed = ?"
_SET_POSITION: Final = """
INSERT INTO positions (feed, position) VALUES (?, ?)
ON CONFLICT (feed) DO UPDATE SET position = max(position, excluded.position)
"""
_INSERT_LEAF: Final = """
INSERT INTO leaves (kind, subject_id, octets_digest, signature_digest, recorded_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, subject_id) DO NOTHING
"""
_LIST_WAITING: Final = """
SELECT kind, subject_id, octets_digest, signature_digest, recorded_at
FROM leaves WHERE batch IS NULL ORDER BY sequence LIMIT ?
"""
_INSERT_BATCH: Final = """
INSERT INTO batches (root, authority, generated_at, proven_at, made_at, token)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING sequence
"""
_STAMP_LEAF: Final = """
UPDATE leaves SET batch = ? WHERE kind = ? AND subject_id = ? AND batch IS NULL
"""
_IS_WAITING: Final = "SELECT 1 FROM leaves WHERE kind = ? AND subject_id = ? AND batch IS NULL"
_FIND_LEAF: Final = """
SELECT kind, subject_id, octets_digest, signature_digest, recorded_at, batch
FROM leaves WHERE kind = ? AND subject_id = ?
"""
_FIND_BATCH: Final = """
SELECT root, token, authority, generated_at, proven_at, made_at FROM batches WHERE sequence = ?
"""
_LIST_BATCH: Final = """
SELECT kind, subject_id, octets_digest, signature_digest, recorded_at
FROM leaves WHERE batch = ? ORDER BY sequence
"""
_TALLY: Final = """
SELECT (SELECT count(*) FROM leaves WHERE batch IS NOT NULL),
    (SELECT count(*) FROM leaves WHERE batch IS NOT NULL AND kind = 'message'),
    (SELECT count(*) FROM leaves WHERE batch IS NULL),
    (SELECT min(recorded_at) FROM leaves WHERE batch IS NULL),
    (SELECT count(*) FROM batches)
"""
_KEEP_TRUST: Final = """
INSERT INTO trust (digest, seen_at, octets) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING
"""
_LIST_TRUST: Final = "SELECT digest, octets, seen_at FROM trust ORDER BY sequence LIMIT ?"


def _get_position(connection: sqlite3.Connection, feed: Feed) -> int:
    row = connection.execute(_GET_POSITION, (feed,)).fetchone()
    return 0 if row is None else int(row[0])


def _take_in(
    connection: sqlite3.Connection, feed: Feed, leaves: Sequence[Leaf], *, position: int
) -> None:
    connection.executemany(
        _INSERT_LEAF,
        [
            (
                leaf.kind,
                leaf.subject_id,
                leaf.octets_digest,
                leaf.signature_digest,
                encode_instant(leaf.recorded_at),
            )
            for leaf in leaves
        ],
    )
    connection.execute(_SET_POSITION, (feed, position))


def _list_leaves(statement: str, parameter: int, connection: sqlite3.Connection) -> Sequence[Leaf]:
    return [_read_leaf(row) for row in connection.execute(statement, (parameter,))]


def _commit_batch(
    connection: sqlite3.Connection, batch: StampedBatch, leaves: Sequence[Leaf]
) -> bool:
    for leaf in leaves:
        if connection.execute(_IS_WAITING, (leaf.kind, leaf.subject_id)).fetchone() is None:
            return False
    ((sequence,),) = connection.execute(
        _INSERT_BATCH,
        (
            batch.root,
            batch.authority,
            encode_instant(batch.generated_at),
            encode_instant(batch.proven_at),
            encode_instant(batch.made_at),
            batch.token,
        ),
    ).fetchall()
    connection.executemany(_STAMP_LEAF, [(sequence, leaf.kind, leaf.subject_id) for leaf in leaves])
    return True


def _find_stamped(
    connection: sqlite3.Connection, kind: LeafKind, subject_id: str
) -> StampedLeaf | None:
    row = connection.execute(_FIND_LEAF, (kind, subject_id)).fetchone()
    if row is None:
        return None
    leaf, batch = _read_leaf(row[:5]), row[5]
    if batch is None:
        return StampedLeaf(leaf=leaf, batch=None)
    root, token, authority, *instants = connection.execute(_FIND_BATCH, (batch,)).fetchone()
    generated_at, proven_at, made_at = map(decode_instant, instants)
    return StampedLeaf(
        leaf=leaf,
        batch=StampedBatch(
            root=root,
            token=token,
            authority=authority,
            generated_at=generated_at,
            proven_at=proven_at,
            made_at=made_at,
        ),
        others=_list_leaves(_LIST_BATCH, batch, connection),
    )


def _find_oldest_waiting(connection: sqlite3.Connection) -> datetime | None:
    waiting = _list_leaves(_LIST_WAITING, 1, connection)
    return waiting[0].recorded_at if waiting else None


def _tally(connection: sqlite3.Connection) -> Tally:
    stamped, messages, waiting, oldest, batches = connection.execute(_TALLY).fetchone()
    return Tally(
        stamped=stamped,
        stamped_messages=messages,
        waiting=waiting,
        oldest_waiting_at=None if oldest is None else decode_instant(oldest),
        batches=batches,
    )


def _keep_trust(connection: sqlite3.Connection, kept: KeptTrust) -> None:
    connection.execute(_KEEP_TRUST, (kept.digest, encode_instant(kept.seen_at), kept.octets))


def _list_trust(connection: sqlite3.Connection, *, limit: int = 1000) -> Sequence[KeptTrust]:
    return [
        KeptTrust(digest=row[0], octets=row[1], seen_at=decode_instant(row[2]))
        for row in connection.execute(_LIST_TRUST, (limit,))
    ]


def _read_leaf(row: Row) -> Leaf:
    return Leaf(
        kind=LeafKind(row[0]),
        subject_id=row[1],
        octets_digest=row[2],
        signature_digest=row[3],
        recorded_at=decode_instant(row[4]),
    )


class SqliteEvidenceStore:
    """`swb.ports.EvidenceStore` in one SQLite file."""

    def __init__(self, *, path: Path) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file, made when missing. Its folder must exist, on a local disk.
        """
        self._database = Database(
            path=path,
            schema=load_schema("evidence", error_code="evidence.schema"),
            error_code="evidence.unavailable",
        )

    async def open(self) -> None:
        """See `EvidenceStore.open`."""
        await self._database.open(create=True)

    async def close(self) -> None:
        """See `EvidenceStore.close`."""
        await self._database.close()

    get_position = reading(_get_position)
    take_in = writing(_take_in)

    async def list_waiting(self, *, limit: int) -> Sequence[Leaf]:
        """See `EvidenceStore.list_waiting`."""
        return await self._database.read(partial(_list_leaves, _LIST_WAITING, limit))

    commit_batch = writing(_commit_batch)
    find_stamped = reading(_find_stamped)
    find_oldest_waiting = reading(_find_oldest_waiting)
    tally = reading(_tally)
    keep_trust = writing(_keep_trust)
    list_trust = reading(_list_trust)
