"""SQL of what may go after a while: for each kind a window of rows, and what goes of it.

A pass walks in the order of the keys, which is about that of age, and ends where everything is
too young. No index is kept for it.
"""

from __future__ import annotations

from typing import Final

from swb.ports import Prunable

# The key and the instant from which its age is counted, in the order of the keys.
WINDOWS: Final = {
    Prunable.OUTBOX: """
SELECT o.sequence, m.expires_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.sequence > %(after)s ORDER BY o.sequence LIMIT %(limit)s
""",
    Prunable.DUPLICATES: """
SELECT message_id, expires_at FROM inbox
WHERE message_id > %(after)s ORDER BY message_id LIMIT %(limit)s
""",
    Prunable.MESSAGES: """
SELECT sequence, recorded_at FROM messages
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.DOCUMENTS: """
SELECT sequence, recorded_at FROM documents
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.PAYLOADS: """
SELECT sequence, recorded_at FROM submissions
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
    Prunable.DEAD_LETTERS: """
SELECT sequence, buried_at FROM buried
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
""",
}
CHANGES: Final = {
    Prunable.OUTBOX: """
DELETE FROM outbox
WHERE sequence > %(after)s AND sequence <= %(last)s AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at < %(before)s
    )
""",
    Prunable.DUPLICATES: """
DELETE FROM inbox
WHERE message_id > %(after)s AND message_id <= %(last)s AND expires_at < %(before)s
""",
    Prunable.MESSAGES: """
UPDATE messages SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND octets <> ''
    AND sequence <= %(up_to)s
    AND (cardinality(%(types)s::text[]) = 0
        OR message_type = ANY(%(types)s::text[]))
    AND NOT EXISTS (
        SELECT 1 FROM outbox o
        WHERE o.message_id = messages.message_id AND o.state <> 'published'
            AND o.discarded_at IS NULL
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries v
        WHERE v.document_id = messages.document_id AND v.state <> 'completed'
            AND v.discarded_at IS NULL
    )
""",
    Prunable.DOCUMENTS: """
UPDATE documents SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND octets <> ''
    AND (cardinality(%(types)s::text[]) = 0
        OR message_type = ANY(%(types)s::text[]))
    AND NOT EXISTS (
        SELECT 1 FROM messages m LEFT JOIN outbox o ON o.message_id = m.message_id
        WHERE m.document_id = documents.document_id AND (
            m.sequence > %(up_to)s OR (o.state <> 'published' AND o.discarded_at IS NULL)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM deliveries v
        WHERE v.document_id = documents.document_id AND v.state <> 'completed'
            AND v.discarded_at IS NULL
    )
""",
    Prunable.PAYLOADS: """
UPDATE submissions SET payload = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND recorded_at < %(before)s
    AND payload <> ''
""",
    Prunable.DEAD_LETTERS: """
UPDATE buried SET octets = ''
WHERE sequence > %(after)s AND sequence <= %(last)s AND buried_at < %(before)s
    AND octets <> ''
    AND NOT EXISTS (SELECT 1 FROM held h WHERE h.octets_digest = buried.octets_digest)
""",
}
