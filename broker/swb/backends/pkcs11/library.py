"""A PKCS#11 library and the one thread of this process that calls it.

python-pkcs11 initialises a library without locks (``C_Initialize(NULL)``), after which the
standard forbids calls from several threads at once; and a library exists once in a process. So
every call of it, for whatever token, goes through one thread, and the event loop never waits. Who
needs more than one thread's signatures runs several signer processes.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import pkcs11
from pkcs11.exceptions import MultipleTokensReturned, PKCS11Error

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pkcs11 import _pkcs11
    from pkcs11.types import Token

__all__ = ["TokenLibrary", "open_library"]

_RESTART_EVERY: Final = 1.0
"""Seconds between attempts to start a library anew, which closes every session of the process."""

_T = TypeVar("_T")
_libraries: dict[Path, TokenLibrary] = {}
_guard: Final = threading.Lock()


class TokenLibrary:
    """One library; `open_library` makes sure that there is one of each.

    Args:
        path: The shared object.

    Attributes:
        generation: Grows when the library starts anew; sessions of an earlier one are gone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pkcs11")
        self._restarted_at = float("-inf")
        self.generation = 0

    async def run(self, work: Callable[[], _T], *, timeout: float) -> _T:
        """Do some work on the library's thread.

        Args:
            work: Calls the library; it goes on although nobody waits any more.
            timeout: Seconds to wait.

        Raises:
            UnavailableError: ``signer.unavailable``: no answer in time; or what the work raises.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                return await loop.run_in_executor(self._thread, work)
        except TimeoutError as cause:
            message = f"expected the token to answer within {timeout:g} seconds"
            raise UnavailableError("signer.unavailable", message) from cause

    def load(self) -> _pkcs11.lib:
        """Have the library loaded and initialised; on its thread only.

        Raises:
            UnavailableError: ``signer.unavailable``: it cannot be loaded.
            PKCS11Error: It does not initialise.
        """
        try:
            return pkcs11.lib(str(self._path))
        except PKCS11Error as cause:
            # What the library says itself has a class of its own.
            if type(cause) is not PKCS11Error:
                raise
            message = f"expected a PKCS#11 library at {self._path.name}"
            raise UnavailableError("signer.unavailable", message) from cause

    def find_token(self, label: str | None, serial: str | None, *, waits: bool = True) -> Token:
        """Find a token; on the library's thread only.

        A library sees tokens that came, or came back, only when it starts anew, and that ends
        every session of this process.

        Args:
            label: The token's.
            serial: Its serial number.
            waits: Do not start the library anew more often than once a second.

        Raises:
            PKCS11Error: It is not there, or not the only one.
        """
        number = serial.encode() if serial else None
        try:
            return self.load().get_token(token_label=label, token_serial=number)
        except MultipleTokensReturned:
            raise
        except PKCS11Error:
            now = time.monotonic()
            if waits and now - self._restarted_at < _RESTART_EVERY:
                raise
            self._restarted_at = now
            self.generation += 1
        self.load().reinitialize()
        return self.load().get_token(token_label=label, token_serial=number)

    def __repr__(self) -> str:
        return f"TokenLibrary({self._path.name!r})"


def open_library(path: Path) -> TokenLibrary:
    """Get the one object of this process for a library; nothing is loaded yet."""
    with _guard:
        resolved = path.resolve()
        if resolved not in _libraries:
            _libraries[resolved] = TokenLibrary(resolved)
        return _libraries[resolved]
