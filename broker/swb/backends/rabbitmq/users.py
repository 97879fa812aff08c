"""Who logs in to RabbitMQ, and passwords as it keeps them: salted SHA-256, never in the clear.

A user without a password logs in by its certificate alone (mechanism EXTERNAL): RabbitMQ refuses
every password for it, the empty one too.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from swb_schemas.errors import Actor, RefusedError

__all__ = [
    "HASHING",
    "NO_PASSWORD",
    "SALT_OCTETS",
    "Account",
    "hash_password",
    "is_hash_of",
    "member_user",
]

HASHING: Final = "rabbit_password_hashing_sha256"
"""What RabbitMQ calls the one algorithm that is used here."""
NO_PASSWORD: Final = ""
"""The hash of a user who has no password."""
SALT_OCTETS: Final = 4
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user: a member's, or a router's.

    Attributes:
        name: Its name; with a certificate, the certificate's common name.
        has_password: Whether it logs in by a password; else by its certificate alone.
        max_connections: How many it may have at once.
        max_channels: How many channels on all of them.
    """

    name: str
    has_password: bool
    max_connections: int
    max_channels: int

    def __post_init__(self) -> None:
        """Hold names to letters, digits, dot, underscore and hyphen.

        Raises:
            RefusedError: ``topology.user``.
        """
        if _NAME.fullmatch(self.name) is None:
            message = (
                "expected a user's name of at most 64 letters, digits, '.', '_' and '-', "
                f"found {self.name[:70]!r}"
            )
            raise RefusedError("topology.user", message, actor=Actor.OPERATOR)


def member_user(state: str) -> str:
    """Name a member's user, where nothing else is said."""
    return f"gateway-{state}"


def hash_password(password: str, salt: bytes) -> str:
    """Hash a password as RabbitMQ does: salt and SHA-256 of salt and password, in base64.

    Args:
        password: In the clear.
        salt: `SALT_OCTETS` octets that were drawn for it.
    """
    return base64.b64encode(salt + sha256(salt + password.encode()).digest()).decode("ascii")


def is_hash_of(known: str, password: str) -> bool:
    """Tell whether RabbitMQ's hash is that of a password."""
    try:
        salt = base64.b64decode(known, validate=True)[:SALT_OCTETS]
    except binascii.Error:
        return False
    return len(salt) == SALT_OCTETS and compare_digest(hash_password(password, salt), known)
