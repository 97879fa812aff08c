"""Who sits at the keyboard: the account of the operating system."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["find_operator"]

_ROOT: Final = 0
_LOGIN: Final = Path("/proc/self/loginuid")
_NOBODY_LOGGED_IN: Final = 2**32 - 1


def find_operator(login: Path = _LOGIN) -> str:
    """Name the person who runs the command.

    It is the account that logged in, as the kernel keeps it (``pam_loginuid``); neither ``sudo``
    nor ``su`` changes that. Where nobody logged in, as in a container, it is the account of the
    process; of root "root for NAME" with whom ``sudo`` names, on root's word. An account without a
    name is told by its number.

    Args:
        login: Where the kernel tells.
    """
    with suppress(OSError, ValueError):
        number = int(login.read_text(encoding="ascii"))
        if number != _NOBODY_LOGGED_IN:
            return _name(number)
    number = os.getuid()
    caller = os.environ.get("SUDO_UID", "")
    if number == _ROOT and caller.isascii() and caller.isdigit():
        return f"root for {_name(int(caller))}"
    return _name(number)


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OverflowError):
        return f"uid {number}"
