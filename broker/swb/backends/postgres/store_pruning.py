"""Letting go of what is old enough, in a PostgreSQL store: one batch of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.postgres.prune_statements import CHANGES, WINDOWS
from swb.ports import Prunable, Pruned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.backends.postgres.database import Connection

__all__ = ["prune"]

_EVERYTHING: Final = 2**62
"""Behind every position."""


async def prune(
    connection: Connection,
    what: Prunable,
    *,
    before: datetime,
    after: str,
    limit: int,
    types: Sequence[str],
    up_to: int | None,
) -> Pruned:
    """See `MessageStore.prune`."""
    key = str if what is Prunable.DUPLICATES else int
    begin = key(after or "0")
    cursor = await connection.execute(WINDOWS[what], {"after": begin, "limit": limit})
    window = await cursor.fetchall()
    last = next((row[0] for row in reversed(window) if row[1] < before), None)
    if last is None:
        return Pruned(rows=0, after=None)
    parameters = {
        "after": begin,
        "last": last,
        "before": before,
        "types": list(types),
        "up_to": _EVERYTHING if up_to is None else up_to,
    }
    cursor = await connection.execute(CHANGES[what], parameters)
    return Pruned(rows=cursor.rowcount, after=str(last) if len(window) == limit else None)
