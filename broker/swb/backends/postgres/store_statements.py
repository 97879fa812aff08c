"""Every SQL statement of the store, by name. Nothing is assembled from strings.

The columns of each SELECT stand in the order that `store_rows` reads.
"""

from __future__ import annotations

from typing import Final

# --- writing together --------------------------------------------------------------------------

# All that one operation brings, in one statement, for each costs a turn over the network. What is
# there already stays; told is what was new, and the digests of what was there before.
WRITE: Final = """
WITH new_documents AS (
    INSERT INTO documents (
        document_id, message_type, certificate_key, conversation_id, issuing_party,
        receiving_party, environment, digest, direction, recorded_at, octets, is_own_certificate
    )
    SELECT *, %(are_own_certificates)s FROM unnest(
        %(d_document_id)s::text[], %(d_message_type)s::text[], %(d_certificate_key)s::text[],
        %(d_conversation_id)s::text[], %(d_issuing_party)s::text[], %(d_receiving_party)s::text[],
        %(d_environment)s::text[], %(d_digest)s::text[], %(d_direction)s::text[],
        %(d_recorded_at)s::timestamptz[], %(d_octets)b::bytea[]
    )
    ON CONFLICT DO NOTHING RETURNING document_id
), new_mentions AS (
    INSERT INTO mentions (mentioned, document_id)
    SELECT * FROM unnest(%(n_mentioned)s::text[], %(n_document_id)s::text[])
    ON CONFLICT DO NOTHING
), new_messages AS (
    INSERT INTO messages (
        message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
        recorded_at, octets
    )
    SELECT * FROM unnest(
        %(m_message_id)s::text[], %(m_message_type)s::text[], %(m_document_id)s::text[],
        %(m_sender)s::text[], %(m_receiver)s::text[], %(m_digest)s::text[],
        %(m_direction)s::text[], %(m_expires_at)s::timestamptz[],
        %(m_recorded_at)s::timestamptz[], %(m_octets)b::bytea[]
    )
    ON CONFLICT (message_id) DO NOTHING RETURNING message_id
), new_outbox AS (
    INSERT INTO outbox (message_id, line, environment, attempts, due_at, because_of)
    SELECT * FROM unnest(
        %(o_message_id)s::text[], %(o_line)s::text[], %(o_environment)s::text[],
        %(o_attempts)s::integer[], %(o_due_at)s::timestamptz[], %(o_because_of)s::text[]
    )
    ON CONFLICT (message_id) DO NOTHING
), new_deliveries AS (
    INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
    SELECT * FROM unnest(
        %(v_document_id)s::text[], %(v_message_id)s::text[], %(v_message_digest)s::text[],
        %(v_attempts)s::integer[], %(v_due_at)s::timestamptz[]
    )
    ON CONFLICT (document_id) DO NOTHING
), new_events AS (
    INSERT INTO events (
        document_id, name, at, message_id, code, detail, revision, is_own_response
    )
    SELECT * FROM unnest(
        %(e_document_id)s::text[], %(e_name)s::text[], %(e_at)s::timestamptz[],
        %(e_message_id)s::text[], %(e_code)s::text[], %(e_detail)s::text[],
        %(e_revision)s::integer[], %(e_is_own_response)s::boolean[]
    )
    ON CONFLICT DO NOTHING RETURNING is_own_response
)
SELECT ARRAY(SELECT document_id FROM new_documents), ARRAY(SELECT message_id FROM new_messages),
    (SELECT count(*) FROM new_events WHERE is_own_response)
"""
# What stands under ids that were not new.
FIND_DIGESTS: Final = """
SELECT document_id, digest FROM documents WHERE document_id = ANY(%(documents)s::text[])
UNION ALL
SELECT message_id, digest FROM messages WHERE message_id = ANY(%(messages)s::text[])
"""

# --- documents and messages --------------------------------------------------------------------

FIND_DOCUMENT: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id = %s
"""
FIND_DOCUMENT_BY_MESSAGE: Final = """
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.digest, d.direction, d.recorded_at, d.octets
FROM messages m JOIN documents d ON d.document_id = m.document_id WHERE m.message_id = %s
"""
# What takes a certificate back goes on in its conversation, and comes behind it.
FIND_CERTIFICATE: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents AS found
WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
    AND message_type = ANY(%(certificate_types)s)
    AND NOT EXISTS (
        SELECT 1 FROM documents AS earlier
        WHERE earlier.certificate_key = found.certificate_key AND earlier.certificate_key <> ''
            AND earlier.message_type = found.message_type
            AND earlier.conversation_id = found.conversation_id
            AND earlier.sequence < found.sequence
    )
ORDER BY sequence DESC LIMIT 1
"""
LIST_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
    AND message_type = ANY(%(certificate_types)s)
