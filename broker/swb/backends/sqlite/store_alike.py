"""Fingerprints in the embedded store: kept, matched and forgotten.

They go with the octets of their document by a trigger of the schema, whatever takes those away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import looking_up, reading, writing
from swb.ports import Alike, FingerprintKeyUse
from swb_schemas.fingerprints import FeatureKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.backends.sqlite.database import Database
    from swb.ports import Fingerprinted

__all__ = ["SqliteFingerprints", "find_alike", "forget", "keep", "list_keys"]

# Nothing of a document that was erased, however it comes again.
_KEEP: Final = """
INSERT INTO fingerprints (value, document_id, kind, key_id)
SELECT :value, :document_id, :kind, :key_id
WHERE EXISTS (SELECT 1 FROM documents WHERE document_id = :document_id AND octets <> x'')
ON CONFLICT (value, document_id) DO NOTHING
"""
_FIND: Final = """
SELECT d.document_id, d.certificate_key, json_group_array(DISTINCT f.kind)
FROM fingerprints f JOIN documents d ON d.document_id = f.document_id
WHERE f.value IN (SELECT value FROM json_each(:values))
    AND d.environment = :environment AND d.document_id <> :other_than
GROUP BY d.sequence
ORDER BY count(DISTINCT f.kind) DESC, d.sequence
LIMIT :limit
"""
_LIST_KEYS: Final = """
SELECT key_id, count(DISTINCT document_id), count(*)
FROM fingerprints GROUP BY key_id ORDER BY key_id
"""
_FORGET: Final = "DELETE FROM fingerprints WHERE key_id = ?"


def keep(connection: sqlite3.Connection, fingerprinted: Fingerprinted | None) -> None:
    """Keep the fingerprints of a document that is in the same transaction, or was before."""
    if fingerprinted is None:
        return
    connection.executemany(
        _KEEP,
        [
            {
                "value": each.value,
                "document_id": fingerprinted.document_id,
                "kind": each.kind.value,
                "key_id": each.key_id,
            }
            for each in fingerprinted.fingerprints
        ],
    )


def find_alike(
    connection: sqlite3.Connection,
    values: Sequence[str],
    *,
    environment: str,
    other_than: str = "",
    limit: int = 16,
) -> Sequence[Alike]:
    """See `Fingerprints.find_alike`."""
    parameters = {
        "values": json.dumps(list(values)),
        "environment": environment,
        "other_than": other_than,
        "limit": limit,
    }
    return [
        Alike(
            document_id=document_id,
            certificate_key=certificate_key,
            kinds=frozenset(map(FeatureKind, json.loads(kinds))),
        )
        for document_id, certificate_key, kinds in connection.execute(_FIND, parameters)
    ]


def list_keys(connection: sqlite3.Connection) -> Sequence[FingerprintKeyUse]:
    """See `Fingerprints.list_fingerprint_keys`."""
    return [
        FingerprintKeyUse(key_id=key_id, documents=documents, fingerprints=fingerprints)
        for key_id, documents, fingerprints in connection.execute(_LIST_KEYS)
    ]


def forget(connection: sqlite3.Connection, key_id: str) -> int:
    """See `Fingerprints.forget_fingerprints`."""
    return connection.execute(_FORGET, (key_id,)).rowcount


class SqliteFingerprints:
    """`swb.ports.Fingerprints` in one SQLite file."""

    _database: Database

    find_alike = looking_up(find_alike)
    list_fingerprint_keys = reading(list_keys)
    forget_fingerprints = writing(forget)
