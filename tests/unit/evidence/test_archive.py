"""Containers as a stranger may make them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.evidence import (
    Manifest,
    read_archive,
    read_manifest,
    write_archive,
    write_manifest,
)
from swb_schemas.evidence.archive import MIMETYPE

if TYPE_CHECKING:
    from collections.abc import Callable

FILES: Final = {"documents/a.xml": b"<a/>", "META-INF/x.ers": b"\x30\x00", "README.txt": b"read"}


def zipped(*entries: tuple[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    """Write a zip file as it comes, warnings of the library apart."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packed) as archive:
        for number, (name, octets) in enumerate(entries):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_STORED if number == 0 else packed
            archive.writestr(entry, octets)
    return target.getvalue()


TYPE: Final = ("mimetype", MIMETYPE)


def test_reads_what_it_writes_and_writes_it_the_same_way_every_time() -> None:
    raw = write_archive(FILES)
    assert read_archive(raw) == FILES
    assert raw == write_archive(dict(reversed(FILES.items())))
    assert raw[30:38] == b"mimetype"
    assert raw[38 : 38 + len(MIMETYPE)] == MIMETYPE


def test_reads_what_another_zip_program_packed() -> None:
    assert read_archive(zipped(TYPE, ("a.xml", b"a" * 10_000), packed=zipfile.ZIP_DEFLATED)) == {
        "a.xml": b"a" * 10_000
    }


def bomb() -> bytes:
    """Says that it unpacks to more than is allowed."""
    raw = bytearray(zipped(TYPE, ("a.xml", b"a"), packed=zipfile.ZIP_DEFLATED))
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (200_000_000).to_bytes(4, "little")
    return bytes(raw)


def lying_bomb() -> bytes:
    """Says that it unpacks to little, and unpacks to much."""
    raw = bytearray(zipped(TYPE, ("a.xml", bytes(50_000_000)), packed=zipfile.ZIP_DEFLATED))
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(raw)


def encrypted() -> bytes:
    raw = bytearray(zipped(TYPE, ("a.xml", b"a")))
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def duplicate() -> bytes:
    raw = zipped(TYPE, ("a.xml", b"a"), ("b.xml", b"b"))
    return raw.replace(b"b.xml", b"a.xml")


def damaged() -> bytes:
    return zipped(TYPE, ("a.xml", b"content")).replace(b"content", b"C0ntent", 1)


def other_local_name() -> bytes:
    raw = zipped(TYPE, ("a.xml", b"content"))
    return raw.replace(b"a.xml", b"b.xml", 1)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "container.malformed"),
        (lambda: b"PK\x03\x04", "container.malformed"),
        (lambda: b"no zip at all" * 100, "container.malformed"),
        (lambda: zipped(("a.xml", b"a"), TYPE), "container.malformed"),
        (lambda: zipped(("mimetype", b"application/zip"), ("a", b"")), "container.malformed"),
        (lambda: b"MZ" + write_archive(FILES), "container.malformed"),
        (damaged, "container.malformed"),
        (other_local_name, "container.malformed"),
        (lambda: write_archive(FILES)[:-30], "container.malformed"),
        (lambda: zipped(TYPE, ("../a.xml", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("a/../../b.xml", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("/etc/passwd", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("C:\\a.xml", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("a\\b.xml", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("a\x1b[2J.xml", b"a")), "container.name"),
        (lambda: zipped(TYPE, ("folder/", b"")), "container.name"),
        (lambda: zipped(TYPE, ("a" * 201, b"a")), "container.name"),
        (duplicate, "container.duplicate"),
        (lambda: zipped(TYPE, ("a.xml", b"a"), ("A.XML", b"b")), "container.duplicate"),
        (encrypted, "container.encrypted"),
        (bomb, "container.too_large"),
        (lying_bomb, "container.malformed"),
        (
            lambda: zipped(TYPE, *((f"{each}", b"") for each in range(20_001))),
            "container.too_large",
        ),
        (lambda: zipped(TYPE, ("a", b"a"), packed=zipfile.ZIP_BZIP2), "container.malformed"),
    ],
    ids=[
        "nothing",
        "a beginning",
        "no zip",
        "type not first",
        "another type",
        "a program before it",
        "damaged",
        "two names of one file",
        "cut",
        "path upwards",
        "path that turns",
        "absolute path",
        "a drive",
        "backslash",
        "terminal sequence",
        "a folder",
        "long name",
        "name twice",
        "names in two cases",
        "encrypted",
        "bomb",
        "bomb that lies",
        "many files",
        "packed otherwise",
    ],
)
def test_refuses_a_hostile_container(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_archive(make())
    assert refused.value.code == code


def test_a_manifest_has_one_form() -> None:
    manifest = Manifest(record="META-INF/a.ers", file="documents/a.xml", digest=bytes(32))
    raw = write_manifest(manifest)
    assert read_manifest(raw) == manifest
    for other in (b"", raw + b"\n", raw.replace(b"sha256", b"sha1"), raw.replace(b'"', b"'")):
        with pytest.raises(RefusedError) as refused:
            read_manifest(other)
        assert refused.value.code == "container.manifest"


def flipped(raw: bytes) -> bytes:
    """One bit of a stored file is another."""
    at = raw.index(b"<a/>")
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (flipped, "'documents/a.xml'"),
        (lambda raw: raw[:-30], "cut off"),
        (lambda _: b"", "an empty one: wrong file or bad copy"),
        (lambda _: b"%PDF-1.7 of something", "something else: wrong file or bad copy"),
    ],
    ids=["one bit", "cut", "empty", "another file"],
)
def test_says_what_is_damaged(damage: Callable[[bytes], bytes], told: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_archive(damage(write_archive(FILES)))
    assert refused.value.code == "container.malformed"
    assert told in refused.value.message
