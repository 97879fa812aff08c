"""Changes to good files: with the signature left as it was, or made anew over them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from swb_schemas.wire.signature import prepare_signature

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from swb_conformance.drawing.keys import Holder
    from swb_schemas.catalogue import Commitment

__all__ = ["alter_text", "alter_value", "cut_signature", "sign_again", "swap_ciphertext"]

_START: Final = b"<ds:Signature "
_END: Final = b"</ds:Signature>"
_VALUE: Final = re.compile(rb"<ds:SignatureValue>([^<]+)</ds:SignatureValue>")
_LETTERS: Final = re.compile(rb">[^<]*?([A-Za-z])[^<]*<")
_BODY: Final = re.compile(rb">([A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.")


def cut_signature(octets: bytes) -> tuple[bytes, bytes, bytes]:
    """Part a file into what stands before its signature, the signature, and what comes after."""
    start, end = octets.index(_START), octets.rindex(_END) + len(_END)
    return octets[:start], octets[start:end], octets[end:]


def alter_text(file: bytes, document: bytes, drawn: Random) -> bytes:
    """Change one letter in a text of the document that a file holds.

    Args:
        file: Holds it.
        document: Its octets.
        drawn: Says which.
    """
    place = drawn.choice([each.start(1) for each in _LETTERS.finditer(document)])
    letter = document[place : place + 1]
    other = letter.swapcase()
    altered = document[:place] + other + document[place + 1 :]
    return file.replace(document, altered)


def alter_value(file: bytes, drawn: Random) -> bytes:
    """Change one bit of a signature's value."""
    found = _VALUE.search(file)
    if found is None:
        msg = "expected a signature's value"
        raise ValueError(msg)
    value = bytearray(base64.b64decode(found[1]))
    value[drawn.randrange(len(value))] ^= 1 << drawn.randrange(8)
    return file[: found.start(1)] + base64.b64encode(value) + file[found.end(1) :]


def swap_ciphertext(message: bytes, drawn: Random) -> bytes:
    """Change one letter of a protected body's ciphertext, and leave its form."""
    found = _BODY.search(message)
    if found is None:
        msg = "expected a protected body"
        raise ValueError(msg)
    place = found.start(2) + drawn.randrange(len(found[2]) - 2)
    letter = b"B" if message[place : place + 1] == b"A" else b"A"
    return message[:place] + letter + message[place + 1 :]


def sign_again(file: bytes, *, by: Holder, at: datetime, commitment: Commitment) -> bytes:
    """Sign a file anew, whatever it says now."""
    before, _, after = cut_signature(file)
    unsigned = prepare_signature(
        before, after, certificate=by.certificate, at=at, commitment=commitment
    )
    return by.complete(unsigned)
