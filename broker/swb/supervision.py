"""Supervision: what a daemon tells the service manager that started it (``sd_notify(3)``).

systemd names a socket in ``NOTIFY_SOCKET``; each datagram to it holds ``NAME=value`` lines. Without
it nothing is told to anybody. A socket that is full or gone costs a notice, never the daemon.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

__all__ = ["Supervisor"]

_PER_DEADLINE: Final = 3
"""Signs of life within the time after which the service manager takes the daemon for dead."""


class Supervisor:
    """The service manager, if there is one.

    Args:
        address: Of its socket: a path, or ``@NAME`` in the abstract name space; empty is nobody.
        watched_for: Seconds without a sign of life after which it ends the daemon; 0 is never.
    """

    def __init__(self, address: str = "", watched_for: float = 0) -> None:
        self._address = address
        self._watched_for = watched_for

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Supervisor:
        """Read what it put into the environment."""
        meant = environment.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        microseconds = environment.get("WATCHDOG_USEC", "")
        watched = int(microseconds) / 1e6 if meant and microseconds.isdecimal() else 0
        return cls(environment.get("NOTIFY_SOCKET", ""), watched)

    def tell_ready(self, status: str) -> None:
        """The daemon works (again)."""
        self._send(f"READY=1\nSTATUS={status}")

    def tell_reloading(self) -> None:
        """The daemon reads again what it may; `tell_ready` follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def tell_stopping(self, status: str) -> None:
        """The daemon ends."""
        self._send(f"STOPPING=1\nSTATUS={status}")

    @asynccontextmanager
    async def reassure(self) -> AsyncIterator[None]:
        """Give signs of life while the event loop turns, where they are waited for."""
        if not self._watched_for or not self._address:
            yield
            return
        living = asyncio.create_task(self._live())
        try:
            yield
        finally:
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living

    async def _live(self) -> None:
        while True:
            self._send("WATCHDOG=1")
            await asyncio.sleep(self._watched_for / _PER_DEADLINE)

    def _send(self, text: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.settimeout(0)
            sending.sendto(text.encode(), address)
