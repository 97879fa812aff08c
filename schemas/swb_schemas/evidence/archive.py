"""The zip file of a container: written the same way every time, read as from a stranger.

ETSI EN 319 162-1, annex A: the first entry is ``mimetype``, stored, without extra field. Everything
is stored and dated alike, so that the same content gives the same octets.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MIMETYPE", "read_archive", "write_archive"]

MIMETYPE: Final = b"application/vnd.etsi.asic-e+zip"

_NAME: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LONGEST_NAME: Final = 200
_MAXIMAL_OCTETS: Final = 500_000_000
"""Of the file, and of everything in it together."""
_MAXIMAL_ENTRY: Final = 100_000_000
"""A trust bundle is the largest thing that can be in it; messages have 20,000,000 at most."""
_MAXIMAL_ENTRIES: Final = 20_000
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_START: Final = b"PK\x03\x04"
_PIECE: Final = 1 << 20


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Write a container.

    Args:
        files: By name; ``mimetype`` is added.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, octets in [("mimetype", MIMETYPE), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, date_time=_DATE)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, octets)
    return target.getvalue()


def read_archive(raw: bytes) -> dict[str, bytes]:
    """Read a container whole, within bounds; ``mimetype`` is taken out of the result.

    Raises:
        RefusedError: ``container.malformed``: no zip file, damaged, or no container of this kind.
            ``container.too_large``: more octets or entries than allowed, packed or unpacked.
            ``container.name``: a name that is absolute, leads elsewhere, or is not plain.
            ``container.duplicate``: a name twice, also in other case. ``container.encrypted``.
    """
    if len(raw) > _MAXIMAL_OCTETS:
        message = f"expected at most {_MAXIMAL_OCTETS} octets, found {len(raw)}"
        raise RefusedError("container.too_large", message)
    if not raw.startswith(_START):
        told = f"{len(raw)} octets of something else" if raw else "an empty one"
        message = f"expected a zip file, found {told}: wrong file or bad copy"
        raise RefusedError("container.malformed", message)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            _check_entries(archive, entries, raw)
            files = _read_entries(archive, entries)
    except zipfile.BadZipFile as cause:
        message = "expected a whole zip file, found its list of files cut off or damaged: bad copy"
        raise RefusedError("container.malformed", message) from cause
    except (
        zlib.error,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as cause:
        message = f"expected a zip file that can be read, found: {type(cause).__name__}"
        raise RefusedError("container.malformed", message) from cause
    if files.pop("mimetype") != MIMETYPE:
        message = f"expected the type {MIMETYPE.decode()}, found another one"
        raise RefusedError("container.malformed", message)
    return files


def _check_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], raw: bytes) -> None:
    if len(entries) > _MAXIMAL_ENTRIES or sum(each.file_size for each in entries) > _MAXIMAL_OCTETS:
        message = f"expected at most {_MAXIMAL_ENTRIES} files and {_MAXIMAL_OCTETS} octets of them"
        raise RefusedError("container.too_large", message)
    first = entries[0] if entries else None
    if (
        first is None
        or first.filename != "mimetype"
        or first.header_offset != 0
        or first.compress_type != zipfile.ZIP_STORED
        or not raw.startswith(_START)
        or archive.comment
    ):
        message = "expected a container of ETSI EN 319 162-1, which begins with its type, stored"
        raise RefusedError("container.malformed", message)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if (
            len(name) > _LONGEST_NAME
            or _NAME.fullmatch(name) is None
            or name != entry.orig_filename
        ):
            message = f"expected plain names of files in folders, found {name[:60]!r}"
            raise RefusedError("container.name", message)
        if name.casefold() in seen:
            message = f"expected every name once, in whatever case, found {name!r} again"
            raise RefusedError("container.duplicate", message)
        seen.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED:
            message = f"expected files in clear, found {name!r} encrypted"
            raise RefusedError("container.encrypted", message)
        if entry.file_size > _MAXIMAL_ENTRY:
            message = f"expected files of at most {_MAXIMAL_ENTRY} octets, found {name!r} larger"
            raise RefusedError("container.too_large", message)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            message = f"expected files stored or deflated, found {name!r} packed otherwise"
            raise RefusedError("container.malformed", message)


def _read_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in entries:
        pieces: list[bytes] = []
        size = 0
        try:
            with archive.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if size > entry.file_size:
                        told = f"{entry.file_size} octets of {entry.filename!r}"
                        raise RefusedError("container.too_large", f"expected {told}, found more")
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError) as cause:
            message = (
                f"expected {entry.filename!r} as it was packed, found it damaged: its checksum "
                "or its frame fails"
            )
            raise RefusedError("container.malformed", message) from cause
        files[entry.filename] = b"".join(pieces)
    return files
