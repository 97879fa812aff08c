"""The character sets of an interchange (data element 0001, ISO 9735:1998 and its code lists).

Levels A and B are parts of ISO 646, C to K are parts of ISO 8859, Y is ISO 10646. In syntax
version 4 data element 0133 may say how Y is encoded; its code 7 is UTF-8, and UTF-8 is what is
read where it says nothing. Level W, of later code lists, is UTF-8 as well. Level X (ISO 2022, which
switches character sets by escape sequences) is refused: no such sequence may stand in a document.
"""

from __future__ import annotations

import re
from typing import Final

from swb_adapters.sdk.edifact.faults import SyntaxCode, refuse_fault
from swb_schemas.recognition import quote_value

__all__ = ["UTF_8", "decode_text", "find_codec", "fits_latin"]

UTF_8: Final = "7"
"""Code of data element 0133."""

_CODECS: Final = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
_LEVEL_A: Final = re.compile(r"[^A-Z0-9 .,\-()/='+:?!\"%&*;<>\r\n]")
_LEVEL_B: Final = re.compile(r"[^A-Za-z0-9 .,\-()/='+:?!\"%&*;<>\r\n]")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NARROW: Final = {"UNOA": _LEVEL_A, "UNOB": _LEVEL_B}
_PLACE: Final = "UNB/1.1"


def find_codec(level: str, encoding: str = "") -> str:
    """Find the codec of a character set.

    Args:
        level: Data element 0001.
        encoding: Data element 0133, only in syntax version 4.

    Raises:
        RefusedError: ``adapter.unsupported``.
    """
    codec = _CODECS.get(level)
    if codec is None:
        message = f"expected a character set ({', '.join(_CODECS)}), found {quote_value(level)}"
        raise refuse_fault(SyntaxCode.CHARACTER_SET, _PLACE, message, code="adapter.unsupported")
    if encoding and codec == "utf-8" and encoding != UTF_8:
        message = f"expected {UTF_8} (UTF-8), found {quote_value(encoding)}"
        place = "UNB/1.4"
        raise refuse_fault(SyntaxCode.CHARACTER_SET, place, message, code="adapter.unsupported")
    return codec


def decode_text(raw: bytes, level: str, codec: str) -> tuple[str, int, str]:
    """Decode the octets of an interchange.

    Args:
        raw: From UNB on.
        level: Data element 0001.
        codec: What `find_codec` found.

    Returns:
        The text up to the first fault; where that is, or -1; and what it is.
    """
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as cause:
        before = raw[: cause.start].decode(codec)
        return before, len(before), f"expected characters of {level} ({codec}), found others"
    found = _CONTROL.search(text)
    if found is None and level in _NARROW:
        found = _NARROW[level].search(text)
    if found is None:
        return text, -1, ""
    message = f"expected characters of {level}, found U+{ord(found[0]):04X}"
    return text[: found.start()], found.start(), message


def fits_latin(text: str) -> bool:
    """Tell whether a text can stand in an interchange of level C."""
    if text.isascii():
        return True
    try:
        text.encode("iso8859-1")
    except UnicodeEncodeError:
        return False
    return _CONTROL.search(text) is None
