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
    WHERE o.state = 'parked' AND %(kind)s IN ('', 'outbound')
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.state = 'parked' AND %(kind)s IN ('', 'delivery')
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', coalesce(h.received_at, 'epoch'), h.line, h.line,
        '', '', '', h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE %(kind)s IN ('', 'held')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NULL AND b.replayed_at IS NULL AND %(kind)s IN ('', 'dead-letter')
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b
    WHERE b.discarded_at IS NOT NULL AND b.replayed_at IS NULL
        AND %(discarded)s AND %(kind)s IN ('', 'dead-letter')
) AS p
WHERE (%(code)s = '' OR code = %(code)s)
    AND (%(partner)s = '' OR partner = %(partner)s OR partner LIKE %(partner_urn)s)
    AND (%(before)s::timestamptz IS NULL OR since < %(before)s::timestamptz)
    AND (%(discarded)s OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT %(limit)s
"""
# The same of one id, by the indexes that know ids.
FIND_PARKED: Final = """
SELECT * FROM (
    SELECT 'outbound' AS kind, o.message_id AS item_id, o.code AS code, '' AS detail,
        o.ended_at AS since, m.receiver AS partner, o.line AS line, m.message_id AS message_id,
        m.message_type AS message_type, m.document_id AS document_id, o.attempts AS attempts,
        m.expires_at AS expires_at, length(m.octets) AS octets, o.discarded_at AS discarded_at
    FROM outbox o JOIN messages m ON m.message_id = o.message_id
    WHERE o.message_id = %(item_id)s AND o.state = 'parked'
    UNION ALL
    SELECT 'delivery', v.document_id, v.code, '', v.ended_at, d.issuing_party, '',
        v.message_id, d.message_type, v.document_id, v.attempts, NULL, length(d.octets),
        v.discarded_at
    FROM deliveries v JOIN documents d ON d.document_id = v.document_id
    WHERE v.document_id = %(item_id)s AND v.state = 'parked'
    UNION ALL
    SELECT 'held', h.octets_digest, h.code, '', coalesce(h.received_at, 'epoch'), h.line, h.line,
        '', '', '', h.attempts, NULL, length(h.octets), NULL
    FROM held h WHERE h.octets_digest = %(item_id)s
    UNION ALL
    SELECT 'dead-letter', b.octets_digest, b.code, b.detail, b.buried_at, b.line, b.line, '', '',
        '', 0, NULL, length(b.octets), b.discarded_at
    FROM buried b WHERE b.octets_digest = %(item_id)s AND b.replayed_at IS NULL
) AS p
WHERE (%(kind)s = '' OR kind = %(kind)s)
    AND (%(code)s = '' OR code = %(code)s)
    AND (%(partner)s = '' OR partner = %(partner)s OR partner LIKE %(partner_urn)s)
    AND (%(before)s::timestamptz IS NULL OR since < %(before)s::timestamptz)
    AND (%(discarded)s OR discarded_at IS NULL)
ORDER BY since, kind, item_id LIMIT %(limit)s
"""
REPLAY_OUTBOUND: Final = """
UPDATE outbox o
SET state = 'waiting', attempts = 0, leased_until = '-infinity', ended_at = NULL,
    due_at = m.recorded_at
FROM messages m
WHERE m.message_id = o.message_id AND o.message_id = %(item_id)s AND o.state = 'parked'
    AND o.discarded_at IS NULL
"""
REPLAY_DELIVERY: Final = """
UPDATE deliveries v
SET state = 'waiting', attempts = 0, leased_until = '-infinity', ended_at = NULL,
    due_at = d.recorded_at
FROM documents d
WHERE d.document_id = v.document_id AND v.document_id = %(item_id)s AND v.state = 'parked'
    AND v.discarded_at IS NULL
"""
REPLAY_HELD: Final = """
UPDATE held SET due_at = least(due_at, %(at)s) WHERE octets_digest = %(item_id)s
"""
# It is judged again as what came when it came; its place among the dead letters is kept.
MARK_REPLAYED: Final = """
UPDATE buried SET replayed_at = %(at)s
WHERE octets_digest = %(item_id)s AND discarded_at IS NULL AND replayed_at IS NULL
    AND length(octets) > 0
"""
HOLD_BURIED: Final = """
INSERT INTO held (octets_digest, line, attempts, code, due_at, octets, received_at)
SELECT octets_digest, line, 0, code, %(at)s, octets, buried_at FROM buried
WHERE octets_digest = %(item_id)s
ON CONFLICT (octets_digest) DO NOTHING
"""
DISCARD_OUTBOUND: Final = """
UPDATE outbox SET discarded_at = %(at)s
WHERE message_id = %(item_id)s AND state = 'parked' AND discarded_at IS NULL
"""
DISCARD_DELIVERY: Final = """
UPDATE deliveries SET discarded_at = %(at)s
WHERE document_id = %(item_id)s AND state = 'parked' AND discarded_at IS NULL
"""
DISCARD_BURIED: Final = """
UPDATE buried SET discarded_at = %(at)s
WHERE octets_digest = %(item_id)s AND discarded_at IS NULL AND replayed_at IS NULL
"""
LIST_STANDINGS: Final = """
SELECT 'outbound', o.message_id, o.line, o.state, o.attempts, o.code, o.due_at, o.ended_at,
    o.discarded_at
FROM outbox o JOIN messages m ON m.message_id = o.message_id
WHERE m.document_id = %(document_id)s
UNION ALL
SELECT 'delivery', document_id, '', state, attempts, code, due_at, ended_at, discarded_at
FROM deliveries WHERE document_id = %(document_id)s
"""
