"""A file that somebody replaces now and then, by renaming a whole new one over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ChangingFile"]

T = TypeVar("T")


class ChangingFile(Generic[T]):
    """Keeps what a file says, and reads it again when it was replaced.

    Args:
        path: The file.
        parse: Reads its octets; what it raises leaves everything as it was. It is given what the
            file said before, or None.
    """

    def __init__(self, path: Path, parse: Callable[[bytes, T | None], T]) -> None:
        self.path = path
        self._parse = parse
        self._version: tuple[int, int, int] | None = None
        self._said: T | None = None

    def fetch(self) -> T:
        """Get what the file says now.

        Raises:
            OSError: It cannot be read.
        """
        state = self.path.stat()
        version = (state.st_mtime_ns, state.st_ino, state.st_size)
        if self._said is None or version != self._version:
            self._said, self._version = self._parse(self.path.read_bytes(), self._said), version
        return self._said
