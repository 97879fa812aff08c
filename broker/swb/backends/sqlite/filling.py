"""A SQLite store full of documents that nobody sent and that are over, made in a minute or two.

For measuring what the road takes beside them; `swb.backends.postgres.filling` makes the same rows.
Octets are of no meaning.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.store_rows import encode_instant

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["fill_concluded"]

_DAYS: Final = 400
"""Over so many days up to the given moment documents are spread."""
_MEMBERS: Final = ("TH", "ID", "SG", "MY", "PH", "KH", "LA", "MM", "BN", "VN")

# A crash leaves nothing that anybody wants, so nothing is made safe against one.
_HASTE: Final = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -500000",
)
_SAFE_AGAIN: Final = "PRAGMA journal_mode = WAL"
# Everything is drawn from the document's number: n goes from 1 to :documents. Ids are those of
# UUIDv7, so that they grow with time.
_DRAW: Final = """
CREATE TEMPORARY TABLE drawn AS
WITH RECURSIVE
    numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :documents),
    moments AS (
        SELECT n, :until - (:documents - n) * (:days * 86400000000 / :documents) AS at,
            hash_of(n) AS hash, CASE WHEN n % 2 = 0 THEN 'out' ELSE 'in' END AS direction,
            CASE n % 10 WHEN 7 THEN 'DeclarationExtract' WHEN 8 THEN 'PhytosanitaryCertificate'
                ELSE 'CertificateIssue' END AS message_type,
            CASE WHEN n % 100 = 1 THEN 'refused' WHEN n % 100 IN (2, 3) THEN 'received'
                WHEN n % 20 = 4 THEN 'not given' ELSE 'given' END AS life
        FROM numbers
    )
SELECT n, at, direction, message_type, life, p.value AS partner,
    strftime('%Y', at / 1000000, 'unixepoch') AS year,
    CASE direction WHEN 'out' THEN :own ELSE p.value END AS issuer,
    CASE direction WHEN 'out' THEN p.value ELSE :own END AS receiver,
    printf('%08x-%04x-7%s-8%s-%s', at / 1000 >> 16, at / 1000 & 65535, substr(hash, 1, 3),
        substr(hash, 4, 3), substr(hash, 7, 11)) AS stem, 'sha-256:' || hash AS digest
FROM moments JOIN json_each(:partners) p ON p.key = n / 2 % json_array_length(:partners)
"""
_MESSAGES: Final = """
INSERT INTO messages (
    message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
)
SELECT stem || 'e', message_type, stem || 'd', 'urn:swb:party:' || issuer || ':gateway',
    'urn:swb:party:' || receiver || ':gateway', digest, CASE WHEN :relays THEN 'in' ELSE direction
    END, at + 2592000000000, at, randomblob(384)
FROM drawn ORDER BY n
"""
_INBOX: Final = """
INSERT INTO inbox (message_id, digest, expires_at, recorded_at)
SELECT message_id, digest, expires_at, recorded_at FROM messages WHERE direction = 'in'
"""
_OUTBOX: Final = """
INSERT INTO outbox (
    message_id, line, environment, because_of, state, attempts, due_at, code, ended_at
)
SELECT stem || 'e', CASE WHEN :relays THEN receiver ELSE :own END, 'production',
    CASE WHEN :relays THEN stem || 'e' ELSE '' END,
    CASE WHEN n % 5000 = 0 AND NOT :relays THEN 'parked' ELSE 'published' END, 0, at, '', at
FROM drawn WHERE :relays OR direction = 'out' ORDER BY n
"""
_DOCUMENTS: Final = """
INSERT INTO documents (
    document_id, message_type, certificate_key, conversation_id, issuing_party, receiving_party,
    environment, digest, direction, recorded_at, octets
)
SELECT stem || 'd', message_type,
    issuer || ':OFF' || (n % 40) || ':' || year || '%2F' || printf('%08d', n), stem || 'c',
    'urn:swb:party:' || issuer || ':issuing', 'urn:swb:party:' || receiver || ':customs',
    'production', digest, direction, at, randomblob(256)
