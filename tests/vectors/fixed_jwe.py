"""A protected body with a fixed ephemeral key and IV, made without joserfc (RFC 7518, 4.6).

So golden vectors can be made anew, and the reader is not only tested against its own library.
Fixing either is the end of all secrecy: nothing but a vector may do it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["encrypt_fixed", "jwk_of"]

_IV: Final = bytes(range(12))
_TAG_OCTETS: Final = 16


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Write a public key as JWK, members in the order of RFC 7638."""
    numbers = key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": _base64url(numbers.x.to_bytes(32)),
        "y": _base64url(numbers.y.to_bytes(32)),
    }


def encrypt_fixed(
    content: bytes,
    recipient: ec.EllipticCurvePublicKey,
    *,
    header: Mapping[str, object] | None = None,
    iv: bytes = _IV,
) -> str:
    """Encrypt for one recipient.

    Args:
        content: What is encrypted.
        recipient: Its key.
        header: Members that replace those of the protected header; None takes one away.
        iv: The initialisation vector.
    """
    ephemeral = ec.derive_private_key(
        int.from_bytes(hashlib.sha256(b"fixed ephemeral key, for vectors only").digest()),
        ec.SECP256R1(),
    )
    thumbprint = hashlib.sha256(
        json.dumps(jwk_of(recipient), separators=(",", ":")).encode()
    ).digest()
    members: dict[str, object] = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": _base64url(thumbprint),
        "epk": jwk_of(ephemeral.public_key()),
    }
    members |= header or {}
    protected = _base64url(
        json.dumps(
            {name: value for name, value in members.items() if value is not None},
            separators=(",", ":"),
        ).encode()
    )
    algorithm = b"A256GCM"
    key = ConcatKDFHash(
        algorithm=hashes.SHA256(),
        length=32,
        otherinfo=b"".join(
            (
                len(algorithm).to_bytes(4) + algorithm,
                (0).to_bytes(4),
                (0).to_bytes(4),
                (256).to_bytes(4),
            )
        ),
    ).derive(ephemeral.exchange(ec.ECDH(), recipient))
    sealed = AESGCM(key).encrypt(iv, content, protected.encode())
    parts = (protected, "", _base64url(iv))
    ciphertext, tag = sealed[:-_TAG_OCTETS], sealed[-_TAG_OCTETS:]
    return ".".join((*parts, _base64url(ciphertext), _base64url(tag)))
