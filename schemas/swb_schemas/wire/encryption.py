"""Protected bodies: compact JWE by ECDH-ES and A256GCM (RFC 7516, RFC 7518 4.6 and 5.3).

The protected header is exactly ``alg``, ``enc``, ``epk`` and ``kid``, where ``kid`` is the RFC 7638
thumbprint of the recipient's key. The same thumbprint stands as ``recipientKey`` in the message,
under its signature. There is no compression and no other header. joserfc draws the ephemeral key
and the initialisation vector, so making a body is the one function of this package that is not
reproducible. Opening is done here (`key_agreement`): the kept library wants the private key itself,
and one in a token or in another process gives only the shared secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.jwk import ECKey

from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import decode_base64url, parse_json
from swb_schemas.wire.key_agreement import derive_content_key, open_content, read_ephemeral_key

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DecryptionKey",
    "EncryptedBody",
    "encrypt_body",
    "key_thumbprint",
]

_ALGORITHM: Final = "ECDH-ES"
_CONTENT_ALGORITHM: Final = "A256GCM"
_CONTENT_KEY_OCTETS: Final = 32
_PARTS: Final = 5
_HEADER_LIMIT: Final = 1024
_UNOPENED: Final = "expected a body that this key opens unaltered, found another"
"""The one thing that is said, whatever it is that does not open."""


class _Registry(jwe.JWERegistry):
    """joserfc's limits, raised to those of a message (it stops at 64 kB otherwise)."""

    max_ciphertext_length = 20_000_000


_REGISTRY: Final = _Registry(algorithms=[_ALGORITHM, _CONTENT_ALGORITHM])


def key_thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Name a key by its RFC 7638 thumbprint: SHA-256, base64url."""
    return ECKey.import_key(key).thumbprint()


@dataclass(frozen=True, slots=True)
class EncryptedBody:
    """A sealed document for one recipient: a body whose form was checked, and what that told.

    Attributes:
        jwe: Compact JWE.
        recipient_key: RFC 7638 thumbprint of the key that opens it.
        ephemeral: Members ``x`` and ``y`` of the key that it was made with, as they stand there.
    """

    jwe: str
    recipient_key: str
    ephemeral: tuple[str, str]

    @classmethod
    def of(cls, jwe: str) -> Self:
        """Take a compact JWE.

        Raises:
            RefusedError: ``encryption.malformed``.
        """
        parts = jwe.split(".")
        if len(parts) != _PARTS or parts[1] or not all(parts[at] for at in (0, 2, 3, 4)):
            message = "expected a compact JWE with direct key agreement: header..iv.ciphertext.tag"
            raise RefusedError("encryption.malformed", message)
        raw = decode_base64url(parts[0], code="encryption.malformed", what="the JWE header")
        header = parse_json(raw, code="encryption.malformed", limit=_HEADER_LIMIT)
        message = (
            f"expected exactly alg {_ALGORITHM}, enc {_CONTENT_ALGORITHM}, a P-256 epk and kid in "
            "the JWE header"
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
        return cls(jwe, kid, (str(key["x"]), str(key["y"])))

    def read_ephemeral(self) -> ec.EllipticCurvePublicKey:
        """Read the ephemeral key, for whoever agrees on the secret.

        Raises:
            RefusedError: ``encryption.failed``: it is no point of the curve.
        """
        try:
            return read_ephemeral_key(*self.ephemeral)
        except (RefusedError, ValueError) as cause:
            raise RefusedError("encryption.failed", _UNOPENED) from cause


def encrypt_body(content: bytes, *, recipient: ec.EllipticCurvePublicKey) -> EncryptedBody:
    """Encrypt a sealed document's octets for one recipient.

    Args:
        content: The octets.
        recipient: A P-256 key that the recipient's state lists for decryption.
    """
    key = ECKey.import_key(recipient)
    header = {"alg": _ALGORITHM, "enc": _CONTENT_ALGORITHM, "kid": key.thumbprint()}
    return EncryptedBody.of(jwe.encrypt_compact(header, content, key, registry=_REGISTRY))


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """What opens bodies: a private key, or what its holder agreed on for one body.

    Attributes:
        thumbprint: The private key's RFC 7638 name.
    """

    thumbprint: str
    _agree: Callable[[EncryptedBody], bytes]

    @classmethod
    def of(cls, private_key: ec.EllipticCurvePrivateKey) -> Self:
        """Wrap a P-256 private key."""
        return cls(
            key_thumbprint(private_key.public_key()),
            lambda body: private_key.exchange(ec.ECDH(), body.read_ephemeral()),
        )

    @classmethod
    def agreed(cls, body: EncryptedBody, secret: bytes) -> Self:
        """Wrap the secret that the holder of a body's key agreed on.

        Args:
            body: What it opens; it opens no other.
            secret: Z, agreed with the body's ephemeral key; 32 octets.
        """

        def agree(asked: EncryptedBody) -> bytes:
            if asked != body:
                message = "expected the body that the secret was agreed for"
                raise ValueError(message)
            return secret

        return cls(body.recipient_key, agree)

    def open(self, body: EncryptedBody) -> bytes:
        """Decrypt a body.

        Raises:
            RefusedError: ``encryption.other_key``, ``encryption.failed``.
        """
        if body.recipient_key != self.thumbprint:
            found = body.recipient_key[:64]
            message = f"expected a body for the key {self.thumbprint}, found one for {found}"
            raise RefusedError("encryption.other_key", message)
        header, _, *rest = body.jwe.split(".")
        try:
            iv, ciphertext, tag = (
                decode_base64url(part, code="encryption.failed", what="a protected body")
                for part in rest
            )
            key = derive_content_key(
                self._agree(body), algorithm=_CONTENT_ALGORITHM, octets=_CONTENT_KEY_OCTETS
            )
            return open_content(key, header=header, iv=iv, ciphertext=ciphertext, tag=tag)
        except (InvalidTag, RefusedError, ValueError) as cause:
            raise RefusedError("encryption.failed", _UNOPENED) from cause

    def __repr__(self) -> str:
        return f"DecryptionKey({self.thumbprint!r})"
