"""Keeps a private RabbitMQ node no longer than the process that wanted it.

Run as a program of its own, by `swb.backends.rabbitmq.node`, with folders (divided as in PATH) and
programs as arguments: ``epmd`` and the server script, or one of them where nodes form a cluster;
and with the node's environment as its own. It starts them in the first folder, and ends them when
its standard input closes, when its parent is gone (SIGKILL included), when it is told to by a
signal, or when one of them ends by itself. Then it removes the folders, unless a program ended by
itself: its log explains why, and its data may be wanted again.

The process group of the last program is named in the file ``server.pid`` of the first folder, for
whoever wants to kill or to suspend it.

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
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PID_FILE", "start_warden"]

PID_FILE: Final = "server.pid"

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at parent and server."""

_END_WITHIN: Final = 10.0
"""Seconds for killed processes to be gone."""

_PR_SET_CHILD_SUBREAPER: Final = 36
"""From Linux's <sys/prctl.h>."""


def start_warden(
    folders: Sequence[Path], programs: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start what starts and ends programs; it ends when its standard input is closed.

    Args:
        folders: Where they run, and what else is removed when they are ended.
        programs: What it starts; of the last one's processes it names the group.
        environment: Theirs.
    """
    return subprocess.Popen(
        [
            *(sys.executable, "-I", __file__, os.pathsep.join(map(str, folders))),
            *programs,
        ],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def main() -> int:
    """Start, wait, end."""
    folders, programs = list(map(Path, sys.argv[1].split(os.pathsep))), sys.argv[2:]
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _exit)
    _adopt_orphans()
    children: list[subprocess.Popen[bytes]] = []
    ended = False
    try:
        children += [_start(program, folders[0]) for program in programs]
        (folders[0] / PID_FILE).write_text(str(children[-1].pid))
        while not ended:
            readable, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY)
            if readable or os.getppid() != parent:
                break
            ended = not _reap().isdisjoint(child.pid for child in children)
    finally:
        _kill(children)
        if not ended:
            for folder in folders:
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
