"""That a store can be written, proved by doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from swb.backends.postgres.database import Connection

__all__ = ["beat"]

_BEAT: Final = "UPDATE pulse SET beats = beats + 1 RETURNING beats"


async def beat(connection: Connection) -> None:
    """Write something that differs from what stood there, so that it is really written."""
    await connection.execute(_BEAT)
