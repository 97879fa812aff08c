"""ASiC manifests of evidence records: which record is about which file (EN 319 162-1, A.4, A.7).

One manifest for each record, one file in each. The form is fixed, so it is written and read as
octets of one shape; any other spelling is refused.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from swb_schemas.documents.elements import SHA256_URI
from swb_schemas.errors import RefusedError

__all__ = ["MANIFEST_NAME", "Manifest", "read_manifest", "write_manifest"]

MANIFEST_NAME: Final = re.compile(r"META-INF/ASiCEvidenceRecordManifest[0-9]{5}\.xml")
_SHAPE: Final = (
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
    'xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
    '<asic:SigReference URI="{record}" MimeType="application/octet-stream"></asic:SigReference>'
    '<asic:DataObjectReference URI="{file}">'
    f'<ds:DigestMethod Algorithm="{SHA256_URI}"></ds:DigestMethod>'
    "<ds:DigestValue>{digest}</ds:DigestValue>"
    "</asic:DataObjectReference></asic:ASiCManifest>"
)
_VALUES: Final = {
    "record": "[A-Za-z0-9._/-]{1,200}",
    "file": "[A-Za-z0-9._/-]{1,200}",
    "digest": "[A-Za-z0-9+/]{43}=",
}
_PATTERN: Final = re.compile(
    "".join(
        f"(?P<{part}>{_VALUES[part]})" if at % 2 else re.escape(part)
        for at, part in enumerate(re.split(r"\{(\w+)\}", _SHAPE))
    ).encode()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """That a record is about a file.

    Attributes:
        record: Name of the evidence record.
        file: Name of the file.
        digest: SHA-256 of the file.
    """

    record: str
    file: str
    digest: bytes


def write_manifest(manifest: Manifest) -> bytes:
    """Write a manifest; the exact inverse of `read_manifest`."""
    digest = base64.b64encode(manifest.digest).decode()
    return _SHAPE.format(record=manifest.record, file=manifest.file, digest=digest).encode()


def read_manifest(raw: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        RefusedError: ``container.manifest``.
    """
    match = _PATTERN.fullmatch(raw)
    if match is None:
        message = "expected a manifest of one evidence record about one file, in its one spelling"
        raise RefusedError("container.manifest", message)
    return Manifest(
        record=match["record"].decode(),
        file=match["file"].decode(),
        digest=base64.b64decode(match["digest"]),
    )