ORDER BY sequence LIMIT %(limit)s
"""
# A key is STATE:office:number, the state two letters, the rest without a colon.
SEARCH_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key <> '' AND split_part(certificate_key, ':', 1) = %(state)s
    AND split_part(certificate_key, ':', 3) = ANY(%(numbers)s)
    AND message_type = ANY(%(certificate_types)s)
ORDER BY sequence LIMIT %(limit)s
"""
LIST_MENTIONING: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id IN (
    SELECT n.document_id FROM mentions n WHERE n.mentioned = ANY(%(mentioned)s::text[])
)
ORDER BY sequence LIMIT %(limit)s
"""
LIST_CERTIFICATE_KEYS: Final = """
SELECT DISTINCT certificate_key FROM documents
WHERE certificate_key > %(after)s AND certificate_key < %(behind)s AND certificate_key <> ''
    AND message_type = ANY(%(certificate_types)s)
ORDER BY certificate_key LIMIT %(limit)s
"""
LIST_ANSWERS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id <> %(document_id)s AND document_id IN (
    SELECT document_id FROM documents
    WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
    UNION
    SELECT document_id FROM documents
    WHERE conversation_id = %(conversation_id)s AND conversation_id <> ''
    UNION
    -- One receipt may be about messages of several conversations.
    SELECT m.document_id FROM documents d
    JOIN events e ON e.document_id = d.document_id
    JOIN messages m ON m.message_id = e.message_id
    WHERE d.conversation_id = %(conversation_id)s AND d.conversation_id <> ''
)
ORDER BY sequence
"""
LIST_DOCUMENTS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id > %s ORDER BY document_id LIMIT %s
"""
# The types are few, and the ids of a day lie beside each other.
LIST_EXCHANGED: Final = """
SELECT d.document_id, d.message_type, d.digest, d.issuing_party, d.receiving_party,
    d.environment, d.direction,
    ARRAY(SELECT e.name FROM events e WHERE e.document_id = d.document_id),
    d.direction = 'out' AND d.document_id IN (
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'waiting'
        UNION ALL
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'parked' AND o.discarded_at IS NULL
    )
FROM documents d
WHERE d.document_id > %(after)s AND d.document_id < %(until)s
    AND d.message_type = ANY(%(message_types)s)
ORDER BY d.document_id LIMIT %(limit)s
"""
# What was erased stays so: nobody asks for it again.
MEND_DOCUMENT: Final = """
UPDATE documents SET octets = %(octets)s
WHERE document_id = %(document_id)s AND octets <> %(octets)s
"""
FIND_MESSAGE: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id = %s
"""
LIST_SENT: Final = """
SELECT m.message_id, m.document_id, m.receiver, m.digest, coalesce(d.environment, '')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.message_id = ANY(%s::text[]) AND m.direction = 'out'
"""
FIND_CARRIER: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = %s ORDER BY sequence LIMIT 1
"""
LIST_MESSAGES: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id > %s ORDER BY message_id LIMIT %s
"""
LIST_MESSAGES_OF_DOCUMENTS: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = ANY(%s) ORDER BY sequence
"""

# --- the feed ----------------------------------------------------------------------------------

LIST_RECORDED: Final = """
SELECT sequence, message_id, message_type, document_id, sender, digest, direction, recorded_at
FROM messages WHERE sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s
"""
LIST_RECORDED_OCTETS: Final = """
SELECT m.sequence, m.message_id, m.message_type, m.document_id, m.sender, m.digest, m.direction,
    m.recorded_at, m.octets, coalesce(d.octets, ''::bytea)
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.sequence > %s AND m.sequence <= %s ORDER BY m.sequence LIMIT %s
"""

# --- inbox -------------------------------------------------------------------------------------

# Whether it is new, else the digest that was received under its id, and what else speaks against
# it: something else under its own id, or under one of its documents'.
RECEIVE: Final = """
WITH received AS (
    INSERT INTO inbox (message_id, digest, expires_at, recorded_at)
    VALUES (%(message_id)s, %(digest)s, %(expires_at)s, %(recorded_at)s)
    ON CONFLICT (message_id) DO NOTHING RETURNING 1
)
SELECT EXISTS (SELECT FROM received),
    (SELECT digest FROM inbox WHERE message_id = %(message_id)s),
    EXISTS (SELECT FROM messages WHERE message_id = %(message_id)s AND digest <> %(digest)s)
    OR EXISTS (
        SELECT FROM documents d
        JOIN unnest(%(document_ids)s::text[], %(digests)s::text[]) AS g (document_id, digest)
            ON g.document_id = d.document_id
        WHERE d.digest <> g.digest
    )
