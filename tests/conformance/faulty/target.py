"""The built-in target of the conformance suite with one fault switched on.

``python -m tests.conformance.faulty.target ADAPTER FAULT`` speaks the protocol on standard input
and output; ``--list`` lists the faults. With ``--fork N`` it reads pairs of such names from socket
N, each with a socket beside it, and forks a process for each that answers there: so that eighty
faults cost one start.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Final, cast

from swb.cli.conformance_target import answer_line, load_adapter
from tests.conformance.faulty import (
    adapter_faults,
    carrying_faults,
    limit_faults,
    making_faults,
    reading_faults,
    rule_faults,
    standing_faults,
    trust_faults,
)
from tests.conformance.faulty.manners import MANNERS

if TYPE_CHECKING:
    from typing import BinaryIO

    from tests.conformance.faulty.fault import Answering

__all__ = ["FAULTS", "NONE", "main"]

NONE: Final = "none"
"""The name under which nothing is switched on."""
FAULTS: Final = {
    each.name: each
    for each in (
        *reading_faults.FAULTS,
        *standing_faults.FAULTS,
        *trust_faults.FAULTS,
        *making_faults.FAULTS,
        *rule_faults.FAULTS,
        *limit_faults.FAULTS,
        *carrying_faults.FAULTS,
        *adapter_faults.FAULTS,
    )
}
"""By name, those that are tried by what is answered; `MANNERS` has the others."""


def serve(answer: Answering, name: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests with a fault until there are no more."""
    if name in FAULTS:
        answer = FAULTS[name].switch_on(answer)
    elif name != NONE:
        answer = MANNERS[name][1](answer)
    for line in requests:
        answers.write(answer(line))
        answers.flush()


def _bury(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _fork_for_each(control: socket.socket) -> None:
    load = cache(load_adapter)
    signal.signal(signal.SIGCHLD, _bury)
    while True:
        names, descriptors, _, _ = socket.recv_fds(control, 200, 1)
        if not names:
            return
        adapter, fault = names.decode().split()
        answer = partial(answer_line, load(adapter))
        with socket.socket(fileno=descriptors[0]) as line:
            if os.fork():
                continue
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            with contextlib.suppress(OSError), line.makefile("rwb") as made:
                pipe = cast("BinaryIO", made)
                serve(answer, fault, pipe, pipe)
            os._exit(0)


def main() -> None:
    """Serve, or list the faults."""
    if sys.argv[1:] == ["--list"]:
        for each in FAULTS.values():
            sys.stdout.write(f"{each.name}: {each.text} ({', '.join(each.requirements)})\n")
        for name, (text, _) in MANNERS.items():
            sys.stdout.write(f"{name}: {text} (every requirement)\n")
        return
    first, second = sys.argv[1:]
    if first == "--fork":
        with socket.socket(fileno=int(second)) as control:
            _fork_for_each(control)
        return
    answer = partial(answer_line, load_adapter(first))
    serve(answer, second, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
