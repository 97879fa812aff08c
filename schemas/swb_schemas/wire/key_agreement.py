"""Direct key agreement ECDH-ES with P-256: what follows on the raw shared secret (RFC 7518, 4.6).

The shared secret itself is agreed by whoever holds the private key: a file in this process, a
token, another process. These functions read the sender's ephemeral key, derive the content key and
open the content, and need no private key for it.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from swb_schemas.wire.jws import decode_base64url

__all__ = ["derive_content_key", "open_content", "read_ephemeral_key"]

_COORDINATE_OCTETS: Final = 32
_IV_OCTETS: Final = 12
_TAG_OCTETS: Final = 16
_CODE: Final = "encryption.failed"


def read_ephemeral_key(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """Read the sender's ephemeral key, and require that it is a point of the curve.

    A point of another curve would have the shared secret tell about the private key (RFC 8725,
    3.4; NIST SP 800-56A, 5.6.2.3), so nothing may be agreed with it.

    Args:
        x: That member of its JWK.
        y: That member.

    Raises:
        RefusedError: ``encryption.failed``: other lengths than 32 octets, in another spelling.
        ValueError: It is no point of the curve.
    """
    across, up = (decode_base64url(each, code=_CODE, what="epk") for each in (x, y))
    if (len(across), len(up)) != (_COORDINATE_OCTETS, _COORDINATE_OCTETS):
        message = f"expected coordinates of {_COORDINATE_OCTETS} octets each"
        raise ValueError(message)
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(across), int.from_bytes(up), ec.SECP256R1()
    )
    return numbers.public_key()


def derive_content_key(
    secret: bytes,
    *,
    algorithm: str,
    octets: int,
    party_u: bytes = b"",
    party_v: bytes = b"",
) -> bytes:
    """Derive a content key from a shared secret: Concat KDF with SHA-256 (RFC 7518, 4.6.2).

    Args:
        secret: Z, the agreed point's x coordinate (NIST SP 800-56A, 5.7.1.2).
        algorithm: AlgorithmID, the content encryption's name.
        octets: Length of the key.
        party_u: PartyUInfo, the producer's (``apu``).
        party_v: PartyVInfo, the recipient's (``apv``).
    """
    parts = (algorithm.encode(), party_u, party_v)
    info = b"".join(len(part).to_bytes(4) + part for part in parts) + (octets * 8).to_bytes(4)
    return ConcatKDFHash(algorithm=hashes.SHA256(), length=octets, otherinfo=info).derive(secret)


def open_content(key: bytes, *, header: str, iv: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """Open AES-GCM content whose additional data is the encoded header (RFC 7518, 5.3).

    Args:
        key: The content key.
        header: The protected header as it stands in the JWE.
        iv: 12 octets; no other length is allowed.
        ciphertext: As it stands.
        tag: 16 octets; a shorter one is no proof.

    Raises:
        ValueError: Other lengths.
        cryptography.exceptions.InvalidTag: It was altered, or the key is another.
    """
    if (len(iv), len(tag)) != (_IV_OCTETS, _TAG_OCTETS):
        message = f"expected {_IV_OCTETS} octets of IV and {_TAG_OCTETS} of tag"
        raise ValueError(message)
    return AESGCM(key).decrypt(iv, ciphertext + tag, header.encode())
