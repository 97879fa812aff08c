"""Signs that a fault struck, seen from outside of whom it struck."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["has_other_clock", "is_held", "listens", "read_limit"]

_LOOK_EVERY: Final = 0.02
_LOOKS: Final = 50


async def is_held(pid: int) -> bool:
    """Whether a process is stopped, soon (proc(5): state T)."""
    for _ in range(_LOOKS):
        if _read(pid, "stat").rpartition(")")[2][1:2] == "T":
            return True
        await asyncio.sleep(_LOOK_EVERY)
    return False


async def listens(port: int) -> bool:
    """Whether somebody takes connections on a port of 127.0.0.1."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def has_other_clock(pid: int) -> bool:
    """Whether a process has the library that shifts its clock."""
    return "libfaketime" in _read(pid, "maps")


def read_limit(pid: int, name: str) -> str:
    """The line of ``/proc/PID/limits`` on one resource: its soft limit, its hard one, the unit."""
    lines = _read(pid, "limits").splitlines()
    return next((line.removeprefix(name).strip() for line in lines if line.startswith(name)), "")


def _read(pid: int, what: str) -> str:
    """What the kernel tells of a process; nothing when it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_text(encoding="utf-8")
    return ""
