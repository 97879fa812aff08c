"""Letting go of what is old enough, in the embedded store: one batch of rows at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.prune_statements import CHANGES, WINDOWS
from swb.backends.sqlite.store_rows import encode_instant
from swb.ports import Prunable, Pruned

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["prune"]

_EVERYTHING: Final = 2**62
"""Behind every position."""


def prune(
    connection: sqlite3.Connection,
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
    limit_at = encode_instant(before)
    window = connection.execute(WINDOWS[what], {"after": begin, "limit": limit}).fetchall()
    last = next((row[0] for row in reversed(window) if row[1] < limit_at), None)
    if last is None:
        return Pruned(rows=0, after=None)
    parameters = {
        "after": begin,
        "last": last,
        "before": limit_at,
        "types": json.dumps(list(types)),
        "up_to": _EVERYTHING if up_to is None else up_to,
    }
    changed = connection.execute(CHANGES[what], parameters).rowcount
    return Pruned(rows=changed, after=str(last) if len(window) == limit else None)
