"""Opening a container: one archive that holds what its list of contents names, and nothing else.

E1 and E2 of judging one (`swb_schemas.evidence.judging`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from ssl import PEM_cert_to_DER_cert
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.evidence.archive import read_archive
from swb_schemas.evidence.contents import CONTENTS_NAME, Contents, parse_contents
from swb_schemas.evidence.manifest import MANIFEST_NAME, Manifest, read_manifest
from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Container", "open_container"]

_CERTIFICATE_NAME: Final = re.compile(r"certificates/([0-9a-f]{64})\.pem")
_TIME_STAMP_NAME: Final = re.compile(r"time-stamps/([0-9a-f]{64})\.tst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container whose files are those that it lists; nothing in it is verified yet.

    Attributes:
        files: Octets by name.
        contents: What it says that it holds.
        manifests: By the file that each is about.
    """

    files: Mapping[str, bytes]
    contents: Contents
    manifests: Mapping[str, Manifest]


def open_container(raw: bytes) -> Container:
    """Open a container, E1 and E2.

    Raises:
        RefusedError: ``container.*``, ``evidence.*``.
    """
    files = read_archive(raw)
    contents, manifests = _read_contents(files), _read_manifests(files)
    _check_copies(files, [files[each.record] for each in manifests.values()])
    return Container(files=files, contents=contents, manifests=manifests)


def _read_contents(files: Mapping[str, bytes]) -> Contents:
    if CONTENTS_NAME not in files:
        message = f"expected a container that lists what it holds in {CONTENTS_NAME}"
        raise RefusedError("container.contents", message)
    contents = parse_contents(files[CONTENTS_NAME])
    listed = [item.file for item in contents.items]
    listed += [each.file for each in contents.others]
    if len(set(listed)) != len(listed):
        raise RefusedError("container.contents", "expected every file to be listed once")
    if len({(item.kind, item.id) for item in contents.items}) != len(contents.items):
        raise RefusedError("container.contents", "expected every id to be listed once")
    if missing := sorted(set(listed) - files.keys()):
        message = f"expected what is listed to be there, found {missing[0]} missing"
        raise RefusedError("container.missing_file", message)
    if extra := sorted(files.keys() - {*listed, CONTENTS_NAME}):
        message = f"expected what is listed and nothing else, found {extra[0]}"
        raise RefusedError("container.extra_file", message)
    for each in contents.others:
        _check_digest(each.file, each.sha256, files[each.file])
    for item in contents.items:
        if not item.erased:
            _check_digest(item.file, item.octets, files[item.file])
        if item.record is not None and item.record not in files:
            message = f"expected the evidence record {item.record}, found it missing"
            raise RefusedError("container.missing_file", message)
    return contents


def _check_digest(name: str, stated: str, octets: bytes) -> None:
    found = digest_text_of(octets)
    if stated != found:
        message = f"expected {name} with the digest {stated}, found {found}"
        raise RefusedError("container.digest", message)


def _read_manifests(files: Mapping[str, bytes]) -> dict[str, Manifest]:
    """Read every manifest; by the file that it is about."""
    found: dict[str, Manifest] = {}
    for name in sorted(files):
        if not MANIFEST_NAME.fullmatch(name):
            continue
        manifest = read_manifest(files[name])
        if manifest.file in found or not {manifest.file, manifest.record} <= files.keys():
            message = f"expected one manifest for each file that is there, found {name}"
            raise RefusedError("container.manifest", message)
        if sha256(files[manifest.file]).digest() != manifest.digest:
            message = f"expected {manifest.file} with the digest in {name}, found another"
            raise RefusedError("container.digest", message)
        found[manifest.file] = manifest
    return found


def _check_copies(files: Mapping[str, bytes], records: Sequence[bytes]) -> None:
    """Require that what lies there for tools is what its name says; nothing else judges it."""
    for name, octets in files.items():
        if found := _CERTIFICATE_NAME.fullmatch(name):
            if _thumbprint_of(octets) != found[1]:
                message = f"expected {name} to be the certificate of that thumbprint"
                raise RefusedError("container.other_item", message)
        elif found := _TIME_STAMP_NAME.fullmatch(name):
            about = bytes.fromhex(found[1])
            if about not in octets or not any(octets in record for record in records):
                message = f"expected {name} to be a time-stamp of that digest out of a record"
                raise RefusedError("container.other_item", message)


def _thumbprint_of(pem: bytes) -> str:
    """The SHA-256 of a certificate, in hexadecimal; empty where it is none."""
    try:
        return sha256(PEM_cert_to_DER_cert(pem.decode("ascii"))).hexdigest()
    except ValueError:
        return ""
