"""Secrets behind references: ``env:NAME``, ``file:PATH``, ``prompt``. None is ever told or logged.

A file with a secret that every user of the machine may read is refused: what such a file holds is
none. A group may read it, as orchestrators arrange it.
"""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SecretReader", "resolve_secret", "resolve_signing_secret"]

_LIMIT: Final = 65_536
_SHORTEST_SIGNING: Final = 32
"""Octets."""


def resolve_secret(reference: str, *, what: str = "the secret") -> str:
    """Get the secret behind ``env:NAME``, ``file:PATH`` or ``prompt``.

    Args:
        reference: Where it is.
        what: Whose secret it is, for who is asked at the terminal.

    Raises:
        RefusedError: ``config.secret``: there is nothing behind the reference, or it is empty (what
            takes an empty address or password for none would use another), or nobody to ask;
            ``config.secret_exposed``: every user of the machine may read the file.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name in os.environ:
        return _require_some(os.environ[name], reference)
    if kind == "file":
        return _require_some(_read(Path(name)), reference)
    if reference == "prompt":
        return _ask(what)
    message = (
        f"expected a secret behind {reference}: no such variable is set"
        if kind == "env"
        # What is no reference may be the secret itself, and is not told.
        else "expected env:NAME, file:PATH or prompt, and not the secret itself"
    )
    raise RefusedError("config.secret", message, actor=Actor.OPERATOR)


def resolve_signing_secret(reference: str, *, what: str) -> bytes:
    """Get a secret that requests are signed with by HMAC-SHA-256: as long as its digest, or longer.

    Args:
        reference: Where it is.
        what: Whose secret it is.

    Raises:
        RefusedError: As of `resolve_secret`; ``config.secret`` also where it is shorter than 32
            octets (RFC 2104, 3).
    """
    secret = resolve_secret(reference, what=what).encode()
    if len(secret) < _SHORTEST_SIGNING:
        message = (
            f"expected {what} behind {reference} to have {_SHORTEST_SIGNING} octets or more, "
            f"found {len(secret)}"
        )
        raise RefusedError("config.secret", message, actor=Actor.OPERATOR)
    return secret


class SecretReader:
    """Resolves references, and asks a person once for each secret.

    Args:
        resolve: Gets one secret.
    """

    def __init__(self, resolve: Callable[..., str] = resolve_secret) -> None:
        self._resolve = resolve
        self._known: dict[tuple[str, str], str] = {}

    def read(self, reference: str, what: str) -> str:
        """Get a secret; the same one again without asking again.

        Args:
            reference: Where it is.
            what: Whose secret it is.

        Raises:
            RefusedError: ``config.secret``, ``config.secret_exposed``.
        """
        key = (reference, what if reference == "prompt" else "")
        if key not in self._known:
            self._known[key] = self._resolve(reference, what=what)
        return self._known[key]

    def __repr__(self) -> str:
        return f"SecretReader({len(self._known)} known)"


def _require_some(secret: str, reference: str) -> str:
    if not secret:
        message = f"expected a secret behind {reference}, found that it is empty"
        raise RefusedError("config.secret", message, actor=Actor.OPERATOR)
    return secret


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(_LIMIT)
        secret = raw.decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as cause:
        raise RefusedError(
            "config.secret", f"expected a readable secret at {path}", actor=Actor.OPERATOR
        ) from cause
    if mode & stat.S_IROTH:
        raise RefusedError(
            "config.secret_exposed",
            f"expected {path} to be closed to other users, found that they may read it",
            actor=Actor.OPERATOR,
        )
    return secret


def _ask(what: str) -> str:
    if not (sys.stdin and sys.stdin.isatty()):
        raise RefusedError(
            "config.secret",
            f"expected a terminal to ask for {what} at: give env:NAME or file:PATH",
            actor=Actor.OPERATOR,
        )
    return getpass.getpass(f"{what[:1].upper()}{what[1:]}: ", stream=sys.stderr)
