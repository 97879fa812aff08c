"""Facts of documents and remarks on what became none, in a PostgreSQL store."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from swb.backends.postgres.operations import writing
from swb.backends.postgres.store_together import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.postgres.database import Connection, Database
    from swb.ports import Event, Remark

__all__ = ["PostgresFacts", "record_remarks"]

_RECORD: Final = """
INSERT INTO remarks (
    subject, kind, code, day, at, direction, partner, message_type, environment
)
SELECT * FROM unnest(
    %(subject)s::text[], %(kind)s::text[], %(code)s::text[], %(day)s::date[],
    %(at)s::timestamptz[], %(direction)s::text[], %(partner)s::text[], %(message_type)s::text[],
    %(environment)s::text[]
)
ON CONFLICT (subject, kind, code, day) DO NOTHING
"""


async def record_remarks(connection: Connection, remarks: Sequence[Remark]) -> None:
    """Record them, in a transaction; what is there already stays. See `Facts.record_remarks`."""
    if not remarks:
        return
    parameters: dict[str, list[object]] = {
        "subject": [each.subject for each in remarks],
        "kind": [each.kind.value for each in remarks],
        "code": [each.code for each in remarks],
        "day": [each.at.astimezone(UTC).date() for each in remarks],
        "at": [each.at for each in remarks],
        "direction": [each.direction for each in remarks],
        "partner": [each.partner for each in remarks],
        "message_type": [each.message_type for each in remarks],
        "environment": [each.environment for each in remarks],
    }
    await connection.execute(_RECORD, parameters)


async def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """See `Facts.record_events`."""
    await write(connection, events=events)


class PostgresFacts:
    """`swb.ports.Facts` in one PostgreSQL schema."""

    _database: Database

    record_remarks = writing(record_remarks)
    record_events = writing(record_events)
