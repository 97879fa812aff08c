"""Certificates by key and number, and what names them, in a PostgreSQL store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from swb.backends.postgres.operations import reading
from swb.backends.postgres.store_rows import read_document
from swb_schemas.catalogue import LEADING_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import DocumentRecord

__all__ = [
    "PostgresCertificates",
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
_LIST_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key = %(certificate_key)s AND certificate_key <> ''
    AND message_type = ANY(%(certificate_types)s)
ORDER BY sequence LIMIT %(limit)s
"""
# A key is STATE:office:number, the state two letters, the rest without a colon.
_SEARCH_CERTIFICATES: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE certificate_key <> '' AND split_part(certificate_key, ':', 1) = %(state)s
    AND split_part(certificate_key, ':', 3) = ANY(%(numbers)s)
    AND message_type = ANY(%(certificate_types)s)
ORDER BY sequence LIMIT %(limit)s
"""
_LIST_MENTIONING: Final = """
SELECT document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets
FROM documents
WHERE document_id IN (
    SELECT n.document_id FROM mentions n WHERE n.mentioned = ANY(%(mentioned)s::text[])
)
ORDER BY sequence LIMIT %(limit)s
"""
_LIST_CERTIFICATE_KEYS: Final = """
SELECT DISTINCT certificate_key FROM documents
WHERE certificate_key > %(after)s AND certificate_key < %(behind)s AND certificate_key <> ''
    AND message_type = ANY(%(certificate_types)s)
ORDER BY certificate_key LIMIT %(limit)s
"""


_LEADING: Final = list(LEADING_TYPES)


async def find_certificate(connection: Connection, certificate_key: str) -> DocumentRecord | None:
    """See `Certificates.find_certificate`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": _LEADING,
    }
    cursor = await connection.execute(_FIND_CERTIFICATE, parameters, binary=True)
    row = await cursor.fetchone()
    return None if row is None else read_document(row)


async def list_certificates(
    connection: Connection, certificate_key: str, *, limit: int = 16
) -> Sequence[DocumentRecord]:
    """See `Certificates.list_certificates`."""
    parameters = {
        "certificate_key": certificate_key,
        "certificate_types": _LEADING,
        "limit": limit,
    }
    cursor = await connection.execute(_LIST_CERTIFICATES, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def search_certificates(
    connection: Connection, state: str, numbers: Sequence[str], *, limit: int = 100
) -> Sequence[DocumentRecord]:
    """See `Certificates.search_certificates`."""
    parameters = {
        "state": state,
        "numbers": [quote(number, safe="") for number in numbers],
        "certificate_types": _LEADING,
        "limit": limit,
    }
    cursor = await connection.execute(_SEARCH_CERTIFICATES, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_mentioning(
    connection: Connection, mentioned: Sequence[str], *, limit: int = 1000
) -> Sequence[DocumentRecord]:
    """See `Certificates.list_mentioning`."""
    parameters = {"mentioned": list(mentioned), "limit": limit}
    cursor = await connection.execute(_LIST_MENTIONING, parameters, binary=True)
    return [read_document(row) for row in await cursor.fetchall()]


async def list_certificate_keys(
    connection: Connection, state: str, *, after: str = "", limit: int = 5000
) -> Sequence[str]:
    """See `Certificates.list_certificate_keys`."""
    parameters = {
        "after": max(after, f"{state}:"),
        "behind": f"{state};",
        "certificate_types": _LEADING,
        "limit": limit,
    }
    cursor = await connection.execute(_LIST_CERTIFICATE_KEYS, parameters, binary=True)
    return [row[0] for row in await cursor.fetchall()]


class PostgresCertificates:
    """`swb.ports.Certificates` in one PostgreSQL schema."""

    _database: Database

    find_certificate = reading(find_certificate)
    list_certificates = reading(list_certificates)
    search_certificates = reading(search_certificates)
    list_mentioning = reading(list_mentioning)
    list_certificate_keys = reading(list_certificate_keys)
