"""A PostgreSQL store full of documents that nobody sent, made inside the server in minutes.

For measuring what pages ask, and what the road takes beside them. Rows are as a gateway leaves them
after 400 days: documents of three types with nine partners, both ways, each with its message and
its facts, nearly all of them concluded, and a few that wait, are held, parked or refused; or as a
router leaves them: messages that were relayed. Octets are of no meaning.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

__all__ = ["DAYS", "fill_concluded", "fill_store"]

DAYS: Final = 400
"""Over so many days up to the given moment documents are spread."""

# Everything is drawn from the document's number: n goes from 1 to %(documents)s. Ids are those of
# UUIDv7, so that they grow with time.
_TABLE: Final = """
CREATE TEMPORARY TABLE drawn (
    n bigint, at timestamptz, direction text, partner text, message_type text, life text,
    stem text, tail text, issuer text, receiver text
)
"""
_DRAW: Final = """
INSERT INTO drawn
SELECT n, at, direction, partner, message_type, life,
    lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0') || '-7'
        || substr(hash, 1, 3) || '-8' || substr(hash, 4, 3) || '-' AS stem,
    substr(hash, 7, 11) AS tail, CASE direction WHEN 'out' THEN %(own)s ELSE partner END AS issuer,
    CASE direction WHEN 'out' THEN partner ELSE %(own)s END AS receiver
FROM (
    SELECT n, at, floor(extract(epoch FROM at) * 1000)::bigint AS ms, md5(n::text) AS hash,
        CASE WHEN n %% 2 = 0 THEN 'out' ELSE 'in' END AS direction,
        (%(partners)s::text[])[1 + n / 2 %% 9] AS partner,
        CASE n %% 10 WHEN 7 THEN 'DeclarationExtract' WHEN 8 THEN 'PhytosanitaryCertificate'
            ELSE 'CertificateIssue' END AS message_type,
        CASE WHEN n > %(documents)s::bigint * %(ended)s THEN 'young'
            WHEN n %% 100 = 1 THEN 'refused' WHEN n %% 100 IN (2, 3) THEN 'received'
            WHEN n %% 20 = 4 THEN 'not given' ELSE 'given' END AS life
    FROM (
        SELECT n, %(now)s::timestamptz - (%(documents)s::bigint - n)
            * (make_interval(days => %(days)s::int) / %(documents)s::bigint) AS at
        FROM generate_series(1, %(documents)s::bigint) n
    ) numbers
) each
"""
_DOCUMENTS: Final = """
INSERT INTO documents (
    document_id, message_type, certificate_key, conversation_id, issuing_party, receiving_party,
    environment, digest, direction, recorded_at, is_own_certificate, octets
)
SELECT stem || tail || 'd', message_type,
    issuer || ':OFF' || n %% 40 || ':'
        || extract(year FROM at) || '%%2F' || lpad(n::text, 8, '0'),
    stem || tail || 'c',
    'urn:swb:party:' || issuer || ':issuing', 'urn:swb:party:' || receiver || ':customs',
    'production', 'sha-256:' || md5('d' || n) || md5('e' || n), direction, at, direction = 'out',
    decode(repeat(md5('o' || n), 16), 'hex')
FROM drawn ORDER BY n
"""
_MESSAGES: Final = """
INSERT INTO messages (
    message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
)
SELECT stem || tail || 'e', message_type, stem || tail || 'd',
    'urn:swb:party:' || issuer || ':gateway', 'urn:swb:party:' || receiver || ':gateway',
    'sha-256:' || md5('m' || n) || md5('n' || n), direction, at + interval '30 days', at,
    decode(repeat(md5('p' || n), 24), 'hex')
FROM drawn ORDER BY n
"""
# In the order of the moments, as far as documents are concerned: a fact comes behind its document's
# earlier ones, and among those of its time.
_EVENTS: Final = """
INSERT INTO events (
    document_id, name, at, message_id, code, detail, revision, is_own_response
)
SELECT stem || tail || 'd', f.name, at + f.took * (0.2 + n %% 97 / 40.0), stem || tail || 'e',
    CASE f.name WHEN 'REFUSED' THEN (ARRAY[
        'signature.invalid', 'connection.none', 'document.conflict'])[1 + n / 100 %% 3] ELSE '' END,
    '', CASE WHEN f.name IN ('GIVEN', 'NOT GIVEN') THEN 1 ELSE 0 END,
    f.name IN ('GIVEN', 'NOT GIVEN') AND drawn.direction = 'in'
