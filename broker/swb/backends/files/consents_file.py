"""A table of consents in a file, read again when the file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.files.changing import ChangingFile
from swb_schemas.consents import Consents, parse_consents
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileConsentSource"]


class FileConsentSource:
    """`swb.ports.ConsentSource` over one file.

    Args:
        path: The table; replace it by renaming a whole new file over it.
    """

    def __init__(self, path: Path) -> None:
        self._file: ChangingFile[Consents] = ChangingFile(path, self._parse)

    async def fetch(self) -> Consents:
        """Get the table as it stands in the file now.

        Raises:
            UnavailableError: ``consent.unreachable``.
            UndeterminedError: ``consent.unusable``: nobody can say who consents until it is mended.
        """
        try:
            return self._file.fetch()
        except OSError as cause:
            message = f"expected a table of consents at {self._file.path}: {cause.strerror}"
            raise UnavailableError("consent.unreachable", message) from cause

    def _parse(self, raw: bytes, _: Consents | None) -> Consents:
        try:
            return parse_consents(raw)
        except RefusedError as cause:
            message = f"expected a table of consents at {self._file.path}: {cause.message}"
            raise UndeterminedError("consent.unusable", message) from cause
