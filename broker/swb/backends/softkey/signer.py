"""A signer whose key lies in a file: for development, and for small members without an HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.encryption import DecryptionKey

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.wire.certificates import Certificate

__all__ = ["SoftKeySigner", "load_decryption_key"]

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
        if key.public_key() != certificate.public_key:
            message = f"expected the private key of the certificate of {certificate.subject}"
            raise UnavailableError("signer.unavailable", message)
        self._key = key
        self._certificate = certificate

    @classmethod
    def load(cls, key: Path, certificate: Path, *, passphrase: bytes | None = None) -> Self:
        """Read key and certificate.

        Args:
            key: PKCS#8 in PEM.
            certificate: One certificate in PEM.
            passphrase: Of the key, where it is encrypted.

        Raises:
            UnavailableError: ``signer.unavailable``.
        """
        try:
            parsed = parse_pem_certificate(_read(certificate))
        except RefusedError as cause:
            message = f"expected a certificate in {certificate.name}: {cause.message}"
            raise UnavailableError("signer.unavailable", message) from cause
        return cls(_load_key(key, passphrase), parsed)

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


def load_decryption_key(key: Path, *, passphrase: bytes | None = None) -> DecryptionKey:
    """Read a key that opens protected bodies.

    Args:
        key: PKCS#8 in PEM.
        passphrase: Of the key, where it is encrypted.

    Raises:
        UnavailableError: ``signer.unavailable``.
    """
    return DecryptionKey.of(_load_key(key, passphrase))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        message = f"expected a readable file {path.name}, found: {cause.strerror}"
        raise UnavailableError("signer.unavailable", message) from cause


def _load_key(path: Path, passphrase: bytes | None) -> ec.EllipticCurvePrivateKey:
    raw = _read(path)
    try:
        key = load_pem_private_key(raw, password=passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        message = f"expected a private key in PEM and its passphrase, if any, in {path.name}"
        raise UnavailableError("signer.unavailable", message) from cause
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        message = f"expected a P-256 key in {path.name}"
        raise UnavailableError("signer.unavailable", message)
    return key
