"""The files in a workbook: a ZIP archive that is trusted in nothing (ECMA-376, part 2)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_schemas.xml import XmlLimits, parse_xml

if TYPE_CHECKING:
    from lxml import etree

    from swb_adapters.sdk.sheets.rows import SheetLimits
    from swb_schemas.errors import RefusedError

__all__ = ["Archive"]

_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
"""What `zipfile` raises for archives that are none, or that others made to harm."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_DEPTH: Final = 24


class Archive:
    """The parts of a workbook by name. No more is unpacked than its limits allow.

    Args:
        raw: The archive; its size is checked by the caller.
        limits: Number of parts, octets that are unpacked in all, elements in one part.

    Raises:
        RefusedError: ``adapter.malformed``, ``adapter.too_large``.
    """

    def __init__(self, raw: bytes, limits: SheetLimits) -> None:
        self._limits = limits
        self._left = limits.unpacked
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _FAULTS as cause:
            raise _refuse_archive("one that is damaged or broke off") from cause
        entries = self._zip.infolist()
        if len(entries) > limits.parts:
            message = f"expected at most {limits.parts} files in a workbook, found {len(entries):,}"
            raise refuse("adapter.too_large", message)
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise _refuse_archive("one that has a file twice")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
                raise _refuse_archive("one that is locked by a password or packed otherwise")
            if entry.filename.lower().endswith("vbaproject.bin"):
                message = "expected a workbook without macros, found one with macros"
                raise refuse("adapter.unsupported", message)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def parse(self, name: str) -> etree._Element:
        """Unpack and parse one part.

        Raises:
            RefusedError: ``adapter.malformed``: there is none; ``adapter.too_large``; ``xml.*``.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise _refuse_archive(f"no {name[:80]!a} in it")
        try:
            with self._zip.open(entry) as part:
                octets = part.read(self._left + 1)
        except _FAULTS as cause:
            raise _refuse_archive("one that is damaged or broke off") from cause
        self._left -= len(octets)
        if self._left < 0:
            message = f"expected at most {self._limits.unpacked:,} octets unpacked, found more"
            raise refuse("adapter.too_large", message)
        return parse_xml(
            octets,
            limits=XmlLimits(
                octets=self._limits.unpacked, depth=_DEPTH, elements=self._limits.elements
            ),
        )


def _refuse_archive(found: str) -> RefusedError:
    return refuse("adapter.malformed", f"expected a workbook (.xlsx), found {found}")
