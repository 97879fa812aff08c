"""Schemas: a new file and a migrated one are the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from swb.backends.sqlite.migrations import Migration, Schema, load_schema, migrate, split_statements
from swb_schemas.errors import UnavailableError

PURPOSES = (
    "access",
    "audit",
    "evidence",
    "ledger",
    "reconciliation",
    "store",
    "transport",
    "witness",
)


def load(purpose: str) -> Schema:
    return load_schema(purpose, error_code=f"{purpose}.schema")


def describe(connection: sqlite3.Connection) -> dict[str, object]:
    """Tell what is in a database: the statements that made it, and the rows it began with."""
    made = connection.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    statements = {name: " ".join((sql or "").split()) for name, sql in made}
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    rows = {
        name: connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - own names
        for (name,) in tables
    }
    return {"statements": statements, "rows": rows}


def connect() -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(":memory:", isolation_level=None))


def version_of(connection: sqlite3.Connection) -> tuple[int, int]:
    row: tuple[int, int] = connection.execute(
        "SELECT version, compatible_with FROM schema_info"
    ).fetchone()
    return row


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_full_schema_is_the_sum_of_all_migrations(purpose: str) -> None:
    schema = load(purpose)
    with connect() as at_once, connect() as step_by_step:
        migrate(at_once, schema)
        first = schema.migrations[0]
        migrate(step_by_step, replace(schema, full=first.script, migrations=schema.migrations[:1]))
        migrate(step_by_step, schema)
        assert describe(at_once) == describe(step_by_step)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_migrations_are_numbered_and_never_ask_for_code_of_the_future(purpose: str) -> None:
    versions = [(step.version, step.compatible_with) for step in load(purpose).migrations]
    assert [version for version, _ in versions] == list(range(1, len(versions) + 1))
    assert all(compatible <= version for version, compatible in versions)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_migrating_again_changes_nothing(purpose: str) -> None:
    with connect() as connection:
        migrate(connection, load(purpose))
        before = describe(connection)
        migrate(connection, load(purpose))
        assert describe(connection) == before


FIRST = Migration(version=1, compatible_with=1, script="CREATE TABLE a (x INTEGER);")
SECOND = Migration(
    version=2, compatible_with=1, script="ALTER TABLE a ADD COLUMN y;\nINSERT INTO a VALUES (1, 2);"
)
BROKEN = replace(SECOND, script="INSERT INTO a VALUES (1);\nCREATE TABLE a (x);")


def schema_of(*steps: Migration) -> Schema:
    return Schema(purpose="store", full=steps[0].script, migrations=steps, error_code="s.schema")


def test_takes_the_missing_steps_only() -> None:
    with connect() as connection:
        migrate(connection, schema_of(FIRST))
        assert version_of(connection) == (1, 1)
        migrate(connection, schema_of(FIRST, SECOND))
        migrate(connection, schema_of(FIRST, SECOND))
        assert version_of(connection) == (2, 1)
        assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]


def test_older_code_leaves_newer_data_as_they_are() -> None:
    with connect() as connection:
        migrate(connection, schema_of(FIRST))
        migrate(connection, schema_of(FIRST, SECOND))
        migrate(connection, schema_of(FIRST))
        assert version_of(connection) == (2, 1)


def test_refuses_data_that_need_newer_code() -> None:
    with connect() as connection:
        migrate(connection, schema_of(FIRST))
        migrate(connection, schema_of(FIRST, replace(SECOND, compatible_with=2)))
        with pytest.raises(UnavailableError, match=r"s\.schema.*version 2.*version 1"):
            migrate(connection, schema_of(FIRST))


def test_a_step_that_fails_leaves_the_data_as_they_were() -> None:
    with connect() as connection:
        migrate(connection, schema_of(FIRST))
        before = describe(connection)
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, schema_of(FIRST, BROKEN))
        assert describe(connection) == before
        assert not connection.in_transaction


def test_keeps_a_trigger_in_one_piece() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a;\n  SELECT 1;\nEND;"
    script = f"-- a remark; with a semicolon\n\nCREATE TABLE a (x);\n{trigger}\n-- the end\n"
    assert list(split_statements(script)) == ["CREATE TABLE a (x);", trigger]
