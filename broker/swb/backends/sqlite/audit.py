"""`swb.ports.AuditTrail` in an SQLite file of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import reading, writing
from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.core.audit import AuditEntry, make_entry

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from pathlib import Path

__all__ = ["SqliteAuditTrail"]

_COLUMNS: Final = "sequence, at, who, action, subject, detail, previous, digest"
_INSERT: Final = f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
_LAST: Final = f"SELECT {_COLUMNS} FROM entries ORDER BY sequence DESC LIMIT 1"  # noqa: S608 - a constant
_FIND: Final = (
    f"SELECT {_COLUMNS} FROM entries WHERE who = ? AND action = ? ORDER BY sequence DESC LIMIT 1"  # noqa: S608 - a constant
)
_LIST: Final = f"SELECT {_COLUMNS} FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608 - a constant
_LIST_ACTIONS: Final = f"""
SELECT {_COLUMNS} FROM entries
WHERE action IN (SELECT value FROM json_each(?)) AND at >= ? ORDER BY sequence
"""  # noqa: S608 - a constant


def _append(
    connection: sqlite3.Connection,
    *,
    at: datetime,
    who: str,
    action: str,
    subject: str,
    detail: str,
) -> AuditEntry:
    # The transaction holds the write lock from its beginning, so nobody else appends in between.
    last = _find_head(connection)
    entry = make_entry(last, at=at, who=who, action=action, subject=subject, detail=detail)
    connection.execute(
        _INSERT,
        (
            entry.sequence,
            encode_instant(entry.at),
            entry.who,
            entry.action,
            entry.subject,
            entry.detail,
            entry.previous,
            entry.digest,
        ),
    )
    return entry


def _find_head(connection: sqlite3.Connection) -> AuditEntry | None:
    row = connection.execute(_LAST).fetchone()
    return None if row is None else _read(row)


def _find_last(connection: sqlite3.Connection, *, who: str, action: str) -> AuditEntry | None:
    row = connection.execute(_FIND, (who, action)).fetchone()
    return None if row is None else _read(row)


def _list(
    connection: sqlite3.Connection, *, after: int = 0, limit: int = 500
) -> Sequence[AuditEntry]:
    return [_read(row) for row in connection.execute(_LIST, (after, limit))]


def _list_actions(
    connection: sqlite3.Connection, actions: Collection[str], *, since: datetime | None = None
) -> Sequence[AuditEntry]:
    begins = 0 if since is None else encode_instant(since)
    rows = connection.execute(_LIST_ACTIONS, (json.dumps(sorted(actions)), begins))
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> AuditEntry:
    sequence, at, who, action, subject, detail, previous, digest = row
    return AuditEntry(
        sequence=sequence,
        at=decode_instant(at),
        who=who,
        action=action,
        subject=subject,
        detail=detail,
        previous=previous,
        digest=digest,
    )


class SqliteAuditTrail:
    """One trail, in one file.

    Args:
        path: The file; made where it is missing and `create` says so.
    """

    def __init__(self, *, path: Path) -> None:
        self._database = Database(
            path=path,
            schema=load_schema("audit", error_code="audit.schema"),
            error_code="audit.unavailable",
        )

    async def open(self, *, create: bool) -> None:
        """Open; safe to repeat.

        Raises:
            UnavailableError: ``audit.unavailable``, ``audit.schema``.
        """
        await self._database.open(create=create)

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        await self._database.close()

    append = writing(_append)
    find_last = reading(_find_last)
    list_actions = reading(_list_actions)
    find_head = reading(_find_head)
    list_entries = reading(_list)
