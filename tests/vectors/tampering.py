"""Changes to good files, with the signature left as it was, or made anew over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.catalogue import Commitment
from tests.vectors.world import CREATED_AT, HOLDERS, SEALED_AT, sign_file

if TYPE_CHECKING:
    from datetime import datetime

    from tests.vectors.world import Holder

__all__ = ["cut_signature", "replace_once", "resign_message", "resign_sealed"]

_START = b"<ds:Signature "
_END = b"</ds:Signature>"


def replace_once(octets: bytes, old: bytes, new: bytes) -> bytes:
    """Replace what stands there exactly once."""
    if octets.count(old) != 1:
        message = f"expected {old!r} once, found {octets.count(old)}"
        raise ValueError(message)
    return octets.replace(old, new)


def cut_signature(octets: bytes) -> tuple[bytes, bytes, bytes]:
    """Part a file into what stands before its signature, the signature, and what comes after."""
    start, end = octets.index(_START), octets.rindex(_END) + len(_END)
    return octets[:start], octets[start:end], octets[end:]


def resign_message(
    octets: bytes,
    *changes: tuple[bytes, bytes],
    by: Holder = HOLDERS[2],
    at: datetime = CREATED_AT,
    commitment: Commitment = Commitment.SENDER,
) -> bytes:
    """Change a message and have its sender sign it again, whatever it says now."""
    return _resign(octets, changes, by, at, commitment)


def resign_sealed(
    octets: bytes,
    *changes: tuple[bytes, bytes],
    by: Holder = HOLDERS[0],
    at: datetime = SEALED_AT,
    commitment: Commitment = Commitment.APPROVAL,
) -> bytes:
    """Change a sealed document and have its issuer seal it again, whatever it says now."""
    return _resign(octets, changes, by, at, commitment)


def _resign(
    octets: bytes,
    changes: tuple[tuple[bytes, bytes], ...],
    by: Holder,
    at: datetime,
    commitment: Commitment,
) -> bytes:
    before, _, after = cut_signature(octets)
    for old, new in changes:
        before = replace_once(before, old, new)
    return sign_file(before, after, by, at=at, commitment=commitment)