FROM drawn ORDER BY n
"""
_EVENTS: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
SELECT stem || 'd', f.name, at + f.took * 1000000, stem || 'e',
    CASE f.name WHEN 'REFUSED' THEN 'signature.invalid' ELSE '' END, '',
    CASE WHEN f.name IN ('GIVEN', 'NOT GIVEN') THEN 1 ELSE 0 END
FROM drawn JOIN (
    SELECT 'AS1' AS name, 0 AS took, ',refused,received,given,not given,' AS lives, 'out' AS way
    UNION ALL SELECT 'REFUSED', 2, ',refused,', 'out'
    UNION ALL SELECT 'AS2', 2, ',received,given,not given,', 'in out'
    UNION ALL SELECT 'AS3', 5, ',received,given,not given,', 'in out'
    UNION ALL SELECT 'RES-REC', 1200, ',received,given,not given,', 'in out'
    UNION ALL SELECT 'GIVEN', 108000, ',given,', 'in out'
    UNION ALL SELECT 'NOT GIVEN', 777600, ',not given,', 'in out'
) f ON instr(f.way, drawn.direction) AND instr(f.lives, ',' || life || ',')
WHERE NOT (message_type = 'PhytosanitaryCertificate' AND f.took > 60)
    AND NOT (message_type = 'DeclarationExtract' AND f.took > 3600)
ORDER BY n, f.took
"""
_GATEWAY: Final = (
    _DOCUMENTS,
    _MESSAGES,
    _EVENTS,
    _OUTBOX,
    _INBOX,
    """
INSERT INTO deliveries (document_id, message_id, message_digest, state, attempts, due_at, ended_at)
SELECT stem || 'd', stem || 'e', digest,
    CASE WHEN n % 5000 = 1 THEN 'parked' ELSE 'completed' END, 0, at, at
FROM drawn WHERE direction = 'in' ORDER BY n
""",
    """
INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
SELECT 'sha-256:' || hash_of(-n), 'vietnam', stem || 'd', at, randomblob(256)
FROM drawn WHERE direction = 'out' ORDER BY n
""",
    """
INSERT INTO buried (octets_digest, line, code, detail, buried_at, octets)
SELECT 'sha-256:b' || n, :own, 'signature.invalid', '', at, randomblob(640)
FROM drawn WHERE n % 2000 = 0 ORDER BY n
""",
    """
INSERT INTO remarks (subject, kind, code, day, at, direction, partner, message_type, environment)
SELECT stem || 'd', CASE WHEN n % 200 = 0 THEN 'refusal' ELSE 'rule' END,
    'rule.' || CASE n / 25 % 3 WHEN 0 THEN 'box_8' WHEN 1 THEN 'hs_code' ELSE 'weight' END,
    at / 86400000000, at, direction, partner, message_type, 'production'
FROM drawn WHERE n % 25 = 0 ORDER BY n
""",
    """
INSERT INTO glances (document_id, direction, partner, message_type, status, recorded_at)
SELECT stem || 'd', direction, partner, message_type,
    CASE WHEN life = 'refused' THEN 'REFUSED' WHEN message_type = 'PhytosanitaryCertificate'
        THEN 'AS3' WHEN message_type = 'DeclarationExtract' OR life = 'received' THEN 'RES-REC'
        WHEN life = 'given' THEN 'GIVEN' ELSE 'NOT GIVEN' END, at
FROM drawn ORDER BY n
""",
    """
INSERT INTO spellings (folded, document_id)
SELECT folded, document_id FROM (
    SELECT issuer || 'OFF' || (n % 40) || year || printf('%08d', n) AS folded,
        stem || 'd' AS document_id
    FROM drawn
    UNION ALL SELECT year || printf('%08d', n), stem || 'd' FROM drawn
) ORDER BY folded
""",
    """
INSERT INTO counted (feed, position)
SELECT 'facts', coalesce(max(sequence), 0) FROM events
UNION ALL SELECT 'remarks', coalesce(max(sequence), 0) FROM remarks
""",
)
_ROUTER: Final = (_MESSAGES, _INBOX, _OUTBOX)


def fill_concluded(
    path: Path, *, state: str, relays: bool, documents: int, until: datetime
) -> None:
    """Fill an empty store that is there with what is over, so that a daemon finds nothing to do.

    What the follower of the overview counts is there, as far as it grows with the documents.

    Args:
        path: The file; nobody has it open.
        state: Whose gateway's it is; without meaning for a router.
        relays: Whether it is a router's.
        documents: How many that lead a conversation.
        until: When the youngest of them was recorded.
    """
    partners = [each for each in _MEMBERS if each != state][:9]
    given = {
        "documents": documents,
        "days": _DAYS,
        "until": encode_instant(until),
        "own": state,
        "partners": json.dumps(partners),
        "relays": relays,
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("hash_of", 1, _hash, deterministic=True)
        for pragma in _HASTE:
            connection.execute(pragma)
        connection.execute(_DRAW, given)
        connection.execute("BEGIN")
        for statement in _ROUTER if relays else _GATEWAY:
            connection.execute(statement, given)
        connection.execute("COMMIT")
        connection.execute(_SAFE_AGAIN)


def _hash(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()
