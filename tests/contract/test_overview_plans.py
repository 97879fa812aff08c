"""Nothing that pages ask looks at every row: both planners are asked, with many rows there.

Of a table that grows with each document no statement reads more than a range of an index.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from swb.app.private import Filled
from swb.backends.postgres import overview_statements as on_postgres
from swb.backends.postgres.filling import fill_store
from swb.backends.postgres.overview import PostgresOverview
from swb.backends.postgres.store import PostgresMessageStore
from swb.backends.sqlite import overview_statements as on_sqlite
from swb.backends.sqlite.migrations import load_schema, migrate
from swb.core.figures import EVER
from swb.sandbox.bench.pages import QUESTIONS, Subject
from swb.sandbox.console_pages import open_pages
from tests.contract.store_worlds import name_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.backends.postgres.node import PrivatePostgres

DOCUMENTS: Final = 50_000
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
GROWING: Final = frozenset(
    {"documents", "messages", "events", "outbox", "deliveries", "remarks", "glances", "spellings"}
)
"""Tables that grow with each document. Dead letters and what is held do not, figures with days."""
COUNTED: Final = (
    """
INSERT INTO glances
SELECT document_id, direction, CASE direction WHEN 'out' THEN 'TH' ELSE 'SG' END, message_type,
    (ARRAY['GIVEN', 'NOT GIVEN', 'REFUSED', 'AS3'])[1 + sequence % 4], recorded_at
FROM documents
""",
    """
INSERT INTO spellings
SELECT upper(replace(split_part(certificate_key, ':', 3), '%2F', '')), document_id FROM documents
""",
    """
INSERT INTO figures (
    measure, grain, begins_at, partner, message_type, direction, environment, authority, code, count
)
SELECT 'status', 'ever', '1970-01-01T00:00Z', partner, message_type, direction, 'production', '',
    status, count(*)
FROM glances GROUP BY partner, message_type, direction, status
""",
    "VACUUM (ANALYZE)",
)
"""What the follower would have come to, roughly: counting so many takes longer than a test may."""
FIGURES: Final = {
    "measure": "fact",
    "grain": "day",
    "since": NOW - timedelta(days=1),
    "until": NOW,
    "direction": "",
    "partner": "",
    "message_types": ["CertificateIssue"],
    "environment": "",
    "ever": EVER,
}
KEYS: Final = {
    name: ["x"]
    for name in (
        *("measure", "grain", "partner", "message_type", "direction", "environment"),
        *("authority", "code", "status", "document_id", "folded"),
    )
} | {"begins_at": [NOW], "recorded_at": [NOW], "count": [1]}
SOUGHT: Final = {
    "reference": "0193aaaa-0000-7000-8000-000000000001",
    "folded": "202600000123",
    "folded_from": "2026",
    "folded_behind": "2027",
    "id_from": "0193aaaa",
    "id_behind": "0193aaab",
    "leading": ["CertificateIssue"],
    "limit": 50,
}
LISTED: Final = {
    "ever": EVER,
    "direction": "",
    "partner": "",
    "message_type": "",
    "status": "",
    "since": NOW - timedelta(days=400),
    "before": NOW,
    "before_id": "",
    "limit": 50,
}
CASES: Final[dict[str, Any]] = {
    "SEARCH": SOUGHT,
    "LIST_GLANCES": LISTED,
    "LIST_FIGURES": FIGURES,
    "LIST_SUMS": FIGURES,
    "LIST_TOTALS": FIGURES,
    "LIST_AGES": {"now": NOW, "ages": [timedelta(hours=1)]},
    "FIND_POSITION": ("facts",),
    "LIST_NEW_FACTS": (20_000, 200_000, 200),
    "LIST_DOCUMENTS": (["x"] * 50,),
    "LIST_FACTS": (["x"] * 50, 200_000),
    "LIST_NEW_REMARKS": (1000, 200_000, 200),
    "MOVE": {"feed": "facts", "position": 2, "after": 1},
    "ADD_FIGURES": KEYS,
    "DROP_EMPTY_FIGURES": KEYS,
    "PUT_GLANCES": KEYS,
    "PUT_SPELLINGS": KEYS,
    "FIND_LAG": (),
}
"""Parameters of every statement, as pages and the follower give them."""
IN_MEMORY: Final = frozenset({"found", "best", "waiting", "json_each", "figures", "held"})
"""What SQLite may read whole: what it has just collected, and what is not of `GROWING`."""

PARTIAL: Final = re.compile(r"INDEX (outbox|deliveries|buried)_(waiting|parked)")
"""An index of what waits holds nothing else, and reading all of it is what is wanted."""


@pytest.fixture(scope="module")
def filled(postgres_server: PrivatePostgres) -> Iterator[tuple[str, str, list[str]]]:
    """A schema with many documents: its server's URL, its name, and some ids."""
    url, schema = postgres_server.url(), name_schema()

    async def fill() -> list[str]:
        store = PostgresMessageStore(url=url, schema=schema, connections=1)
        await store.open()
        await store.close()
        return list(await fill_store(url=url, schema=schema, documents=DOCUMENTS, now=NOW))

    ids = asyncio.run(fill())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", (schema,))
        for statement in COUNTED:
            connection.execute(statement.encode())
        yield url, schema, ids
        connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def list_statements(module: object) -> list[str]:
    return [name for name in vars(module) if name.isupper() and name != "TYPE_CHECKING"]


