"""Identifiers that a national format demands and the canonical document has not.

An adapter has no clock and no randomness, so such identifiers are derived from what they
identify: the same document gives the same payload, and the receiving system recognises a
repetition by the same id.
"""

from __future__ import annotations

import hashlib
import uuid

__all__ = ["derive_digits", "derive_uuid"]


def _digest(purpose: str, content: bytes) -> bytes:
    return hashlib.sha256(purpose.encode() + b"\0" + content).digest()


def derive_uuid(purpose: str, content: bytes) -> str:
    """Derive a UUID of version 8 (RFC 9562, 5.8) from a SHA-256 digest.

    Args:
        purpose: What the id is for, so that two ids of one document differ.
        content: What it identifies.
    """
    value = int.from_bytes(_digest(purpose, content)[:16], "big")
    value = (value & ~(0xF << 76)) | (0x8 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def derive_digits(purpose: str, content: bytes, *, count: int) -> str:
    """Derive decimal digits from a SHA-256 digest.

    Args:
        purpose: What they are for.
        content: What they identify.
        count: How many, at most 30.
    """
    return str(int.from_bytes(_digest(purpose, content), "big"))[-count:]
