"""Who sits at the keyboard: the account of the operating system."""

from __future__ import annotations

import os
import pwd
from typing import Final

__all__ = ["find_operator"]

_ROOT: Final = 0


def find_operator() -> str:
    """Name the account that runs the command.

    Under ``sudo`` it is the account that called it: only root can say so, and root could change the
    trail anyway. An account without a name is told by its number.
    """
    number = os.getuid()
    caller = os.environ.get("SUDO_UID", "")
    if number == _ROOT and caller.isascii() and caller.isdigit():
        number = int(caller)
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
