"""Who may have what signed, and how often."""

from __future__ import annotations

import pwd
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb.config import ClientConfig
    from swb_schemas.catalogue import Purpose

__all__ = ["Client", "RateBound", "build_clients", "read_peer"]

_CREDENTIALS: Final = struct.Struct("3i")


class RateBound:
    """A token bucket: so many operations at once, so many a second on average.

    Args:
        a_second: How fast it fills.
        burst: How much it holds; it begins full.
    """

    def __init__(self, *, a_second: float, burst: int) -> None:
        self._a_second = a_second
        self._burst = burst
        self._left = float(burst)
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Take one, where there is one.

        Args:
            now: Seconds on a clock that never goes back.
        """
        if self._at is not None:
            self._left = min(self._burst, self._left + (now - self._at) * self._a_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Client:
    """A user of this machine that may have something signed.

    Attributes:
        uid: As the kernel says it of the other end of a socket.
        purposes: What its keys are for.
        rate: Of all its connections together.
    """

    uid: int
    purposes: frozenset[Purpose]
    rate: RateBound


def build_clients(
    clients: Iterable[ClientConfig], *, a_second: float, burst: int
) -> dict[int, Client]:
    """Find the users that the configuration names.

    Raises:
        RefusedError: ``config.invalid``: there is no such user.
    """
    found: dict[int, Client] = {}
    for each in clients:
        uid = _find_user(each.user)
        if uid in found:
            message = f"expected each client's user once, found user {each.user} twice"
            raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
        rate = RateBound(a_second=a_second, burst=burst)
        found[uid] = Client(uid, frozenset(each.purposes), rate)
    return found


def read_peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user at the other end of a Unix socket, as the kernel says them (unix(7))."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(raw)
    return pid, uid


def _find_user(user: str) -> int:
    if user.isascii() and user.isdigit():
        return int(user)
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError as cause:
        message = f"expected a user of this machine as client, found {user!r}"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause
