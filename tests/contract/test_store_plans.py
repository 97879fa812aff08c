"""Nothing that the road asks of a store looks at every row of a table that grows with it.

Each planner is asked about each statement, whatever its parameters. PostgreSQL is told to scan a
table only where no index can serve: it would scan small ones in any case, and large ones later.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import pkgutil
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from swb.backends import postgres, sqlite
from swb.backends.postgres import filling
from swb.backends.postgres.store import PostgresMessageStore
from swb.backends.sqlite.filling import fill_concluded
from swb.backends.sqlite.store import SqliteMessageStore
from tests.contract.store_worlds import name_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from swb.backends.postgres.node import PrivatePostgres

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENTS: Final = 5_000
"""With few, a planner rightly reads all of an index, and joins by merging."""
GROWING: Final = frozenset(
    {"documents", "messages", "events", "inbox", "outbox", "deliveries", "submissions", "mentions"}
)
"""Tables that grow with each document. Dead letters and what is held do not."""
REPORTS: Final = {
    "workload._LIST_TRAFFIC": "`swb traffic`",
}
"""Asked by a person now and then; not worth an index in each commit."""
PARTIAL: Final = re.compile(r"SCAN \w+ USING INDEX (outbox|deliveries)_(waiting|parked)\w*")
"""An index of what waits holds nothing else, and reading all of it is what is wanted."""
STATEMENT: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")


def list_modules(backend: ModuleType) -> list[ModuleType]:
    """The rooms of a store, each with the statements that it uses."""
    return [
        import_module(f"{backend.__name__}.{each.name}")
        for each in pkgutil.iter_modules(backend.__path__)
        if each.name.startswith("store_")
    ]


def list_statements(backend: ModuleType) -> dict[str, str]:
    """Every statement of a store, by room, constant, and place where that has several."""
    found: dict[str, str] = {}
    for module in list_modules(backend):
        room = module.__name__.rpartition(".store_")[2]
        for name, each in vars(module).items():
            found |= {
                ".".join((room, name, *place)): text
                for *place, text in _take_apart(each)
                if isinstance(text, str) and STATEMENT.match(text)
            }
    return found


def _take_apart(constant: object) -> Iterator[tuple[Any, ...]]:
    if isinstance(constant, dict):
        yield from ((str(key), text) for key, text in constant.items())
    elif isinstance(constant, tuple):
        yield from ((str(place), text) for place, text in enumerate(constant))
    else:
        yield (constant,)


@pytest.mark.parametrize("backend", [sqlite, postgres], ids=["sqlite", "postgres"])
def test_every_statement_is_looked_at(backend: ModuleType) -> None:
    written = {
        node.value
        for module in list_modules(backend)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and STATEMENT.match(node.value)
    }
    assert written == set(list_statements(backend).values())


def test_sqlite_scans_no_table_that_grows(tmp_path: Path) -> None:
    file = tmp_path / "store.db"

    asyncio.run(_make(file))
    fill_concluded(file, state="TH", relays=False, documents=DOCUMENTS, until=NOW)
    scanning = set()
    with closing(sqlite3.connect(file)) as connection:
        for name, statement in list_statements(sqlite).items():
            named = re.findall(r":(\w+)", re.sub(r"'[^']*'", "", statement))
            given: Any = dict.fromkeys(named) if named else [None] * statement.count("?")
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
            names = _name_tables(statement)
            scanning |= {
                name
                for *_, step in plan
                if step.startswith("SCAN")
                and names.get(step.split()[1]) in GROWING
                and not PARTIAL.fullmatch(step)
            }
    assert scanning == set(REPORTS)


def test_sqlite_searches_a_number_by_an_index_of_its_own(tmp_path: Path) -> None:
    """By the index of all keys it would look at every certificate of a state."""
    file = tmp_path / "store.db"
    asyncio.run(_make(file))
    with closing(sqlite3.connect(file)) as connection:
        statement = (
            f"EXPLAIN QUERY PLAN {list_statements(sqlite)['certificates._SEARCH_CERTIFICATES']}"
        )
        given = {"state": "TH", "numbers": '["1"]', "certificate_types": '["T"]', "limit": 9}
        steps = [step for *_, step in connection.execute(statement, given)]
    assert any("INDEX documents_by_number (<expr>=? AND <expr>=?)" in step for step in steps)


async def _make(file: Path) -> None:
    store = SqliteMessageStore(path=file)
    await store.open()
    await store.close()


def _name_tables(statement: str) -> dict[str, str]:
    """Tables of a statement by the names that it gives them."""
    found = re.findall(r"(?:FROM|JOIN|UPDATE|INTO) (\w+)(?: (?:AS )?(\w+))?", statement)
    return {alias: table for table, alias in found} | {table: table for table, _ in found}


@pytest.fixture
def filled(postgres_server: PrivatePostgres) -> Iterator[psycopg.Connection]:
    """A connection to a filled schema."""
    url, schema = postgres_server.url(), name_schema()

    async def fill() -> None:
        store = PostgresMessageStore(url=url, schema=schema, connections=1)
        await store.open()
        await store.close()
        await filling.fill_concluded(
            url=url, schema=schema, state="TH", relays=False, documents=DOCUMENTS, until=NOW
        )

    asyncio.run(fill())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT set_config('search_path', %s, false)", (schema,))
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
        connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def test_postgresql_scans_no_table_that_grows(filled: psycopg.Connection) -> None:
    scanning, used = set(), {}
    for name, statement in list_statements(postgres).items():
        numbered, count = _number(statement)
        filled.execute(f"PREPARE asked AS {numbered}".encode())
        given = f"({', '.join(['NULL'] * count)})" if count else ""
        row = filled.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked{given}".encode()).fetchone()
        filled.execute("DEALLOCATE asked")
        assert row is not None
        steps = list(_walk(row[0][0]["Plan"]))
        used[name] = {node["Index Name"] for node in steps if "Index Name" in node}
        if any(_reads_all(node) for node in steps):
            scanning.add(name)
    assert scanning == set(REPORTS)
    # A whole index that is read under a condition looks the same in a plan.
    assert used["erasing._ERASE.0"] == {"mentions_by_document"}
    # By the index of all keys it would look at every certificate of a state.
    assert used["certificates._SEARCH_CERTIFICATES"] == {"documents_by_number"}


def _reads_all(node: dict[str, Any]) -> bool:
    """Whether a step of a plan reads a growing table, or an index of all of it, to its end."""
    return (
        node.get("Relation Name") in GROWING
        and node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}
        and "Index Cond" not in node
        and not re.fullmatch(r"\w+_(waiting|parked)\w*", node.get("Index Name", ""))
    )


def _number(statement: str) -> tuple[str, int]:
    """Write the driver's parameters as the server's own; returns how many there are."""
    numbers: dict[str, int] = {}

    def take(found: re.Match[str]) -> str:
        name = found[1] or f"number {len(numbers)}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    numbered = re.sub(r"%(?:\((\w+)\))?[sbt]", take, statement).replace("%%", "%")
    return numbered, len(numbers)


def _walk(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _walk(inner)
