"""A store of the time before figures were kept is counted from its beginning when it is opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import psycopg

from swb.backends.postgres import migrations as on_postgres
from swb.backends.sqlite import migrations as on_sqlite
from swb.core.figures import Grain, Measure
from swb.ports import FigureFilter, GlanceFilter
from tests.contract.overviews import roll_up
from tests.contract.store_worlds import PostgresStoreWorld, SqliteStoreWorld, name_schema

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from swb.core.migrating import Schema
    from tests.contract.store_worlds import StoreWorld

BEFORE: Final = {"postgres": 4, "sqlite": 6}
"""The last version of the schema that knew no figures."""
DOCUMENT: Final = """
INSERT INTO documents (document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets)
VALUES ('d', 'CertificateIssue', 'TH:DFT:1', 'c', 'urn:swb:party:TH:issuing',
    'urn:swb:party:VN:customs', 'production', 'sha-256:0', 'out', {at}, {octets})
"""
EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES ('d', 'AS1', {at}, '', '', '', 0)
"""
BURIED: Final = """
INSERT INTO buried (octets_digest, line, code, detail, buried_at, octets)
VALUES ('sha-256:1', 'VN', 'signature.invalid', '', {at}, {octets})
"""
OLD: Final = (DOCUMENT, EVENT, BURIED)


def before(schema: Schema, version: int) -> Schema:
    steps = schema.migrations[:version]
    return replace(schema, full="".join(step.script for step in steps), migrations=steps)


async def check(world: StoreWorld) -> None:
    store, overview = world.store(), world.overview()
    await store.open()
    await overview.open()
    await roll_up(overview)
    for measure, code in ((Measure.FACT, "AS1"), (Measure.REFUSAL, "signature.invalid")):
        (found,) = await overview.list_figures(FigureFilter(measure=measure, grain=Grain.DAY))
        assert (found.figure.code, found.count) == (code, 1)
    assert [each.status for each in await overview.list_glances(GlanceFilter())] == ["AS1"]
    assert [each.document_id for each in await overview.search_documents("th dft 1")] == ["d"]
    await overview.close()
    await store.close()


async def test_an_old_file_is_counted(tmp_path: Path) -> None:
    schema = on_sqlite.load_schema("store", error_code="store.schema")
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        on_sqlite.migrate(connection, before(schema, BEFORE["sqlite"]))
        for statement in OLD:
            connection.execute(statement.format(at=1_790_000_000_000_000, octets="x'00'"))
    await check(SqliteStoreWorld(path=tmp_path / "old.db"))


async def test_an_old_postgresql_schema_is_counted(postgres_server: PrivatePostgres) -> None:
    schema = on_postgres.load_schema("store", error_code="store.schema")
    url, name = postgres_server.url(), name_schema()
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    async with connection:
        await connection.execute("SELECT set_config('search_path', %s, false)", (name,))
        await on_postgres.migrate(connection, before(schema, BEFORE["postgres"]), name=name)
        for statement in OLD:
            await connection.execute(statement.format(at="now()", octets="'x'").encode())
    await check(PostgresStoreWorld(url, name))
