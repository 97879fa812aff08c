"""SQL of the evidence log and of its witnesses."""

from __future__ import annotations

from typing import Final

BEGIN_LOG: Final = """
INSERT INTO log (only_row, origin, position, size, frontier, owner, leased_until)
VALUES (1, ?, 0, 0, x'', '', 0) ON CONFLICT (only_row) DO NOTHING
"""
READ_ORIGIN: Final = "SELECT origin FROM log"
READ_LOG: Final = "SELECT position, size, frontier, owner FROM log"
CLAIM: Final = """
UPDATE log SET owner = :owner, leased_until = :until
WHERE owner = :owner OR leased_until <= :now
"""
RELEASE: Final = "UPDATE log SET leased_until = 0 WHERE owner = ?"
GROW: Final = "UPDATE log SET position = ?, size = ?, frontier = ?"

ADD_LEAF: Final = "INSERT INTO leaves (number, message_id, entry, hash) VALUES (?, ?, ?, ?)"
FIND_ENTRY: Final = "SELECT entry FROM leaves WHERE message_id = ?"
LAST_MESSAGE: Final = "SELECT message_id FROM leaves WHERE number = ?"
LIST_ENTRIES: Final = """
SELECT entry FROM leaves WHERE number >= ? AND number < ? ORDER BY number
"""
LIST_HASHES: Final = """
SELECT hash FROM leaves WHERE number >= ? AND number < ? ORDER BY number
"""
ADD_SUBTREE: Final = "INSERT INTO subtrees (level, number, hash) VALUES (?, ?, ?)"
LIST_SUBTREES: Final = """
SELECT hash FROM subtrees WHERE level = ? AND number >= ? AND number < ? ORDER BY number
"""

KEEP_CHECKPOINT: Final = """
INSERT INTO checkpoints (size, note, signed_at) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING
"""
FIND_CHECKPOINT: Final = "SELECT note, signed_at FROM checkpoints WHERE size = ?"
FIND_LATEST: Final = """
SELECT size FROM checkpoints
WHERE (SELECT count(*) FROM cosignatures WHERE cosignatures.size = checkpoints.size) >= ?
ORDER BY size DESC LIMIT 1
"""
ADD_COSIGNATURE: Final = """
INSERT INTO cosignatures (size, name, line, received_at) VALUES (?, ?, ?, ?)
ON CONFLICT (size, name) DO NOTHING
"""
LIST_COSIGNATURES: Final = "SELECT name, line FROM cosignatures WHERE size = ? ORDER BY name"

FIND_LAST_COSIGNED: Final = """
SELECT size, note, line, accepted_at FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1
"""
LIST_COSIGNED: Final = """
SELECT size, note, line, accepted_at FROM cosigned WHERE origin = ? AND size > ?
ORDER BY size LIMIT ?
"""
LIST_LATEST: Final = """
SELECT size, note, line, accepted_at FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT ?
"""
ACCEPT_CHECKPOINT: Final = """
INSERT INTO cosigned (origin, size, note, line, accepted_at)
SELECT :origin, :size, :note, '', :at
WHERE :before = (SELECT coalesce(max(size), 0) FROM cosigned WHERE origin = :origin)
    AND :size > :before
"""
KEEP_LINE: Final = "UPDATE cosigned SET line = ? WHERE origin = ? AND size = ?"
KEEP_INCIDENT: Final = """
INSERT INTO incidents (origin, code, seen_at, first, second, proof) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (origin, code, first, second) DO NOTHING
"""
LIST_INCIDENTS: Final = """
SELECT origin, code, seen_at, first, second, proof FROM incidents WHERE origin = ?
ORDER BY sequence
"""
