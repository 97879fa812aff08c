"""Text that comes from strangers, on its way to somebody's screen."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["one_line", "printable"]

_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""Controls but tab and line feed, what ends a line elsewhere, and what turns text around."""


def printable(text: str) -> str:
    r"""Spell out what could drive a terminal or hide other text, as ``\u`` and four digits.

    In JSON, where these characters stand in strings alone, the value stays the same.
    """
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    r"""Spell out also what begins a line or column, so that nobody writes a second line."""
    return printable(text).replace("\n", "\\u000a").replace("\t", "\\u0009")
