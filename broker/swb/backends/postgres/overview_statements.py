"""SQL of the overview in a PostgreSQL store: what pages ask, and what the follower does.

Nothing here looks at every row of a table that grows with each document; a test asks the planner.
"""

from __future__ import annotations

from typing import Final

# --- searching ---------------------------------------------------------------------------------

# What is meant exactly and leads a conversation first, then what else is, then what begins so.
SEARCH: Final = """
WITH found AS (
    SELECT document_id, 0 AS place FROM documents WHERE document_id = %(reference)s
    UNION ALL
    SELECT document_id, 0 FROM messages WHERE message_id = %(reference)s
    UNION ALL
    (
        SELECT document_id, 0 FROM documents
        WHERE conversation_id = %(reference)s AND conversation_id <> '' LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 0 FROM documents
        WHERE certificate_key = %(reference)s AND certificate_key <> '' LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 0 FROM spellings
        WHERE folded = %(folded)s ORDER BY document_id DESC LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 2 FROM spellings
        WHERE folded >= %(folded_from)s AND folded < %(folded_behind)s
        ORDER BY folded LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 2 FROM documents
        WHERE document_id >= %(id_from)s AND document_id < %(id_behind)s
        ORDER BY document_id DESC LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 2 FROM messages
        WHERE message_id >= %(id_from)s AND message_id < %(id_behind)s
        ORDER BY message_id DESC LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT document_id, 2 FROM documents
        WHERE conversation_id >= %(id_from)s AND conversation_id < %(id_behind)s
        ORDER BY conversation_id DESC LIMIT %(limit)s
    )
), best AS (
    SELECT document_id, min(place) AS place FROM found GROUP BY document_id
)
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.direction, d.recorded_at, coalesce(g.partner, ''),
    coalesce(g.status, '')
FROM best b JOIN documents d ON d.document_id = b.document_id
    LEFT JOIN glances g ON g.document_id = b.document_id
ORDER BY b.place + (b.place = 0 AND NOT d.message_type = ANY(%(leading)s))::int,
    d.recorded_at DESC, d.document_id DESC
LIMIT %(limit)s
"""
# Of each key the certificate that `MessageStore.find_certificate` finds.
LIST_COURSES: Final = """
SELECT d.document_id, d.certificate_key, d.message_type, d.issuing_party, d.receiving_party,
    d.recorded_at, octet_length(d.octets) = 0
FROM unnest(%(keys)s::text[]) AS k (certificate_key) CROSS JOIN LATERAL (
    SELECT found.* FROM documents AS found
    WHERE found.certificate_key = k.certificate_key AND found.certificate_key <> ''
        AND found.message_type = ANY(%(certificate_types)s::text[])
        AND NOT EXISTS (
            SELECT 1 FROM documents AS earlier
            WHERE earlier.certificate_key = found.certificate_key AND earlier.certificate_key <> ''
                AND earlier.message_type = found.message_type
                AND earlier.conversation_id = found.conversation_id
                AND earlier.sequence < found.sequence
        )
    ORDER BY found.sequence DESC LIMIT 1
) AS d
ORDER BY d.certificate_key
"""
LIST_COURSE_FACTS: Final = """
SELECT document_id, name, revision, at FROM events WHERE document_id = ANY(%s::text[])
ORDER BY document_id, at, sequence
"""
# Of each kind that there is the newest, by the one index that has all kinds.
LIST_GLANCES: Final = """
WITH kinds AS (
    SELECT DISTINCT direction, partner, message_type, code AS status FROM figures
    WHERE measure = 'status' AND grain = 'ever' AND begins_at = %(ever)s
        AND (%(direction)s = '' OR direction = %(direction)s)
        AND (%(partner)s = '' OR partner = %(partner)s)
        AND (%(message_type)s = '' OR message_type = %(message_type)s)
        AND (%(status)s = '' OR code = %(status)s)
), newest AS (
    SELECT g.document_id, g.recorded_at, g.partner, g.status
    FROM kinds k CROSS JOIN LATERAL (
        SELECT document_id, recorded_at, partner, status FROM glances
        WHERE direction = k.direction AND partner = k.partner AND message_type = k.message_type
            AND status = k.status AND recorded_at >= %(since)s
            AND (recorded_at, document_id) < (%(before)s, %(before_id)s)
        ORDER BY recorded_at DESC, document_id DESC LIMIT %(limit)s
    ) g
    ORDER BY g.recorded_at DESC, g.document_id DESC LIMIT %(limit)s
)
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.direction, d.recorded_at, n.partner, n.status
FROM newest n JOIN documents d ON d.document_id = n.document_id
ORDER BY n.recorded_at DESC, n.document_id DESC
"""

