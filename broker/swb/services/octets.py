"""What octets are called where they have no name of their own, such as dead letters."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["digest_octets"]


def digest_octets(raw: bytes) -> str:
    """Name octets by their SHA-256, as ``sha-256:<hex>``.

    It says nothing about content: signatures are malleable, so the same message may come in other
    octets.
    """
    return f"sha-256:{sha256(raw).hexdigest()}"
