"""Keys in the memory of this process: for development, and for small members without an HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from swb.backends.softkey.files import load_pem_pair, load_pkcs12_pair
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.encryption import key_thumbprint

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.wire.certificates import Certificate

__all__ = ["SoftKeyAgreement", "SoftKeySigner"]

_DETERMINISTIC_ECDSA: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""RFC 6979: needs no random number while signing, and the same input gives the same octets."""


class SoftKeySigner:
    """Signs with a P-256 key that is held in memory.

    One signature takes about 25 microseconds, less than handing it to a thread would.

    Args:
        key: The private key.
        certificate: Its certificate.

    Raises:
        UnavailableError: ``signer.unavailable``: the two do not belong together.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> None:
        _check_pair(key, certificate)
        self._key = key
        self._certificate = certificate

    @classmethod
    def load(cls, key: Path, certificate: Path, *, passphrase: bytes | None = None) -> Self:
        """Read key and certificate; see `load_pem_pair`.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.exposed``.
        """
        return cls(*load_pem_pair(key, certificate, passphrase=passphrase))

    @classmethod
    def load_pkcs12(cls, file: Path, *, passphrase: bytes) -> Self:
        """Read key and certificate from one file; see `load_pkcs12_pair`.

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        return cls(*load_pkcs12_pair(file, passphrase=passphrase))

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        return self._certificate.der

    async def sign(self, data: bytes) -> bytes:
        """Sign with ECDSA P-256 and SHA-256: r and s, 32 octets each."""
        r, s = decode_dss_signature(self._key.sign(data, _DETERMINISTIC_ECDSA))
        return r.to_bytes(32) + s.to_bytes(32)

    def __repr__(self) -> str:
        return f"SoftKeySigner({self._certificate.subject!r})"


class SoftKeyAgreement:
    """Agrees on secrets with a P-256 key that is held in memory.

    Args:
        key: The private key.
        certificate: Its certificate.

    Raises:
        UnavailableError: ``signer.unavailable``: the two do not belong together.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> None:
        _check_pair(key, certificate)
        self._key = key
        self._thumbprint = key_thumbprint(certificate.public_key)

    @classmethod
    def load(cls, key: Path, certificate: Path, *, passphrase: bytes | None = None) -> Self:
        """Read key and certificate; see `load_pem_pair`.

        Raises:
            UnavailableError: ``signer.unavailable``, ``signer.exposed``.
        """
        return cls(*load_pem_pair(key, certificate, passphrase=passphrase))

    @classmethod
    def load_pkcs12(cls, file: Path, *, passphrase: bytes) -> Self:
        """Read key and certificate from one file; see `load_pkcs12_pair`.

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        return cls(*load_pkcs12_pair(file, passphrase=passphrase))

    @property
    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint."""
        return self._thumbprint

    async def agree(self, ephemeral: ec.EllipticCurvePublicKey) -> bytes:
        """Agree on a secret: the common point's x coordinate, 32 octets."""
        return self._key.exchange(ec.ECDH(), ephemeral)

    def __repr__(self) -> str:
        return f"SoftKeyAgreement({self._thumbprint!r})"


def _check_pair(key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> None:
    if key.public_key() != certificate.public_key:
        message = f"expected the private key of the certificate of {certificate.subject}"
        raise UnavailableError("signer.unavailable", message)
