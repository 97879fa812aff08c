"""SQL of what waits for a person: parked messages and deliveries, held messages, dead letters."""

from __future__ import annotations

from typing import Final

# The columns stand in the order that `store_parked.read_parked` reads. A partner is the URN of a
# party, or the member by whose line something came.
LIST_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.state = 'parked' AND :kind IN ('', 'outbound')
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.state = 'parked' AND :kind IN ('', 'delivery')
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', h.received_at, h.line, h.line, '', '', '',
        h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE :kind IN ('', 'held')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NULL AND b.replayed_at IS NULL AND :kind IN ('', 'dead-letter')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NOT NULL AND b.replayed_at IS NULL
        AND :discarded AND :kind IN ('', 'dead-letter')
)
WHERE (:code = '' OR code = :code)
    AND (:partner = '' OR partner = :partner OR partner LIKE :partner_urn)
    AND (:before IS NULL OR since < :before)
    AND (:discarded OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT :limit
"""
# The same of one id, by the indexes that know ids.
FIND_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.message_id = :item_id AND o.state = 'parked'
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.document_id = :item_id AND v.state = 'parked'
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', h.received_at, h.line, h.line, '', '', '',
        h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE h.octets_digest = :item_id
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b WHERE b.octets_digest = :item_id AND b.replayed_at IS NULL
)
WHERE (:kind = '' OR kind = :kind)
    AND (:code = '' OR code = :code)
    AND (:partner = '' OR partner = :partner OR partner LIKE :partner_urn)
    AND (:before IS NULL OR since < :before)
    AND (:discarded OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT :limit
"""
REPLAY_OUTBOUND: Final = """
UPDATE outbox
SET state = 'waiting', attempts = 0, leased_until = 0, ended_at = NULL,
    due_at = (SELECT m.recorded_at FROM messages m WHERE m.message_id = outbox.message_id)
WHERE message_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
REPLAY_DELIVERY: Final = """
UPDATE deliveries
SET state = 'waiting', attempts = 0, leased_until = 0, ended_at = NULL,
    due_at = (SELECT d.recorded_at FROM documents d WHERE d.document_id = deliveries.document_id)
WHERE document_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
REPLAY_HELD: Final = "UPDATE held SET due_at = min(due_at, :at) WHERE octets_digest = :item_id"
# It is judged again as what came when it came; its place among the dead letters is kept.
MARK_REPLAYED: Final = """
UPDATE buried SET replayed_at = :at
WHERE octets_digest = :item_id AND discarded_at IS NULL AND replayed_at IS NULL
    AND length(octets) > 0
"""
HOLD_BURIED: Final = """
INSERT INTO held (octets_digest, line, attempts, code, due_at, octets, received_at)
SELECT octets_digest, line, 0, code, :at, octets, buried_at FROM buried
WHERE octets_digest = :item_id
ON CONFLICT (octets_digest) DO NOTHING
"""
DISCARD_OUTBOUND: Final = """
UPDATE outbox SET discarded_at = :at
WHERE message_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
DISCARD_DELIVERY: Final = """
UPDATE deliveries SET discarded_at = :at
WHERE document_id = :item_id AND state = 'parked' AND discarded_at IS NULL
"""
DISCARD_BURIED: Final = """
UPDATE buried SET discarded_at = :at
WHERE octets_digest = :item_id AND discarded_at IS NULL AND replayed_at IS NULL
"""
LIST_STANDINGS: Final = """
SELECT 'outbound', o.message_id, o.line, o.state, o.attempts, o.code, o.due_at, o.ended_at,
    o.discarded_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE m.document_id = :document_id
UNION ALL
SELECT 'delivery', document_id, '', state, attempts, code, due_at, ended_at, discarded_at
FROM deliveries WHERE document_id = :document_id
"""
