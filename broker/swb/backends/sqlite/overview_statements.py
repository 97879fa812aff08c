"""SQL of the overview in the embedded store: what pages ask, and what the follower does.

Nothing here looks at every row of a table that grows with each document; a test asks the planner.
"""

from __future__ import annotations

from typing import Final

# --- searching ---------------------------------------------------------------------------------

# What is meant exactly and leads a conversation first, then what else is, then what begins so.
SEARCH: Final = """
WITH found AS (
    SELECT document_id, 0 AS place FROM documents WHERE document_id = :reference
    UNION ALL
    SELECT document_id, 0 FROM messages WHERE message_id = :reference
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 0 FROM documents WHERE conversation_id = :reference LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 0 FROM documents
        WHERE certificate_key = :reference AND certificate_key <> '' LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 0 FROM spellings
        WHERE folded = :folded ORDER BY document_id DESC LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 2 FROM spellings
        WHERE folded >= :folded_from AND folded < :folded_behind ORDER BY folded LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 2 FROM documents
        WHERE document_id >= :id_from AND document_id < :id_behind
        ORDER BY document_id DESC LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 2 FROM messages
        WHERE message_id >= :id_from AND message_id < :id_behind
        ORDER BY message_id DESC LIMIT :limit
    )
    UNION ALL
    SELECT * FROM (
        SELECT document_id, 2 FROM documents
        WHERE conversation_id >= :id_from AND conversation_id < :id_behind
        ORDER BY conversation_id DESC LIMIT :limit
    )
), best AS (
    SELECT document_id, min(place) AS place FROM found GROUP BY document_id
)
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.direction, d.recorded_at, coalesce(g.partner, ''),
    coalesce(g.status, '')
FROM best CROSS JOIN documents d ON d.document_id = best.document_id
    LEFT JOIN glances g ON g.document_id = best.document_id
ORDER BY best.place
    + (best.place = 0 AND d.message_type NOT IN (SELECT value FROM json_each(:leading))),
    d.recorded_at DESC, d.document_id DESC
LIMIT :limit
"""
# The certificate that `MessageStore.find_certificate` finds.
FIND_COURSE: Final = """
SELECT document_id, certificate_key, message_type, issuing_party, receiving_party, recorded_at,
    length(octets) = 0
FROM documents AS found
WHERE certificate_key = :certificate_key AND certificate_key <> ''
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
    AND NOT EXISTS (
        SELECT 1 FROM documents AS earlier
        WHERE earlier.certificate_key = found.certificate_key AND earlier.certificate_key <> ''
            AND earlier.message_type = found.message_type
            AND earlier.conversation_id = found.conversation_id
            AND earlier.sequence < found.sequence
    )
ORDER BY sequence DESC LIMIT 1
"""
LIST_COURSE_FACTS: Final = """
SELECT name, revision, at FROM events WHERE document_id = ? ORDER BY at, sequence
"""
# Each kind of document that there is; of each the newest are read by the one index that has all.
LIST_KINDS: Final = """
SELECT DISTINCT direction, partner, message_type, code FROM figures
WHERE measure = 'status' AND grain = 'ever' AND begins_at = 0
    AND (:direction = '' OR direction = :direction)
    AND (:partner = '' OR partner = :partner)
    AND (:message_type = '' OR message_type = :message_type)
    AND (:status = '' OR code = :status)
"""
LIST_OF_KIND: Final = """
SELECT recorded_at, document_id, partner, status FROM glances
WHERE direction = :direction AND partner = :partner AND message_type = :message_type
    AND status = :status AND recorded_at >= :since
    AND (recorded_at, document_id) < (:before, :before_id)
ORDER BY recorded_at DESC, document_id DESC LIMIT :limit
"""
FIND_GLANCED: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, direction, recorded_at
FROM documents WHERE document_id = ?
"""

# --- figures -----------------------------------------------------------------------------------

LIST_FIGURES: Final = """
SELECT measure, grain, begins_at, direction, partner, message_type, environment, authority, code,
    count
FROM figures
WHERE measure = :measure AND grain = :grain AND begins_at >= :since AND begins_at < :until
    AND (:direction = '' OR direction = :direction)
    AND (:partner = '' OR partner = :partner)
    AND (:message_types = '[]' OR message_type IN (SELECT value FROM json_each(:message_types)))
    AND (:environment = '' OR environment = :environment)
ORDER BY begins_at, partner, message_type, direction, environment, authority, code
"""
LIST_SUMS: Final = """
SELECT measure, grain, 0, direction, partner, message_type, environment, authority, code,
    sum(count)
