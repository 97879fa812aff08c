"""Signing and agreeing with keys that never leave their token."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11.constants import Attribute
from pkcs11.mechanisms import KDF, KeyType, Mechanism
from pkcs11.types import DeriveMixin, SignMixin

from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.certificates import verify_ecdsa
from swb_schemas.wire.encryption import key_thumbprint

if TYPE_CHECKING:
    from pkcs11.types import PrivateKey

    from swb.backends.pkcs11.token import KeyName, TokenSession
    from swb_schemas.wire.certificates import Certificate

__all__ = ["TokenKeyAgreement", "TokenSigner"]

_SECRET_BITS: Final = 256


class TokenSigner:
    """Signs with a P-256 key in a token: CKM_ECDSA over a digest that is made here.

    A message is signed once and sent for as long as it takes, so every signature is verified
    before it is used: a faulty token, or the key of another certificate, is found at once.

    Args:
        token: Where the key is.
        key: Its name there.
        certificate: Its certificate.
    """

    def __init__(self, token: TokenSession, key: KeyName, certificate: Certificate) -> None:
        self._token = token
        self._key = key
        self._certificate = certificate

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        return self._certificate.der

    async def sign(self, data: bytes) -> bytes:
        """Sign with ECDSA P-256 and SHA-256: r and s, 32 octets each.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.pin_refused``.
        """
        digest = sha256(data).digest()
        signature = await self._token.use(self._key, lambda key: self._sign(key, digest))
        try:
            verify_ecdsa(self._certificate.public_key, signature, data)
        except RefusedError as cause:
            message = f"expected key {self._key} to be that of {self._certificate.subject}"
            raise UnavailableError("signer.unavailable", message) from cause
        return signature

    def _sign(self, key: PrivateKey, digest: bytes) -> bytes:
        if not isinstance(key, SignMixin):
            message = f"expected key {self._key} to be one that signs"
            raise UnavailableError("signer.unavailable", message)
        return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))

    def __repr__(self) -> str:
        return f"TokenSigner({self._certificate.subject!r})"


class TokenKeyAgreement:
    """Agrees on secrets with a P-256 key in a token: CKM_ECDH1_DERIVE without derivation function.

    The secret of one message leaves the token, and no more: Concat KDF, which follows, is in few
    tokens. A secret that was agreed with another key would open nothing and so refuse an honest
    message; so the key proves once in each session that it is its certificate's.

    Args:
        token: Where the key is.
        key: Its name there.
        certificate: Its certificate.
    """

    def __init__(self, token: TokenSession, key: KeyName, certificate: Certificate) -> None:
        self._token = token
        self._key = key
        self._public_key = certificate.public_key
        self._subject = certificate.subject
        self._thumbprint = key_thumbprint(certificate.public_key)
        self._proven: PrivateKey | None = None

    @property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint."""
        return self._thumbprint

    async def agree(self, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        """Agree on a secret: the common point's x coordinate, 32 octets.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.pin_refused``.
        """
        return await self._token.use(self._key, lambda key: self._agree(key, ephemeral))

    def _agree(self, key: PrivateKey, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        if not isinstance(key, DeriveMixin):
            message = f"expected key {self._key} to be one that agrees on secrets"
            raise UnavailableError("signer.unavailable", message)
        if self._proven is not key:
            own = ec.generate_private_key(ec.SECP256R1())
            expected = own.exchange(ec.ECDH(), self._public_key)
            if _derive(key, own.public_key()) != expected:
                message = f"expected key {self._key} to be that of {self._subject}"
                raise UnavailableError("signer.unavailable", message)
            self._proven = key
        return _derive(key, ephemeral)

    def __repr__(self) -> str:
        return f"TokenKeyAgreement({self._thumbprint!r})"


def _derive(key: DeriveMixin, public_key: ec.EllipticCurvePublicKey) -> bytes:
    point = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = key.derive_key(
        KeyType.GENERIC_SECRET,
        _SECRET_BITS,
        mechanism=Mechanism.ECDH1_DERIVE,
        mechanism_param=(KDF.NULL, None, point),
        store=False,
        template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
    )
    try:
        return bytes(secret[Attribute.VALUE])
    finally:
        secret.destroy()
