"""Payloads made of good ones: cut, spliced, doubled, and with nasty texts where values stand."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from random import Random
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.testing.nasty import NASTY_TEXTS
from tests.fuzz.trees import JsonTrees, XmlTrees

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Changer"]

_PIECES: Final = re.compile(rb"[<>\"'+:,;{}\[\]\r\n|=/]|[^<>\"'+:,;{}\[\]\r\n|=/]+")
"""Marks of any syntax here, and what stands between them."""
_NASTY: Final = tuple(text.encode() for text in NASTY_TEXTS if len(text) < 1_000)
_FURTHER: Final = (
    b"-0",
    b"1e9",
    b"1E-7",
    b"NaN",
    b"Infinity",
    b"0x10",
    "\u0661\u0662".encode(),
    b"9" * 40,
    b"null",
    b"true",
    b"&#13;",
    b"&lt;",
    b"<!-- -->",
    b"<![CDATA[x]]>",
    b"\\u0000",
    b"\\ud800",
    b"??",
    b"?'",
    b"=1+1",
    b'""',
    b"ZZ",
    b"XK",
    b"\xff",
    b"\xe0\xb8",
    b"\x00",
    b"\x1a",
)
_WELL_FORMED: Final = 0.7
"""Share of XML and JSON that stays well formed: a parser refuses the rest at its first fault."""
_NOT_AS_ZIP: Final = (NotImplementedError, ValueError, LookupError, OSError, RuntimeError)
_MOST: Final = 200_000
"""Octets of a payload that is changed further; largeness alone is tried elsewhere."""


class Changer:
    """Makes payloads of good ones, the same ones for the same seed.

    Args:
        corpus: Good payloads; what is spliced comes from all of them.
    """

    def __init__(self, corpus: Sequence[bytes]) -> None:
        self._corpus = corpus
        self._trees = _find_trees(corpus)
        self._pieces = [piece for raw in corpus for piece in _PIECES.findall(raw)]
        self._ways: tuple[Callable[[bytes, Random], bytes], ...] = (
            self._change_octet,
            self._change_piece,
            self._change_piece,
            self._exchange_piece,
            self._leave_out,
            self._double,
            self._swap,
            self._splice,
        )

    def make(self, seed: int) -> bytes:
        """Make one payload of one of the corpus."""
        random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        raw = random.choice(self._corpus)
        if self._trees is not None and random.random() < _WELL_FORMED:
            return self._trees.change(raw, random)[:_MOST]
        return self.change(raw, random)

    def change(self, raw: bytes, random: Random) -> bytes:
        """Change a payload in one to six ways; in a workbook, one of its parts."""
        if raw.startswith(b"PK") and random.random() < 0.9:
            try:
                return self._change_part(raw, random)
            except (zipfile.BadZipFile, zlib.error, *_NOT_AS_ZIP):
                pass  # changed before, so that it is no archive any more
        for _ in range(random.choice((1, 1, 1, 2, 2, 3, 6))):
            raw = random.choice(self._ways)(raw, random)[:_MOST]
        return raw

    def _change_part(self, raw: bytes, random: Random) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(raw)) as book, zipfile.ZipFile(written, "w") as changed:
            names = book.namelist()
            chosen = random.choice(names)
            for name in names:
                part = book.read(name)
                if name == chosen:
                    part = random.choice(self._ways)(part, random)
                changed.writestr(zipfile.ZipInfo(name), part)
        return written.getvalue()

    @staticmethod
    def _change_octet(raw: bytes, random: Random) -> bytes:
        at = random.randrange(len(raw) + 1)
        return raw[:at] + random.randbytes(1) + raw[at + random.randrange(2) :]

    @staticmethod
    def _change_piece(raw: bytes, random: Random) -> bytes:
        start, end = _pick(raw, random)
        nasty: bytes = random.choice((*_NASTY, *_FURTHER))
        return raw[:start] + nasty + raw[end:]

    def _exchange_piece(self, raw: bytes, random: Random) -> bytes:
        start, end = _pick(raw, random)
        piece: bytes = random.choice(self._pieces)
        return raw[:start] + piece + raw[end:]

    @staticmethod
    def _leave_out(raw: bytes, random: Random) -> bytes:
        (start, _), (_, end) = sorted((_pick(raw, random), _pick(raw, random)))
        return raw[:start] + raw[end:] if random.randrange(2) else raw[:end]

    @staticmethod
    def _double(raw: bytes, random: Random) -> bytes:
        (start, _), (_, end) = sorted((_pick(raw, random), _pick(raw, random)))
        return raw[:end] + raw[start:end] * random.choice((1, 1, 1, 50)) + raw[end:]

    @staticmethod
    def _swap(raw: bytes, random: Random) -> bytes:
        (first, end), (second, last) = sorted((_pick(raw, random), _pick(raw, random)))
        if second < end:
            return raw
        return raw[:first] + raw[second:last] + raw[end:second] + raw[first:end] + raw[last:]

    def _splice(self, raw: bytes, random: Random) -> bytes:
        other = random.choice(self._corpus)
        return raw[: _pick(raw, random)[0]] + other[_pick(other, random)[0] :]


def _find_trees(corpus: Sequence[bytes]) -> XmlTrees | JsonTrees | None:
    if all(raw.lstrip()[:1] == b"<" for raw in corpus):
        return XmlTrees(corpus)
    if all(raw.lstrip()[:1] == b"{" for raw in corpus):
        return JsonTrees(corpus)
    return None


def _pick(raw: bytes, random: Random) -> tuple[int, int]:
    """Pick a piece: where it begins and ends."""
    found = _PIECES.search(raw, random.randrange(len(raw) + 1)) if raw else None
    return found.span() if found else (len(raw), len(raw))
