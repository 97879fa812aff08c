"""Base45 (RFC 9285): octets in the 45 characters that a QR code packs most tightly.

Two octets become three characters, a last single one two; so a code of alphanumeric mode holds
octets at 5.5 bits a character and any reader gives it back as plain text.
"""

from __future__ import annotations

from typing import Final

from swb_schemas.errors import RefusedError

__all__ = ["decode_base45", "encode_base45"]

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_BASE: Final = len(_ALPHABET)


def encode_base45(octets: bytes) -> str:
    """Write octets in Base45 (RFC 9285, 4)."""
    written = []
    for start in range(0, len(octets), 2):
        pair = octets[start : start + 2]
        value = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, _BASE)
            written.append(_ALPHABET[digit])
    return "".join(written)


def decode_base45(text: str) -> bytes:
    """Read Base45 (RFC 9285, 5 and 6).

    Raises:
        RefusedError: ``print_code.malformed``: another character, a length that none has, or a
            group that stands for more than its octets hold.
    """
    octets = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        values = [_VALUES.get(character, -1) for character in group]
        value = sum(digit * _BASE**place for place, digit in enumerate(values))
        if len(group) == 1 or -1 in values or value >= 1 << 8 * (len(group) - 1):
            message = f"expected Base45 of RFC 9285, found something else at character {start + 1}"
            raise RefusedError("print_code.malformed", message)
        octets += value.to_bytes(len(group) - 1)
    return bytes(octets)
