"""Brings the schema of a database file to what this code needs, or refuses the file.

A schema is a folder of SQL files in this package: ``full.sql`` makes a new file at once,
``0001_first.sql``, ``0002_....sql`` and so on lead there step by step; a test holds that both
ways end in the same schema. The first line of every step is ``-- compatible-with: N``: the oldest
schema version whose code can still work with the file after this step.

Both numbers stand in the file itself. Newer code migrates an older file; older code works on a
newer file as long as that says it is compatible, and refuses it otherwise.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Migration", "Schema", "load_schema", "migrate", "split_statements"]

_FILE_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_COMPATIBLE: Final = re.compile(r"-- compatible-with: (\d+)\n")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of a schema.

    Attributes:
        version: The schema version that it leads to; 1 is the first.
        compatible_with: The oldest code's schema version that can work with the result.
        script: The statements.
    """

    version: int
    compatible_with: int
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a database file of one purpose looks like.

    Attributes:
        purpose: ``store`` or ``transport``; a file of another purpose is refused.
        full: The statements that make a new file.
        migrations: The steps that lead there, in order.
        error_code: The code of the refusal, for example ``store.schema``.
    """

    purpose: str
    full: str
    migrations: Sequence[Migration]
    error_code: str

    @property
    def version(self) -> int:
        """The version that this code writes."""
        return self.migrations[-1].version

    @property
    def compatible_with(self) -> int:
        """The oldest code's version that can work with what this code writes."""
        return self.migrations[-1].compatible_with


def load_schema(purpose: str, *, error_code: str) -> Schema:
    """Load a schema from this package's files.

    Raises:
        RefusedError: ``schema.files`` when they are not numbered 1, 2, 3, ... or lack their first
            line; a fault of the package.
    """
    folder = resources.files(__package__).joinpath("schema").joinpath(purpose)
    steps: list[Migration] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name == "full.sql":
            continue
        script = file.read_text(encoding="utf-8")
        name, header = _FILE_NAME.fullmatch(file.name), _COMPATIBLE.match(script)
        if name is None or header is None or int(name[1]) != len(steps) + 1:
            message = f"expected {len(steps) + 1:04d}_name.sql with its version, found {file.name}"
            raise RefusedError("schema.files", message, actor=Actor.DEVELOPER)
        steps.append(Migration(version=int(name[1]), compatible_with=int(header[1]), script=script))
    full = folder.joinpath("full.sql").read_text(encoding="utf-8")
    return Schema(purpose=purpose, full=full, migrations=tuple(steps), error_code=error_code)


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


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    if connection.execute(_HAS_INFO).fetchone()[0]:
        purpose, version, compatible_with = connection.execute(_READ_INFO).fetchone()
    elif connection.execute(_HAS_ANYTHING).fetchone()[0]:
        message = f"expected a {schema.purpose} file, found another application's database"
        raise UnavailableError(schema.error_code, message)
    else:
        purpose, version, compatible_with = schema.purpose, 0, 0
    if purpose != schema.purpose:
        message = f"expected a {schema.purpose} file, found a {purpose} file"
        raise UnavailableError(schema.error_code, message)
    if compatible_with > schema.version:
        message = (
            f"the file has schema version {version} and needs code of version {compatible_with} "
            f"or later; this code has version {schema.version}"
        )
        raise UnavailableError(schema.error_code, message)
    if version >= schema.version:
        return
    if version == 0:
        connection.execute(_CREATE_INFO)
        _run(connection, schema.full)
    else:
        for step in schema.migrations[version:]:
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