# --- figures -----------------------------------------------------------------------------------

LIST_FIGURES: Final = """
SELECT measure, grain, begins_at, direction, partner, message_type, environment, authority, code,
    count
FROM figures
WHERE measure = %(measure)s AND grain = %(grain)s
    AND begins_at >= %(since)s AND begins_at < %(until)s
    AND (%(direction)s = '' OR direction = %(direction)s)
    AND (%(partner)s = '' OR partner = %(partner)s)
    AND (cardinality(%(message_types)s::text[]) = 0
        OR message_type = ANY(%(message_types)s::text[]))
    AND (%(environment)s = '' OR environment = %(environment)s)
ORDER BY begins_at, partner, message_type, direction, environment, authority, code
"""
LIST_SUMS: Final = """
SELECT measure, grain, %(ever)s::timestamptz, direction, partner, message_type, environment,
    authority, code, sum(count)::bigint
FROM figures
WHERE measure = %(measure)s AND grain = %(grain)s
    AND begins_at >= %(since)s AND begins_at < %(until)s
    AND (%(direction)s = '' OR direction = %(direction)s)
    AND (%(partner)s = '' OR partner = %(partner)s)
    AND (cardinality(%(message_types)s::text[]) = 0
        OR message_type = ANY(%(message_types)s::text[]))
    AND (%(environment)s = '' OR environment = %(environment)s)
GROUP BY measure, grain, direction, partner, message_type, environment, authority, code
ORDER BY direction, partner, message_type, environment, authority, code
"""
LIST_TOTALS: Final = """
SELECT begins_at, direction, code, sum(count)::bigint
FROM figures
WHERE measure = %(measure)s AND grain = %(grain)s
    AND begins_at >= %(since)s AND begins_at < %(until)s
    AND (%(direction)s = '' OR direction = %(direction)s)
    AND (%(partner)s = '' OR partner = %(partner)s)
    AND (cardinality(%(message_types)s::text[]) = 0
        OR message_type = ANY(%(message_types)s::text[]))
    AND (%(environment)s = '' OR environment = %(environment)s)
GROUP BY begins_at, direction, code ORDER BY begins_at, direction, code
"""
# What was tried in vain rests, so that its age is that of its message, and not when it is due.
LIST_AGES: Final = """
WITH waiting AS (
    SELECT 'outbound' AS kind, false AS is_parked, o.line,
        CASE WHEN o.attempts = 0 AND o.code = '' THEN o.due_at ELSE (
            SELECT m.recorded_at FROM messages m WHERE m.message_id = o.message_id
        ) END AS since
    FROM outbox o WHERE o.state = 'waiting'
    UNION ALL
    SELECT 'delivery', false, '',
        CASE WHEN v.attempts = 0 AND v.code = '' THEN v.due_at ELSE (
            SELECT d.recorded_at FROM documents d WHERE d.document_id = v.document_id
        ) END
    FROM deliveries v WHERE v.state = 'waiting'
    UNION ALL
    SELECT 'held', false, line, received_at FROM held
    UNION ALL
    SELECT 'outbound', true, line, ended_at FROM outbox
    WHERE state = 'parked' AND discarded_at IS NULL
    UNION ALL
    SELECT 'delivery', true, '', ended_at FROM deliveries
    WHERE state = 'parked' AND discarded_at IS NULL
    UNION ALL
    SELECT 'dead-letter', true, line, buried_at FROM buried
    WHERE discarded_at IS NULL AND replayed_at IS NULL
)
SELECT kind, is_parked, line,
    coalesce(width_bucket(%(now)s - since, %(ages)s::interval[]), 0) AS bucket, count(*), min(since)
FROM waiting GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

# --- the follower ------------------------------------------------------------------------------

FIND_POSITION: Final = "SELECT position FROM counted WHERE feed = %s"
LIST_NEW_FACTS: Final = """
SELECT sequence, document_id FROM events
WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
"""
LIST_DOCUMENTS: Final = """
SELECT document_id, message_type, certificate_key, issuing_party, receiving_party, environment,
    direction, recorded_at
