"""Protected bodies: compact JWE by ECDH-ES and A256GCM (RFC 7516, RFC 7518 4.6 and 5.3).

The protected header is exactly ``alg``, ``enc``, ``epk`` and ``kid``, where ``kid`` is the RFC 7638
thumbprint of the recipient's key. The same thumbprint stands as ``recipientKey`` in the message,
under its signature. There is no compression and no other header. joserfc draws the ephemeral key
and the initialisation vector, so making a body is the one function of this package that is not
reproducible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import decode_base64url, parse_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["DecryptionKey", "encrypt_body", "key_thumbprint", "read_recipient"]

_ALGORITHM: Final = "ECDH-ES"
_CONTENT_ALGORITHM: Final = "A256GCM"
_PARTS: Final = 5
_HEADER_LIMIT: Final = 1024


class _Registry(jwe.JWERegistry):
    """joserfc's limits, raised to those of a message (it stops at 64 kB otherwise)."""

    max_ciphertext_length = 20_000_000


_REGISTRY: Final = _Registry(algorithms=[_ALGORITHM, _CONTENT_ALGORITHM])


def key_thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Name a key by its RFC 7638 thumbprint: SHA-256, base64url."""
    return ECKey.import_key(key).thumbprint()


def encrypt_body(content: bytes, *, recipient: ec.EllipticCurvePublicKey) -> str:
    """Encrypt a sealed document's octets for one recipient.

    Args:
        content: The octets.
        recipient: A P-256 key that the recipient's state lists for decryption.
    """
    key = ECKey.import_key(recipient)
    header = {"alg": _ALGORITHM, "enc": _CONTENT_ALGORITHM, "kid": key.thumbprint()}
    return jwe.encrypt_compact(header, content, key, registry=_REGISTRY)


def read_recipient(body: str) -> str:
    """Check the form of a body and say which key it is for.

    Raises:
        RefusedError: ``encryption.malformed``.
    """
    parts = body.split(".")
    if len(parts) != _PARTS or parts[1] or not all(parts[at] for at in (0, 2, 3, 4)):
        message = "expected a compact JWE with direct key agreement: header..iv.ciphertext.tag"
        raise RefusedError("encryption.malformed", message)
    raw = decode_base64url(parts[0], code="encryption.malformed", what="the JWE header")
    header = parse_json(raw, code="encryption.malformed", limit=_HEADER_LIMIT)
    message = (
        f"expected exactly alg {_ALGORITHM}, enc {_CONTENT_ALGORITHM}, a P-256 epk and kid in the "
        "JWE header"
    )
    if not isinstance(header, dict) or set(header) != {"alg", "enc", "epk", "kid"}:
        raise RefusedError("encryption.malformed", message)
    key, kid = header["epk"], header["kid"]
    if (
        header["alg"] != _ALGORITHM
        or header["enc"] != _CONTENT_ALGORITHM
        or not isinstance(kid, str)
        or not isinstance(key, dict)
        or set(key) != {"kty", "crv", "x", "y"}
        or (key["kty"], key["crv"]) != ("EC", "P-256")
    ):
        raise RefusedError("encryption.malformed", message)
    return kid


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """A private key that opens bodies.

    Attributes:
        thumbprint: Its RFC 7638 name.
    """

    thumbprint: str
    _key: ECKey

    @classmethod
    def of(cls, private_key: ec.EllipticCurvePrivateKey) -> Self:
        """Wrap a P-256 private key."""
        key = ECKey.import_key(private_key)
        return cls(key.thumbprint(), key)

    def open(self, body: str) -> bytes:
        """Decrypt a body.

        Raises:
            RefusedError: ``encryption.malformed``, ``encryption.other_key``,
                ``encryption.failed``.
        """
        kid = read_recipient(body)
        if kid != self.thumbprint:
            message = f"expected a body for the key {self.thumbprint}, found one for {kid[:64]}"
            raise RefusedError("encryption.other_key", message)
        try:
            opened = jwe.decrypt_compact(body, self._key, registry=_REGISTRY).plaintext
        except (JoseError, ValueError, TypeError, AssertionError) as cause:
            message = "expected a body that this key opens unaltered, found another"
            raise RefusedError("encryption.failed", message) from cause
        if opened is None:
            message = "expected a body with content"
            raise RefusedError("encryption.failed", message)
        return opened

    def __repr__(self) -> str:
        return f"DecryptionKey({self.thumbprint!r})"
