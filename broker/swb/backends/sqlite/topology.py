"""Makes the lines of the embedded transport; nothing else does.

Counterpart of the RabbitMQ back end's module of the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.transport_queues import QueueName, insert_queue

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["apply_topology"]

_MAX_LENGTH: Final = 100_000
"""Messages that one queue holds before it refuses more."""


async def apply_topology(
    *, path: Path, members: Iterable[str], max_length: int = _MAX_LENGTH
) -> None:
    """Make the file and the queues of every member. Repeating it sets the limit anew.

    Args:
        path: The transport's file; its folder must exist, on a local disk.
        members: The states that have a line.
        max_length: Messages that each queue may hold.

    Raises:
        UnavailableError: ``transport.unreachable``, ``transport.topology``.
    """
    names = tuple(members)

    def make_queues(connection: sqlite3.Connection) -> None:
        for line in names:
            for name in QueueName:
                insert_queue(connection, line, name, max_length=max_length)

    database = Database(
        path=path,
        schema=load_schema("transport", error_code="transport.topology"),
        error_code="transport.unreachable",
    )
    await database.open(create=True)
    try:
        await database.write(make_queues)
    finally:
        await database.close()
