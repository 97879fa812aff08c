"""The caller's side of ``target --fork``: a channel to our own target with a fault."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from swb_conformance.target import BrokenTargetError
from tests.services import ROOT

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["FaultyChannel", "FaultyTargets"]

_ANSWER_WITHIN: Final = 20.0


class FaultyTargets:
    """One process that has loaded our code, and forks a faulty target whenever one is asked for."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        words = ["-m", "tests.conformance.faulty.target", "--fork", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *words], pass_fds=[theirs.fileno()], cwd=ROOT, env=os.environ
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        self._process.wait(timeout=20)

    def fork(self, adapter: str, fault: str) -> socket.socket:
        """Make one with an adapter that has the fault."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [f"{adapter} {fault}".encode()], [theirs.fileno()])
        ours.settimeout(_ANSWER_WITHIN)
        return ours


class FaultyChannel:
    """A `swb_conformance.protocol.Channel` to a target with one fault.

    Args:
        targets: Where it is forked.
        adapter: The adapter behind it.
        fault: The fault's name.
    """

    def __init__(self, targets: FaultyTargets, adapter: str, fault: str) -> None:
        self._targets = targets
        self._adapter = adapter
        self._fault = fault
        self._line: socket.socket | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return f"faulty: {self._fault}"

    def start(self) -> bool:
        """Start it where it does not run."""
        if self._line is not None:
            return False
        self._line = self._targets.fork(self._adapter, self._fault)
        self._read = self._line.makefile("rb")
        return True

    def exchange(self, line: bytes) -> bytes:
        """Send a request, and get the line that answers it."""
        if self._line is None:
            raise BrokenTargetError("expected a running target")
        try:
            self._line.sendall(line)
            answer = self._read.readline()
        except OSError as cause:
            raise BrokenTargetError(str(cause)) from cause
        if not answer:
            raise BrokenTargetError("it ended")
        return answer

    def drop(self) -> None:
        """End it."""
        if self._line is not None:
            self._read.close()
            self._line.close()
            self._line = None
