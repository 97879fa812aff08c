"""What keeps keys out of dumps, debuggers and swap, as far as the system lets a process."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from typing import Final

import structlog

__all__ = ["harden_process"]

_log = structlog.get_logger("swb.signer")

_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_MCL_CURRENT_FUTURE_ON_FAULT: Final = 1 | 2 | 4
"""What there is and what comes, each page when it is first used."""


def harden_process() -> dict[str, bool]:
    """Ask the kernel for no core dumps, no debugger of the same user, no swapping.

    Returns:
        What it granted. Locking memory is asked for where no limit (``LimitMEMLOCK``) could make
        a later allocation fail; without it the process runs on, and swap should be encrypted or
        off.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    granted = {"no_core_dumps": True}
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        granted["no_debugger"] = library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
        granted["no_new_privileges"] = library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        granted["no_swapping"] = _may_lock() and library.mlockall(_MCL_CURRENT_FUTURE_ON_FAULT) == 0
    _log.info("hardened", **granted)
    return granted


def _may_lock() -> bool:
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    return soft == resource.RLIM_INFINITY or os.geteuid() == 0
