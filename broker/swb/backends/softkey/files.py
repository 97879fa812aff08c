"""Key files: PKCS#8 in PEM, plain or encrypted, and PKCS#12.

A plain key is as safe as its file, so one that every user of the machine may read is not used.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from swb_schemas.errors import RefusedError, UnavailableError
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509

    from swb_schemas.wire.certificates import Certificate

__all__ = ["KeyPair", "load_certificate", "load_pem_pair", "load_pkcs12_pair"]

_LIMIT: Final = 1_000_000
_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"

KeyPair = tuple[ec.EllipticCurvePrivateKey, "Certificate"]
"""A private key and its certificate."""


def load_certificate(path: Path) -> Certificate:
    """Read a certificate whose key is wherever it is.

    Args:
        path: One certificate in PEM.

    Raises:
        UnavailableError: ``signer.unavailable``.
    """
    try:
        return parse_pem_certificate(_read(path))
    except RefusedError as cause:
        message = f"expected a certificate in {path}: {cause.message}"
        raise UnavailableError("signer.unavailable", message) from cause


def load_pem_pair(key: Path, certificate: Path, *, passphrase: bytes | None = None) -> KeyPair:
    """Read a key and its certificate from two files.

    Args:
        key: PKCS#8 in PEM.
        certificate: One certificate in PEM.
        passphrase: Of the key, where it is encrypted.

    Raises:
        UnavailableError: ``signer.unavailable``; ``signer.exposed``: a plain key that every user of
            the machine may read.
    """
    parsed = load_certificate(certificate)
    raw = _read(key)
    if _ENCRYPTED not in raw:
        _check_not_exposed(key)
    try:
        loaded = load_pem_private_key(raw, password=passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        message = f"expected a private key in PEM and its passphrase, if any, in {key}"
        raise UnavailableError("signer.unavailable", message) from cause
    return _require_pair(loaded, parsed, key)


def load_pkcs12_pair(file: Path, *, passphrase: bytes) -> KeyPair:
    """Read a key and its certificate from one PKCS#12 file (RFC 7292).

    Further certificates in it are left alone: the trust lists say who issued what.

    Args:
        file: With one private key.
        passphrase: Of the file.

    Raises:
        UnavailableError: ``signer.unavailable``.
    """
    try:
        key, certificate, _ = load_key_and_certificates(_read(file), passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        message = f"expected PKCS#12 and its passphrase in {file}"
        raise UnavailableError("signer.unavailable", message) from cause
    if key is None or certificate is None:
        message = f"expected a private key and its certificate in {file}"
        raise UnavailableError("signer.unavailable", message)
    return _require_pair(key, _parse(certificate, file), file)


def _parse(certificate: x509.Certificate, file: Path) -> Certificate:
    try:
        return parse_certificate(certificate.public_bytes(Encoding.DER))
    except RefusedError as cause:
        message = f"expected a certificate in {file}: {cause.message}"
        raise UnavailableError("signer.unavailable", message) from cause


def _require_pair(key: object, certificate: Certificate, file: Path) -> KeyPair:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        message = f"expected a P-256 key in {file}"
        raise UnavailableError("signer.unavailable", message)
    if key.public_key() != certificate.public_key:
        message = f"expected in {file} the private key of {certificate.subject}"
        raise UnavailableError("signer.unavailable", message)
    return key, certificate


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_LIMIT + 1)
    except OSError as cause:
        message = f"expected a readable file {path}, found: {cause.strerror}"
        raise UnavailableError("signer.unavailable", message) from cause
    if len(raw) > _LIMIT:
        message = f"expected at most {_LIMIT} octets in {path}"
        raise UnavailableError("signer.unavailable", message)
    return raw


def _check_not_exposed(path: Path) -> None:
    if path.stat().st_mode & stat.S_IROTH:
        message = f"expected {path} to be closed to other users: chmod o-rwx, or encrypt it"
        raise UnavailableError("signer.exposed", message)
