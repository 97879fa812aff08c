"""Every SQL statement of the reconciliation file, by name. Nothing is assembled from strings."""

from __future__ import annotations

from typing import Final

BEGIN: Final = """
INSERT INTO reading (only_row, first_day, position, message_id) VALUES (1, ?, 0, '')
ON CONFLICT (only_row) DO NOTHING
"""
READ_FIRST_DAY: Final = "SELECT first_day FROM reading"
READ_POSITION: Final = "SELECT position, message_id FROM reading"
MOVE: Final = """
INSERT INTO reading (only_row, first_day, position, message_id) VALUES (1, '', ?, ?)
ON CONFLICT (only_row) DO UPDATE SET
    position = excluded.position, message_id = excluded.message_id
"""
KEEP_SUMMARY: Final = """
INSERT INTO summaries (
    partner, environment, day, own, revision, document_id, message_id, sealed_at, octets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (partner, environment, day, own) DO UPDATE SET
    revision = excluded.revision, document_id = excluded.document_id,
    message_id = excluded.message_id, sealed_at = excluded.sealed_at, octets = excluded.octets
WHERE excluded.sealed_at >= sealed_at
"""
FIND_SUMMARY: Final = """
SELECT partner, environment, day, own, revision, document_id, message_id, sealed_at, octets
FROM summaries WHERE partner = ? AND environment = ? AND day = ? AND own = ?
"""
LIST_SUMMARIES: Final = """
SELECT partner, environment, day, own, revision, document_id, message_id, sealed_at, octets
FROM summaries WHERE day >= ? ORDER BY day, partner, environment, own
"""
KEEP_LIST: Final = """
INSERT INTO lists (document_id, partner, environment, day, revision, sealed_at, octets)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
FORGET_LISTS: Final = """
DELETE FROM lists
WHERE partner = ? AND environment = ? AND day = ? AND revision <> ? AND sealed_at < ?
"""
LIST_LISTS: Final = """
SELECT partner, environment, day, revision, document_id, sealed_at, octets
FROM lists WHERE partner = ? AND environment = ? AND day = ? ORDER BY sealed_at, document_id
"""
KEEP_ASKED: Final = """
INSERT INTO asked (document_id, message_id, partner, reason, wanted, asked_at, outcome)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id, message_id) DO NOTHING
"""
KEEP_OUTCOME: Final = "UPDATE asked SET outcome = ? WHERE document_id = ? AND partner = ?"
LIST_ASKED: Final = """
SELECT document_id, partner, message_id, reason, wanted, asked_at, outcome
FROM asked WHERE document_id = ? ORDER BY asked_at, message_id
"""
KEEP_NOTICE: Final = """
INSERT INTO notices (
    document_id, partner, own, from_at, until_at, reason, replaces, sealed_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
# A notice is replaced by its own side only.
LIST_NOTICES: Final = """
SELECT document_id, partner, own, from_at, until_at, reason, replaces, sealed_at
FROM notices n WHERE NOT EXISTS (
    SELECT 1 FROM notices r
    WHERE r.replaces = n.document_id AND r.partner = n.partner AND r.own = n.own
)
ORDER BY from_at, document_id
"""
RECORD_PAPER_USE: Final = """
INSERT INTO paper_uses (certificate_key, folded, used_on, declaration, who, recorded_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (certificate_key) DO NOTHING
"""
WITHDRAW_PAPER_USE: Final = "DELETE FROM paper_uses WHERE certificate_key = ?"
FIND_PAPER_USE: Final = """
SELECT certificate_key, folded, used_on, declaration, who, recorded_at
FROM paper_uses WHERE certificate_key = ?
"""
LIST_PAPER_USES: Final = """
SELECT certificate_key, folded, used_on, declaration, who, recorded_at
FROM paper_uses WHERE ?1 = '' OR folded = ?1 ORDER BY recorded_at, certificate_key
"""
COUNT_PAPER_USES: Final = "SELECT count(*) FROM paper_uses"