FROM drawn JOIN (VALUES
    ('AS1', interval '0', ARRAY['young', 'refused', 'received', 'given', 'not given'], 'out'),
    ('REFUSED', interval '2 seconds', ARRAY['refused'], 'out'),
    ('AS2', interval '2 seconds', ARRAY['young', 'received', 'given', 'not given'], ''),
    ('AS3', interval '5 seconds', ARRAY['received', 'given', 'not given'], ''),
    ('RES-REC', interval '20 minutes', ARRAY['received', 'given', 'not given'], ''),
    ('GIVEN', interval '30 hours', ARRAY['given'], ''),
    ('NOT GIVEN', interval '9 days', ARRAY['not given'], '')
) AS f (name, took, lives, direction)
    ON life = ANY(f.lives) AND f.direction IN ('', drawn.direction)
WHERE NOT (message_type = 'PhytosanitaryCertificate' AND f.took > interval '1 minute')
    AND NOT (message_type = 'DeclarationExtract' AND f.took > interval '1 hour')
ORDER BY n, f.took
"""
_ROAD: Final = (
    """
INSERT INTO outbox (
    message_id, line, environment, because_of, state, attempts, due_at, code, ended_at
)
SELECT stem || tail || 'e', %(own)s, 'production', '',
    CASE WHEN life = 'young' THEN 'waiting' WHEN n %% 5000 = 0 THEN 'parked' ELSE 'published' END,
    CASE WHEN life = 'young' AND n %% 3 = 0 THEN 2 ELSE 0 END, at,
    CASE WHEN life = 'young' AND n %% 3 = 0 THEN 'transport.unavailable' ELSE '' END,
    CASE WHEN life <> 'young' THEN at END
FROM drawn WHERE direction = 'out' ORDER BY n
""",
    """
INSERT INTO deliveries (document_id, message_id, message_digest, state, attempts, due_at, ended_at)
SELECT stem || tail || 'd', stem || tail || 'e', 'sha-256:' || md5('m' || n),
    CASE WHEN life = 'young' THEN 'waiting' WHEN n %% 5000 = 1 THEN 'parked' ELSE 'completed' END,
    0, at, CASE WHEN life <> 'young' THEN at END
FROM drawn WHERE direction = 'in' ORDER BY n
""",
    """
INSERT INTO inbox (message_id, digest, expires_at, recorded_at)
SELECT stem || tail || 'e', 'sha-256:' || md5('m' || n) || md5('n' || n), at + interval '30 days',
    at
FROM drawn WHERE direction = 'in' ORDER BY n
""",
    """
INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
SELECT 'sha-256:' || md5('s' || n) || md5('t' || n), 'vietnam', stem || tail || 'd', at,
    decode(repeat(md5('u' || n), 16), 'hex')
FROM drawn WHERE direction = 'out' ORDER BY 1
""",
    """
INSERT INTO held (octets_digest, line, code, due_at, received_at, octets)
SELECT 'sha-256:h' || n, %(own)s, 'trust.unreachable', at, at,
    decode(repeat(md5(n::text), 40), 'hex')
FROM drawn WHERE %(ended)s < 1 ORDER BY n DESC LIMIT 50
""",
    """
INSERT INTO buried (
    octets_digest, line, code, detail, buried_at, discarded_at, replayed_at, octets
)
SELECT 'sha-256:b' || n, %(own)s, 'signature.invalid', '', at,
    CASE WHEN n %% 2000 = 100 THEN at END, CASE WHEN n %% 2000 > 100 THEN at END,
    decode(repeat(md5(n::text), 40), 'hex')
FROM drawn WHERE n %% 100 = 0 ORDER BY n
""",
    """
INSERT INTO mentions (mentioned, document_id)
SELECT partner || ':OFF' || n %% 40 || ':' || n, stem || tail || 'd'
FROM drawn WHERE n %% 10 = 7 ORDER BY n
""",
    """
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
SELECT stem || tail || 'd', CASE WHEN n %% 200 = 0 THEN 'refusal' ELSE 'rule' END,
    'rule.' || (ARRAY['box_8', 'hs_code', 'weight', 'third_party', 'late_issue'])[1 + n / 25 %% 5],
    (at AT TIME ZONE 'UTC')::date, at, direction, partner, message_type, 'production'
FROM drawn WHERE n %% 25 = 0 ORDER BY n
""",
)
# What the follower would have counted (`swb.services.rolling_up`), figures apart.
_COUNTED: Final = (
    """
INSERT INTO glances (document_id, direction, partner, message_type, status, recorded_at)
SELECT stem || tail || 'd', direction, partner, message_type,
    CASE WHEN life = 'refused' THEN 'REFUSED' WHEN message_type = 'PhytosanitaryCertificate'
        THEN 'AS3' WHEN message_type = 'DeclarationExtract' OR life = 'received' THEN 'RES-REC'
        WHEN life = 'given' THEN 'GIVEN' ELSE 'NOT GIVEN' END, at
