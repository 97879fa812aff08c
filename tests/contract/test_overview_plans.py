"""Nothing that pages and the API ask looks at every row: both planners are asked.

Of a table that grows with each document no statement reads more than a range of an index. Which
statements there are is not listed here: every page and everything that the API shows is asked.
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

from swb.api import build_document
from swb.app.private import Filled
from swb.backends.postgres import overview_statements as on_postgres
from swb.backends.postgres.filling import fill_store
from swb.backends.postgres.overview import PostgresOverview
from swb.backends.postgres.store import PostgresMessageStore
from swb.backends.sqlite import overview_statements as on_sqlite
from swb.backends.sqlite.migrations import load_schema, migrate
from swb.console.application import PAGES
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
    {
        *("documents", "messages", "inbox", "events", "outbox", "deliveries", "submissions"),
        *("mentions", "buried", "remarks", "glances", "spellings"),
    }
)
"""Tables that grow with what comes and goes. What is held does not, figures grow with days."""
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
    "LIST_COURSES": {"keys": ["x"] * 50, "certificate_types": ["CertificateIssue"]},
    "LIST_COURSE_FACTS": (["x"] * 50,),
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
FEW: Final = frozenset(
    {
        *("pulse", "reading", "schema_info", "sqlite_schema"),
        *("users", "credentials", "incidents", "notices", "n", "h", "trust"),
    }
)
"""Tables of one row, and those that grow with people, outages, faults and trust lists.

``n`` is what a statement calls notices, ``h`` what is held."""
LAST: Final = re.compile(r"[^?]* ORDER BY sequence DESC LIMIT 1")
"""The last row of a table: its key is read from the end."""
COUNTED_WHOLE: Final = "SELECT count(*) FROM paper_uses"
"""How many certificates were used on paper while there was an outage: by the smallest index."""

PARTIAL: Final = re.compile(r"INDEX \w+_(waiting|parked|discarded)(_by_line)?\b")
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
    try:
        document = await store.find_document(ids[len(ids) // 2])
        message = await store.find_carrier(ids[len(ids) // 2])
        assert document is not None
        assert message is not None
        world = Filled(url=url, store=store, overview=overview, document_ids=ids)
        async with open_pages(generic, schema=schema) as pages:
            about = Subject(
                filled=world,
                document=document,
                message=message,
                now=NOW,
                day=NOW,
                pages=pages,
                own=pages.own[0],
            )
            before = count_scans(url, schema)
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


def test_no_page_and_nothing_that_the_api_shows_is_forgotten() -> None:
    asked = {question.of for question in QUESTIONS} - {""}
    pages = {page.path for page in PAGES if page.method == "GET"}
    shown = {
        operations["get"]["operationId"]
        for operations in build_document()["paths"].values()
        if "get" in operations
    }
    assert asked == pages | shown


async def test_nothing_that_pages_ask_of_files_scans_what_grows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the plan of each statement that any of SQLite's files is really asked."""
    asked: set[tuple[str, str]] = set()

    class Watched(sqlite3.Connection):
        """Notes what it is asked."""

        path: str

        def execute(self, statement: str, *rest: Any) -> sqlite3.Cursor:  # noqa: ANN401 - passed on
            asked.add((self.path, statement))
            return super().execute(statement, *rest)

    connect = sqlite3.connect

    def watch(path: str, **how: Any) -> sqlite3.Connection:  # noqa: ANN401 - passed on
        made = connect(path, **how, factory=Watched)
        made.path = str(path)
        return made

    monkeypatch.setattr("swb.backends.sqlite.database.sqlite3.connect", watch)
    async with open_pages(None, entries=10) as pages:
        store, overview = pages.node.store, pages.node.overview
        assert store is not None
        assert overview is not None
        document = await store.find_document(pages.own[0].document_id)
        message = await store.find_carrier(pages.own[0].document_id)
        assert document is not None
        assert message is not None
        world = Filled(url="", store=store, overview=overview, document_ids=())
        about = Subject(
            filled=world,
            document=document,
            message=message,
            now=NOW,
            day=NOW,
            pages=pages,
            own=pages.own[0],
        )
        asked.clear()
        for question in QUESTIONS:
            await question.ask(about)
        monkeypatch.undo()
        found = [
            (statement, scan)
            for path, statement in sorted(asked)
            for scan in list_scans(path, statement)
        ]
    assert len({path for path, _ in asked}) >= 5, "store, access, audit, evidence, reconciliation"
    wrong = [
        (statement, scan)
        for statement, scan in found
        if scan.split()[1] not in IN_MEMORY | FEW | {"CONSTANT"}
        and statement != COUNTED_WHOLE
        and not (LAST.fullmatch(statement) and "WHERE" not in statement)
    ]
    assert wrong == []


def list_scans(path: str, statement: str) -> list[str]:
    """What a file's planner would read whole for a statement."""
    if not re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", statement):
        return []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return explain(connection, statement)


def explain(connection: sqlite3.Connection, statement: str) -> list[str]:
    named = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    given = named or (1,) * max(
        [statement.count("?"), *map(int, re.findall(r"\?(\d+)", statement))]
    )
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
    return [
        detail
        for *_, detail in rows
        if detail.startswith("SCAN ") and "(subquery" not in detail and not PARTIAL.search(detail)
    ]


@pytest.mark.parametrize("name", list_statements(on_sqlite))
def test_sqlite_plans_no_scan_of_what_grows(name: str) -> None:
    statement: str = getattr(on_sqlite, name)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, load_schema("store", error_code="store.schema"))
        scans = explain(connection, statement)
    assert {each.split()[1] for each in scans} <= IN_MEMORY | {"CONSTANT"}, scans
