"""Guessing: how often somebody may be wrong about a name and a password, and whom that holds up.

What is counted is who guesses at whom. Ten wrong passwords for one name from one address make that
pair wait, and nobody else. One address that tries many names is slowed down and not shut out, for
everybody behind a proxy may be that address; one name that is tried from many addresses waits after
a hundred, and not where its person has signed in before (OWASP Authentication Cheat Sheet, *Account
Lockout* and *Device cookies*). A browser that its person has signed in with before is counted by
itself, so nobody else can make it wait, not even from the same address; for programs, which keep no
cookie, the address takes its place. Who is right counts nowhere.

Everything is remembered by one process, and as long as it runs.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.credentials import digest_secret
from swb.core.quotas import Quota, QuotaState, give_back, take
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Gate", "Guesses"]

_REMEMBERED: Final = 10_000
"""Names, addresses, browsers and pairs of them whose latest attempts are remembered."""
_OF_A_PAIR: Final = Quota(messages_per_second=1 / 30, burst_seconds=300)
"""Ten wrong attempts at once, then one in half a minute."""
_OF_A_NAME: Final = Quota(messages_per_second=1 / 60, burst_seconds=6000)
"""A hundred wrong attempts at once, then one a minute (NIST SP 800-63B, 5.2.2)."""
_OF_AN_ADDRESS: Final = Quota(messages_per_second=1, burst_seconds=30)
"""Thirty wrong attempts at once, then one a second."""
_PATIENCE: Final = 10.0
"""Seconds that an attempt from a slowed address rests at most; more than that many are refused."""
_NAMED: Final = 64
"""Characters of a name that are looked at."""


class Gate:
    """Lets each name through so often, and says how long the next one waits.

    Args:
        quota: How often.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(self, quota: Quota, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._quota = quota
        self._ticks = ticks
        self._states: OrderedDict[str, QuotaState] = OrderedDict()

    def ask(self, name: str, *, octets: int = 0, patience: float = 0) -> float:
        """Take one for a name, where there is one to take or soon will be.

        Args:
            name: Whose.
            octets: That it has, where octets are counted.
            patience: Seconds that whoever asks would wait for it.

        Returns:
            For how many seconds there is none yet. Where that is more than the patience, nothing
            was taken.
        """
        at = self._ticks()
        known = self._states.pop(name, None)
        before = self._quota.open(at) if known is None else known
        after, waits = take(before, octets=octets, at=at)
        self._states[name] = before if waits > patience else after
        while len(self._states) > _REMEMBERED:
            self._states.popitem(last=False)
        return waits

    def give_back(self, name: str) -> None:
        """Give one back that was taken for a name and shall not count."""
        known = self._states.get(name)
        if known is not None:
            self._states[name] = give_back(known)


class Guesses:
    """Counts wrong attempts to sign in.

    Args:
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(self, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._addresses = Gate(_OF_AN_ADDRESS, ticks=ticks)
        self._pairs = Gate(_OF_A_PAIR, ticks=ticks)
        self._names = Gate(_OF_A_NAME, ticks=ticks)
        self._known: OrderedDict[str, None] = OrderedDict()

    def ask(self, name: str, address: str, device: str = "") -> float:
        """Let somebody try.

        Args:
            name: As it was typed.
            address: Where the request came from.
            device: What the browser keeps of the last time that it was right; empty for none.

        Returns:
            For how many seconds the attempt has to rest first.

        Raises:
            UnavailableError: ``access.too_many_attempts``.
        """
        name, pair = name[:_NAMED], _pair(name, address)
        own = _pair(name, digest_secret(device))
        if own in self._known:
            _require(self._pairs.ask(own))
            return 0
        if pair in self._known:
            _require(self._pairs.ask(pair))
            return 0
        # Who has to wait takes no place of those who are asked about next: they are others'.
        rest = self._addresses.ask(address, patience=_PATIENCE)
        _require(rest, patience=_PATIENCE)
        _require(self._pairs.ask(pair))
        _require(self._names.ask(name))
        return rest

    def forgive(self, name: str, address: str, *, device: str = "", next_device: str = "") -> None:
        """Count an attempt nowhere that was right, and know this pair and browser from now on.

        Args:
            name: As it was asked about.
            address: Likewise.
            device: Likewise.
            next_device: What the browser keeps from now on. It is a new one each time, so that
                nobody can plant one that others know.
        """
        name, pair = name[:_NAMED], _pair(name, address)
        own = _pair(name, digest_secret(device))
        if own in self._known:
            self._pairs.give_back(own)
        else:
            self._pairs.give_back(pair)
            if pair not in self._known:
                self._addresses.give_back(address)
                self._names.give_back(name)
        self._known[pair] = self._known.pop(pair, None)
        if next_device:
            self._known.pop(own, None)
            self._known[_pair(name, digest_secret(next_device))] = None
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _pair(name: str, address: str) -> str:
    return f"{address} {name[:_NAMED]}"


def _require(waits: float, *, patience: float = 0) -> None:
    if waits > patience:
        message = "expected fewer attempts to sign in; try again later"
        raise UnavailableError(
            "access.too_many_attempts", message, retry_after=timedelta(seconds=waits)
        )
