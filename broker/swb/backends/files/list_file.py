"""Trust lists in files: for demonstrations, and where somebody else brings them to this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final, TypeAlias

from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.wire.publication import PUBLICATION_LIMIT

__all__ = ["FileListFetcher"]

_SCHEME: Final = "file:"
_Version: TypeAlias = tuple[int, int, int]


class FileListFetcher:
    """`swb.ports.ListFetcher` over ``file:PATH``."""

    def __init__(self) -> None:
        self._versions: dict[str, _Version] = {}

    async def fetch(self, location: str) -> bytes | None:
        """Get what a file has now; None when it was not replaced since.

        Raises:
            RefusedError: ``trust.source``: it is too large.
            UnavailableError: ``trust.source_unavailable``: it cannot be read.
        """
        path = Path(location.removeprefix(_SCHEME))
        try:
            version, octets = await asyncio.to_thread(_read, path, self._versions.get(location))
        except OSError as cause:
            message = f"expected a trust list at {path}: {cause.strerror}"
            raise UnavailableError("trust.source_unavailable", message) from cause
        if octets is not None and len(octets) > PUBLICATION_LIMIT:
            message = f"expected at most {PUBLICATION_LIMIT} octets at {path}, found more"
            raise RefusedError("trust.source", message, actor=Actor.OPERATOR)
        self._versions[location] = version
        return octets

    def forget(self, location: str) -> None:
        """Read the whole next time: what was read was not taken."""
        self._versions.pop(location, None)


def _read(path: Path, known: _Version | None) -> tuple[_Version, bytes | None]:
    state = path.stat()
    version = (state.st_mtime_ns, state.st_ino, state.st_size)
    if version == known:
        return version, None
    with path.open("rb") as file:
        return version, file.read(PUBLICATION_LIMIT + 1)
