"""What is submitted, in a PostgreSQL store: a payload becomes one document, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.database import RaceLostError
from swb.backends.postgres.operations import reading, writing
from swb.backends.postgres.store_alike import keep
from swb.backends.postgres.store_facts import record_remarks
from swb.backends.postgres.store_rows import read_submission
from swb.backends.postgres.store_together import first_of_each_number, write
from swb.ports import MENTIONS_COUNTED
from swb_schemas.catalogue import LEADING_TYPES
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Grounds, Submission, SubmissionRecord

__all__ = ["PostgresSubmissions", "commit_submission", "find_submission"]

# Whether the payload is new, and what speaks against it: the document that is sealed under the
# certificate's key already, and the number of a response that is.
_SUBMIT: Final = """
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
_LOCK_GROUNDS: Final = """
SELECT pg_advisory_xact_lock(l.lock) FROM (
    SELECT DISTINCT hashtextextended(k.key, 7567202) AS lock
    FROM unnest(%(keys)s::text[]) AS k (key) ORDER BY lock
) l
"""
# Materialized, for else the planner may walk all mentions in the order of their documents.
_ARE_GROUNDS: Final = """
WITH mentioning AS MATERIALIZED (
    SELECT n.document_id FROM mentions n WHERE n.mentioned = ANY(%(mentioned)s::text[])
)
SELECT NOT EXISTS (
    SELECT FROM unnest(%(documents)s::text[], %(counts)s::bigint[]) AS g (document_id, known)
    WHERE g.known <> (SELECT count(*) FROM events e WHERE e.document_id = g.document_id)
) AND (
    SELECT count(*) FROM (SELECT DISTINCT m.document_id FROM mentioning m LIMIT %(limit)s) d
) = %(mentioning)s
"""
_FIND_SUBMISSION: Final = """
SELECT payload_digest, adapter, payload, document_id, recorded_at
FROM submissions WHERE payload_digest = %s
"""


async def find_submission(connection: Connection, payload_digest: str) -> SubmissionRecord | None:
    """See `Submissions.find_submission`."""
    cursor = await connection.execute(_FIND_SUBMISSION, (payload_digest,), binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_submission(row)


async def commit_submission(
    connection: Connection, submission: Submission
) -> SubmissionRecord | None:
    """See `Submissions.commit_submission`."""
    record, document = submission.record, submission.document
    if submission.grounds is not None and not await _still_hold(connection, submission.grounds):
        return await find_submission(connection, record.payload_digest)
    is_certificate = document.message_type in LEADING_TYPES and not submission.shares_key
    responses = first_of_each_number(submission.events)
    cursor = await connection.execute(
        _SUBMIT,
        {
            "payload_digest": record.payload_digest,
            "adapter": record.adapter,
            "document_id": record.document_id,
            "recorded_at": record.recorded_at,
            "payload": record.payload,
            "certificate_key": document.certificate_key if is_certificate else "",
            "message_type": document.message_type,
            "subjects": [event.document_id for event in responses],
            "revisions": [event.revision for event in responses],
        },
    )
    is_new, sealed, revision = await cursor.fetchone() or (False, None, None)
    if not is_new:
        earlier = await find_submission(connection, record.payload_digest)
        if earlier is None:  # who wrote it first has taken it back
            raise RaceLostError
        return earlier
    if sealed is not None:
        message = (
            f"{document.certificate_key} is sealed already, as document {sealed}, "
            "from another payload"
        )
        raise RefusedError("submission.certificate_exists", message)
    if revision is not None:
        message = (
            f"response {revision} on {document.certificate_key} is sealed already, "
            "from another payload"
        )
        raise RefusedError("submission.response_exists", message)
    await write(
        connection,
        documents=[document],
        outbound=[submission.outbound],
        events=submission.events,
        responses=responses,
        are_own_certificates=is_certificate,
    )
    await keep(connection, submission.fingerprinted)
    await record_remarks(connection, submission.remarks)
    return record


async def _still_hold(connection: Connection, grounds: Grounds) -> bool:
    """Whether nothing was added to what something was judged by, and nobody adds to it now."""
    keys = [*grounds.events, *grounds.mentioned]
    await connection.execute(_LOCK_GROUNDS, {"keys": keys})
    cursor = await connection.execute(
        _ARE_GROUNDS,
        {
            "documents": list(grounds.events),
            "counts": list(grounds.events.values()),
            "mentioned": list(grounds.mentioned),
            "mentioning": grounds.mentioning,
            "limit": MENTIONS_COUNTED,
        },
    )
    (holds,) = await cursor.fetchone() or (False,)
    return bool(holds)


class PostgresSubmissions:
    """`swb.ports.Submissions` in one PostgreSQL schema."""

    _database: Database

    find_submission = reading(find_submission)
    commit_submission = writing(commit_submission)