def test_every_statement_is_asked_about() -> None:
    assert set(CASES) == set(list_statements(on_postgres))


@pytest.mark.parametrize("name", CASES)
def test_postgresql_plans_no_sequential_scan_of_what_grows(
    filled: tuple[str, str, list[str]], name: str
) -> None:
    url, schema, _ = filled
    statement: str = getattr(on_postgres, name)
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", (schema,))
        explained = f"EXPLAIN (FORMAT JSON) {statement}".replace(")b::", ")s::").encode()
        row = connection.execute(explained, CASES[name]).fetchone()
        assert row is not None
        scanned = {
            node["Relation Name"]
            for node in walk(row[0][0]["Plan"])
            if node["Node Type"] == "Seq Scan"
        }
        connection.rollback()
    assert not scanned & GROWING


def walk(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from walk(inner)


async def test_nothing_that_pages_ask_scans_what_grows_even_by_a_plan_for_any_parameter(
    filled: tuple[str, str, list[str]],
) -> None:
    """By the server's own count of sequential scans, while the questions are really asked."""
    url, schema, ids = filled
    generic = psycopg.conninfo.make_conninfo(url, options="-c plan_cache_mode=force_generic_plan")
    store = PostgresMessageStore(url=generic, schema=schema, connections=1)
    overview = PostgresOverview(url=generic, schema=schema, connections=1)
    await store.open()
    await overview.open()
    before = count_scans(url, schema)
    try:
        document = await store.find_document(ids[len(ids) // 2])
        message = await store.find_carrier(ids[len(ids) // 2])
        assert document is not None
        assert message is not None
        world = Filled(url=url, store=store, overview=overview, document_ids=ids)
        async with open_pages(generic, schema=schema) as show:
            about = Subject(
                filled=world, document=document, message=message, now=NOW, day=NOW, show=show
            )
            for question in QUESTIONS:
                for _ in range(6):  # from the fifth time on a statement is prepared
                    await question.ask(about)
        page = await overview.read_facts(limit=100)
        assert page.documents
        await overview.commit_facts(page, {})
    finally:
        await overview.close()
        await store.close()
    after = count_scans(url, schema)
    assert {table: after[table] - before[table] for table in GROWING} == dict.fromkeys(GROWING, 0)


def count_scans(url: str, schema: str) -> dict[str, int]:
    """Sequential scans of each table so far; backends tell when they end or rest."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = %s", (schema,)
        )
        return dict(rows.fetchall())


@pytest.mark.parametrize("name", list_statements(on_sqlite))
def test_sqlite_plans_no_scan_of_what_grows(name: str) -> None:
    statement: str = getattr(on_sqlite, name)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, load_schema("store", error_code="store.schema"))
        named = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
        given = named or (1,) * statement.count("?")
        rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
        told = [detail for *_, detail in rows]
    scans = [
        each
        for each in told
        if each.startswith("SCAN ") and "(subquery" not in each and not PARTIAL.search(each)
    ]
    assert {each.split()[1] for each in scans} <= IN_MEMORY | {"CONSTANT"}, scans
