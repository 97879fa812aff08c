"""A ping of a SQLite file is answered only where the file can be written, and then it was."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import pytest

from swb.backends.sqlite.access import SqliteAccessStore
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb.backends.sqlite.witness import SqliteWitnessStore
from swb_schemas.errors import UnavailableError
from tests.ledgers import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Pinged(Protocol):
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def ping(self) -> None: ...


STORES: Final[dict[str, tuple[Callable[..., Pinged], str]]] = {
    "store": (SqliteMessageStore, "store.unavailable"),
    "access": (SqliteAccessStore, "access.unavailable"),
    "ledger": (partial(SqliteLedgerStore, origin=ORIGIN), "ledger.unavailable"),
    "witness": (SqliteWitnessStore, "ledger.unavailable"),
    "reconciliation": (SqliteReconciliationStore, "reconciliation.unavailable"),
}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Every connection that is made from now on."""
    made: list[sqlite3.Connection] = []

    class Kept(sqlite3.Connection):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[arg-type] # as sqlite3 was asked
            made.append(self)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Kept))
    return made


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, code) in STORES.items()])
async def test_a_ping_writes_and_fails_where_it_cannot(
    tmp_path: Path, connections: list[sqlite3.Connection], name: str, code: str
) -> None:
    make, _ = STORES[name]
    store = make(path=tmp_path / "file.db")
    await store.open()
    log = tmp_path / "file.db-wal"
    before = log.read_bytes()
    await store.ping()
    assert log.read_bytes() != before, "the disk was not asked"

    for connection in connections:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(UnavailableError, match="readonly") as read_only:
        await store.ping()
    await store.close()
    with pytest.raises(UnavailableError, match="not open") as closed:
        await store.ping()
    assert {read_only.value.code, closed.value.code} == {code}