"""

# --- outbox ------------------------------------------------------------------------------------

# Of each line so many, first those that are due since `low`, then those that were due before; of
# either not more octets than allowed, and the first in any case.
CLAIM_OUTBOUND: Final = """
WITH shares AS (
    SELECT * FROM unnest(
        %(lines)s::text[], %(limits)s::int[], %(lows)s::timestamptz[], %(highs)s::timestamptz[]
    ) WITH ORDINALITY AS s (line, rows, low, high, place)
), due AS (
    SELECT o.sequence, s.place FROM shares s CROSS JOIN LATERAL (
        SELECT o.sequence FROM outbox o
        WHERE o.state = 'waiting' AND o.line = s.line AND o.due_at >= coalesce(s.low, '-infinity')
            AND o.due_at < coalesce(s.high, 'infinity') AND o.due_at <= %(now)s
            AND o.leased_until <= %(now)s
        ORDER BY o.due_at, o.sequence LIMIT s.rows
        FOR UPDATE SKIP LOCKED
    ) o
), sized AS (
    SELECT due.*, octet_length(m.octets) AS size,
        sum(octet_length(m.octets)) OVER (
            PARTITION BY due.place ORDER BY o.due_at, o.sequence
        ) AS total
    FROM due JOIN outbox o USING (sequence) JOIN messages m ON m.message_id = o.message_id
), claimed AS (
    UPDATE outbox o SET leased_until = %(until)s FROM sized due
    WHERE o.sequence = due.sequence AND (due.total <= %(octets)s OR due.total = due.size)
    RETURNING due.place, o.sequence, o.due_at, o.line, o.environment, o.attempts, o.message_id
)
SELECT o.line, o.environment, o.attempts, m.message_id, m.message_type, m.document_id, m.sender,
    m.receiver, m.digest, m.direction, m.expires_at, m.recorded_at, m.octets
FROM claimed o JOIN messages m ON m.message_id = o.message_id
ORDER BY o.place, o.due_at, o.sequence
"""
MARK_PUBLISHED: Final = """
UPDATE outbox SET state = 'published', ended_at = %s, leased_until = '-infinity'
WHERE message_id = ANY(%s) AND state <> 'published'
"""
RETRY_OUTBOUND: Final = """
UPDATE outbox
SET attempts = attempts + %(counted)s, code = %(code)s, due_at = %(due_at)s,
    leased_until = '-infinity'
