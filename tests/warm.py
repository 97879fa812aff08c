"""A command without the second that importing it takes: one warm process forks for each call.

Hundreds of tests start ``swb``, and most of what they cost is importing. `WarmCommand` is a process
that has imported everything; the launcher that it writes looks like ``swb`` to a shell, hands its
arguments, folder, environment and open files over, and passes signals and the exit status on. Who
kills the launcher kills the command; its standard output ends when it has. Signers, and whatever
asks for another interpreter's settings, are the installed command as it is, and so is what tests
start by its own path. The processes that tests of stores start and kill are called the same way.
``SWB_TEST_COLD=1`` has everything start cold.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import random
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["FOLDER", "WarmCommand", "find_command"]

FOLDER: Final = "SWB_TEST_WARM"
"""Environment variable: the folder of the launcher ``swb``, while one stands."""
_HEADER: Final = 1_000_000
"""Octets of a request, at most: arguments and environment."""
_LAUNCHER: Final = """\
#!{python} -IS
import json, os, signal, socket, sys
COLD, SOCKET, SETTINGS = {cold!r}, {socket!r}, {settings!r}
def settings():
    return {{k: v for k, v in os.environ.items() if k.startswith(("PYTHON", "LC_", "LANG"))}}
def hand_over():
    if sys.argv[1:2] == ["signer"] or settings() != SETTINGS:
        return None
    try:
        for number in range(3):
            os.fstat(number)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.connect(SOCKET)
    except OSError:
        return None
    asked = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(line, [json.dumps(asked).encode()], [0, 1, 2])
    return line
line = hand_over()
if line is None:
    os.execv(COLD[0], [*COLD, *sys.argv[1:]])
pid = int(line.recv(64))
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: os.kill(pid, number))
status = int(line.recv(64))
if status < 0:
    if -status != signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
"""


def find_command() -> Path:
    """Find what is called as ``swb``: the launcher where one stands, or the installed command."""
    folder = os.environ.get(FOLDER)
    return Path(folder or Path(sys.executable).parent) / "swb"


class WarmCommand:
    """A process that forks for each call, and the launcher that calls it.

    Args:
        folder: Empty; holds the launcher and the socket.
        name: Of the launcher.
        cold: What the launcher calls where it does not call this process.
        main: The function that is the command, as ``module:name``.
        packages: What is imported beside its module, with all modules below.
        python: What runs it.
        environment: What callers have; who has other settings of Python starts it cold.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        cold: Sequence[str],
        main: str,
        packages: Sequence[str] = (),
        python: Path = Path(sys.executable),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path = folder / name
        self._cold = list(cold)
        self._asked = [main, *packages]
        self._python = python
        self._environment = dict(os.environ if environment is None else environment)
        self._socket = folder / "socket"
        self._server: subprocess.Popen[bytes] | None = None

    @classmethod
    def of_swb(
        cls,
        folder: Path,
        real: Path,
        *,
        python: Path = Path(sys.executable),
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Have one that stands for an installed command."""
        return cls(
            folder,
            "swb",
            cold=[str(real)],
            main="swb.cli:main",
            packages=("swb.cli", "swb.backends", "swb_adapters"),
            python=python,
            environment=environment,
        )

    def __enter__(self) -> Self:
        settings = {
            name: value
            for name, value in self._environment.items()
            if name.startswith(("PYTHON", "LC_", "LANG"))
        }
        self.path.write_text(
            _LAUNCHER.format(
                python=sys.executable,
                cold=self._cold,
                socket=str(self._socket),
                settings=settings,
            ),
            encoding="utf-8",
        )
        self.path.chmod(0o755)
        self._server = subprocess.Popen(
            [self._python, "-m", "tests.warm", str(self._socket), self._cold[0], *self._asked],
            cwd=Path(__file__).parent.parent,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.communicate(b"")


# --- the warm process --------------------------------------------------------------------------


def _serve(path: str, real: str, asked: str, *packages: str) -> None:
    """Fork for each connection, until standard input ends."""
    module, _, function = asked.partition(":")
    main = getattr(importlib.import_module(module), function)
    for name in packages:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith(".__main__"):
                importlib.import_module(found.name)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(path)
    listening.listen(16)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    ears = poll()
    ears.register(0, POLLIN)
    ears.register(listening, POLLIN)
    while 0 not in {number for number, _ in ears.poll()}:
        line, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(line, real, main)
        line.close()


def _answer(line: socket.socket, real: str, main: Callable[[], int | None]) -> None:
    """Run one command in a process of its own, and tell how it ended; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    raw, files, _, _ = socket.recv_fds(line, _HEADER, 3)
    pid = os.fork()
    if pid == 0:
        line.close()
        _run(json.loads(raw), files, real, main)
    for number in (*files, 0, 1):
        os.close(number)
    line.send(str(pid).encode())
    ended = os.pidfd_open(pid)
    ears = poll()
    ears.register(line, POLLIN)
    ears.register(ended, POLLIN)
    if ended not in {number for number, _ in ears.poll()}:
        os.kill(pid, signal.SIGKILL)  # whoever asked was killed
    _, status = os.waitpid(pid, 0)
    try:
        line.send(str(os.waitstatus_to_exitcode(status)).encode())
    finally:
        os._exit(0)


def _run(
    asked: dict[str, Any], files: list[int], real: str, main: Callable[[], int | None]
) -> None:
    """Become the command; never returns."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = [real, *asked["arguments"]]
    random.seed()  # it was the same for all
    status = 1
    try:
        status = main() or 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as at every end
        atexit._run_exitfuncs()  # noqa: SLF001 - as at every end
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                status = status or 120  # as Python does
        os._exit(status)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
