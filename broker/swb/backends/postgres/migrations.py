"""Brings one PostgreSQL schema to what this code needs, or refuses it.

What the steps are, and who may work with whose data, is said in `swb.core.migrating`; the files
are in this package's folder ``schema``. Both numbers stand in the table ``schema_info`` of the
PostgreSQL schema itself, so that what is restored says what it is.

Several daemons may try at once: whoever comes second waits, and finds nothing left to do. DDL is
transactional, so a step that fails leaves everything as it was.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

from psycopg import sql

from swb.core.migrating import Found, Schema, list_missing, parse_schema
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from psycopg import AsyncConnection

    from swb.core.migrating import Migration

__all__ = ["check", "load_schema", "migrate", "read_found"]

# 'swbm' in ASCII; one lock for all schemas of a database, for migrations are rare.
_LOCK: Final = "SELECT pg_advisory_xact_lock(1937203821)"
_HAS_SCHEMA: Final = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
_CREATE_SCHEMA: Final = sql.SQL("CREATE SCHEMA {}")
_HAS_INFO: Final = "SELECT to_regclass(%s) IS NOT NULL"
_HAS_ANYTHING: Final = """
SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s LIMIT 1
"""
_CREATE_INFO: Final = """
CREATE TABLE schema_info (
    only_row integer PRIMARY KEY CHECK (only_row = 1),
    purpose text NOT NULL,
    version integer NOT NULL,
    compatible_with integer NOT NULL
)
"""
_READ_INFO: Final = "SELECT purpose, version, compatible_with FROM schema_info"
_WRITE_INFO: Final = """
INSERT INTO schema_info (only_row, purpose, version, compatible_with) VALUES (1, %s, %s, %s)
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


async def migrate(
    connection: AsyncConnection[Any], schema: Schema, *, name: str
) -> Sequence[Migration]:
    """Make the schema fit, inside one transaction; several processes may try at once.

    Args:
        connection: In autocommit mode, its search path the schema alone.
        schema: What the code needs.
        name: The PostgreSQL schema's.

    Returns:
        The steps that were taken; all of them where there was nothing.

    Raises:
        UnavailableError: The schema's code when the data need newer code or serve another
            purpose. They are left as they were.
        psycopg.Error: Whatever PostgreSQL reports; the caller translates it.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        cursor = await connection.execute(_HAS_SCHEMA, (name,))
        if await cursor.fetchone() is None:
            await connection.execute(_CREATE_SCHEMA.format(sql.Identifier(name)))
        found = await read_found(connection, schema, name=name)
        if found is None:
            await connection.execute(_CREATE_INFO)
            await connection.execute(schema.full.encode())
            taken = schema.migrations
        else:
            taken = list_missing(schema, found)
            for step in taken:
                await connection.execute(step.script.encode())
        if taken:
            parameters = (schema.purpose, schema.version, schema.compatible_with)
            await connection.execute(_WRITE_INFO, parameters)
    return taken


async def check(connection: AsyncConnection[Any], schema: Schema, *, name: str) -> None:
    """Require that nothing is missing, and change nothing.

    Raises:
        UnavailableError: The schema's code.
        psycopg.Error: Whatever PostgreSQL reports; the caller translates it.
    """
    found = await read_found(connection, schema, name=name)
    version = 0 if found is None else found.version
    if found is None or list_missing(schema, found):
        message = (
            f"expected schema version {schema.version} in {name}, found {version}; "
            "run swb migrate as the owner of the schema"
        )
        raise UnavailableError(schema.error_code, message)


async def read_found(
    connection: AsyncConnection[Any], schema: Schema, *, name: str
) -> Found | None:
    """Read what the data say of themselves.

    Returns:
        None where there is no such PostgreSQL schema, or nothing in it.

    Raises:
        UnavailableError: The schema's code: something else is in it.
        psycopg.Error: Whatever PostgreSQL reports; the caller translates it.
    """
    cursor = await connection.execute(_HAS_INFO, (f"{name}.schema_info",))
    row = await cursor.fetchone()
    if row is not None and row[0]:
        cursor = await connection.execute(_READ_INFO)
        info = await cursor.fetchone()
        if info is not None:
            return Found(purpose=info[0], version=info[1], compatible_with=info[2])
    cursor = await connection.execute(_HAS_ANYTHING, (name,))
    if await cursor.fetchone() is not None:
        message = f"expected a {schema.purpose} in {name}, found tables of something else"
        raise UnavailableError(schema.error_code, message)
    return None
