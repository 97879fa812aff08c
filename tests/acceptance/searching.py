"""Looks for values in what a region leaves behind, however they may be spelled there."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["find_values", "read_all", "spell"]

_SHORTEST: Final = 6
"""Octets of a spelling; shorter ones would be found anywhere."""


def spell(value: bytes) -> Iterator[bytes]:
    """Every way in which a value may stand somewhere."""
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    yield from _in_base64(value)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("ascii", "backslashreplace")
    yield text.encode("ascii", "xmlcharrefreplace")


def _in_base64(value: bytes) -> Iterator[bytes]:
    """What base64 of any text shows of the value, wherever in that text it stands."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + value)
        first = -(-before * 8 // 6)
        last = (before + len(value)) * 8 // 6
        yield from (whole[first:last], whole[first:last].translate(_URL_SAFE))


_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def find_values(values: Mapping[str, bytes], octets: bytes) -> set[str]:
    """Names of the values that stand in octets, broken into lines or not."""
    joined = octets.replace(b"\r", b"").replace(b"\n", b"").replace(b"\\n", b"")
    return {
        name
        for name, value in values.items()
        if any(
            spelled in where
            for spelled in {*spell(value)}
            if len(spelled) >= _SHORTEST
            for where in (octets, joined)
        )
    }


def read_all(files: Iterable[Path]) -> bytes:
    """The octets of files, one behind the other."""
    return b"\0\0\0".join(file.read_bytes() for file in files if file.is_file())
