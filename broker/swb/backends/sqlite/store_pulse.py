"""That a store can be written and read, proved by doing both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

__all__ = ["beat", "read_pulse"]

_BEAT: Final = "UPDATE pulse SET beats = beats + 1"
_READ_PULSE: Final = "SELECT beats FROM pulse"


def beat(connection: sqlite3.Connection) -> None:
    """Write something that differs from what stood there, so that the file is really written."""
    connection.execute(_BEAT)


def read_pulse(connection: sqlite3.Connection) -> int:
    """Read what `beat` wrote."""
    beats: int = connection.execute(_READ_PULSE).fetchone()[0]
    return beats
