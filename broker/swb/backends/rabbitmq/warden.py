"""Keeps a private RabbitMQ node no longer than the process that wanted it.

Run as a program of its own, by `swb.backends.rabbitmq.node`, with the node's folder, ``epmd`` and
the server script as arguments, and the node's environment as its own. It starts both, and ends
both when its standard input closes, when its parent is gone (SIGKILL included), when it is told
to by a signal, or when the server ends by itself. Then it removes the folder, unless the server
ended by itself: its log explains why.

The node's data live in that folder only, so the server is killed and not shut down. ``epmd`` runs
in the foreground as a child, because one that the server started would outlive it.

Standard library only, and started by file name in isolated mode: it imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NoReturn

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at parent and server."""

_END_WITHIN: Final = 10.0
"""Seconds for killed processes to be gone."""

_PR_SET_CHILD_SUBREAPER: Final = 36
"""From Linux's <sys/prctl.h>."""


def main() -> int:
    """Start, wait, end."""
    folder, epmd, server = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _exit)
    _adopt_orphans()
    children: list[subprocess.Popen[bytes]] = []
    ended = False
    try:
        children.append(_start(epmd, folder))
        children.append(_start(server, folder))
        while not ended:
            readable, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY)
            if readable or os.getppid() != parent:
                break
            ended = not _reap().isdisjoint(child.pid for child in children)
    finally:
        _kill(children)
        if not ended:
            shutil.rmtree(folder, ignore_errors=True)
    return int(ended)


def _exit(_number: int, _frame: object) -> NoReturn:
    """End in order when a signal says so."""
    sys.exit(0)


def _adopt_orphans() -> None:
    """Have this process told when grandchildren end, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start(program: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own."""
    with (folder / "server.out").open("ab") as output:
        return subprocess.Popen(
            [program],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )


def _kill(children: list[subprocess.Popen[bytes]]) -> None:
    """Kill the groups of the children, and see every process of them end."""
    for child in reversed(children):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    deadline = time.monotonic() + _END_WITHIN
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid:
                time.sleep(0.01)


def _reap() -> set[int]:
    """Take note of all processes that ended, adopted ones too."""
    pids: set[int] = set()
    with contextlib.suppress(ChildProcessError):
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            pids.add(pid)
    return pids


if __name__ == "__main__":
    sys.exit(main())
