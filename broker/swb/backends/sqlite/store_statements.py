"""Every SQL statement of the store, by name. Nothing is assembled from strings.

The columns of each SELECT stand in the order that `store_rows` reads.
"""

from __future__ import annotations

from typing import Final

# --- documents and messages --------------------------------------------------------------------

INSERT_DOCUMENT: Final = """
INSERT INTO documents (
    document_id, message_type, certificate_key, conversation_id, issuing_party, receiving_party,
    environment, digest, direction, recorded_at, octets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
FIND_DOCUMENT_DIGEST: Final = "SELECT digest FROM documents WHERE document_id = ?"
FIND_DOCUMENT: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id = ?
"""
FIND_DOCUMENT_BY_MESSAGE: Final = """
SELECT d.document_id, d.message_type, d.certificate_key, d.conversation_id, d.issuing_party,
    d.receiving_party, d.environment, d.digest, d.direction, d.recorded_at, d.octets
FROM messages m JOIN documents d ON d.document_id = m.document_id WHERE m.message_id = ?
"""
# What takes a certificate back goes on in its conversation, and comes behind it.
FIND_CERTIFICATE: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
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
LIST_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key = :certificate_key AND certificate_key <> ''
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY sequence LIMIT :limit
"""
# A key is STATE:office:number, the state two letters, the rest without a colon.
SEARCH_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key <> '' AND substr(certificate_key, 1, 2) = :state
    AND substr(certificate_key, 4 + instr(substr(certificate_key, 4), ':'))
        IN (SELECT value FROM json_each(:numbers))
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY sequence LIMIT :limit
"""
INSERT_MENTION: Final = """
INSERT INTO mentions (mentioned, document_id) VALUES (?, ?) ON CONFLICT DO NOTHING
"""
LIST_MENTIONING: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id IN (
    SELECT n.document_id FROM mentions n
    WHERE n.mentioned IN (SELECT value FROM json_each(:mentioned))
)
ORDER BY sequence LIMIT :limit
"""
LIST_CERTIFICATE_KEYS: Final = """
SELECT DISTINCT certificate_key FROM documents
WHERE certificate_key > :after AND certificate_key < :behind AND certificate_key <> ''
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY certificate_key LIMIT :limit
"""
FIND_SEALED_CERTIFICATE: Final = """
SELECT document_id FROM documents
WHERE certificate_key = :certificate_key AND certificate_key <> ''
    AND message_type = :message_type AND direction = 'out'
LIMIT 1
"""
LIST_ANSWERS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id <> :document_id AND document_id IN (
    SELECT document_id FROM documents
    WHERE certificate_key = :certificate_key AND certificate_key <> ''
    UNION
    SELECT document_id FROM documents
    WHERE conversation_id = :conversation_id AND conversation_id <> ''
    UNION
    -- One receipt may be about messages of several conversations.
    SELECT m.document_id FROM documents d
    JOIN events e ON e.document_id = d.document_id
    JOIN messages m ON m.message_id = e.message_id
    WHERE d.conversation_id = :conversation_id AND d.conversation_id <> ''
)
ORDER BY sequence
"""
LIST_DOCUMENTS: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents WHERE document_id > ? ORDER BY document_id LIMIT ?
"""
# The types are few, and the ids of a day lie beside each other.
LIST_EXCHANGED: Final = """
SELECT d.document_id, d.message_type, d.digest, d.issuing_party, d.receiving_party,
    d.environment, d.direction,
    (SELECT group_concat(e.name) FROM events e WHERE e.document_id = d.document_id),
    d.direction = 'out' AND d.document_id IN (
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'waiting'
        UNION ALL
        SELECT m.document_id FROM outbox o JOIN messages m ON m.message_id = o.message_id
        WHERE o.state = 'parked' AND o.discarded_at IS NULL
    )
