"""Every file that a node keeps says by a code of its own that it is not there, or not its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.files import FileConnectionSource
from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.backends.sqlite.evidence_store import SqliteEvidenceStore
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

OPENS: Final[dict[str, Callable[[Path], Awaitable[object]]]] = {
    "audit": lambda path: SqliteAuditTrail(path=path).open(create=True),
    "evidence": lambda path: SqliteEvidenceStore(path=path).open(),
    "ledger": lambda path: SqliteLedgerStore(path=path, origin="log.example/region").open(),
    "reconciliation": lambda path: SqliteReconciliationStore(path=path).open(),
}


@pytest.mark.parametrize("code", ["audit.schema", "evidence.schema", "reconciliation.schema"])
async def test_refuses_a_file_of_another_purpose(tmp_path: Path, code: str) -> None:
    path = tmp_path / "store.db"
    store = SqliteMessageStore(path=path)
    await store.open()
    await store.close()
    with pytest.raises(UnavailableError) as failure:
        await OPENS[code.partition(".")[0]](path)
    assert failure.value.code == code


@pytest.mark.parametrize(
    "code",
    [
        "audit.unavailable",
        "evidence.unavailable",
        "ledger.unavailable",
        "reconciliation.unavailable",
    ],
)
async def test_says_whose_folder_is_missing(tmp_path: Path, code: str) -> None:
    with pytest.raises(UnavailableError) as failure:
        await OPENS[code.partition(".")[0]](tmp_path / "nowhere" / "file.db")
    assert failure.value.code == code


async def test_says_that_the_table_of_connections_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as failure:
        await FileConnectionSource(tmp_path / "connections.toml").fetch()
    assert failure.value.code == "connection.unreachable"
