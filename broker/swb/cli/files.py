"""Files that commands write: new ones, and ones that take the place of others whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from swb.atomic import replace_file
from swb_schemas.errors import Actor, RefusedError, UnavailableError

__all__ = ["NEW_FILE", "write_new", "write_whole"]

NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)

_READABLE: Final = 0o644
"""A file is for everybody to read, unless there is one whose permissions say otherwise."""


def write_new(file: Path, octets: bytes, *, exists: str, mode: int = 0o666) -> None:
    """Write a file that does not exist yet, whole or not at all.

    Args:
        file: Where to.
        octets: What is to be in it.
        exists: Code of the refusal where there is one.
        mode: Who may read and write it, as far as the process's umask leaves it.

    Raises:
        RefusedError: The code of `exists`.
        UnavailableError: ``cli.output``.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError as cause:
        message = f"expected no file at {file}"
        raise RefusedError(exists, message, actor=Actor.OPERATOR) from cause
    except OSError as cause:
        raise _unwritten(file, cause) from cause
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(octets)
    except OSError as cause:
        # What there is of it would be taken for all of it, and stand in the way of the next try.
        with suppress(OSError):
            file.unlink()
        raise _unwritten(file, cause) from cause


def write_whole(file: Path, octets: bytes) -> None:
    """Put new octets into the place of a file, whole or not at all.

    Raises:
        UnavailableError: ``cli.output``.
    """
    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else _READABLE
        replace_file(file, octets, mode=mode)
    except OSError as cause:
        raise _unwritten(file, cause) from cause


def _unwritten(file: Path, cause: OSError) -> UnavailableError:
    return UnavailableError("cli.output", f"expected to write {file}: {cause.strerror}")
