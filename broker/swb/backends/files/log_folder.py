"""The published log in a folder: the region writes it, any web server may serve it."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Final

from swb.atomic import replace_file
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileLogFolder"]

_LIMIT: Final = 16_777_216
_READABLE: Final = 0o644


class FileLogFolder:
    """`swb.ports.LogReader` and `swb.ports.LogFolder` over one folder.

    Args:
        path: The folder; made when something is put into it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def fetch(self, path: str, *, limit: int = _LIMIT) -> bytes | None:
        """See `LogReader.fetch`."""
        return await asyncio.to_thread(self._read, path, limit)

    async def put(self, path: str, octets: bytes) -> None:
        """See `LogFolder.put`."""
        await asyncio.to_thread(self._write, path, octets)

    async def discard(self, path: str) -> None:
        """See `LogFolder.discard`."""
        await asyncio.to_thread(shutil.rmtree, self._path / path, ignore_errors=True)

    def _read(self, path: str, limit: int) -> bytes | None:
        try:
            with (self._path / path).open("rb") as file:
                octets = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as cause:
            message = f"expected to read {self._path / path}: {cause.strerror}"
            raise UnavailableError("ledger.unreachable", message) from cause
        if len(octets) > limit:
            message = f"expected at most {limit} octets in {self._path / path}"
            raise UnavailableError("ledger.unreachable", message)
        return octets

    def _write(self, path: str, octets: bytes) -> None:
        target = self._path / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, octets, mode=_READABLE)
        except OSError as cause:
            message = f"expected to write {target}: {cause.strerror}"
            raise UnavailableError("ledger.unpublished", message) from cause
