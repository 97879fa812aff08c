"""What octets look like that are not what was expected: for the sentence that refuses them.

Somebody who handed in the wrong file is helped by its name, "a PDF document", and not by the place
where a parser stumbled. Nothing is decided by what stands here.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["describe_octets", "describe_position", "quote_value", "quote_word"]

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BEGINNINGS: Final = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive, as documents of an office program are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"-----BEGIN ", "PEM, as keys and certificates are written"),
)
_LOOKED_AT: Final = 1024


def describe_octets(raw: bytes) -> str:
    """Name what octets look like, in words that complete "found ...".

    Args:
        raw: The whole.
    """
    if not raw:
        return "an empty file"
    text = raw.removeprefix(_BYTE_ORDER_MARK).lstrip()[:_LOOKED_AT]
    if not text:
        return "white space only"
    known = (name for beginning, name in _BEGINNINGS if raw.startswith(beginning))
    markup = (name for beginning, name in _MARKUP if text.lower().startswith(beginning))
    return next(known, "") or next(markup, "") or ("no text" if b"\0" in text else "other text")


_MARKUP: Final = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<", "XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)


_TOKEN: Final = re.compile(r"[A-Za-z%+.,:/_-]{1,5}")
_WORD: Final = re.compile(r"[^\W\d_]{5}")
_SHORT: Final = 40
_WORDY: Final = 35


def quote_value(text: str) -> str:
    """Quote a value that could not be understood, where it can hardly be anybody's name.

    What stands where a number, a date or a code belongs may be the name of a person, put into the
    wrong box; a sentence is read by more people than a payload.

    Args:
        text: The value; shown where it is one token of at most five letters, or has digits and
            no words.
    """
    if _TOKEN.fullmatch(text):
        return repr(text)
    digits = any(each.isdigit() for each in text)
    if digits and len(text) <= _SHORT and text.isascii() and not _WORD.search(text):
        return repr(text)
    return f"text of {len(text):,} characters" if text else "nothing"


def quote_word(text: str) -> str:
    """Quote what stands where a format has a word of its own: a form's title, a message type.

    Nobody's data stand in such a place, so a word that is none of the format's is shown as it is.

    Args:
        text: The value; shown up to 35 characters of printable ASCII.
    """
    if 0 < len(text) <= _WORDY and text.isascii() and text.isprintable():
        return repr(text)
    return f"text of {len(text):,} characters" if text else "nothing"


def describe_position(raw: bytes, at: int) -> str:
    """Name a place in UTF-8 by line and column, both from 1; columns count characters."""
    line, line_start = raw.count(b"\n", 0, at) + 1, raw.rfind(b"\n", 0, at) + 1
    before = raw[line_start:at].decode("utf-8", "replace")
    return f"line {line}, column {len(before) + 1}"
