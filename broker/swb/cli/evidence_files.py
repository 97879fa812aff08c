"""Where ``swb evidence export`` writes a container: a file of its own, for its owner's eyes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
        raise _exists(file)


def write_container(file: Path, octets: bytes, *, anew: bool) -> None:
    """Write a container, readable for its owner alone.

    Args:
        file: Where to.
        octets: The container.
        anew: Whether a file that exists already is left alone.

    Raises:
        RefusedError: ``container.exists``.
        UnavailableError: ``cli.output``.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if anew else os.O_TRUNC)
    try:
        with os.fdopen(os.open(file, flags, _PRIVATE), "wb") as stream:
            stream.write(octets)
    except FileExistsError as cause:
        raise _exists(file) from cause
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause


def _exists(file: Path) -> RefusedError:
    message = f"expected no file at {file} yet; --out FILE names another one"
    return RefusedError("container.exists", message, actor=Actor.OPERATOR)
