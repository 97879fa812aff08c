"""Fingerprints in a PostgreSQL store: kept, matched and forgotten.

They go with the octets of their document by a trigger of the schema, whatever takes those away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import reading, writing
from swb.ports import Alike, FingerprintKeyUse
from swb_schemas.fingerprints import FeatureKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Fingerprinted

__all__ = ["PostgresFingerprints", "find_alike", "forget", "keep", "list_keys"]

# Nothing of a document that was erased, however it comes again.
_KEEP: Final = """
INSERT INTO fingerprints (value, document_id, kind, key_id)
SELECT f.value, %(document_id)s, f.kind, f.key_id
FROM unnest(%(values)s::text[], %(kinds)s::text[], %(key_ids)s::text[]) AS f (value, kind, key_id)
WHERE EXISTS (
    SELECT 1 FROM documents d WHERE d.document_id = %(document_id)s AND d.octets <> ''
)
ON CONFLICT (value, document_id) DO NOTHING
"""
_FIND: Final = """
SELECT d.document_id, d.certificate_key, array_agg(DISTINCT f.kind)
FROM fingerprints f JOIN documents d ON d.document_id = f.document_id
WHERE f.value = ANY(%(values)s::text[])
    AND d.environment = %(environment)s AND d.document_id <> %(other_than)s
GROUP BY d.sequence, d.document_id, d.certificate_key
ORDER BY count(DISTINCT f.kind) DESC, d.sequence
LIMIT %(limit)s
"""
_LIST_KEYS: Final = """
SELECT key_id, count(DISTINCT document_id), count(*)
FROM fingerprints GROUP BY key_id ORDER BY key_id
"""
_FORGET: Final = "DELETE FROM fingerprints WHERE key_id = %s"


async def keep(connection: Connection, fingerprinted: Fingerprinted | None) -> None:
    """Keep the fingerprints of a document that is in the same transaction, or was before."""
    if fingerprinted is None:
        return
    kept = fingerprinted.fingerprints
    parameters = {
        "document_id": fingerprinted.document_id,
        "values": [each.value for each in kept],
        "kinds": [each.kind.value for each in kept],
        "key_ids": [each.key_id for each in kept],
    }
    await connection.execute(_KEEP, parameters)


async def find_alike(
    connection: Connection,
    values: Sequence[str],
    *,
    environment: str,
    other_than: str = "",
    limit: int = 16,
) -> Sequence[Alike]:
    """See `Fingerprints.find_alike`."""
    parameters = {
        "values": list(values),
        "environment": environment,
        "other_than": other_than,
        "limit": limit,
    }
    cursor = await connection.execute(_FIND, parameters)
    return [
        Alike(
            document_id=document_id,
            certificate_key=certificate_key,
            kinds=frozenset(map(FeatureKind, kinds)),
        )
        for document_id, certificate_key, kinds in await cursor.fetchall()
    ]


async def list_keys(connection: Connection) -> Sequence[FingerprintKeyUse]:
    """See `Fingerprints.list_fingerprint_keys`."""
    cursor = await connection.execute(_LIST_KEYS)
    return [
        FingerprintKeyUse(key_id=key_id, documents=documents, fingerprints=fingerprints)
        for key_id, documents, fingerprints in await cursor.fetchall()
    ]


async def forget(connection: Connection, key_id: str) -> int:
    """See `Fingerprints.forget_fingerprints`."""
    cursor = await connection.execute(_FORGET, (key_id,))
    return cursor.rowcount


class PostgresFingerprints:
    """`swb.ports.Fingerprints` in one PostgreSQL schema."""

    _database: Database

    find_alike = reading(find_alike)
    list_fingerprint_keys = reading(list_keys)
    forget_fingerprints = writing(forget)
