"""Where ``swb evidence export`` writes a container: a file of its own, for its owner's eyes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb.atomic import replace_file
from swb.cli.files import write_new
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from swb_schemas.evidence import Contents

__all__ = ["check_new", "name_container", "write_container"]

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 120
_PRIVATE: Final = 0o600
"""There are plain certificates in it."""


def name_container(contents: Contents) -> Path:
    """Name the file of a container in the current folder, by what it is about."""
    name = _UNSAFE.sub("_", contents.certificate_key or "").strip("._-")[:_LONGEST]
    return Path(f"{name or contents.document}.asice")


def check_new(file: Path) -> None:
    """Refuse a file that exists already.

    Raises:
        RefusedError: ``container.exists``.
    """
    if os.path.lexists(file):
        message = f"expected no file at {file} yet; --out FILE names another one"
        raise RefusedError("container.exists", message, actor=Actor.OPERATOR)


def write_container(file: Path, octets: bytes, *, anew: bool) -> None:
    """Write a container, readable for its owner alone, whole or not at all.

    What stood there is kept until the new one is on disk: it may be evidence, too, which nobody
    could export again.

    Args:
        file: Where to.
        octets: The container.
        anew: Whether a file that exists already is left alone.

    Raises:
        RefusedError: ``container.exists``.
        UnavailableError: ``cli.output``.
    """
    if anew:
        write_new(file, octets, exists="container.exists", mode=_PRIVATE)
        return
    try:
        if file.exists() and not file.is_file():  # a device, or a pipe
            file.write_bytes(octets)
        else:
            replace_file(file.resolve(), octets, mode=_PRIVATE)
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause
