"""What keeps keys out of dumps, debuggers and swap, as far as the system lets a process."""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import Final

import structlog

__all__ = ["harden_process"]

_log = structlog.get_logger("swb.signer")

_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_MCL_CURRENT_AND_FUTURE: Final = 3


def harden_process() -> dict[str, bool]:
    """Ask the kernel for no core dumps, no debugger of the same user, no swapping.

    Returns:
        What it granted. Locking memory needs a limit (``LimitMEMLOCK``) or a capability; without
        it the process runs on, and swap should be encrypted or off.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    granted = {"no_core_dumps": True}
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        granted["no_debugger"] = library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
        granted["no_new_privileges"] = library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        granted["no_swapping"] = library.mlockall(_MCL_CURRENT_AND_FUTURE) == 0
    _log.info("hardened", **granted)
    return granted
