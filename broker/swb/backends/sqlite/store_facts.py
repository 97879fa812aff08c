"""Facts of documents and remarks on what became none, in the embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.operations import writing
from swb.backends.sqlite.store_rows import encode_instant
from swb.backends.sqlite.store_together import insert_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.backends.sqlite.database import Database
    from swb.ports import Remark

__all__ = ["SqliteFacts", "record_remarks"]

_MICROSECONDS_OF_A_DAY: Final = 86_400_000_000
_RECORD: Final = """
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (subject, kind, code, day) DO NOTHING
"""


def record_remarks(connection: sqlite3.Connection, remarks: Sequence[Remark]) -> None:
    """Record them, in a transaction; what is there already stays. See `Facts.record_remarks`."""
    connection.executemany(
        _RECORD,
        [
            (
                each.subject,
                each.kind.value,
                each.code,
                encode_instant(each.at) // _MICROSECONDS_OF_A_DAY,
                encode_instant(each.at),
                each.direction,
                each.partner,
                each.message_type,
                each.environment,
            )
            for each in remarks
        ],
    )


class SqliteFacts:
    """`swb.ports.Facts` in one SQLite file."""

    _database: Database

    record_remarks = writing(record_remarks)
    record_events = writing(insert_events)
