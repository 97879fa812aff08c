"""Brings the schema of a database file to what this code needs, or refuses the file.

What a schema is, and who may work with whose data, is said in `swb.core.migrating`; the files are
in this package's folder ``schema``. Both numbers stand in the file itself.
"""

from __future__ import annotations

import sqlite3
from importlib import resources
from typing import TYPE_CHECKING, Final

from swb.core.migrating import Found, Migration, Schema, list_missing, parse_schema
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Migration",
    "Schema",
    "check",
    "load_schema",
    "migrate",
    "read_found",
    "split_statements",
]

_HAS_INFO: Final = (
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_info'"
)
_HAS_ANYTHING: Final = "SELECT count(*) FROM sqlite_schema"
_CREATE_INFO: Final = """
CREATE TABLE schema_info (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    purpose TEXT NOT NULL,
    version INTEGER NOT NULL,
    compatible_with INTEGER NOT NULL
) STRICT
"""
_READ_INFO: Final = "SELECT purpose, version, compatible_with FROM schema_info"
_WRITE_INFO: Final = """
INSERT INTO schema_info (only_row, purpose, version, compatible_with) VALUES (1, ?, ?, ?)
ON CONFLICT (only_row) DO UPDATE SET
    version = excluded.version, compatible_with = excluded.compatible_with
"""


def load_schema(purpose: str, *, error_code: str) -> Schema:
    """Load a schema from this package's files.

    Raises:
        RefusedError: ``schema.files``, a fault of the package.
    """
    folder = resources.files(__package__).joinpath("schema").joinpath(purpose)
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    return parse_schema(purpose, files, error_code=error_code)


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the file fit, inside one transaction; several processes may try at once.

    Args:
        connection: In autocommit mode, outside of a transaction.
        schema: What the code needs.

    Raises:
        UnavailableError: The schema's code when the file needs newer code or serves another
            purpose. The file is left as it was.
        sqlite3.Error: Whatever SQLite reports; the caller translates it.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        _migrate(connection, schema)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def check(connection: sqlite3.Connection, schema: Schema) -> None:
    """Require that nothing is missing, and change nothing.

    Raises:
        UnavailableError: The schema's code.
    """
    found = read_found(connection, schema)
    version = 0 if found is None else found.version
    if found is None or list_missing(schema, found):
        message = (
            f"expected schema version {schema.version} in the file, found {version}; "
            "run swb migrate"
        )
        raise UnavailableError(schema.error_code, message)


def read_found(connection: sqlite3.Connection, schema: Schema) -> Found | None:
    """Read what the file says of itself.

    Returns:
        None where nothing is in it.

    Raises:
        UnavailableError: The schema's code: something else is in it.
    """
    if connection.execute(_HAS_INFO).fetchone()[0]:
        purpose, version, compatible_with = connection.execute(_READ_INFO).fetchone()
        return Found(purpose=purpose, version=version, compatible_with=compatible_with)
    if connection.execute(_HAS_ANYTHING).fetchone()[0]:
        message = f"expected a {schema.purpose} file, found another application's database"
        raise UnavailableError(schema.error_code, message)
    return None


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    found = read_found(connection, schema)
    if found is None:
        connection.execute(_CREATE_INFO)
        _run(connection, schema.full)
    else:
        missing = list_missing(schema, found)
        if not missing:
            return
        for step in missing:
            _run(connection, step.script)
    connection.execute(_WRITE_INFO, (schema.purpose, schema.version, schema.compatible_with))


def _run(connection: sqlite3.Connection, script: str) -> None:
    for statement in split_statements(script):
        connection.execute(statement)


def split_statements(script: str) -> Iterator[str]:
    """Split a script, because `executescript` would commit the transaction it runs in.

    A statement ends with the line that completes it, so triggers stay whole.
    """
    pending = ""
    for line in script.splitlines(keepends=True):
        if not pending and (not line.strip() or line.startswith("--")):
            continue
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip():
        yield pending.strip()
