"""Rows of hashes and entries of the evidence log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.sqlite import ledger_statements as sql
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["read_entries", "read_hashes"]


def read_hashes(connection: sqlite3.Connection, level: int, start: int, width: int) -> list[bytes]:
    """Read hashes of leaves (level 0) or of full tiles, so many in a row.

    Raises:
        UnavailableError: ``ledger.unavailable``: there are not as many.
    """
    if level == 0:
        rows = connection.execute(sql.LIST_HASHES, (start, start + width)).fetchall()
    else:
        rows = connection.execute(sql.LIST_SUBTREES, (level, start, start + width)).fetchall()
    return _whole([row[0] for row in rows], width)


def read_entries(connection: sqlite3.Connection, start: int, width: int) -> list[bytes]:
    """Read entries, so many in a row.

    Raises:
        UnavailableError: ``ledger.unavailable``: there are not as many.
    """
    rows = connection.execute(sql.LIST_ENTRIES, (start, start + width)).fetchall()
    return _whole([row[0] for row in rows], width)


def _whole(found: list[bytes], width: int) -> list[bytes]:
    if len(found) != width:
        message = f"expected {width} rows of the log, found {len(found)}"
        raise UnavailableError("ledger.unavailable", message)
    return found