WHERE message_id = %(message_id)s AND state = 'waiting'
"""
RELEASE_OUTBOUND: Final = """
UPDATE outbox SET code = %s, leased_until = '-infinity'
WHERE message_id = ANY(%s) AND state = 'waiting'
"""
# What had to wait longer than the others stands in the order of age again.
HASTEN_OUTBOUND: Final = """
UPDATE outbox o SET due_at = m.recorded_at
FROM messages m
WHERE m.message_id = o.message_id AND o.sequence IN (
    SELECT sequence FROM outbox
    WHERE state = 'waiting' AND line = %(line)s AND due_at > %(now)s AND code = ANY(%(codes)s)
    ORDER BY due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
"""
LIST_TRAFFIC: Final = """
SELECT (recorded_at AT TIME ZONE 'UTC')::date AS day, sender, receiver, message_type, count(*),
    sum(octet_length(octets))::bigint
FROM messages WHERE recorded_at >= %s AND recorded_at < %s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
LIST_BACKLOGS: Final = """
SELECT line, count(*), min(due_at) FROM outbox WHERE state = 'waiting' GROUP BY line ORDER BY line
"""
PARK_OUTBOUND: Final = """
UPDATE outbox
SET state = 'parked', attempts = attempts + 1, code = %(code)s, ended_at = %(at)s,
    leased_until = '-infinity'
WHERE message_id = %(message_id)s AND state = 'waiting'
"""
# What has expired is not repeated: nobody takes it, and it would be parked for a person.
REPEAT_ACKNOWLEDGEMENTS: Final = """
UPDATE outbox SET state = 'waiting', attempts = 0, due_at = %(due_at)s, ended_at = NULL
WHERE because_of = %(message_id)s AND because_of <> '' AND message_id <> %(message_id)s
    AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at > %(due_at)s
    )
"""
# Two answers to one dead letter at a time: the second waits, and finds the first.
LOCK_ANSWER: Final = "SELECT pg_advisory_xact_lock(7567202, hashtext(%s))"
IS_ANSWERED: Final = """
SELECT 1 FROM outbox WHERE because_of = %s AND because_of <> '' LIMIT 1
"""

# --- deliveries --------------------------------------------------------------------------------

# A retransmission forces redelivery: what was completed or parked waits again.
FORCE_DELIVERY: Final = """
INSERT INTO deliveries AS v (document_id, message_id, message_digest, attempts, due_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (document_id) DO UPDATE SET
    message_id = excluded.message_id, message_digest = excluded.message_digest,
    state = 'waiting', attempts = excluded.attempts, due_at = excluded.due_at,
    leased_until = '-infinity', code = '', ended_at = NULL, discarded_at = NULL
WHERE v.state <> 'waiting'
"""
CLAIM_DELIVERIES: Final = """
WITH shares AS (
    SELECT * FROM unnest(%(limits)s::int[], %(lows)s::timestamptz[], %(highs)s::timestamptz[])
        WITH ORDINALITY AS s (rows, low, high, place)
), due AS (
    SELECT v.sequence, s.place FROM shares s CROSS JOIN LATERAL (
        SELECT v.sequence FROM deliveries v
        WHERE v.state = 'waiting' AND v.due_at >= coalesce(s.low, '-infinity')
            AND v.due_at < coalesce(s.high, 'infinity') AND v.due_at <= %(now)s
            AND v.leased_until <= %(now)s
        ORDER BY v.due_at, v.sequence LIMIT s.rows
        FOR UPDATE SKIP LOCKED
    ) v
), sized AS (
    SELECT due.*, octet_length(d.octets) AS size,
        sum(octet_length(d.octets)) OVER (
            PARTITION BY due.place ORDER BY v.due_at, v.sequence
        ) AS total
    FROM due JOIN deliveries v USING (sequence)
        JOIN documents d ON d.document_id = v.document_id
), claimed AS (
    UPDATE deliveries v SET leased_until = %(until)s FROM sized due
    WHERE v.sequence = due.sequence AND (due.total <= %(octets)s OR due.total = due.size)
    RETURNING due.place, v.sequence, v.due_at, v.document_id, v.message_id, v.message_digest,
        v.attempts
)
SELECT v.document_id, d.message_type, d.octets, v.message_id, v.message_digest, v.attempts
FROM claimed v JOIN documents d ON d.document_id = v.document_id
ORDER BY v.place, v.due_at, v.sequence
"""
LOCK_DELIVERY: Final = """
SELECT state, message_id FROM deliveries WHERE document_id = %s FOR UPDATE
"""
LIST_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.recorded_at, v.due_at,
    nullif(v.leased_until, '-infinity') AS leased_until, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' ORDER BY v.due_at, v.sequence LIMIT %s
"""
COMPLETE_DELIVERY: Final = """
UPDATE deliveries SET state = 'completed', ended_at = %(at)s, leased_until = '-infinity'
WHERE document_id = %(document_id)s
"""
RETRY_DELIVERY: Final = """
UPDATE deliveries
SET attempts = attempts + %(counted)s, code = %(code)s, due_at = %(due_at)s,
    leased_until = '-infinity'
WHERE document_id = %(document_id)s AND state = 'waiting'
"""
RELEASE_DELIVERIES: Final = """
UPDATE deliveries SET code = %s, leased_until = '-infinity'
WHERE document_id = ANY(%s) AND state = 'waiting'
"""
HASTEN_DELIVERIES: Final = """
UPDATE deliveries v SET due_at = d.recorded_at
FROM documents d
WHERE d.document_id = v.document_id AND v.sequence IN (
    SELECT sequence FROM deliveries
    WHERE state = 'waiting' AND due_at > %(now)s AND code = ANY(%(codes)s)
    ORDER BY due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
"""
PARK_DELIVERY: Final = """
UPDATE deliveries
SET state = 'parked', attempts = attempts + 1, code = %(code)s, ended_at = %(at)s,
    leased_until = '-infinity'
WHERE document_id = %(document_id)s AND state = 'waiting'
"""

# --- submissions and events --------------------------------------------------------------------

# Whether the payload is new, and what speaks against it: the document that is sealed under the
# certificate's key already, and the number of a response that is.
SUBMIT: Final = """
WITH submitted AS (
    INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
    VALUES (
        %(payload_digest)s, %(adapter)s, %(document_id)s, %(recorded_at)s, %(payload)s
    )
    ON CONFLICT (payload_digest) DO NOTHING RETURNING 1
)
SELECT EXISTS (SELECT FROM submitted),
    (
        SELECT document_id FROM documents
        WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
            AND message_type = %(message_type)s AND direction = 'out'
            AND document_id <> %(document_id)s
        LIMIT 1
    ),
    (
        SELECT e.revision FROM events e
        JOIN unnest(%(subjects)s::text[], %(revisions)s::integer[]) AS n (document_id, revision)
            ON n.document_id = e.document_id AND n.revision = e.revision
        WHERE e.is_own_response LIMIT 1
    )
"""
# In the order of the locks, so that two that want the same ones never wait for each other.
LOCK_GROUNDS: Final = """
SELECT pg_advisory_xact_lock(l.lock) FROM (
    SELECT DISTINCT hashtextextended(k.key, 7567202) AS lock
    FROM unnest(%(keys)s::text[]) AS k (key) ORDER BY lock
) l
"""
ARE_GROUNDS: Final = """
SELECT NOT EXISTS (
    SELECT FROM unnest(%(documents)s::text[], %(counts)s::bigint[]) AS g (document_id, known)
    WHERE g.known <> (SELECT count(*) FROM events e WHERE e.document_id = g.document_id)
) AND (
    SELECT count(*) FROM (
        SELECT FROM documents WHERE document_id IN (
            SELECT n.document_id FROM mentions n WHERE n.mentioned = ANY(%(mentioned)s::text[])
        ) LIMIT %(limit)s
    ) m
) = %(mentioning)s
"""
FIND_SUBMISSION: Final = """
SELECT payload_digest, adapter, payload, document_id, recorded_at
FROM submissions WHERE payload_digest = %s
"""
INSERT_EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (document_id, name, message_id, revision) DO NOTHING
"""
LIST_EVENTS: Final = """
SELECT document_id, name, at, message_id, code, detail, revision
FROM events WHERE document_id = %s ORDER BY at, sequence
"""
# What asks and what concludes are moves of `swb_schemas.exchanges`.
LIST_UNCONCLUDED: Final = """
SELECT DISTINCT e.document_id FROM events e
WHERE e.name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING')
    AND e.document_id > %(after)s
    AND coalesce(
        (SELECT m.recorded_at FROM messages m WHERE m.message_id = e.message_id), e.at
    ) <= %(before)s
    AND NOT EXISTS (
        SELECT 1 FROM events c
        WHERE c.document_id = e.document_id AND c.revision = e.revision
            AND (e.name = 'CANCELLATION') = (c.name LIKE 'CANCELL%%')
            AND c.name IN (
                'CANCELLED', 'CANCELLATION UTILISED', 'CANCELLATION UNKNOWN',
                'VERIFICATION CONFIRMED', 'VERIFICATION DENIED'
            )
    )
ORDER BY e.document_id LIMIT %(limit)s
"""

# --- held and buried ---------------------------------------------------------------------------

HOLD: Final = """
INSERT INTO held AS h (octets_digest, line, code, due_at, octets, received_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (octets_digest) DO UPDATE SET
    attempts = h.attempts + 1, code = excluded.code, due_at = excluded.due_at,
    leased_until = '-infinity'
RETURNING attempts
"""
CLAIM_HELD: Final = """
WITH due AS (
    SELECT sequence FROM held
    WHERE due_at <= %(now)s AND leased_until <= %(now)s
    ORDER BY due_at, sequence LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE held h SET leased_until = %(until)s FROM due WHERE h.sequence = due.sequence
    RETURNING h.sequence, h.due_at, h.octets_digest, h.octets, h.line, h.attempts, h.code,
        h.received_at
)
SELECT octets_digest, octets, line, attempts, code, received_at
FROM claimed ORDER BY due_at, sequence
"""
RELEASE_HELD: Final = "DELETE FROM held WHERE octets_digest = %s"
# A row that somebody writes at this moment is about to be settled: nobody waits for it.
EXTEND_OUTBOUND: Final = """
UPDATE outbox SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM outbox
    WHERE message_id = ANY(%(item_ids)s) AND state = 'waiting' AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
EXTEND_DELIVERIES: Final = """
UPDATE deliveries SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM deliveries
    WHERE document_id = ANY(%(item_ids)s) AND state = 'waiting' AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
EXTEND_HELD: Final = """
UPDATE held SET leased_until = greatest(leased_until, %(until)s)
WHERE sequence IN (
    SELECT sequence FROM held
    WHERE octets_digest = ANY(%(item_ids)s) AND leased_until > %(now)s
    FOR UPDATE SKIP LOCKED
)
"""
BURY: Final = """
INSERT INTO buried AS b (octets_digest, line, code, detail, buried_at, octets)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (octets_digest) DO UPDATE SET
    code = excluded.code, detail = excluded.detail, buried_at = excluded.buried_at,
    replayed_at = NULL
WHERE b.replayed_at IS NOT NULL
"""
FIND_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried WHERE octets_digest = %s
"""
LIST_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried ORDER BY sequence DESC LIMIT %s
"""

# --- counting and proving ----------------------------------------------------------------------

COUNT: Final = """
SELECT
    (SELECT count(*) FROM outbox WHERE state = 'waiting'),
    (SELECT count(*) FROM deliveries WHERE state = 'waiting'),
    (SELECT count(*) FROM held),
    (SELECT count(*) FROM outbox WHERE state = 'parked' AND discarded_at IS NULL)
        + (SELECT count(*) FROM deliveries WHERE state = 'parked' AND discarded_at IS NULL),
    (SELECT count(*) FROM buried WHERE discarded_at IS NULL AND replayed_at IS NULL)
"""
# Each state by its own index. Rows are numbered as they come, so the first is the oldest.
SURVEY_WAITING: Final = """
SELECT 'outbound', w.line, w.waiting, m.recorded_at
FROM (
    SELECT line, count(*) AS waiting, min(sequence) AS first
    FROM outbox WHERE state = 'waiting' GROUP BY line
) w
JOIN outbox o ON o.sequence = w.first JOIN messages m ON m.message_id = o.message_id
UNION ALL
SELECT 'deliveries', '', w.waiting, d.recorded_at
FROM (
    SELECT count(*) AS waiting, min(sequence) AS first FROM deliveries WHERE state = 'waiting'
) w
JOIN deliveries o ON o.sequence = w.first JOIN documents d ON d.document_id = o.document_id
UNION ALL
SELECT 'held', line, count(*), min(received_at) FROM held GROUP BY line
"""
SURVEY_PARKED: Final = """
SELECT 'outbound', line, count(*) FROM outbox
WHERE state = 'parked' AND discarded_at IS NULL GROUP BY line
UNION ALL
SELECT 'deliveries', '', count(*) FROM deliveries
WHERE state = 'parked' AND discarded_at IS NULL HAVING count(*) > 0
"""
BEAT: Final = "UPDATE pulse SET beats = beats + 1 RETURNING beats"

# --- erasing -----------------------------------------------------------------------------------

# What waits to be published or handed over, waits for a person, or could not be judged yet.
FIND_ON_THE_ROAD: Final = """
SELECT 'outbox' FROM outbox
WHERE message_id = ANY(%(messages)s) AND state <> 'published' AND discarded_at IS NULL
UNION ALL
SELECT 'delivery' FROM deliveries
WHERE document_id = ANY(%(documents)s) AND state <> 'completed' AND discarded_at IS NULL
UNION ALL
SELECT 'held' FROM held WHERE position(%(conversation)s IN octets) > 0
LIMIT 1
"""
INSERT_ERASURE: Final = """
INSERT INTO erasures (erasure_id, conversation_id, erased_at, octets) VALUES (%s, %s, %s, %s)
ON CONFLICT (erasure_id) DO NOTHING
"""
ERASE: Final = (
    "DELETE FROM mentions WHERE document_id = ANY(%(documents)s)",
    "UPDATE documents SET octets = '' WHERE document_id = ANY(%(documents)s)",
    "UPDATE messages SET octets = '' WHERE message_id = ANY(%(messages)s)",
    "UPDATE submissions SET payload = '' WHERE document_id = ANY(%(documents)s)",
    "UPDATE buried SET octets = '' WHERE position(%(conversation)s IN octets) > 0",
)
FIND_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE conversation_id = %s ORDER BY sequence
"""
LIST_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE sequence > %s ORDER BY sequence LIMIT %s
"""
