"""Spellings that mean the same become one: before a fingerprint is taken, because none fits after.

Exact folding forgives what a second typist or another system changes without meaning to (case,
width, space). Near folding forgives what somebody changes who wants to pass for another:
punctuation, leading zeros, a letter O for a zero, a legal form spelled out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["fold_exactly", "fold_name", "fold_number"]

_LOOK_ALIKE: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
"""Letters that pass for digits."""
_UNDECOMPOSED: Final = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"})
"""Letters of Latin alphabets that Unicode does not take apart."""
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f]")
"""Accents; the vowels and tones of other scripts lie elsewhere and stay."""
_NO_LETTER: Final = re.compile(r"[^\w]|_")
_LEADING_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_PARTING: Final = re.compile("[\\s/,;:&+'`\"()\\[\\]_\\-\u2010-\u2015\u2018\u2019\u201c\u201d]+")
_LEGAL_FORMS: Final = frozenset(
    {
        "berhad",
        "bhd",
        "co",
        "company",
        "corp",
        "corporation",
        "cp",
        "cty",
        "gmbh",
        "inc",
        "incorporated",
        "joint",
        "jsc",
        "liability",
        "limited",
        "llc",
        "ltd",
        "mv",
        "partnership",
        "pcl",
        "plc",
        "private",
        "pt",
        "pte",
        "pty",
        "public",
        "pvt",
        "sdn",
        "stock",
        "tbk",
        "tnhh",
    }
)
"""Words that a firm's name has or has not as its writer likes; ``mv`` of ships, too."""


def fold_exactly(text: str) -> str:
    """Fold what no two spellings of one number differ by on purpose: case, width, white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_number(text: str) -> str:
    """Fold a number as hard as it goes: letters and digits alone, leading zeros gone.

    Digits of any script are read as digits; a letter that passes for a digit is one. Where nothing
    is left, there is nothing to compare.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():
        plain = "".join(map(_digit, plain))
    parts = _NO_LETTER.split(plain.translate(_LOOK_ALIKE))
    # Zeros lead in each part: joined first, those of a later part would no longer lead.
    return "".join(_LEADING_ZEROS.sub("", part) for part in parts)


def fold_name(text: str) -> str:
    """Fold the name of a firm, a ship or a flight: without accents, punctuation and legal form.

    What has neither letter nor digit, such as the stars of a masked name, is none.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    plain = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", plain)).replace(".", "")
    words = [each for each in _PARTING.split(plain) if each]
    kept = [each for each in words if each not in _LEGAL_FORMS]
    folded = "".join(kept or words)
    return folded if any(each.isalnum() for each in folded) else ""


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