FROM drawn ORDER BY n
""",
    """
INSERT INTO spellings (folded, document_id)
SELECT issuer || 'OFF' || n %% 40 || extract(year FROM at) || lpad(n::text, 8, '0') AS folded,
    stem || tail || 'd'
FROM drawn
UNION ALL
SELECT extract(year FROM at) || lpad(n::text, 8, '0'), stem || tail || 'd' FROM drawn
ORDER BY folded
""",
    """
INSERT INTO counted (feed, position)
SELECT 'facts', coalesce(max(sequence), 0) FROM events
UNION ALL SELECT 'remarks', coalesce(max(sequence), 0) FROM remarks
""",
)
_RELAYED: Final = (
    """
INSERT INTO messages (
    message_id, message_type, document_id, sender, receiver, digest, direction, expires_at,
    recorded_at, octets
)
SELECT stem || tail || 'e', message_type, stem || tail || 'd', 'urn:swb:party:' || issuer
        || ':gateway', 'urn:swb:party:' || receiver || ':gateway',
    'sha-256:' || md5('m' || n) || md5('n' || n), 'in', at + interval '30 days', at,
    decode(repeat(md5('p' || n), 24), 'hex')
FROM drawn ORDER BY n
""",
    """
INSERT INTO inbox (message_id, digest, expires_at, recorded_at)
SELECT message_id, digest, expires_at, recorded_at FROM messages
""",
    """
INSERT INTO outbox (
    message_id, line, environment, because_of, state, attempts, due_at, code, ended_at
)
SELECT stem || tail || 'e', receiver, 'production', stem || tail || 'e', 'published', 0, at, '', at
FROM drawn ORDER BY n
""",
)
_SPREAD: Final = """
SELECT stem || tail || 'd' FROM drawn
WHERE n %% greatest(1, %(documents)s::bigint / 1000) = 0 ORDER BY n
"""
_FILL: Final = (_DOCUMENTS, _MESSAGES, _EVENTS, *_ROAD)
# Rows refer to rows that are there; nobody else writes, so no feed has to be kept in order.
_HASTE: Final = ("SET session_replication_role = replica", "SET work_mem = '256MB'")
_MEMBERS: Final = ("TH", "ID", "SG", "MY", "PH", "KH", "LA", "MM", "BN", "VN")
_SOME_WAIT: Final = 0.9995
"""The share of the documents that do not wait any more."""


async def fill_store(*, url: str, schema: str, documents: int, now: datetime) -> Sequence[str]:
    """Fill an empty store that is there, as a gateway's; its figures are not counted yet.

    Args:
        url: libpq's connection string.
        schema: The PostgreSQL schema.
        documents: How many that lead a conversation.
        now: When the youngest of them was recorded.

    Returns:
        Ids of about a thousand of the documents, spread evenly.
    """
    async with _draw(url, schema, "VN", documents, now, ended=_SOME_WAIT) as connection:
        for statement in _FILL:
            await connection.execute(statement, {"own": "VN", "ended": _SOME_WAIT})
        await connection.execute("VACUUM (ANALYZE)")
        cursor = await connection.execute(_SPREAD, {"documents": documents})
        return [str(row[0]) for row in await cursor.fetchall()]


async def fill_concluded(
    *, url: str, schema: str, state: str, relays: bool, documents: int, until: datetime
) -> None:
    """Fill an empty store that is there with what is over, so that a daemon finds nothing to do.

    What the follower of the overview counts is there, as far as it grows with the documents.

    Args:
        url: libpq's connection string.
        schema: The PostgreSQL schema.
        state: Whose gateway's it is; without meaning for a router.
        relays: Whether it is a router's.
        documents: How many that lead a conversation.
        until: When the youngest of them was recorded.
    """
    async with _draw(url, schema, state, documents, until, ended=1) as connection:
        for statement in _RELAYED if relays else (*_FILL, *_COUNTED):
            await connection.execute(statement, {"own": state, "ended": 1})
        await connection.execute("VACUUM (ANALYZE)")


@asynccontextmanager
async def _draw(
    url: str, schema: str, own: str, documents: int, now: datetime, *, ended: float
) -> AsyncIterator[psycopg.AsyncConnection]:
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    async with connection:
        await connection.execute("SELECT set_config('search_path', %s, false)", (schema,))
        for setting in _HASTE:
            await connection.execute(setting)
        await connection.execute(_TABLE)
        drawn = {
            "documents": documents,
            "now": now,
            "days": DAYS,
            "own": own,
            "partners": [each for each in _MEMBERS if each != own][:9],
            "ended": ended,
        }
        await connection.execute(_DRAW, drawn)
        yield connection
