"""A table of connections in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.files.changing import ChangingFile
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
        self._file: ChangingFile[ConnectionTable] = ChangingFile(path, self._parse)

    async def fetch(self) -> ConnectionTable:
        """Get the table as it stands in the file now.

        Raises:
            UnavailableError: ``connection.unreachable``.
            UndeterminedError: ``connection.unusable``: it cannot be read, so nobody can say what
                is connected until it is mended.
        """
        try:
            return self._file.fetch()
        except OSError as cause:
            message = f"expected a table of connections at {self._file.path}: {cause.strerror}"
            raise UnavailableError("connection.unreachable", message) from cause

    def _parse(self, raw: bytes, _: ConnectionTable | None) -> ConnectionTable:
        try:
            return parse_connections(raw)
        except RefusedError as cause:
            message = f"expected a table of connections at {self._file.path}: {cause.message}"
            raise UndeterminedError(
                "connection.unusable", message, findings=cause.findings
            ) from cause
