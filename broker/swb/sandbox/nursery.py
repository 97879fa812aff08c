"""Starts daemons quickly: one process imports everything once, and each daemon is a fork of it.

Run as ``python -m swb.sandbox.nursery`` by `swb.sandbox.daemons`. It reads orders from standard
input and tells on standard output what became of them, one JSON value a line::

    {"name": "router", "configs": ["router.toml"], "log": "router.log", "environment": {}}
    {"name": "router", "pid": 4711}
    {"name": "router", "pid": 4711, "status": -9}

Each daemon is a process of its own that can be killed, stopped and limited alone; only the time
that Python takes to import is saved. When standard input closes, or this process dies, all of them
die.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import json
import logging
import os
import random
import select
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from swb.config import load_config
from swb.daemon import serve
from swb.observability import configure_logs
from swb.plugins import discover_adapters

__all__ = ["main"]

_PR_SET_PDEATHSIG: Final = 1
"""From Linux's <sys/prctl.h>."""
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Take orders until standard input closes."""
    with suppress(ImportError):
        importlib.import_module("swb.backends.rabbitmq.transport")
    discover_adapters()
    gc.freeze()
    names: dict[int, str] = {}
    waking, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _tell({"ready": True})
    rest = b""
    try:
        while True:
            readable, _, _ = select.select([0, waking], [], [])
            if waking in readable:
                os.read(waking, 4096)
            _reap(names)
            if 0 in readable:
                octets = os.read(0, 65536)
                if not octets:
                    return
                *lines, rest = (rest + octets).split(b"\n")
                for line in lines:
                    order = json.loads(line)
                    pid = _fork(order)
                    names[pid] = order["name"]
                    _tell({"name": order["name"], "pid": pid})
    finally:
        for pid in names:
            os.kill(pid, signal.SIGKILL)


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if not pid:
        _live(order)
    return pid


def _live(order: dict[str, Any]) -> NoReturn:
    """Be a daemon, in the forked process."""
    status = 1
    try:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        with Path(order["log"]).open("ab") as log, Path(os.devnull).open("r+b") as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(nothing.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.environ.update(order["environment"])
        random.seed()
        configs = [load_config(Path(file)) for file in order["configs"]]
        configure_logs(level=logging.INFO)
        asyncio.run(serve(configs))
        status = 0
    except BaseException:  # noqa: BLE001 - the log has it, and the status tells
        traceback.print_exc()
    finally:
        os._exit(status)


def _reap(names: dict[int, str]) -> None:
    while names:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _tell({"name": names.pop(pid), "pid": pid, "status": os.waitstatus_to_exitcode(status)})


def _tell(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
