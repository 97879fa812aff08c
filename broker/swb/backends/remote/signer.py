"""Signing and agreeing by a signer that is another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec

from swb.core.signer_protocol import DATA_LIMIT, encode_agree, encode_sign, read_octets
from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.certificates import verify_ecdsa
from swb_schemas.wire.encryption import key_thumbprint

if TYPE_CHECKING:
    from swb.backends.remote.connection import SignerConnection
    from swb_schemas.catalogue import Purpose
    from swb_schemas.wire.certificates import Certificate

__all__ = ["RemoteKeyAgreement", "RemoteSigner"]

_SIGNATURE_OCTETS: Final = 64
_SECRET_OCTETS: Final = 32


class RemoteSigner:
    """Signs with a key that a signer holds.

    A message is signed once and sent for as long as it takes, so every signature is verified
    before it is used: a signer with another key is found at once, and refuses no message.

    Args:
        signer: The signer.
        purpose: What the key is for.
        certificate: Its certificate.
    """

    def __init__(
        self, signer: SignerConnection, purpose: Purpose, certificate: Certificate
    ) -> None:
        self._signer = signer
        self._purpose = purpose
        self._certificate = certificate

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        return self._certificate.der

    async def sign(self, data: bytes) -> bytes:
        """Sign with ECDSA P-256 and SHA-256: r and s, 32 octets each.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.not_permitted``, ``signer.busy``.
        """
        if len(data) > DATA_LIMIT:
            message = f"expected at most {DATA_LIMIT} octets to sign, found {len(data)}"
            raise UnavailableError("signer.unavailable", message)
        reply = await self._signer.ask(lambda number: encode_sign(number, self._purpose, data))
        try:
            signature = read_octets(reply, "signature", length=_SIGNATURE_OCTETS)
            verify_ecdsa(self._certificate.public_key, signature, data)
        except RefusedError as cause:
            message = f"expected a signature for {self._purpose} by {self._certificate.subject}"
            raise UnavailableError("signer.unavailable", message) from cause
        return signature

    def __repr__(self) -> str:
        return f"RemoteSigner({self._certificate.subject!r})"


class RemoteKeyAgreement:
    """Agrees on secrets with a key that a signer holds.

    A secret that was agreed with another key would open nothing and so refuse an honest message;
    so the signer proves once for each connection that the key is its certificate's.

    Args:
        signer: The signer.
        certificate: The key's certificate.
    """

    def __init__(self, signer: SignerConnection, certificate: Certificate) -> None:
        self._signer = signer
        self._public_key = certificate.public_key
        self._subject = certificate.subject
        self._thumbprint = key_thumbprint(certificate.public_key)
        self._proven_in = 0

    @property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint."""
        return self._thumbprint

    async def agree(self, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        """Agree on a secret: the common point's x coordinate, 32 octets.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.not_permitted``, ``signer.busy``.
        """
        while self._proven_in != self._signer.generation or not self._proven_in:
            await self._prove()
        return await self._ask(ephemeral)

    async def _prove(self) -> None:
        own = ec.generate_private_key(ec.SECP256R1())
        found = await self._ask(own.public_key())
        if found != own.exchange(ec.ECDH(), self._public_key):
            message = f"expected the signer to hold the key of {self._subject}"
            raise UnavailableError("signer.unavailable", message)
        self._proven_in = self._signer.generation

    async def _ask(self, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        reply = await self._signer.ask(
            lambda number: encode_agree(number, self._thumbprint, ephemeral)
        )
        try:
            return read_octets(reply, "secret", length=_SECRET_OCTETS)
        except RefusedError as cause:
            message = f"expected a secret from the signer: {cause.message}"
            raise UnavailableError("signer.unavailable", message) from cause

    def __repr__(self) -> str:
        return f"RemoteKeyAgreement({self._thumbprint!r})"
