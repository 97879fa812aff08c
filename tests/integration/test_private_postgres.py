"""A private server is really private, really gone afterwards, and keeps its data when killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from swb.backends.postgres import node as node_module
from swb.backends.postgres.node import PrivatePostgres, find_postgres
from swb_schemas.errors import UnavailableError
from tests.services import ROOT, miss

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE_WITHIN = 10.0
"""Seconds until a server whose owner was killed must be gone."""

OWNER = """
import asyncio, json, time
from swb.backends.postgres.node import PrivatePostgres
server = PrivatePostgres()
asyncio.run(server.start())
print(json.dumps({"pid": server.pid}), flush=True)
time.sleep(100)
"""
"""A program that starts a server and never stops it."""


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")


@pytest.fixture
def tmp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary folders that PostgreSQL's user can reach."""
    with TemporaryDirectory(prefix="swb-test-") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


def folders_in(tmp: Path) -> list[Path]:
    """Folders of private servers."""
    return list(tmp.glob("swb-postgres-*"))


def insert(url: str) -> int:
    """Commit one row more; return how many there are."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS killed (number integer)")
        connection.execute("INSERT INTO killed VALUES (1)")
        row = connection.execute("SELECT count(*) FROM killed").fetchone()
    assert row is not None
    return int(row[0])


async def test_a_killed_server_comes_back_with_what_was_committed(tmp: Path) -> None:
    server = PrivatePostgres()
    async with server:
        first = psutil.Process(server.pid)
        addresses = {each.laddr.ip for each in first.net_connections() if each.status == "LISTEN"}
        assert addresses == {"127.0.0.1"}
        assert first.username() != "root"
        assert insert(server.url()) == 1
        await server.kill()
        assert not first.is_running()
        with pytest.raises(psycopg.OperationalError):
            insert(server.url())
        await server.restart()
        assert insert(server.url()) == 2
        # Somebody else's kill, of the first process alone, is no hindrance either.
        os.kill(server.pid, signal.SIGKILL)
        await server.restart()
        assert insert(server.url()) == 3
        last = psutil.Process(server.pid)
    assert not last.is_running()
    assert not folders_in(tmp)
    for operation in (server.kill(), server.restart()):
        with pytest.raises(UnavailableError, match=r"postgres\.not_running"):
            await operation


def test_refuses_whoever_does_not_know_its_password(postgres_server: PrivatePostgres) -> None:
    url = f"postgresql://swb:guess@127.0.0.1:{postgres_server.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


async def test_says_what_a_program_of_postgresql_said(postgres_server: PrivatePostgres) -> None:
    assert "pg_dump" in await postgres_server.run("pg_dump", "--version")
    with pytest.raises(UnavailableError, match=r"postgres\.program_failed.*nowhere"):
        await postgres_server.run("pg_dump", "nowhere")


async def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "find_postgres", lambda: None)
    with pytest.raises(UnavailableError, match=r"postgres\.not_installed"):
        await PrivatePostgres().start()


async def test_says_what_it_logged_when_it_does_not_start(
    tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PrivatePostgres, "_settings", lambda _: "no_such_setting = 1\n")
    with pytest.raises(UnavailableError, match=r"postgres\.start_failed(?s:.*)no_such_setting"):
        await PrivatePostgres().start()
    assert not folders_in(tmp)


def test_ends_with_its_owner_even_when_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ)
    ) as owner:
        assert owner.stdout is not None
        server = psutil.Process(json.loads(owner.stdout.readline())["pid"])
        family = [server, *server.children(recursive=True)]
        owner.kill()
    deadline = time.monotonic() + GONE_WITHIN
    while any(each.is_running() for each in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(each.is_running() for each in family)


async def test_commits_wait_for_the_disk_as_they_are_told_to() -> None:
    async with PrivatePostgres(durable=True) as server:
        for durable, word in ((True, "on"), (False, "off"), (True, "on")):
            await server.set_durable(durable)
            with psycopg.connect(server.url()) as connection:
                shown = connection.execute("SHOW fsync").fetchone()
            assert shown == (word,)
