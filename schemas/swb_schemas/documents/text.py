"""Text of documents: what may stand in it, and how foreign text is brought into its form.

Text is in Unicode normal form C and holds no control, bidirectional or other format character, no
private-use character and no noncharacter. ZWSP, ZWNJ and ZWJ may stand anywhere, because scripts
of the region need them; a line feed may stand where a box of the form has lines; spaces of any
kind may stand between visible characters, never at the ends of a line.

The patterns below are the facets of ``xsd/common.xsd``, character for character. They list code
points instead of Unicode categories, so that the same text is valid in every version of Unicode
and in every validator; the list is that of Unicode 16, with the planes that hold no characters
left out. XSD cannot state the normal form: that alone is held by the model and not by the schema.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["LINES_PATTERN", "TEXT_PATTERN", "check_lines", "check_text", "fold_text"]

_VISIBLE: Final = (
    "\u00a1-\u00ac\u00ae-\u05ff\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u088f"
    "\u0892-\u08e1\u08e3-\u167f\u1681-\u180d\u180f-\u1fff\u200b-\u200d\u2010-\u2027"
    "\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufff8"
    "\ufffc-\ufffd\U00010000-\U000110bc\U000110be-\U000110cc\U000110ce-\U0001342f"
    "\U00013440-\U0001bc9f\U0001bca4-\U0001d172\U0001d17b-\U0001fffd"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e0100-\U000e01ef"
)
"""Every character beyond ASCII that may begin and end a line, as ranges of a character class."""
_SPACES: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Every space beyond ASCII."""

# A libxml2 class costs by its number of ranges, so what is common has a class of its own.
_WORD: Final = f"([!-~]|[{_VISIBLE}])+"
_GAP: Final = f"( |[{_SPACES}])+"

TEXT_PATTERN: Final = f"{_WORD}({_GAP}{_WORD})*"
"""One line."""
LINES_PATTERN: Final = f"{_WORD}(({_GAP}|\n){_WORD})*"
"""One or more lines, parted by line feeds."""

_LINE_BREAK: Final = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SEPARATOR: Final = re.compile("[\x1c-\x1f]")
"""Control characters that Python takes for white space."""
_SPACE: Final = re.compile(f"[ \t{_SPACES}]+")
_FORBIDDEN: Final = re.compile(f"[^ -~{_SPACES}{_VISIBLE}]")


def check_text(text: str) -> str:
    """Require one line of text.

    Raises:
        ValueError: With a sentence that names what was found.
    """
    # What Python calls printable has no character that is forbidden here, and no space but the
    # ASCII one; the reverse does not hold.
    if not text.isprintable():
        _refuse_forbidden(text)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        msg = "expected text in Unicode normal form C (NFC)"
        raise ValueError(msg)
    if text != text.strip():
        msg = "expected text without space at its ends"
        raise ValueError(msg)
    if not text:
        msg = "expected text that is not empty"
        raise ValueError(msg)
    return text


def check_lines(text: str) -> str:
    """Require one or more lines of text, none of them empty, parted by line feeds.

    Raises:
        ValueError: With a sentence that names what was found.
    """
    if "\n" not in text:
        return check_text(text)
    for line in text.split("\n"):
        if not line:
            msg = "expected lines that are not empty"
            raise ValueError(msg)
        check_text(line)
    return text


def _refuse_forbidden(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found is not None:
        msg = (
            "expected text without control, bidirectional, private-use or unassigned special "
            f"characters, found U+{ord(found[0]):04X}"
        )
        raise ValueError(msg)


def _split_words(row: str) -> list[str]:
    return [word for word in _SPACE.split(row) if word]


def fold_text(text: str, *, lines: bool = False) -> str:
    """Bring text of foreign origin into the canonical form, without changing what it says.

    Normalises to NFC, turns runs of white space into one space, drops byte order marks and space
    at the ends, and joins or keeps lines. Other characters that are forbidden stay where they
    are, so that the document's own check names them.

    Args:
        text: Text in any Unicode form.
        lines: Keep line breaks as line feeds instead of turning them into spaces.
    """
    normal = unicodedata.normalize("NFC", text.replace("\ufeff", ""))
    split = _split_words if _SEPARATOR.search(normal) else str.split
    rows = (" ".join(split(row)) for row in _LINE_BREAK.split(normal))
    return ("\n" if lines else " ").join(row for row in rows if row)
