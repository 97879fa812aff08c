"""SHA-256 digests in the two forms that the project writes.

In XML a digest is base64 with its algorithm (`swb_schemas.documents.elements.Digest`); everywhere
else it is ``sha-256:<hex>``. The digest *of a document or message* is never a hash of the file:
it is the ``DigestValue`` of the signature's ``URI=""`` reference, see `signature`.
"""

from __future__ import annotations

from hashlib import sha256

from swb_schemas.documents.elements import Digest

__all__ = ["digest_of", "digest_text_of"]


def digest_of(octets: bytes) -> Digest:
    """Digest octets for use inside XML, for example a national payload."""
    return Digest.of_sha256(sha256(octets).digest())


def digest_text_of(octets: bytes) -> str:
    """Digest octets as ``sha-256:<hex>``; the name of a certificate is this of its DER."""
    return f"sha-256:{sha256(octets).hexdigest()}"
