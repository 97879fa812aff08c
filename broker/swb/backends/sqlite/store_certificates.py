"""Certificates by key and number, and what names them, in the embedded store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from swb.backends.sqlite.operations import looking_up, reading
from swb.backends.sqlite.store_rows import read_document
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.backends.sqlite.database import Database
    from swb.ports import DocumentRecord

__all__ = [
    "SqliteCertificates",
    "find_certificate",
    "list_certificate_keys",
    "list_certificates",
    "list_mentioning",
    "search_certificates",
]

# What takes a certificate back goes on in its conversation, and comes behind it.
_FIND_CERTIFICATE: Final = """
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
_LIST_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key = :certificate_key AND certificate_key <> ''
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY sequence LIMIT :limit
"""
# A key is STATE:office:number, the state two letters, the rest without a colon.
_SEARCH_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key <> '' AND substr(certificate_key, 1, 2) = :state
    AND substr(certificate_key, 4 + instr(substr(certificate_key, 4), ':'))
        IN (SELECT value FROM json_each(:numbers))
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY sequence LIMIT :limit
"""
_LIST_MENTIONING: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id IN (
    SELECT n.document_id FROM mentions n
    WHERE n.mentioned IN (SELECT value FROM json_each(:mentioned))
)
ORDER BY sequence LIMIT :limit
"""
_LIST_CERTIFICATE_KEYS: Final = """
SELECT DISTINCT certificate_key FROM documents
WHERE certificate_key > :after AND certificate_key < :behind AND certificate_key <> ''
    AND message_type IN (SELECT value FROM json_each(:certificate_types))
ORDER BY certificate_key LIMIT :limit
"""


_LEADING: Final = json.dumps(LEADING_TYPES)


def find_certificate(connection: sqlite3.Connection, certificate_key: str) -> DocumentRecord | None:
    """See `Certificates.find_certificate`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": _LEADING,
    }
    row = connection.execute(_FIND_CERTIFICATE, parameters).fetchone()
    return None if row is None else read_document(row)


def list_certificates(
    connection: sqlite3.Connection, certificate_key: str, *, limit: int = 16
) -> Sequence[DocumentRecord]:
    """See `Certificates.list_certificates`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": _LEADING,
        "limit": limit,
    }
    return [read_document(row) for row in connection.execute(_LIST_CERTIFICATES, parameters)]


def search_certificates(
    connection: sqlite3.Connection, state: str, numbers: Sequence[str], *, limit: int = 100
) -> Sequence[DocumentRecord]:
    """See `Certificates.search_certificates`."""
    parameters = {
        "state": state,
        "numbers": json.dumps([quote(number, safe="") for number in numbers]),
        "certificate_types": _LEADING,
        "limit": limit,
    }
    return [read_document(row) for row in connection.execute(_SEARCH_CERTIFICATES, parameters)]


def list_mentioning(
    connection: sqlite3.Connection, mentioned: Sequence[str], *, limit: int = 1000
) -> Sequence[DocumentRecord]:
    """See `Certificates.list_mentioning`."""
    parameters = {"mentioned": json.dumps(list(mentioned)), "limit": limit}
    return [read_document(row) for row in connection.execute(_LIST_MENTIONING, parameters)]


def list_certificate_keys(
    connection: sqlite3.Connection, state: str, *, after: str = "", limit: int = 5000
) -> Sequence[str]:
    """See `Certificates.list_certificate_keys`."""
    parameters = {
        "after": max(after, f"{state}:"),
        "behind": f"{state};",
        "certificate_types": _LEADING,
        "limit": limit,
    }
    return [key for (key,) in connection.execute(_LIST_CERTIFICATE_KEYS, parameters)]


class SqliteCertificates:
    """`swb.ports.Certificates` in one SQLite file."""

    _database: Database

    find_certificate = looking_up(find_certificate)
    list_certificates = looking_up(list_certificates)
    search_certificates = reading(search_certificates)
    list_mentioning = reading(list_mentioning)
    list_certificate_keys = reading(list_certificate_keys)
