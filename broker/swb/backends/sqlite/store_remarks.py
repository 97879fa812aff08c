"""Remarks in the embedded store: what the follower of the feed counts beside facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.store_rows import encode_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from swb.ports import Remark

__all__ = ["record"]

_MICROSECONDS_OF_A_DAY: Final = 86_400_000_000
_RECORD: Final = """
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (subject, kind, code, day) DO NOTHING
"""


def record(connection: sqlite3.Connection, remarks: Sequence[Remark]) -> None:
    """Record them, in a transaction; what is there already stays."""
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
