"""Keeps a private PostgreSQL server no longer than the process that wanted it.

Run as a program of its own, by `swb.backends.postgres.node`, with the server's folder, the folder
of PostgreSQL's programs, and the user and group that it shall run as (``-`` for one's own). It
makes the data, unless they are there, and starts the server. A line ``start`` on its standard
input starts a server that ended once more; ``kill`` kills it with every process of it, as a loss
of power would. It ends the server when its standard input closes, when its parent is gone
(SIGKILL included), or when it is told to by a signal. Then it removes the folder, unless the
server never answered: its log explains why.

PostgreSQL's processes leave the process group of the one that started them, so the warden adopts
whatever its server leaves behind. Standard library only, and started by file name in isolated
mode: it imports nothing of ours.
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

_CHUNK: Final = 4096


def main() -> int:
    """Start, obey, end."""
    folder, programs = Path(sys.argv[1]), Path(sys.argv[2])
    owner = None if sys.argv[3] == "-" else (int(sys.argv[3]), int(sys.argv[4]))
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _exit)
    _adopt_orphans()
    warden = _Warden(folder, programs, owner)
    try:
        if not (folder / "data" / "PG_VERSION").exists():
            warden.make_data()
        warden.start()
        while os.getppid() == parent:
            readable, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY)
            if not readable:
                warden.look()
                continue
            said = os.read(sys.stdin.fileno(), _CHUNK)
            if not said:
                break
            for word in said.split():
                warden.obey(word.decode())
    finally:
        warden.end()
        if not warden.failed:
            shutil.rmtree(folder, ignore_errors=True)
    return int(warden.failed)


class _Warden:
    """One server, its folder, and whoever it runs as."""

    def __init__(self, folder: Path, programs: Path, owner: tuple[int, int] | None) -> None:
        self._folder = folder
        self._programs = programs
        self._owner = owner
        self._server: subprocess.Popen[bytes] | None = None
        self.failed = False

    def make_data(self) -> None:
        """Run initdb; its user is the superuser and has the password in ``password``."""
        command = [
            *("initdb", "--pgdata", "data", "--username", "swb", "--pwfile", "password"),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        if self._run(command).wait():
            self.failed = True
            sys.exit(1)

    def start(self) -> None:
        """Start the server, after everything of an earlier one is gone."""
        self._kill_children()
        settings = self._folder / "settings.conf"
        self._server = self._run(["postgres", "-D", "data", "-c", f"config_file={settings}"])

    def obey(self, word: str) -> None:
        """Do what the starter says; it looks at the file ``ended`` for the outcome."""
        if word == "kill":
            self._kill_children()
            self.look()
        elif word == "start":
            self.start()

    def look(self) -> None:
        """Take note of a server that ended, however it did."""
        if self._server is not None and self._server.poll() is not None:
            self._server = None
            (self._folder / "ended").touch()
        self._reap()

    def end(self) -> None:
        """Have the server end at once, so that it gives its shared memory back; else kill it."""
        server = self._server
        if server is not None:
            for number in (signal.SIGQUIT, signal.SIGCONT):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(server.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(_END_WITHIN / 2)
        self._kill_children()

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        user, group = self._owner or (None, None)
        with (self._folder / "server.out").open("ab") as output:
            return subprocess.Popen(
                [str(self._programs / command[0]), *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=None if self._owner is None else [],
            )

    def _kill_children(self) -> None:
        """Kill the server and all that it leaves behind, until nothing is left."""
        deadline = time.monotonic() + _END_WITHIN
        while time.monotonic() < deadline:
            alive = _children()
            server = self._server
            if server is not None and server.poll() is None:
                alive.add(server.pid)
            for pid in alive:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not alive:
                return
            time.sleep(0.01)
            self._reap()

    def _reap(self) -> None:
        """Take note of all adopted processes that ended; the server's end is its own object's."""
        server = self._server
        if server is not None and server.poll() is None:
            for pid in _children() - {server.pid}:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            return
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _exit(_number: int, _frame: object) -> NoReturn:
    """End in order when a signal says so."""
    sys.exit(0)


def _adopt_orphans() -> None:
    """Become the parent of what the server leaves behind, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children() -> set[int]:
    """Children of this process, as Linux lists them; elsewhere the server's end by themselves."""
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return set()
    return set(map(int, listed.split()))


if __name__ == "__main__":
    sys.exit(main())
