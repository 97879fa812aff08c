"""Which of a national system's adapters reads a payload: by its syntax, and by its root element.

A national system may speak several formats: an integrator's JSON beside the canonical XML, or two
in XML whose root elements tell them apart. Nothing is parsed here: a start tag is looked for.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_adapters.sdk.contract import Adapter

__all__ = ["Syntax", "find_reader"]

_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_LOOKED_AT: Final = 65_536
"""Octets in which a root element must begin to be told from others."""
_BEFORE: Final = re.compile(rb"(?:<\?.*?\?>|<!--.*?-->|[ \t\r\n])+", re.DOTALL)
_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?([A-Za-z_][\w.-]{0,63})[\s/>]", re.ASCII)


class Syntax(StrEnum):
    """What a payload is written in."""

    XML = "XML"
    JSON = "JSON"
    OTHER = "neither XML nor JSON"

    @classmethod
    def of_media_type(cls, media_type: str) -> Syntax:
        """Tell it from a media type."""
        kind = media_type.lower()
        return cls.XML if "xml" in kind else cls.JSON if "json" in kind else cls.OTHER

    @classmethod
    def of_payload(cls, raw: bytes) -> Syntax:
        """Tell it from a payload's first octet."""
        first = raw.lstrip(_BLANK)[:1]
        return cls.XML if first == b"<" else cls.JSON if first in {b"{", b"["} else cls.OTHER


def find_reader(adapters: Sequence[Adapter], raw: bytes) -> Adapter:
    """Find which of a national system's adapters reads a payload.

    Returns:
        That of its syntax and root, else that of its syntax which reads every root, else the first
        one, whose refusal says what it expected.
    """
    syntax = Syntax.of_payload(raw)
    of_syntax = [each for each in adapters if Syntax.of_media_type(each.info.media_type) is syntax]
    root = _find_root(raw) if syntax is Syntax.XML else ""
    for wanted in (root, ""):
        for each in of_syntax:
            if each.info.root == wanted:
                return each
    return adapters[0]


def _find_root(raw: bytes) -> str:
    """Find the local name of the first element; empty where none is seen."""
    start = raw[:_LOOKED_AT].lstrip(_BLANK)
    before = _BEFORE.match(start)
    found = _ROOT.match(start, before.end() if before else 0)
    return found[1].decode("ascii") if found else ""
