"""Adapters in processes of their own: started, bounded, ended and started again.

The process is one of strangers. It gets no environment of ours, in which secrets may stand, no
open file, and a process group of its own, so that it ends with all that it started. Time, length
of lines, memory and number of starts are bounded here; what the lines say is
`swb_adapters.sdk.command`'s matter.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from swb_adapters.sdk.command import LINE_LIMIT, BrokenCommandError
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

__all__ = ["AdapterProcess", "ProcessBounds"]

_log = structlog.get_logger("swb.adapters")

_READ_AT_ONCE: Final = 1 << 16
_END_WITHIN: Final = 1.0
"""Seconds that a process gets to end after its standard input was closed."""
_LAUNCH: Final = 'ulimit -c 0 && ulimit -d "$0" && exec "$@"'
"""Bounds memory before the program begins. Counted are writable private pages (setrlimit(2),
RLIMIT_DATA): what is only reserved, as JavaScript engines do generously, costs nothing."""
_KEPT_VARIABLES: Final = ("PATH", "LANG", "LC_ALL", "TZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessBounds:
    """What a process may take.

    Attributes:
        answer_within: Seconds for one answer, the description after a start included.
        megabytes: Memory.
        starts: How often it may be started within `start_window`; then it rests.
        start_window: Seconds.
    """

    answer_within: float = 10
    megabytes: int = 1024
    starts: int = 10
    start_window: float = 60


class AdapterProcess:
    """A program that speaks the command protocol; a `swb_adapters.sdk.command.Channel`.

    Args:
        name: For people.
        command: The program and its arguments; nothing secret, everybody on the machine sees them.
        folder: Where it runs; a program with a slash in its name is looked for from there.
        bounds: What it may take.
        log: File that its standard error is added to; None drops it, for it may hold payloads.
        log_option: What would name such a file; told where there is none.
        shows_errors: Whether its standard error is that of this process, for a developer to see.
        clock: Seconds on a clock that never goes back.

    Raises:
        RefusedError: ``adapter.command``: there is no such program, or no such folder.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        bounds: ProcessBounds | None = None,
        log: Path | None = None,
        log_option: str = "a log in the configuration",
        shows_errors: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._folder = (folder or Path()).resolve()
        self._bounds = bounds or ProcessBounds()
        self._log_file = log
        self._log_option = log_option
        self._shows_errors = shows_errors
        self._clock = clock
        self._command = [self._find_program(command[0]), *command[1:]]
        self._lock = threading.RLock()
        self._starts: deque[float] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._finish: Callable[[], object] | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self._name

    @property
    def pid(self) -> int | None:
        """Of the process that runs now; None where none does."""
        return None if self._process is None else self._process.pid

    def turn(self) -> AbstractContextManager[object]:
        """Let nobody else ask meanwhile."""
        return self._lock

    def start(self) -> bool:
        """Start the process where none runs, or what runs cannot be believed any more.

        Returns:
            Whether it was started just now.

        Raises:
            UnavailableError: ``adapter.unavailable``: it cannot be started, or was too often.
        """
        if self._closed:
            message = f"{self._name} was ended, and this gateway with it"
            raise UnavailableError("adapter.unavailable", message)
        if self._process is not None:
            if self._process.poll() is None and not self._speaks_unasked():
                return False
            self.drop()
        self._count_start()
        self._launch()
        return True

    def exchange(self, line: bytes) -> bytes:
        """Send a line, and get the line that answers it.

        Raises:
            BrokenCommandError: The process died, hung or flooded.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            message = "expected a running process"
            raise BrokenCommandError(message)
        until = self._clock() + self._bounds.answer_within
        waiting, answer = memoryview(line), bytearray()
        reads, writes = process.stdout.fileno(), process.stdin.fileno()
        watching = select.poll()
        watching.register(reads, select.POLLIN)
        watching.register(writes, select.POLLOUT)
        while True:
            left = until - self._clock()
            if left <= 0:
                message = f"expected an answer within {self._bounds.answer_within:g} seconds"
                raise BrokenCommandError(message)
            for pipe, _ in watching.poll(left * 1000):
                if pipe == reads:
                    if self._take(reads, answer):
                        return bytes(answer)
                    continue
                with contextlib.suppress(BlockingIOError):
                    waiting = waiting[_send(writes, waiting) :]
                if not waiting:
                    watching.unregister(writes)

    def _take(self, reads: int, answer: bytearray) -> bool:
        """Read what there is of an answer; tells whether it is whole."""
        part = os.read(reads, _READ_AT_ONCE)
        if not part:
            raise BrokenCommandError(self._tell_end())
        answer += part
        end = part.find(b"\n")
        if end >= 0 and end + 1 < len(part):
            message = "expected one line for one request, found more"
            raise BrokenCommandError(message)
        if len(answer) > LINE_LIMIT:
            message = f"expected a line of at most {LINE_LIMIT:,} octets"
            raise BrokenCommandError(message)
        return end >= 0

    def _tell_end(self) -> str:
        """Tell how the process ended, and where its own words are; they may hold payload."""
        how = "its standard output was closed"
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(_END_WITHIN)
                how = f"exit status {status}" if status >= 0 else f"ended by signal {-status}"
        said = f"dropped; {self._log_option} would keep it"
        if self._shows_errors:
            said = "shown above"
        elif self._log_file is not None:
            said = f"in {self._log_file}"
        return f"the process ended before it answered ({how}); its standard error is {said}"

    def drop(self) -> None:
        """End the process; the next start makes a new one."""
        if self._finish is not None:
            _log.warning("adapter_process_lost", adapter=self._name)
            self._finish()
        self._process = self._finish = None

    def close(self) -> None:
        """End the process for good; safe to repeat."""
        with self._lock:
            self._closed = True
            if self._finish is not None:
                self._finish()
            self._process = self._finish = None

    # --- starting ----------------------------------------------------------------------------

    def _find_program(self, program: str) -> str:
        if not self._folder.is_dir():
            message = f"expected the folder of {self._name} to exist, found no {self._folder}"
            raise RefusedError("adapter.command", message, actor=Actor.OPERATOR)
        wanted = str(self._folder / program) if "/" in program else program
        found = shutil.which(wanted)
        if found is None:
            message = f"expected a program {program!r} for {self._name}, found none to execute"
            raise RefusedError("adapter.command", message, actor=Actor.OPERATOR)
        return found

    def _count_start(self) -> None:
        now = self._clock()
        while self._starts and self._starts[0] <= now - self._bounds.start_window:
            self._starts.popleft()
        if len(self._starts) >= self._bounds.starts:
            message = (
                f"expected {self._name} to be started at most {self._bounds.starts} times in "
                f"{self._bounds.start_window:g} seconds; it rests until then"
            )
            raise UnavailableError("adapter.unavailable", message)
        self._starts.append(now)

    def _launch(self) -> None:
        kilobytes = str(self._bounds.megabytes * 1024)
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        try:
            with contextlib.ExitStack() as stack:
                errors: object = None if self._shows_errors else subprocess.DEVNULL
                if self._log_file is not None:
                    errors = stack.enter_context(self._log_file.open("ab"))
                process = subprocess.Popen(  # type: ignore[call-overload]  # a file or a number
                    ["/bin/sh", "-c", _LAUNCH, kilobytes, *self._command],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    bufsize=0,
                    cwd=self._folder,
                    env=kept,
                    start_new_session=True,
                )
        except OSError as cause:
            message = f"expected to start {self._name}: {cause.strerror}"
            raise UnavailableError("adapter.unavailable", message) from cause
        for pipe in (process.stdin, process.stdout):
            os.set_blocking(pipe.fileno(), False)
        self._process = process
        self._finish = weakref.finalize(self, _end, process)

    def _speaks_unasked(self) -> bool:
        if self._process is None or self._process.stdout is None:
            return False
        watching = select.poll()
        watching.register(self._process.stdout, select.POLLIN)
        return bool(watching.poll(0))

    def __repr__(self) -> str:
        return f"AdapterProcess({self._name!r})"


def _send(writes: int, waiting: memoryview) -> int:
    try:
        return os.write(writes, waiting)
    except BrokenPipeError:
        # What it said before it closed its standard input may still tell why.
        return len(waiting)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started: asked first, unless it is past asking."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_WITHIN if process.returncode is None else 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