FROM documents d
WHERE d.document_id > :after AND d.document_id < :until
    AND d.message_type IN (SELECT value FROM json_each(:message_types))
ORDER BY d.document_id LIMIT :limit
"""
# What was erased stays so: nobody asks for it again.
MEND_DOCUMENT: Final = """
UPDATE documents SET octets = :octets WHERE document_id = :document_id AND octets <> :octets
"""
INSERT_MESSAGE: Final = """
INSERT INTO messages (
    message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO NOTHING
"""
FIND_MESSAGE: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id = ?
"""
LIST_SENT: Final = """
SELECT m.message_id, m.document_id, m.receiver, m.digest, coalesce(d.environment, '')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.message_id IN (SELECT value FROM json_each(?)) AND m.direction = 'out'
"""
FIND_CARRIER: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id = ? ORDER BY sequence LIMIT 1
"""
FIND_MESSAGE_DIGEST: Final = "SELECT digest FROM messages WHERE message_id = ?"
LIST_MESSAGES: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE message_id > ? ORDER BY message_id LIMIT ?
"""
LIST_RECORDED: Final = """
SELECT sequence, message_id, message_type, document_id, sender, digest, direction, recorded_at
FROM messages WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
LIST_RECORDED_OCTETS: Final = """
SELECT m.sequence, m.message_id, m.message_type, m.document_id, m.sender, m.digest, m.direction,
    m.recorded_at, m.octets, coalesce(d.octets, x'')
FROM messages m LEFT JOIN documents d ON d.document_id = m.document_id
WHERE m.sequence > ? ORDER BY m.sequence LIMIT ?
"""
LIST_MESSAGES_OF_DOCUMENTS: Final = """
SELECT message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
FROM messages WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY sequence
"""

# --- inbox -------------------------------------------------------------------------------------

FIND_RECEIVED_DIGEST: Final = "SELECT digest FROM inbox WHERE message_id = ?"
INSERT_RECEIVED: Final = """
INSERT INTO inbox (message_id, digest, expires_at, recorded_at) VALUES (?, ?, ?, ?)
"""

# --- outbox ------------------------------------------------------------------------------------

INSERT_OUTBOUND: Final = """
INSERT INTO outbox (message_id, line, environment, because_of, attempts, due_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO NOTHING
"""
SELECT_FRESH_OUTBOUND: Final = """
SELECT o.line, o.environment, o.attempts, m.message_id, m.message_type, m.document_id, m.sender,
    m.receiver, m.digest, m.direction, m.expires_at, m.recorded_at, m.octets
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.state = 'waiting' AND o.line = :line AND o.due_at >= :old_before AND o.due_at <= :now
    AND o.leased_until <= :now
ORDER BY o.due_at, o.sequence LIMIT :limit
"""
SELECT_OLD_OUTBOUND: Final = """
SELECT o.line, o.environment, o.attempts, m.message_id, m.message_type, m.document_id, m.sender,
    m.receiver, m.digest, m.direction, m.expires_at, m.recorded_at, m.octets
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE o.state = 'waiting' AND o.line = :line AND o.due_at < :old_before AND o.due_at <= :now
    AND o.leased_until <= :now
ORDER BY o.due_at, o.sequence LIMIT :limit
"""
HAS_OUTBOUND: Final = """
SELECT EXISTS (
    SELECT 1 FROM outbox WHERE state = 'waiting' AND line = :line
        AND due_at >= :since AND due_at <= :until AND leased_until <= :now
)
"""
LEASE_OUTBOUND: Final = "UPDATE outbox SET leased_until = ? WHERE message_id = ?"
MARK_PUBLISHED: Final = """
UPDATE outbox SET state = 'published', ended_at = :at, leased_until = 0
WHERE message_id = :message_id AND state <> 'published'
"""
RETRY_OUTBOUND: Final = """
UPDATE outbox
SET attempts = attempts + :counted, code = :code, due_at = :due_at, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
RELEASE_OUTBOUND: Final = """
UPDATE outbox SET code = :code, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
# What had to wait longer than the others stands in the order of age again.
HASTEN_OUTBOUND: Final = """
UPDATE outbox
SET due_at = (SELECT m.recorded_at FROM messages m WHERE m.message_id = outbox.message_id)
WHERE sequence IN (
    SELECT sequence FROM outbox
    WHERE state = 'waiting' AND line = :line AND due_at > :now
        AND code IN (SELECT value FROM json_each(:codes))
    ORDER BY due_at LIMIT :limit
)
"""
LIST_TRAFFIC: Final = """
SELECT recorded_at / 86400000000 AS day, sender, receiver, message_type, count(*),
    sum(length(octets))
FROM messages WHERE recorded_at >= ? AND recorded_at < ?
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
LIST_BACKLOGS: Final = """
SELECT line, count(*), min(due_at) FROM outbox WHERE state = 'waiting' GROUP BY line ORDER BY line
"""
PARK_OUTBOUND: Final = """
UPDATE outbox
SET state = 'parked', attempts = attempts + 1, code = :code, ended_at = :at, leased_until = 0
WHERE message_id = :message_id AND state = 'waiting'
"""
# What has expired is not repeated: nobody takes it, and it would be parked for a person.
REPEAT_ACKNOWLEDGEMENTS: Final = """
UPDATE outbox SET state = 'waiting', attempts = 0, due_at = :due_at, ended_at = NULL
WHERE because_of = :message_id AND because_of <> '' AND message_id <> :message_id
    AND state = 'published'
    AND EXISTS (
        SELECT 1 FROM messages m
        WHERE m.message_id = outbox.message_id AND m.expires_at > :due_at
    )
"""
IS_ANSWERED: Final = """
SELECT 1 FROM outbox WHERE because_of = ? AND because_of <> '' LIMIT 1
"""

# --- deliveries --------------------------------------------------------------------------------

INSERT_DELIVERY: Final = """
INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO NOTHING
"""
# A retransmission forces redelivery: what was completed or parked waits again.
FORCE_DELIVERY: Final = """
INSERT INTO deliveries (document_id, message_id, message_digest, attempts, due_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (document_id) DO UPDATE SET
    message_id = excluded.message_id, message_digest = excluded.message_digest,
    state = 'waiting', attempts = excluded.attempts, due_at = excluded.due_at, leased_until = 0,
    code = '', ended_at = NULL, discarded_at = NULL
WHERE state <> 'waiting'
"""
SELECT_FRESH_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.octets, v.message_id, v.message_digest, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' AND v.due_at >= :old_before AND v.due_at <= :now
    AND v.leased_until <= :now
ORDER BY v.due_at, v.sequence LIMIT :limit
"""
SELECT_OLD_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.octets, v.message_id, v.message_digest, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' AND v.due_at < :old_before AND v.due_at <= :now
    AND v.leased_until <= :now
ORDER BY v.due_at, v.sequence LIMIT :limit
"""
HAS_DELIVERY: Final = """
SELECT EXISTS (
    SELECT 1 FROM deliveries WHERE state = 'waiting'
        AND due_at >= :since AND due_at <= :until AND leased_until <= :now
)
"""
LEASE_DELIVERY: Final = "UPDATE deliveries SET leased_until = ? WHERE document_id = ?"
FIND_DELIVERY: Final = "SELECT state, message_id FROM deliveries WHERE document_id = ?"
LIST_DELIVERIES: Final = """
SELECT v.document_id, d.message_type, d.recorded_at, v.due_at, v.leased_until, v.attempts
FROM deliveries v JOIN documents d ON d.document_id = v.document_id
WHERE v.state = 'waiting' ORDER BY v.due_at, v.sequence LIMIT ?
"""
COMPLETE_DELIVERY: Final = """
UPDATE deliveries SET state = 'completed', ended_at = :at, leased_until = 0
WHERE document_id = :document_id
"""
RETRY_DELIVERY: Final = """
UPDATE deliveries
SET attempts = attempts + :counted, code = :code, due_at = :due_at, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""
RELEASE_DELIVERY: Final = """
UPDATE deliveries SET code = :code, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""
HASTEN_DELIVERIES: Final = """
UPDATE deliveries
SET due_at = (
    SELECT d.recorded_at FROM documents d WHERE d.document_id = deliveries.document_id
)
WHERE sequence IN (
    SELECT sequence FROM deliveries
    WHERE state = 'waiting' AND due_at > :now
        AND code IN (SELECT value FROM json_each(:codes))
    ORDER BY due_at LIMIT :limit
)
"""
PARK_DELIVERY: Final = """
UPDATE deliveries
SET state = 'parked', attempts = attempts + 1, code = :code, ended_at = :at, leased_until = 0
WHERE document_id = :document_id AND state = 'waiting'
"""

# --- submissions and events --------------------------------------------------------------------

FIND_SUBMISSION: Final = """
SELECT payload_digest, adapter, payload, document_id, recorded_at
FROM submissions WHERE payload_digest = ?
"""
INSERT_SUBMISSION: Final = """
INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
VALUES (?, ?, ?, ?, ?)
"""
INSERT_EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document_id, name, message_id, revision) DO NOTHING
"""
COUNT_EVENTS: Final = "SELECT COUNT(*) FROM events WHERE document_id = ?"
COUNT_MENTIONING: Final = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM documents WHERE document_id IN (
        SELECT n.document_id FROM mentions n
        WHERE n.mentioned IN (SELECT value FROM json_each(:mentioned))
    ) LIMIT :limit
)
"""
FIND_OWN_REVISION: Final = """
SELECT 1 FROM events WHERE document_id = ? AND message_id = '' AND revision = ?
    AND name IN ('PENDING', 'GIVEN', 'NOT GIVEN') LIMIT 1
"""
LIST_EVENTS: Final = """
SELECT document_id, name, at, message_id, code, detail, revision
FROM events WHERE document_id = ? ORDER BY at, sequence
"""
# What asks and what concludes are moves of `swb_schemas.exchanges`.
LIST_UNCONCLUDED: Final = """
SELECT DISTINCT e.document_id FROM events e
WHERE e.name IN ('CANCELLATION', 'VERIFICATION', 'VERIFICATION SUSPENDING')
    AND e.document_id > :after
    AND coalesce(
        (SELECT m.recorded_at FROM messages m WHERE m.message_id = e.message_id), e.at
    ) <= :before
    AND NOT EXISTS (
        SELECT 1 FROM events c
        WHERE c.document_id = e.document_id AND c.revision = e.revision
            AND (e.name = 'CANCELLATION') = (c.name LIKE 'CANCELL%')
            AND c.name IN (
                'CANCELLED', 'CANCELLATION UTILISED', 'CANCELLATION UNKNOWN',
                'VERIFICATION CONFIRMED', 'VERIFICATION DENIED'
            )
    )
ORDER BY e.document_id LIMIT :limit
"""

# --- held and buried ---------------------------------------------------------------------------

HOLD: Final = """
INSERT INTO held (octets_digest, line, code, due_at, octets, received_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (octets_digest) DO UPDATE SET
    attempts = attempts + 1, code = excluded.code, due_at = excluded.due_at, leased_until = 0
RETURNING attempts
"""
SELECT_DUE_HELD: Final = """
SELECT octets_digest, octets, line, attempts, code, received_at
FROM held WHERE due_at <= :now AND leased_until <= :now
ORDER BY due_at, sequence LIMIT :limit
"""
HAS_HELD: Final = """
SELECT EXISTS (SELECT 1 FROM held WHERE due_at <= :now AND leased_until <= :now)
"""
LEASE_HELD: Final = "UPDATE held SET leased_until = ? WHERE octets_digest = ?"
RELEASE_HELD: Final = "DELETE FROM held WHERE octets_digest = ?"
EXTEND_OUTBOUND: Final = """
UPDATE outbox SET leased_until = max(leased_until, :until)
WHERE message_id IN (SELECT value FROM json_each(:item_ids))
    AND state = 'waiting' AND leased_until > :now
"""
EXTEND_DELIVERIES: Final = """
UPDATE deliveries SET leased_until = max(leased_until, :until)
WHERE document_id IN (SELECT value FROM json_each(:item_ids))
    AND state = 'waiting' AND leased_until > :now
"""
EXTEND_HELD: Final = """
UPDATE held SET leased_until = max(leased_until, :until)
WHERE octets_digest IN (SELECT value FROM json_each(:item_ids)) AND leased_until > :now
"""
BURY: Final = """
INSERT INTO buried (octets_digest, line, code, detail, buried_at, octets)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (octets_digest) DO UPDATE SET
    code = excluded.code, detail = excluded.detail, buried_at = excluded.buried_at,
    replayed_at = NULL
WHERE replayed_at IS NOT NULL
"""
FIND_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried WHERE octets_digest = ?
"""
LIST_BURIED: Final = """
SELECT octets_digest, octets, line, code, detail, buried_at
FROM buried ORDER BY sequence DESC LIMIT ?
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
SELECT 'held', line, count(*), min(nullif(received_at, 0)) FROM held GROUP BY line
"""
SURVEY_PARKED: Final = """
SELECT 'outbound', line, count(*) FROM outbox
WHERE state = 'parked' AND discarded_at IS NULL GROUP BY line
UNION ALL
SELECT 'deliveries', '', count(*) FROM deliveries
WHERE state = 'parked' AND discarded_at IS NULL HAVING count(*) > 0
"""
BEAT: Final = "UPDATE pulse SET beats = beats + 1"
READ_PULSE: Final = "SELECT beats FROM pulse"

# --- erasing -----------------------------------------------------------------------------------

IS_ERASED: Final = "SELECT 1 FROM erasures WHERE erasure_id = ?"
# What waits to be published or handed over, waits for a person, or could not be judged yet.
FIND_ON_THE_ROAD: Final = """
SELECT 'outbox' FROM outbox
WHERE message_id IN (SELECT value FROM json_each(:messages)) AND state <> 'published'
    AND discarded_at IS NULL
UNION ALL
SELECT 'delivery' FROM deliveries
WHERE document_id IN (SELECT value FROM json_each(:documents)) AND state <> 'completed'
    AND discarded_at IS NULL
UNION ALL
SELECT 'held' FROM held WHERE instr(octets, CAST(:conversation_id AS BLOB)) > 0
LIMIT 1
"""
INSERT_ERASURE: Final = """
INSERT INTO erasures (erasure_id, conversation_id, erased_at, octets) VALUES (?, ?, ?, ?)
"""
ERASE: Final = (
    "DELETE FROM mentions WHERE document_id IN (SELECT value FROM json_each(:documents))",
    """
UPDATE documents SET octets = x''
WHERE document_id IN (SELECT value FROM json_each(:documents))
""",
    """
UPDATE messages SET octets = x''
WHERE message_id IN (SELECT value FROM json_each(:messages))
""",
    """
UPDATE submissions SET payload = x''
WHERE document_id IN (SELECT value FROM json_each(:documents))
""",
    "UPDATE buried SET octets = x'' WHERE instr(octets, CAST(:conversation_id AS BLOB)) > 0",
)
FIND_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE conversation_id = ? ORDER BY sequence
"""
LIST_ERASURES: Final = """
SELECT sequence, erasure_id, conversation_id, erased_at, octets
FROM erasures WHERE sequence > ? ORDER BY sequence LIMIT ?
"""
