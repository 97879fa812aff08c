"""A table of connections in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.connections import ConnectionTable, parse_connections
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileConnectionSource"]


class FileConnectionSource:
    """`swb.ports.ConnectionSource` over one file.

    Args:
        path: The table; replace it by renaming a whole new file over it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: tuple[int, int, int] | None = None
        self._table: ConnectionTable | None = None

    async def fetch(self) -> ConnectionTable:
        """Get the table as it stands in the file now.

        Raises:
            UnavailableError: ``connection.unreachable``.
            UndeterminedError: ``connection.unusable``: it cannot be read, so nobody can say what
                is connected until it is mended.
        """
        try:
            state = self._path.stat()
            version = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._table is not None and version == self._read_at:
                return self._table
            raw = self._path.read_bytes()
        except OSError as cause:
            message = f"expected a table of connections at {self._path}: {cause.strerror}"
            raise UnavailableError("connection.unreachable", message) from cause
        try:
            table = parse_connections(raw)
        except RefusedError as cause:
            message = f"expected a table of connections at {self._path}: {cause.message}"
            raise UndeterminedError("connection.unusable", message) from cause
        self._table, self._read_at = table, version
        return table
