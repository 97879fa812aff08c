"""`swb.ports.PasswordHasher` by Argon2id (RFC 9106), with the RFC's second set of parameters.

One hash takes 64 MiB and tens of milliseconds on a thread of its own; so few are made at a time, or
whoever guesses passwords would have the machine's memory.
"""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

__all__ = ["Argon2Passwords"]

_AT_A_TIME: Final = 2


class Argon2Passwords:
    """Hashes and verifies, two at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._places = asyncio.Semaphore(_AT_A_TIME)

    async def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str, password: str) -> bool:
        """See `PasswordHasher.verify`; a hash that is none is not the password's."""
        async with self._places:
            return await asyncio.to_thread(self._verify, password_hash, password)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
