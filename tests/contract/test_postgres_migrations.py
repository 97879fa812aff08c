"""PostgreSQL's schema: made at once or step by step, it is the same, and a step is whole."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from swb.backends.postgres.migrations import load_schema, migrate, read_found
from swb.core.migrating import Migration, Schema
from swb_schemas.errors import UnavailableError
from tests.contract.store_worlds import name_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb.backends.postgres.node import PrivatePostgres

PURPOSES = ("store",)

CATALOGUE: Final = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, collation_name, is_nullable,
    column_default, is_identity, ordinal_position)
FROM information_schema.columns WHERE table_schema = %(schema)s
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
UNION ALL
SELECT 'function', '', proname, pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'relation', '', relname, concat_ws(' ', relkind, reloptions::text)
FROM pg_class WHERE relnamespace = %(schema)s::regnamespace
ORDER BY 1, 2, 3
"""


@contextlib.asynccontextmanager
async def made(
    server: PrivatePostgres, *schemas: Schema
) -> AsyncIterator[tuple[psycopg.AsyncConnection[Any], str]]:
    """A schema brought to one version after the other."""
    name = name_schema()
    connection = await psycopg.AsyncConnection.connect(server.url(), autocommit=True)
    async with connection:
        await connection.execute("SELECT set_config('search_path', %s, false)", (name,))
        for schema in schemas:
            await migrate(connection, schema, name=name)
        yield connection, name


async def describe(connection: psycopg.AsyncConnection[Any], name: str) -> list[tuple[str, ...]]:
    """Tell what is in a schema, whatever the schema's own name."""
    cursor = await connection.execute(CATALOGUE, {"schema": name})
    found = [tuple(str(each).replace(name, "") for each in row) for row in await cursor.fetchall()]
    cursor = await connection.execute("SELECT * FROM schema_info")
    return [*found, *(("version", *map(str, row)) for row in await cursor.fetchall())]


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_the_full_schema_is_the_sum_of_all_migrations(
    postgres_server: PrivatePostgres, purpose: str
) -> None:
    schema = load_schema(purpose, error_code="store.schema")
    first = schema.migrations[0]
    begun = replace(schema, full=first.script, migrations=schema.migrations[:1])
    async with (
        made(postgres_server, schema) as (at_once, one),
        made(postgres_server, begun, schema, schema) as (step_by_step, other),
    ):
        assert await describe(at_once, one) == await describe(step_by_step, other)


FIRST = Migration(version=1, compatible_with=1, script="CREATE TABLE a (x integer);")
SECOND = Migration(
    version=2,
    compatible_with=1,
    script="ALTER TABLE a ADD COLUMN y text;\nCREATE INDEX b ON a (y);",
)
BROKEN = replace(SECOND, script="INSERT INTO a VALUES (1);\nCREATE TABLE a (x integer);")


def schema_of(*steps: Migration, full: str = FIRST.script) -> Schema:
    return Schema(purpose="store", full=full, migrations=steps, error_code="s.schema")


async def test_a_difference_between_both_ways_is_seen(postgres_server: PrivatePostgres) -> None:
    """Here an index, of which the full schema knows nothing."""
    forgot = schema_of(FIRST, SECOND, full="CREATE TABLE a (x integer, y text);")
    async with (
        made(postgres_server, forgot) as (at_once, one),
        made(postgres_server, schema_of(FIRST), forgot) as (step_by_step, other),
    ):
        assert await describe(at_once, one) != await describe(step_by_step, other)


async def test_a_step_that_fails_leaves_the_data_as_they_were(
    postgres_server: PrivatePostgres,
) -> None:
    async with made(postgres_server, schema_of(FIRST)) as (connection, name):
        before = await describe(connection, name)
        with pytest.raises(psycopg.errors.DuplicateTable):
            await migrate(connection, schema_of(FIRST, BROKEN), name=name)
        assert await describe(connection, name) == before


async def test_older_code_leaves_newer_data_as_they_are_or_refuses_them(
    postgres_server: PrivatePostgres,
) -> None:
    newer = schema_of(FIRST, SECOND)
    async with made(postgres_server, schema_of(FIRST), newer, schema_of(FIRST)) as (found, name):
        read = await read_found(found, newer, name=name)
        assert read is not None
        assert (read.version, read.compatible_with) == (2, 1)
        await found.execute("UPDATE schema_info SET compatible_with = 2")
        with pytest.raises(UnavailableError, match=r"s\.schema.*version 2.*version 1"):
            await migrate(found, schema_of(FIRST), name=name)