FROM figures
WHERE measure = :measure AND grain = :grain AND begins_at >= :since AND begins_at < :until
    AND (:direction = '' OR direction = :direction)
    AND (:partner = '' OR partner = :partner)
    AND (:message_types = '[]' OR message_type IN (SELECT value FROM json_each(:message_types)))
    AND (:environment = '' OR environment = :environment)
GROUP BY measure, grain, direction, partner, message_type, environment, authority, code
ORDER BY direction, partner, message_type, environment, authority, code
"""
LIST_TOTALS: Final = """
SELECT begins_at, direction, code, sum(count)
FROM figures
WHERE measure = :measure AND grain = :grain AND begins_at >= :since AND begins_at < :until
    AND (:direction = '' OR direction = :direction)
    AND (:partner = '' OR partner = :partner)
    AND (:message_types = '[]' OR message_type IN (SELECT value FROM json_each(:message_types)))
    AND (:environment = '' OR environment = :environment)
GROUP BY begins_at, direction, code ORDER BY begins_at, direction, code
"""
# What was tried in vain rests, so that its age is that of its message, and not when it is due.
LIST_AGES: Final = """
WITH waiting AS (
    SELECT 'outbound' AS kind, 0 AS is_parked, o.line AS line,
        CASE WHEN o.attempts = 0 AND o.code = '' THEN o.due_at ELSE (
            SELECT m.recorded_at FROM messages m WHERE m.message_id = o.message_id
        ) END AS since
    FROM outbox o WHERE o.state = 'waiting'
    UNION ALL
    SELECT 'delivery', 0, '',
        CASE WHEN v.attempts = 0 AND v.code = '' THEN v.due_at ELSE (
            SELECT d.recorded_at FROM documents d WHERE d.document_id = v.document_id
        ) END
    FROM deliveries v WHERE v.state = 'waiting'
    UNION ALL
    SELECT 'held', 0, line, nullif(received_at, 0) FROM held
    UNION ALL
    SELECT 'outbound', 1, line, ended_at FROM outbox
    WHERE state = 'parked' AND discarded_at IS NULL
    UNION ALL
    SELECT 'delivery', 1, '', ended_at FROM deliveries
    WHERE state = 'parked' AND discarded_at IS NULL
    UNION ALL
    SELECT 'dead-letter', 1, line, buried_at FROM buried
    WHERE discarded_at IS NULL AND replayed_at IS NULL
)
SELECT kind, is_parked, line,
    (SELECT count(*) FROM json_each(:moments) WHERE since <= value) AS bucket, count(*), min(since)
FROM waiting GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

# --- the follower ------------------------------------------------------------------------------

FIND_POSITION: Final = "SELECT position FROM counted WHERE feed = ?"
LIST_NEW_FACTS: Final = """
SELECT sequence, document_id FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
FIND_DOCUMENT: Final = """
SELECT document_id, message_type, certificate_key, issuing_party, receiving_party, environment,
    direction, recorded_at
FROM documents WHERE document_id = ?
"""
LIST_FACTS: Final = """
SELECT sequence, name, at, revision, code FROM events
WHERE document_id = ? AND sequence <= ? ORDER BY sequence
"""
LIST_NEW_REMARKS: Final = """
SELECT sequence, subject, kind, code, at, direction, partner, message_type, environment
FROM remarks WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
# Nothing is written where somebody else has moved it.
MOVE: Final = """
INSERT INTO counted (feed, position) VALUES (:feed, :position)
ON CONFLICT (feed) DO UPDATE SET position = excluded.position WHERE position = :after
"""
ADD_FIGURE: Final = """
INSERT INTO figures (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code, count
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code
)
DO UPDATE SET count = count + excluded.count
"""
DROP_EMPTY_FIGURE: Final = """
DELETE FROM figures
WHERE measure = ? AND grain = ? AND begins_at = ? AND partner = ? AND message_type = ?
    AND direction = ? AND environment = ? AND authority = ? AND code = ? AND count = 0
"""
PUT_GLANCE: Final = """
INSERT INTO glances (document_id, direction, partner, message_type, status, recorded_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO UPDATE SET status = excluded.status WHERE status <> excluded.status
"""
PUT_SPELLING: Final = """
INSERT INTO spellings (folded, document_id) VALUES (?, ?) ON CONFLICT DO NOTHING
"""
FIND_LAG: Final = """
SELECT 'facts', coalesce((SELECT max(sequence) FROM events), 0)
    - coalesce((SELECT position FROM counted WHERE feed = 'facts'), 0)
UNION ALL
SELECT 'remarks', coalesce((SELECT max(sequence) FROM remarks), 0)
    - coalesce((SELECT position FROM counted WHERE feed = 'remarks'), 0)
"""
