"""Files that appear whole: under their names stand the octets from before, or all the new ones.

The octets are written under another name in the same folder, are on disk, and get their name then;
after that the name is on disk, too. A crash at any moment leaves the file as it was or as it is to
be, and at most a file beside it that `PART` names.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PART", "replace_file"]

PART: Final = re.compile(r"\.[0-9a-f]{32}\.part")
"""What a file is called before it gets its name; nobody else writes one of that name."""


def replace_file(
    path: Path,
    octets: bytes,
    *,
    mode: int | None = 0o600,
    durable: bool = True,
    rename: Callable[[Path, Path], object] = Path.replace,
) -> None:
    """Put new octets in the place of a file, or of none.

    Args:
        path: The file; its folder exists.
        octets: What is to be in it.
        mode: Who may read and write it; None leaves that to the process's umask.
        durable: Whether it has to outlive a loss of power when this returns. Without that only a
            crash of processes leaves it whole.
        rename: Gives the file of the first path the second one.

    Raises:
        OSError: It cannot be written; what was there stands.
    """
    part = path.with_name(f".{uuid4().hex}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(part, flags, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)  # a umask may have taken some of it
            file.write(octets)
            file.flush()
            if durable:
                os.fsync(descriptor)
        rename(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
