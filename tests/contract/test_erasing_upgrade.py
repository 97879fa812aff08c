"""A store of the time before documents were erased by indexes gets them when it is opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import psycopg

from swb.backends.postgres import migrations as on_postgres
from swb.backends.sqlite import migrations as on_sqlite
from swb.ports import Erasure
from tests.contract.records import NOW
from tests.contract.store_worlds import PostgresStoreWorld, SqliteStoreWorld, name_schema
from tests.contract.test_overview_upgrade import before

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from tests.contract.store_worlds import StoreWorld

BEFORE: Final = {"postgres": 7, "sqlite": 9}
"""The last version of the schema without these indexes."""
DOCUMENT: Final = """
INSERT INTO documents (document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets)
VALUES ('{id}', 'CertificateIssue', 'TH:DFT:{id}', 'c', 'urn:swb:party:TH:issuing',
    'urn:swb:party:VN:customs', 'production', 'sha-256:0', 'out', {at}, {octets})
"""
MENTION: Final = "INSERT INTO mentions (mentioned, document_id) VALUES ('VN:MOIT:1', '{id}')"
SUBMISSION: Final = """
INSERT INTO submissions (payload_digest, adapter, document_id, recorded_at, payload)
VALUES ('sha-256:{id}', 'thailand/1.0', '{id}', {at}, {octets})
"""
OLD: Final = (DOCUMENT, MENTION, SUBMISSION)
ADDED: Final = {"mentions_by_document", "submissions_by_document"}
LEFT: Final = """
SELECT s.document_id, length(s.payload), m.mentioned
FROM submissions s LEFT JOIN mentions m ON m.document_id = s.document_id ORDER BY 1
"""


async def erase_the_first(world: StoreWorld) -> None:
    store = world.store()
    await store.open()
    erasure = Erasure(
        erasure_id="e", conversation_id="c", document_ids=["1"], octets=b"{}", erased_at=NOW
    )
    await store.erase(erasure)
    await store.close()


async def test_an_old_file_is_erased_from_by_the_new_indexes(tmp_path: Path) -> None:
    schema = on_sqlite.load_schema("store", error_code="store.schema")
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        on_sqlite.migrate(connection, before(schema, BEFORE["sqlite"]))
        for statement in OLD:
            for number in (1, 2):
                connection.execute(statement.format(id=number, at=0, octets="x'00'"))
    await erase_the_first(SqliteStoreWorld(path=tmp_path / "old.db"))
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        left = connection.execute(LEFT).fetchall()
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    assert left == [("1", 0, None), ("2", 1, "VN:MOIT:1")]
    assert names >= ADDED


async def test_an_old_postgresql_schema_is_erased_from_by_the_new_indexes(
    postgres_server: PrivatePostgres,
) -> None:
    schema = on_postgres.load_schema("store", error_code="store.schema")
    url, name = postgres_server.url(), name_schema()
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    async with connection:
        await connection.execute("SELECT set_config('search_path', %s, false)", (name,))
        await on_postgres.migrate(connection, before(schema, BEFORE["postgres"]), name=name)
        for statement in OLD:
            for number in (1, 2):
                row = statement.format(id=number, at="now()", octets="'x'")
                await connection.execute(row.encode())
        await erase_the_first(PostgresStoreWorld(url, name))
        left = await (await connection.execute(LEFT)).fetchall()
        found = await connection.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = %s", (name,)
        )
        names = {row[0] for row in await found.fetchall()}
    assert left == [("1", 0, None), ("2", 1, "VN:MOIT:1")]
    assert names >= ADDED