FROM documents WHERE document_id = ANY(%s)
"""
LIST_FACTS: Final = """
SELECT document_id, sequence, name, at, revision, code FROM events
WHERE document_id = ANY(%s) AND sequence <= %s ORDER BY sequence
"""
LIST_NEW_REMARKS: Final = """
SELECT sequence, subject, kind, code, at, direction, partner, message_type, environment
FROM remarks WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
"""
# Whoever comes second waits here, and writes nothing.
MOVE: Final = """
INSERT INTO counted AS c (feed, position) VALUES (%(feed)s, %(position)s)
ON CONFLICT (feed) DO UPDATE SET position = excluded.position WHERE c.position = %(after)s
"""
ADD_FIGURES: Final = """
INSERT INTO figures AS f (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code, count
)
SELECT * FROM unnest(
    %(measure)b::text[], %(grain)b::text[], %(begins_at)b::timestamptz[], %(partner)b::text[],
    %(message_type)b::text[], %(direction)b::text[], %(environment)b::text[],
    %(authority)b::text[], %(code)b::text[], %(count)b::bigint[]
)
ON CONFLICT (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code
)
DO UPDATE SET count = f.count + excluded.count
"""
DROP_EMPTY_FIGURES: Final = """
DELETE FROM figures f USING unnest(
    %(measure)b::text[], %(grain)b::text[], %(begins_at)b::timestamptz[], %(partner)b::text[],
    %(message_type)b::text[], %(direction)b::text[], %(environment)b::text[],
    %(authority)b::text[], %(code)b::text[]
) AS k (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code
)
WHERE f.measure = k.measure AND f.grain = k.grain AND f.begins_at = k.begins_at
    AND f.partner = k.partner AND f.message_type = k.message_type AND f.direction = k.direction
    AND f.environment = k.environment AND f.authority = k.authority AND f.code = k.code
    AND f.count = 0
"""
PUT_GLANCES: Final = """
INSERT INTO glances AS g (
    document_id, direction, partner, message_type, status, recorded_at
)
SELECT * FROM unnest(
    %(document_id)b::text[], %(direction)b::text[], %(partner)b::text[], %(message_type)b::text[],
    %(status)b::text[], %(recorded_at)b::timestamptz[]
)
ON CONFLICT (document_id) DO UPDATE SET status = excluded.status WHERE g.status <> excluded.status
"""
PUT_SPELLINGS: Final = """
INSERT INTO spellings (folded, document_id)
SELECT * FROM unnest(%(folded)b::text[], %(document_id)b::text[])
ON CONFLICT DO NOTHING
"""
FIND_LAG: Final = """
SELECT 'facts', coalesce((SELECT max(sequence) FROM events), 0)
    - coalesce((SELECT position FROM counted WHERE feed = 'facts'), 0)
UNION ALL
SELECT 'remarks', coalesce((SELECT max(sequence) FROM remarks), 0)
    - coalesce((SELECT position FROM counted WHERE feed = 'remarks'), 0)
"""
