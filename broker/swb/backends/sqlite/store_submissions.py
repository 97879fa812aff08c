"""What is submitted, in the embedded store: a payload becomes one document, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import looking_up, writing
from swb.backends.sqlite.store_alike import keep
from swb.backends.sqlite.store_facts import record_remarks
from swb.backends.sqlite.store_rows import encode_instant, read_submission
from swb.backends.sqlite.store_together import insert_documents, insert_events, insert_outbound
from swb.core.lifecycle import DECISIONS
from swb.ports import MENTIONS_COUNTED
from swb_schemas.catalogue import LEADING_TYPES
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    import sqlite3

    from swb.backends.sqlite.database import Database
    from swb.ports import DocumentRecord, Grounds, Submission, SubmissionRecord

__all__ = ["SqliteSubmissions", "commit_submission", "find_submission"]

_FIND_SEALED_CERTIFICATE: Final = """
SELECT document_id FROM documents
WHERE certificate_key = :certificate_key AND certificate_key <> ''
    AND message_type = :message_type AND direction = 'out'
LIMIT 1
"""
_FIND_SUBMISSION: Final = """
SELECT payload_digest, adapter, payload, document_id, recorded_at
FROM submissions WHERE payload_digest = ?
"""
_INSERT_SUBMISSION: Final = """
INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
VALUES (?, ?, ?, ?, ?)
"""
_COUNT_EVENTS: Final = "SELECT COUNT(*) FROM events WHERE document_id = ?"
_COUNT_MENTIONING: Final = """
SELECT COUNT(*) FROM (
    SELECT DISTINCT n.document_id FROM mentions n
    WHERE n.mentioned IN (SELECT value FROM json_each(:mentioned)) LIMIT :limit
)
"""
_FIND_OWN_REVISION: Final = """
SELECT 1 FROM events WHERE document_id = ? AND message_id = '' AND revision = ?
    AND name IN ('PENDING', 'GIVEN', 'NOT GIVEN') LIMIT 1
"""


def find_submission(connection: sqlite3.Connection, payload_digest: str) -> SubmissionRecord | None:
    """See `Submissions.find_submission`."""
    row = connection.execute(_FIND_SUBMISSION, (payload_digest,)).fetchone()
    return None if row is None else read_submission(row)


def commit_submission(
    connection: sqlite3.Connection, submission: Submission
) -> SubmissionRecord | None:
    """See `Submissions.commit_submission`."""
    record = submission.record
    row = connection.execute(_FIND_SUBMISSION, (record.payload_digest,)).fetchone()
    if row is not None:
        return read_submission(row)
    if submission.document.message_type in LEADING_TYPES and not submission.shares_key:
        _check_certificate_is_new(connection, submission.document)
    _check_numbers_are_new(connection, submission)
    if submission.grounds is not None and not _still_hold(connection, submission.grounds):
        return None
    insert_documents(connection, [submission.document])
    connection.execute(
        _INSERT_SUBMISSION,
        (
            record.payload_digest,
            record.adapter,
            record.document_id,
            encode_instant(record.recorded_at),
            record.payload,
        ),
    )
    insert_outbound(connection, [submission.outbound], because_of="")
    insert_events(connection, submission.events)
    keep(connection, submission.fingerprinted)
    record_remarks(connection, submission.remarks)
    return record


def _check_certificate_is_new(connection: sqlite3.Connection, document: DocumentRecord) -> None:
    """Refuse a second certificate of one key: here, because two may be sealed at a time."""
    parameters = {
        "certificate_key": document.certificate_key,
        "message_type": document.message_type,
    }
    row = connection.execute(_FIND_SEALED_CERTIFICATE, parameters).fetchone()
    if row is not None:
        message = (
            f"{document.certificate_key} is sealed already, as document {row[0]}, "
            "from another payload"
        )
        raise RefusedError("submission.certificate_exists", message)


def _check_numbers_are_new(connection: sqlite3.Connection, submission: Submission) -> None:
    """Refuse a second response under one number: here, because two may be sealed at a time."""
    for event in submission.events:
        if event.revision == 0 or event.name not in DECISIONS:
            continue  # responses count from 1; of other moves the exchange says which one stands
        parameters = (event.document_id, event.revision)
        if connection.execute(_FIND_OWN_REVISION, parameters).fetchone() is not None:
            message = (
                f"response {event.revision} on {submission.document.certificate_key} is sealed "
                "already, from another payload"
            )
            raise RefusedError("submission.response_exists", message)


def _still_hold(connection: sqlite3.Connection, grounds: Grounds) -> bool:
    """Whether nothing was added to what something was judged by: others commit meanwhile."""
    for document_id, known in grounds.events.items():
        (count,) = connection.execute(_COUNT_EVENTS, (document_id,)).fetchone()
        if count != known:
            return False
    if not grounds.mentioned:
        return True
    parameters = {"mentioned": json.dumps(list(grounds.mentioned)), "limit": MENTIONS_COUNTED}
    (count,) = connection.execute(_COUNT_MENTIONING, parameters).fetchone()
    return bool(count == grounds.mentioning)


class SqliteSubmissions:
    """`swb.ports.Submissions` in one SQLite file."""

    _database: Database

    find_submission = looking_up(find_submission)
    commit_submission = writing(commit_submission)
